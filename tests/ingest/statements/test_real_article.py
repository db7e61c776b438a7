"""A real article as saved from the web: everybody's words are his, and nobody is given others'."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.reading import read
from ingest.statements.offices import offices
from ingest.statements.reader import Reader, Reading
from retrieval.types import Article


@pytest.fixture(scope="module", params=["tagger", "rules"])
def said(request: pytest.FixtureRequest, shared: Callable[[str], Path]) -> dict[str, str]:
    """All words of each speaker, in one string."""
    reader = Reader.open(1) if request.param == "tagger" else Reader(None, offices(), "rules")
    [article] = read([str(shared("articles/turner.txt"))], max_bytes=10**6)
    assert isinstance(article, Article)
    reading: Reading = reader.read(article)
    found: dict[str, str] = {}
    for statement in reading.statements:
        words = " ".join(article.text[start:end] for start, end in statement.spans)
        found[statement.speaker or ""] = found.get(statement.speaker or "", "") + " | " + words
    return found


def test_turners_words_are_turners(said: dict[str, str]) -> None:
    for words in (
        "direct military action",
        "red line",
        "would justify allowing Ukraine to fight back",
        "restricting Ukraine’s use of U.S. weapons",
    ):
        assert words in said["Mike Turner"]


def test_kirbys_words_are_kirbys_and_zelenskyys_his(said: dict[str, str]) -> None:
    for words in ("at least 3,000 North Korean troops", "basic combat training", "already briefed Kyiv"):
        assert words in said["John Kirby"]
    for words in ("have already been spotted", "sent officers first"):
        assert words in said["Volodymyr Zelenskyy"]


def test_nobody_is_given_words_who_says_nothing(said: dict[str, str]) -> None:
    assert not [name for name in said for silent in ("Starmer", "Biden", "Kim", "Putin") if silent in name]
