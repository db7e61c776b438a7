"""An article's own corrections are found; news about corrections is not taken for one.

`notices.jsonl` holds articles of our own: the rules were made on those of the half "first".
"""

import json
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

from retrieval.notices import LONGEST, Notice, NoticeKind, notices

ARTICLES = [json.loads(line) for line in Path(__file__).with_name("notices.jsonl").read_text("utf-8").splitlines()]
NEWS = "The council should double the harbor levy before winter, Mayor Dana Fields said on Tuesday at the docks."
WRONG = "An earlier version of this article misstated the year of the levy. It was 2009."


@dataclass(frozen=True, slots=True)
class Score:
    """How many notices were found of those that are there, and how many of those found are any."""

    found: int
    missed: int
    false: int


def score(half: str) -> Score:
    found = missed = false = 0
    for article in ARTICLES:
        if article["half"] == half:
            right = {tuple(notice) for notice in article["notices"]}
            told = {
                (str(n.kind), article["text"][n.start : n.end]) for n in notices(article["text"], article["title"])
            }
            found, missed, false = found + len(told & right), missed + len(right - told), false + len(told - right)
    return Score(found, missed, false)


@pytest.mark.parametrize("half", ["first", "second"])
def test_nearly_all_notices_are_found_and_no_news_is_one(half: str) -> None:
    result = score(half)
    assert result.found + result.missed > 30
    assert result.found / (result.found + result.missed) >= 0.95
    assert result.false == 0


def test_a_notice_is_its_whole_paragraph() -> None:
    text = f"{NEWS}\n\n{WRONG}"
    assert notices(text) == (Notice(NoticeKind.CORRECTION, len(NEWS) + 2, len(text)),)


def test_a_notice_in_a_long_paragraph_is_the_part_from_where_it_begins() -> None:
    text = f"{NEWS} " * 20 + WRONG
    (notice,) = notices(text)
    assert text[notice.start : notice.end].startswith(WRONG[:20])
    (notice,) = notices("Correction: " + f"{WRONG} " * 20)
    assert notice.end - notice.start <= LONGEST


def test_single_line_ends_part_paragraphs_too() -> None:
    text = f"{NEWS}\n{WRONG}\n"
    assert [text[n.start : n.end] for n in notices(text)] == [WRONG]


def test_a_sentence_about_a_correction_amid_an_article_is_none() -> None:
    around = "\n\n".join([NEWS] * 12)
    assert notices(f"{around}\n\n{WRONG}\n\n{around}") == ()
    assert len(notices(f"{around}\n\n({WRONG})\n\n{around}")) == 1
    assert len(notices(f"{around}\n\nCorrection: {WRONG}\n\n{around}")) == 1


def test_what_title_and_text_both_say_is_said_once() -> None:
    assert len(notices(f"{NEWS}\n\n{WRONG}", "CORRECTED: Harbor levy")) == 1
    assert notices(NEWS, "CORRECTED: Harbor levy") == (Notice(NoticeKind.CORRECTION, 0, 0),)
    kinds = [notice.kind for notice in notices(f"{NEWS}\n\n{WRONG}", "RETRACTED: Harbor levy")]
    assert kinds == [NoticeKind.RETRACTION, NoticeKind.CORRECTION]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "(", "[\n(", "Correction", "Correction:", "\x00", "\ud800 Correction"]
)
def test_next_to_nothing_raises_nothing(text: str) -> None:
    assert all(0 <= notice.start <= notice.end <= len(text) for notice in notices(text, text))


def fastest(text: str, tries: int = 5) -> float:
    """The seconds of the best try: other work on the machine only adds to them."""
    times = []
    for _ in range(tries):
        began = perf_counter()
        notices(text, text[:200])
        times.append(perf_counter() - began)
    return min(times)


def test_an_article_takes_about_a_millisecond() -> None:
    assert fastest("\n\n".join([NEWS] * 90 + [WRONG]), tries=20) < 0.002


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "this ",
        "an earlier ",
        ". An earlier version ",
        "correction ",
        "Correction: this\n",
        "(",
        "\n",
        "the error. ",
        "—: ",
    ],
)
def test_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    assert fastest(piece * (1_000_000 // len(piece)), tries=2) < 5
