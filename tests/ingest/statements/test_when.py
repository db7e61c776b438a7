"""The day of the saying. The day of publishing is Thursday, 3 November 2016, in all of these."""

from datetime import date

import pytest

from ingest.statements.attribution import Attribution
from ingest.statements.when import said_on

PUBLISHED = date(2016, 11, 3)


def told(
    text: str, *, cue: str = "said", content: str = "the bridge was unsafe", source: str = "Baker"
) -> date | None:
    """The day that `text` gives for its cue; `content` may stand in several pieces, between slashes."""

    def span(words: str) -> tuple[int, int]:
        return (text.index(words), text.index(words) + len(words))

    return said_on(text, PUBLISHED, Attribution(tuple(map(span, content.split("/"))), span(source), span(cue)))


@pytest.mark.parametrize(
    ("day", "meant"),
    [
        ("on Tuesday", date(2016, 11, 1)),
        ("Tuesday", date(2016, 11, 1)),
        ("Monday night", date(2016, 10, 31)),
        ("early Wednesday morning", date(2016, 11, 2)),
        ("earlier Wednesday", date(2016, 11, 2)),
        ("on Thursday", date(2016, 11, 3)),
        ("last Thursday", date(2016, 10, 27)),
        ("on Friday", date(2016, 10, 28)),
        ("yesterday", date(2016, 11, 2)),
        ("last night", date(2016, 11, 2)),
        ("today", date(2016, 11, 3)),
        ("this morning", date(2016, 11, 3)),
        ("three days ago", date(2016, 10, 31)),
        ("on Oct. 3", date(2016, 10, 3)),
        ("on October 3rd", date(2016, 10, 3)),
        ("on 3 October", date(2016, 10, 3)),
        ("on Dec. 24", date(2015, 12, 24)),
        ("on March 3, 2014", date(2014, 3, 3)),
        ("on 2016-10-03", date(2016, 10, 3)),
        ("in an interview on Tuesday", date(2016, 11, 1)),
        ("during Tuesday's debate", date(2016, 11, 1)),
        ("at an Oct. 17 hearing", date(2016, 10, 17)),
        ("last week", None),
        ("in September 2016", None),
        ("in 2014", None),
        ("in May", None),
        ("on Tuesdays", None),
        ("on Super Tuesday", None),
        ("before Tuesday's vote", None),
        ("of Tuesday's vote", None),
        ("after the vote", None),
        ("on Feb. 30", None),
        ("on Oct. 3-5", None),
        ("on Nov. 30, 2016", None),
    ],
)
def test_the_day_beside_the_cue_is_the_day_of_the_saying(day: str, meant: date | None) -> None:
    assert told(f"Baker said {day} that the bridge was unsafe.") == meant


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday, Baker said the bridge was unsafe.",
        "Baker on Tuesday said the bridge was unsafe.",
        "the bridge was unsafe, Baker said on Tuesday.",
        "“the bridge was unsafe,” Baker said Tuesday in Dayton.",
        "Speaking at a Tuesday rally, Mayor Ruth Baker said the bridge was unsafe.",
    ],
)
def test_the_day_may_stand_anywhere_about_the_cue(text: str) -> None:
    assert told(text) == date(2016, 11, 1)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Baker said the bridge was unsafe on Monday.", "the bridge was unsafe on Monday"),
        ("“On Monday it fell,” Baker said, “and on Tuesday it rose.”", "On Monday it fell/and on Tuesday it rose"),
        ("The vote failed on Monday. Baker said it would.", "it would"),
        ("Baker said it would. The vote is on Monday.", "it would"),
        ("Baker said it would, but Alvarez said on Monday that it may.", "it would"),
        ("The bridge closed on Monday, and Baker said it would.", "it would"),
    ],
)
def test_a_day_of_something_else_is_not_the_day_of_the_saying(text: str, content: str) -> None:
    assert told(text, content=content) is None


def test_a_day_in_an_aside_is_the_speaker_s_unless_he_speaks_in_it() -> None:
    elected, speaking = "Baker, elected on Tuesday,", "Baker, speaking on Tuesday,"
    assert told(f"{elected} said the bridge was unsafe.", source=elected) is None
    assert told(f"{speaking} said the bridge was unsafe.", source=speaking) == date(2016, 11, 1)


def test_what_is_still_to_be_said_has_no_day() -> None:
    assert told("Baker will say on Tuesday that the bridge was unsafe.", cue="say") is None


def test_without_the_article_s_day_there_is_none() -> None:
    assert said_on("Baker said Tuesday it fell.", None, Attribution(((19, 26),), (0, 5), (6, 10))) is None


def test_a_paragraph_without_end_costs_no_time() -> None:
    text = "Baker said it fell on Tuesday and " * 6000
    at = text.index("said", len(text) // 2)
    assert said_on(text, PUBLISHED, Attribution(((at + 5, at + 12),), (at - 6, at - 1), (at, at + 4))) is not None
