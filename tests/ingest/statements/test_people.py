"""Whom an article names, and where."""

from datetime import date

import pytest

from ingest.statements.naming import first_names, runs
from ingest.statements.offices import offices
from ingest.statements.people import People


def people(text: str, day: date | None = date(2016, 9, 20)) -> People:
    return People(text, offices(), day)


def named(text: str) -> list[str]:
    return [mention.person for mention in people(text).mentions]


def test_a_run_is_cut_after_a_possessive() -> None:
    assert [run.name for run in runs("Quill's Rust Belt tour")] == ["Quill", "Rust Belt"]


def test_titles_are_kept_apart_from_the_name() -> None:
    (run,) = runs("said Ohio Gov. Marta Quill.")
    assert (run.name, run.titles) == ("Marta Quill", {"gov"})


def test_a_mention_stands_where_the_name_does_without_its_titles() -> None:
    text = "Then Sen. Marta Quill left."
    (mention,) = people(text).mentions
    assert text[mention.start : mention.end] == "Marta Quill"


@pytest.mark.parametrize(
    "text",
    [
        "The Jordan Valley is dry.",
        "The Madison Institute met in Charlotte, Virginia.",
        "New York and San Francisco voted.",
        "The Quill Foundation gave money on Monday.",
        "Team Quill won.",
        "The Zu Blix Blax met. Blax was tired.",
    ],
)
def test_bodies_and_places_are_no_people(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Marta Quill left.",
        "Xolani Quill left. Quill was tired.",
        "Ms. Quill left. Xolani Quill was tired.",
        "Dr. Xolani Quill left.",
        "Xolani Quill, 41, left.",
        "Xolani Quill, who left, was tired.",
        "U.S. Rep. Xolani Quill left.",
    ],
)
def test_a_name_is_known_by_its_first_name_its_title_or_how_it_is_taken_up(text: str) -> None:
    assert len(set(named(text))) == 1


def test_two_surnames_are_taken_up_together_or_by_the_last() -> None:
    assert set(named("Marta Quill Larkin left. Quill Larkin was tired. Larkin slept.")) == {"Marta Quill Larkin"}


def test_a_title_tells_the_gender_that_a_first_name_does_not() -> None:
    assert people("Robin Quill left. Ms. Quill was tired.").gender == {"Robin Quill": "f"}


def test_a_straight_and_a_curly_apostrophe_are_one_name() -> None:
    assert len(set(named("Marta O’Quill left. O'Quill was tired."))) == 1


def test_a_long_headline_names_people_within_it() -> None:
    text = "Quill Seeks More Trade As She Meets Abel Crane At Home\n\nMarta Quill met Abel Crane."
    assert named(text)[:2] == ["Marta Quill", "Abel Crane"]


def test_the_last_person_in_full_goes_before_somebody_famous_of_that_surname() -> None:
    text = "Hillary Clinton spoke. Bill Clinton took questions. Clinton left."
    assert named(text)[-1] == "Bill Clinton"


def test_somebody_famous_goes_before_a_namesake_named_in_passing() -> None:
    text = "Hillary Clinton spoke of a fund that hired Chelsea Clinton.\n\nDonors have stuck by Clinton."
    assert named(text)[-1] == "Hillary Clinton"


def test_first_names_are_small_and_told_by_one_gender_or_none() -> None:
    assert {first_names()[name] for name in ("martha", "abel", "robin")} == {"f", "m", ""}
    assert all(name == name.lower() for name in first_names())
