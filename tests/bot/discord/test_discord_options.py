"""What is typed into /ask becomes a question, or one sentence about what is wrong."""

from datetime import date

import pytest

from bot.discord.options import Unusable, question_from
from retrieval.types import Question


def test_options_are_taken_over() -> None:
    assert question_from(" What? ", " Turner ", "2024-01-02", "2024-02-29") == Question(
        "What?", person="Turner", since=date(2024, 1, 2), until=date(2024, 2, 29)
    )


def test_empty_options_restrict_nothing() -> None:
    assert question_from("What?", "  ", "", None) == Question("What?")


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "20240102", "2024-W01-1", "01/02/2024", "٢٠٢٤-٠١-٠٢"])
@pytest.mark.parametrize("option", ["since", "until"])
def test_a_wrong_date_is_named_with_its_option(day: str, option: str) -> None:
    with pytest.raises(Unusable, match=f"`{option}`.*{day}"):
        question_from("What?", None, **({"since": None, "until": None} | {option: day}))


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Unusable):
        question_from("What?", None, "2024-02-01", "2024-01-01")


def test_a_blank_question_is_refused() -> None:
    with pytest.raises(Unusable):
        question_from("   ", None, None, None)


def test_what_is_echoed_is_escaped() -> None:
    with pytest.raises(Unusable) as refused:
        question_from("What?", None, "@everyone", None)
    assert "\\@everyone" in str(refused.value)
