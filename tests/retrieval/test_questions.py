"""A question is read for whom it asks about, whether it wants somebody's words, and about what."""

import time

import pytest

from retrieval.questions import understand


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What did Turner propose?", ["Turner"]),
        ("What did Rep. Mike Turner propose?", ["Mike Turner"]),
        ("What is Turner's position on Ukraine?", ["Turner"]),
        ("What is Turner’s position on Ukraine?", ["Turner"]),
        ("what did turner propose?", ["Turner"]),
        ("what did ada quill say about the levy?", ["Ada Quill"]),
        ("According to Kirby, where did the troops land?", ["Kirby"]),
        ("What do Ada Quill and Ben Stone want?", ["Ada Quill", "Ben Stone"]),
        ("Compare Ada Quill and Ben Stone on the levy.", ["Ada Quill", "Ben Stone"]),
        ("Ada Quill vs. Ben Stone: who would raise the levy?", ["Ada Quill", "Ben Stone"]),
        ("what turner proposed", ["Turner"]),
        ("What did the White House say?", ["White House"]),
        ("After the Charlotte unrest, what did Paul Ryan say?", ["Paul Ryan"]),
        ("What does North Carolina's Pat McCrory think of the law?", ["Pat McCrory"]),
    ],
)
def test_those_whose_words_are_asked_for_are_known(question: str, asked: list[str]) -> None:
    assert list(understand(question).asked) == asked


@pytest.mark.parametrize(
    "question",
    ["What did Turner propose?", "According to Kirby, where did the troops land?", "What is Quill's view of it?"],
)
def test_a_question_for_somebodys_words_is_known_as_one(question: str) -> None:
    assert understand(question).speech


@pytest.mark.parametrize("question", ["How many troops are in Russia?", "When is the vote?", "Who is Ada Quill?"])
def test_a_question_of_fact_asks_for_nobodys_words(question: str) -> None:
    assert not understand(question).speech


def test_the_topic_is_what_is_left_without_names_and_verbs_of_saying() -> None:
    understood = understand("What did Ada Quill's office say she proposed about the harbor levy?")
    assert set(understood.topic) == {"office", "harbor", "levy"}
    assert "proposed" in understood.verbs


def test_a_person_that_the_asker_names_is_the_one_asked() -> None:
    understood = understand("What about the harbor levy?", "Ada Quill")
    assert understood.asked == ("Ada Quill",)
    assert understood.speech
    assert "harbor" in understood.topic
    assert "quill" not in understood.topic


def test_months_days_and_question_words_are_no_names() -> None:
    assert understand("In October, Which bills passed on Monday?").names == ()


@pytest.mark.parametrize("question", ["", "?", "…", "\u200b", "🙂 🙂", "a" * 10_000])
def test_any_text_can_be_read(question: str) -> None:
    assert understand(question).asked == ()


@pytest.mark.parametrize("unit", ["The ", "Turner ", "did x y ", "Ab's ", "A-", "A", "what "])
def test_time_grows_with_the_length_of_the_question_and_no_faster(unit: str) -> None:
    started = time.process_time()
    understand(unit * (200_000 // len(unit)))
    understand(" x ".join(f"Quill{n}" for n in range(15_000)))
    assert time.process_time() - started < 2
