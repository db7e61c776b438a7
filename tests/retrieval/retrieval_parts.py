"""Parts that the tests of this folder share: a cheap embedding of our own, small articles, a small library."""

import re
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.chunking import passages
from ingest.pipeline import ingest
from retrieval.embedding import MINILM, Embedder
from retrieval.index import Index
from retrieval.library import Library
from retrieval.record import Heard, Made, Of, Put, Record
from retrieval.types import Article, Kind, Rejection, Resolution, Speaker, Statement
from retrieval.writing import Writer

DIMENSION = 64
MAKER = "hashed words"
READER = "a careful reader"


class HashedWords(Embeddings):
    """Every word has a place in the vector, chosen by its hash: texts that share words are near one another."""

    def __init__(self) -> None:
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = np.zeros(DIMENSION, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode()) % DIMENSION] += 1
        return vector.tolist()


def hashed() -> Embedder:
    return Embedder(MAKER, HashedWords())


def article(name: str, text: str, *, title: str | None = None, published: date | None = None) -> Article:
    return Article(f"https://quay.example/{name}", text, title, "Quay Courier", None, published)


def record_at(folder: Path) -> Record:
    return Record.open(f"sqlite:///{folder / 'library.sqlite3'}")


def store(record: Record, *articles: Article, maker: str = MAKER) -> list[Put]:
    """Cut, embed and put, as the pipeline does, in one transaction."""
    embedder = hashed()
    batch = []
    for one in articles:
        cut = passages(one.text)
        batch.append(Made(one, cut, embedder.passages([p.text for p in cut])))
    return record.put(batch, maker)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def reserved(record: Record, tokens: int, user: str = "ada", **other: Any) -> int | None:
    """Reserve tokens of a model at noon, without limits, unless told otherwise."""
    return record.reserve(user, tokens=tokens, **{"model": "m", "of_user": 0, "of_day": 0, "now": NOON, **other})


def said(article: Article, words: str, speaker: str | None, **fields: Any) -> Statement:
    """A statement whose content is some words of an article."""
    start = article.text.index(words)
    resolution = Resolution.NAME if speaker else Resolution.NONE
    plain = {"source": None, "cue": None, "kind": Kind.INDIRECT, "resolution": resolution}
    return Statement(((start, start + len(words)),), speaker=speaker, **{**plain, **fields})


def heard(*statements: Statement, texts: Iterable[str] = (), speakers: Iterable[Speaker] = ()) -> Heard:
    """Statements with what is indexed of those that have a speaker, by default who speaks."""
    spoken = [one for one in statements if one.speaker is not None]
    given = list(texts) or [f"{one.speaker} speaks" for one in spoken]
    indexed = iter(given)
    placed = [None if one.speaker is None else next(indexed) for one in statements]
    return Heard(statements, list(speakers), placed, hashed().passages(given))


def made(article: Article, *statements: Statement, **fields: Any) -> Made:
    cut = passages(article.text)
    return Made(article, cut, hashed().passages([p.text for p in cut]), heard(*statements, **fields))


def quoted(name: str, speaker: str, words: str, speakers: Iterable[Speaker] = (), **fields: Any) -> Made:
    """An article of one statement, indexed with its words; `fields` are the article's."""
    one = article(name, f"{speaker} said on Monday: “{words}”", **fields)
    return made(one, said(one, words, speaker), texts=[words], speakers=speakers)


def nearest_statements(library: Library, words: str, k: int = 3) -> list[str]:
    """The content of the statements nearest to the words, best first."""
    hits = library.index.nearest(hashed().question(words), k, of=Of.STATEMENTS)
    stored = library.record.statements([hit.id for hit in hits])
    return [stored[hit.id].text for hit in hits if hit.id in stored]


def library_at(
    folder: Path,
    said: list[str] | None = None,
    *,
    url: str | None = None,
    model: Embeddings | None = None,
    open_writer: Callable[[Record], Writer | None] = lambda _: None,
) -> Library:
    """The library in a folder, with the cheap embedding or a real one; what its index says goes to `said`."""
    notify = [].append if said is None else said.append
    record = record_at(folder)
    index = Index.open(record, folder / "chroma", url=url, notify=notify)
    return Library(record, index, Embedder(MINILM, model) if model else hashed(), MAKER, open_writer)


def add(library: Library, *items: Article | Rejection) -> None:
    ingest(library, items, lambda _: None)


def found(library: Library, words: str, k: int = 3) -> list[str]:
    """The texts of the passages nearest to the words, best first."""
    hits = library.index.nearest(library.embedder.question(words), k)
    stored = library.record.passages([hit.id for hit in hits])
    return [stored[hit.id].text for hit in hits if hit.id in stored]


def numbered_articles(prefix: str, numbers: Iterable[int]) -> list[Article]:
    return [
        article(f"{prefix}{n}", f"The {prefix} board met in hall {prefix}{n} and put off the vote on item {n}.")
        for n in numbers
    ]
