import itertools
from datetime import date
from pathlib import Path

import pytest

from ingest.statements.offices import Office, offices
from retrieval.errors import ConfigurationError

HEAD = "name,role,place,party,since,until\n"


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "offices.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_knows_who_was_president_when() -> None:
    def president(day: date) -> set[str]:
        return {o.name for o in offices().on(day) if o.role == "president" and "U.S." in o.place}

    assert president(date(2017, 1, 19)) == {"Barack Obama"}
    assert president(date(2017, 1, 20)) == {"Donald Trump"}
    assert president(date(2024, 12, 1)) == {"Joe Biden"}


def test_no_two_hold_a_single_seat_on_one_day() -> None:
    single = (
        "president",
        "vice president",
        "prime minister",
        "chancellor",
        "governor",
        "mayor",
        "secretary of state",
    )
    seats: dict[tuple[str, str], list[Office]] = {}
    for office in offices().terms:
        if office.role in single:
            seats.setdefault((office.role, office.place), []).append(office)
    for held in seats.values():
        held.sort(key=lambda office: office.since)
        for earlier, later in itertools.pairwise(held):
            assert earlier.until is not None, f"{earlier} never ends, yet {later} follows"
            assert earlier.until <= later.since, f"{earlier} overlaps {later}"


def test_a_users_rows_come_after_ours(tmp_path: Path) -> None:
    extra = table(tmp_path, HEAD + "# our town\nMarta Quill,Mayor,Dayton,,2020-01-01,\n")
    assert offices(extra).terms[-1] == Office("Marta Quill", "mayor", "Dayton", "", date(2020, 1, 1), None)
    assert offices(extra).terms[:-1] == offices().terms


def test_the_head_of_a_users_file_may_be_missing(tmp_path: Path) -> None:
    extra = table(tmp_path, "Marta Quill,mayor,Dayton,,2020-01-01,2021-01-01\n")
    assert [office.name for office in offices(extra).terms][-1] == "Marta Quill"


def test_a_file_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    assert offices(tmp_path / "offices.csv").terms == offices().terms


@pytest.mark.parametrize(
    "row",
    [
        "Marta Quill,mayor,Dayton,2020-01-01,",
        "Marta Quill,mayor,Dayton,,January 2020,",
        "Marta Quill,mayor,Dayton,,2020-01-01,2019-01-01",
        ",mayor,Dayton,,2020-01-01,",
        "Marta Quill,,Dayton,,2020-01-01,",
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(ConfigurationError, match="line 2"):
        offices(table(tmp_path, HEAD + row + "\n"))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "offices.csv"
    path.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(ConfigurationError):
        offices(path)


def test_the_last_day_of_a_term_is_the_day_before_the_next_begins() -> None:
    office = Office("Marta Quill", "mayor", "Dayton", "", date(2020, 1, 1), date(2021, 1, 1))
    assert office.held(date(2020, 12, 31))
    assert not office.held(date(2021, 1, 1))


def test_a_user_tells_whom_a_role_means(tmp_path: Path) -> None:
    from ingest.statements.attribution import Attribution
    from ingest.statements.resolving import resolve
    from retrieval.types import Article

    extra = offices(table(tmp_path, "Marta Quill,mayor,Dayton,,2020-01-01,\n"))
    text = "Taxes rise, the Dayton mayor said."
    found = [Attribution(((0, 10),), (text.index("the"), text.index(" said")), None)]
    statements, _ = resolve(Article("u", text, published=date(2022, 1, 1)), found, extra)
    assert statements[0].speaker == "Marta Quill"
