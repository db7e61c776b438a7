"""Sentences are whole: an abbreviation, a date, a quoted question or a wrapped line does not cut one in two."""

import random
import time

import pytest

from retrieval.sentences import LONGEST, Sentences, paragraphs, sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Rep. Turner wrote to Sen. Vance and Gov. DeWine in Ohio.",
        "Gen. A. B. Stone met Dr. Ruiz and Lt. Col. Pike.",
        "George W. Bush and J. D. Vance shared a stage.",
        "The U.S. Senate and the U.K. Parliament agreed.",
        "On Oct. 23 the board met; on Sept. 4 it did not.",
        "The bill, No. 12 of the year, cost $3.5 million.",
        "Doors open at 9 a.m. Friday in the hall.",
        "“Why now?” Kirby asked.",
        "“Stop it!” the mayor said.",
        "“Will it hold?” Ada Quill asked the board.",
        '"Is that all?" the older senator asked.',
        "''Why now?'' Kirby asked.",
        "“We waited … and waited,” she said.",
        "He waited... and then left.",
        "The firm, Stone Inc. of Ohio, declined.",
        "Visit quay.example for more.",
        "The levy rose 3.2 percent vs. Ohio's 1.1.",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("He left the U.S.", "The vote went on."),
        ("She spoke at 9 p.m.", "They all stayed."),
        ("“We will not pay.”", "The hall fell silent."),
        ('"We will not pay."', "The hall fell silent."),
        ("''We will not pay.''", "The hall fell silent."),
        ("‘We will not pay.’", "The hall fell silent."),
        ("«We will not pay.»", "The hall fell silent."),
        ("He said “We will not pay.”", "“Nor will they.”"),
        ("“Why now?”", "“Because it is late.”"),
        ("Why now?", "Nobody knew."),
        ("They never came…", "Nobody asked."),
        ("(The board did not reply.)", "It never does."),
        ("The bill passed in May.", "2024 was a long year."),
        ("It was I.", "The others had gone."),
        ("The stock is owned by Stone Inc.", "The board knew."),
        ("The vote was 9 to 4.", "‘Good,’ said Ada Quill."),
    ],
)
def test_two_sentences_are_cut_between(first: str, second: str) -> None:
    assert cut(f"{first} {second}") == [first, second]


def test_a_hard_wrap_does_not_end_a_sentence_but_a_short_headline_does() -> None:
    wrapped = "The board of the harbor voted on Tuesday night to\ndouble the levy before winter."
    assert cut(wrapped) == [wrapped]
    assert cut(f"Board doubles levy\n{wrapped}") == ["Board doubles levy", wrapped]


def test_a_line_that_ends_with_a_full_stop_ends_its_sentence() -> None:
    assert cut("The board met.\nit voted.") == ["The board met.", "it voted."]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\n \t\n\n"])
def test_paragraphs_stand_between_blank_lines(gap: str) -> None:
    text = f"One. Two.{gap}three and four"
    assert [[text[s:e] for s, e in paragraph] for paragraph in paragraphs(text)] == [
        ["One.", "Two."],
        ["three and four"],
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u00a0"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert sentences(text) == []


def test_a_long_text_without_punctuation_is_bounded_at_words() -> None:
    text = " ".join(f"word{n}" for n in range(10_000))
    pieces = cut(text)
    assert max(map(len, pieces)) <= LONGEST
    assert " ".join(pieces) == text


def test_a_text_without_any_space_is_bounded_too() -> None:
    pieces = cut("字" * 5000)
    assert max(map(len, pieces)) <= LONGEST
    assert "".join(pieces) == "字" * 5000


def test_spans_are_in_order_never_overlap_and_leave_out_nothing_but_white_space() -> None:
    rng = random.Random(20241023)
    parts = [
        *"aZé字 \n\t.!?…,;:()[]\"'“”‘’«»-–—0 7",
        "\n\n",
        "\r\n",
        "U.S.",
        " Mr. ",
        "''",
        " said ",
        " The ",
        "…”",
        "x" * 300,
    ]
    for _ in range(400):
        text = "".join(rng.choices(parts, k=rng.randrange(120)))
        at = 0
        for start, end in sentences(text):
            assert text[at:start].strip() == ""
            assert text[start:end] == text[start:end].strip() != ""
            assert end - start <= LONGEST
            at = end
        assert text[at:].strip() == ""


@pytest.mark.parametrize("unit", ["a. ", ".", " ", "\n", "a\n", '"', "'", "(", ". (", "… ", "A", '." ', "U.S. "])
def test_time_grows_with_the_length_of_the_text_and_no_faster(unit: str) -> None:
    text = "a" + unit * (200_000 // len(unit)) + "b"
    started = time.process_time()
    sentences(text)
    assert time.process_time() - started < 2


TEXT = "  One is here. Two is there.\n\nThree asked: “Why now?” Kirby said.\n\n\nFour. Five ends  \n\n"


def test_sentences_cut_as_they_are_looked_at_are_those_of_the_whole_text() -> None:
    looked_at, spans = Sentences(TEXT), sentences(TEXT)
    assert looked_at.within(0, len(TEXT)) == spans
    for n, (start, end) in enumerate(spans):
        assert looked_at.holding(start, end) == looked_at.holding(start + 1, end - 1) == (start, end)
        assert looked_at.before(start) == (spans[n - 1] if n else None)
        assert looked_at.after(end) == (spans[n + 1] if n + 1 < len(spans) else None)
        for last in spans[n:]:
            assert looked_at.holding(start, last[1]) == (start, last[1])
    assert looked_at.within(spans[1][0], spans[2][1] - 1) == [spans[1]]


def test_a_text_without_sentences_has_none_to_look_at() -> None:
    empty = Sentences(" \n\n ")
    assert (empty.holding(1, 2), empty.before(2), empty.after(0), empty.within(0, 9)) == ((1, 2), None, None, [])
