"""Days as a server wants them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from bot.discord.dates import LANGUAGES, day


def test_iso_comes_first_and_all_fit_one_menu() -> None:
    assert next(iter(LANGUAGES)) == "iso"
    assert len(LANGUAGES) <= 25
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("iso", "2024-03-02"),
        ("en-GB", "2 Mar 2024"),
        ("de", "02.03.2024"),
        ("fr", "2 mars 2024"),
        ("zh", "2024年3月2日"),
    ],
)
def test_a_day_reads_as_its_language_has_it(language: str, written: str) -> None:
    assert day(date(2024, 3, 2), language) == written


@pytest.mark.parametrize("language", ["", "en_GB", "xx", "../../etc/passwd", "ISO", "de" * 999])
def test_a_language_that_is_not_offered_is_written_as_iso(language: str) -> None:
    assert day(date(2024, 3, 2), language) == "2024-03-02"


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_day_can_be_written_and_two_days_differ(language: str) -> None:
    written = [day(one, language) for one in (date.min, date(1999, 12, 31), date(2024, 2, 29), date.max)]
    assert len(set(written)) == 4
    assert max(map(len, written)) <= 30


def test_threads_that_write_days_at_once_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: day(date(2024, 5, 31), [*LANGUAGES][n % len(LANGUAGES)]), range(400)))
    assert len(set(found[::19])) == 1
    assert found[:19] * 21 == found[:19] * 20 + found[19 * 20 : 19 * 21]


def test_languages_are_loaded_only_where_they_are_needed() -> None:
    code = "import sys, datetime; from bot.discord.dates import day; day(datetime.date.min, 'iso'); "
    code += "print('babel' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
