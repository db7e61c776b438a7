"""Passages are whole sentences of about 1,000 characters that together hold the text."""

import random
from itertools import pairwise

import pytest

from ingest.chunking import SIZE, TAIL, passages
from retrieval.sentences import sentences

LONGEST = SIZE + TAIL


def prose(rng: random.Random, paragraphs: int) -> str:
    def sentence() -> str:
        words = ["Levy", *("harbor" if rng.random() < 0.5 else "board" for _ in range(rng.randrange(3, 30)))]
        return " ".join(words) + rng.choice([".", "?", "!"])

    return "\n\n".join(" ".join(sentence() for _ in range(rng.randrange(1, 12))) for _ in range(paragraphs))


@pytest.fixture(params=range(20))
def text(request: pytest.FixtureRequest) -> str:
    return prose(random.Random(request.param), 12)


def test_a_passage_is_the_text_at_its_offsets(text: str) -> None:
    assert all(p.text == text[p.start : p.end] for p in passages(text))


def test_passages_hold_every_sentence_whole_once_and_in_order(text: str) -> None:
    cut = passages(text)
    holders = [[p for p in cut if p.start <= start and end <= p.end] for start, end in sentences(text)]
    assert all(len(found) == 1 for found in holders)
    assert all(a.end <= b.start for a, b in pairwise(cut))


def test_a_passage_is_longer_than_its_size_only_by_a_short_tail(text: str) -> None:
    assert all(len(p.text) <= LONGEST for p in passages(text))


def test_one_sentence_that_is_longer_stays_whole() -> None:
    long = "Levy " + "harbor " * 180 + "board."
    cut = passages(f"Before it. {long} After it.")
    assert any(long in p.text for p in cut)


def test_a_passage_ends_with_a_paragraph_where_it_can() -> None:
    paragraph = "The board met again. " * 30
    text = "\n\n".join([paragraph.strip()] * 4)
    assert [p.text for p in passages(text)] == [paragraph.strip()] * 4


def test_a_short_rest_joins_the_passage_before_it() -> None:
    text = "\n\n".join(["The board met again today. " * 37, "It rose early."])
    assert len(passages(text)) == 1


@pytest.mark.parametrize("text", ["", "  \n\n "])
def test_blank_text_has_no_passages(text: str) -> None:
    assert passages(text) == []
