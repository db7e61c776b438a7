"""Nobody is given words that somebody else said: whose words a sentence reports, or nobody's."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.speech import spoken


def who(text: str) -> dict[str, str | None]:
    """Each sentence's speaker."""
    return {text[s.start : s.end]: s.speaker for s in spoken(text)}


def only(text: str) -> str | None:
    (speaker,) = who(text).values()
    return speaker


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“We will not pay,” Ada Quill said.", "Ada Quill"),
        ("“We will not pay,” said Ada Quill.", "Ada Quill"),
        ('"We will not pay," added Mayor Ada Quill.', "Ada Quill"),
        ("''We will not pay,'' Ada Quill said.", "Ada Quill"),
        ("“We,” Ada Quill said, “will not pay.”", "Ada Quill"),
        ("Rep. Ada Quill (D-Ohio), chairwoman of the harbor board, said that it must pay.", "Ada Quill"),
        ("Ada Quill, the mayor, repeatedly urged the board to pay.", "Ada Quill"),
        ("The levy is too low, according to Ada Quill.", "Ada Quill"),
        ("According to a Reuters report, the levy is too low.", "Reuters"),
        ("The White House said that it would wait.", "White House"),
    ],
)
def test_a_cue_gives_the_sentence_to_its_speaker(text: str, speaker: str) -> None:
    assert only(text) == speaker


@pytest.mark.parametrize(
    "text",
    [
        "Ada Quill walked to the hall before Ben Stone arrived.",
        "The board praised nobody and voted on the bill of Ada Quill.",
        "“We will not pay.”",
        "Critics of Ada Quill were not surprised.",
        "It is said that the levy is low.",
        "The sign read “Ada Quill said so”.",
    ],
)
def test_one_who_is_only_mentioned_says_nothing(text: str) -> None:
    assert only(text) is None


def test_a_surname_is_completed_to_the_name_that_the_article_gives() -> None:
    text = "Rep. Ada Quill came late.\n\n“We will not pay,” Quill said."
    assert who(text)["“We will not pay,” Quill said."] == "Ada Quill"


def test_two_people_of_one_surname_leave_the_bare_surname_to_nobody() -> None:
    text = "Ada Quill and Tom Quill met.\n\n“We will not pay,” Quill said.\n\n“I will,” Tom Quill said."
    speakers = who(text)
    assert speakers["“We will not pay,” Quill said."] is None
    assert speakers["“I will,” Tom Quill said."] == "Tom Quill"


def test_a_short_first_name_and_its_long_form_are_one_person() -> None:
    text = "Rep. Michael Stone spoke. Mike Stone left.\n\n“We will not pay,” Stone said."
    assert who(text)["“We will not pay,” Stone said."] in ("Michael Stone", "Mike Stone")


def test_he_said_goes_on_with_the_speaker() -> None:
    text = "Ben Stone said the levy was low. He said it should be doubled.\n\nHe also warned of delay."
    assert set(who(text).values()) == {"Ben Stone"}


def test_a_pronoun_after_somebody_else_came_in_between_is_nobodys() -> None:
    text = (
        "Ben Stone said the levy was low.\n\nTom Quill was elected in May and lives by the harbor.\n\n"
        "He said it should be doubled."
    )
    assert who(text)["He said it should be doubled."] is None


def test_quotations_before_their_cue_belong_to_it_and_not_to_who_spoke_before() -> None:
    text = (
        "“The levy is low,” Ben Stone said.\n\n"
        "“We will not pay a cent. The sea wall can wait. It has waited for years,” Ada Quill said."
    )
    speakers = who(text)
    assert [s for sentence, s in speakers.items() if "Stone" not in sentence] == ["Ada Quill"] * 3


def test_separate_quotations_before_a_cue_belong_to_it_too() -> None:
    text = "“The levy is low,” Ben Stone said.\n\n“We will not pay.” “The wall can wait,” Ada Quill said."
    assert who(text)["“We will not pay.”"] == "Ada Quill"


def test_a_paragraph_of_nothing_but_quotation_goes_on_with_the_speaker() -> None:
    text = "“The levy is low,” Ben Stone said.\n\n“It must be doubled. It must be paid.”"
    assert set(who(text).values()) == {"Ben Stone"}


def test_a_name_inside_a_quotation_speaks_nothing() -> None:
    text = "“Ada Quill said she would pay,” Ben Stone told reporters."
    assert only(text) == "Ben Stone"


def test_a_quotation_left_open_ends_with_its_paragraph() -> None:
    text = "“The levy is low. It must rise, Ben Stone said.\n\nAda Quill said that it must not."
    assert list(who(text).values())[-1] == "Ada Quill"


def test_every_sentence_is_there_once_and_in_order() -> None:
    text = "One said so. “Two.”\n\nThree, Ada Quill said.\nFour and more"
    found = spoken(text)
    assert [text[s.start : s.end] for s in found] == [
        "One said so.",
        "“Two.”",
        "Three, Ada Quill said.",
        "Four and more",
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "Turner ", "Gen ", "Gen. ", "A-", "A. ", "Turner, x, ", "Turner (", "Turner only ", '"', "''", "“", "“”",
        "“No.” ", "“No,” said ", "according to a ", "and he also ", "\n", " ", ".", "Ab said. ",
        "Rep. Ab (x), y, z\n\n",
    ],
)  # fmt: skip
def test_time_grows_with_the_length_of_the_text_and_no_faster(unit: str) -> None:
    text = "a" + unit * (200_000 // len(unit))
    started = time.process_time()
    spoken(text)
    assert time.process_time() - started < 2


@pytest.fixture(scope="module")
def turner(shared: Callable[[str], Path]) -> dict[str, str | None]:
    return who(shared("articles/turner.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("begins", "surname"),
    [
        ("The United States should consider", "Turner"),
        ("“If North Korean troops were to invade", "Turner"),
        ("“I have long challenged", "Turner"),
        ("“If North Korean troops attack", "Turner"),
        ("John Kirby, national", "Kirby"),
        ("He said these soldiers", "Kirby"),
        ("“After completing training", "Kirby"),
        ("“If they do deploy", "Kirby"),
        ("The Ukrainian military will defend", "Kirby"),
        ("Speaking at an Oct. 17", "Zelenskyy"),
        ("“I believe they sent", "Zelenskyy"),
    ],
)
def test_a_real_article_gives_each_his_own_words(turner: dict[str, str | None], begins: str, surname: str) -> None:
    (speaker,) = (s for sentence, s in turner.items() if sentence.startswith(begins))
    assert (speaker or "").split()[-1:] == [surname]


@pytest.mark.parametrize("surname", ["Starmer", "Biden", "Harris", "Putin", "Un", "Kim", "Pan"])
def test_a_real_article_gives_nothing_to_those_it_only_mentions(
    turner: dict[str, str | None], surname: str
) -> None:
    assert not [sentence for sentence, s in turner.items() if s and surname in s.split()]
