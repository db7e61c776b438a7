"""One statement told several times is one; a number, a name or a "not" keeps two apart."""

import time

import pytest

from retrieval.copies import Telling, grouped

LEVY = "“The harbor levy must be doubled before winter comes,” Ada Quill said on Monday."


def groups(*texts: str, speakers: tuple[str, ...] = ()) -> list[list[int]]:
    who = speakers or ("Ada Quill",) * len(texts)
    return grouped([Telling(n, speaker, text) for n, (speaker, text) in enumerate(zip(who, texts, strict=True))])


@pytest.mark.parametrize(
    "other",
    [
        '"The harbor levy must be doubled before winter comes", Ada Quill said on Monday.',
        "“The harbor levy must be doubled before winter comes,” Quill told the hall, to applause.",
        "Quill went on: ''The harbor levy must be doubled before winter comes.''",
        LEVY.upper(),
    ],
)
def test_the_same_words_are_one_statement(other: str) -> None:
    assert groups(LEVY, other) == [[0, 1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("She said the harbor levy would rise by 4 percent in the year to come.",
         "She said the harbor levy would rise by 9 percent in the year to come."),
        ("She said she would vote for the harbor levy in the council next week.",
         "She said she would not vote for the harbor levy in the council next week."),
        ("She said the ferry was late.", "She said the ferry is late."),
        (LEVY, "“The sea wall cannot wait for another year of talk,” Ada Quill said on Monday."),
    ],
)  # fmt: skip
def test_what_differs_in_what_it_tells_stays_apart(one: str, other: str) -> None:
    assert groups(one, other) == [[0], [1]]


def test_two_speakers_never_share_a_statement() -> None:
    assert groups(LEVY, LEVY, speakers=("Ada Quill", "Ben Stone")) == [[0], [1]]


def test_groups_stand_in_the_order_of_their_best_member() -> None:
    assert groups("The wall stands.", LEVY, "The wall stands.") == [[0, 2], [1]]


def test_many_are_grouped_in_little_time() -> None:
    texts = [f"{LEVY} She said so in hall {n}, and in many other words that differ by {n}." for n in range(60)]
    started = time.process_time()
    groups(*texts)
    assert time.process_time() - started < 0.2
