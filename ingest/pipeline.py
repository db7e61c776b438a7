"""Stores articles: cut, read, embed, one transaction for each batch in the record, then the index.

What is acknowledged is stored; a run that was killed is completed by running it again, because an article
that is stored already, just so, costs nothing but a look.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.chunking import SIZE, VERSION, passages
from ingest.statements.indexed import bodies, embedded
from ingest.statements.reader import Reader, Reading, reader_name
from retrieval.record import Heard, Made, Put, Record, Vectors, heading
from retrieval.record.writing import content_hash
from retrieval.types import Article, Passage, Rejection

if TYPE_CHECKING:
    from retrieval.library import Library

# Passages in a batch: enough that batches of like length form (40 % faster than as they come), few enough that
# a kill costs seconds and that an article is answerable soon. The first batch is small and each is twice the one
# before: on a busy machine the first 256 passages took 20 s, so runs that were killed sooner never came to an end.
BATCH = 256
FIRST = 32
# Articles whose statements are read anew in one transaction.
RESTATED = 20

Progress = Callable[["Report"], None]


@dataclass(slots=True)
class Report:
    """What a run did so far."""

    counts: Counter[Put] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)
    passages: int = 0
    statements: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def articles(self) -> int:
        return self.counts.total()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form that `ingest --json` prints."""
        return {
            **{put.value: self.counts[put] for put in Put},
            "rejected": [{"source": r.source, "reason": r.reason} for r in self.rejected],
            "seconds": round(self.seconds, 3),
        }


def maker(embedder: str) -> str:
    """The name of what passages and vectors are made with; a library remembers it for each article."""
    return f"{embedder}, passages {VERSION} of {SIZE} characters"


def ingest(
    library: "Library",
    items: Iterable[Article | Rejection],
    progress: Progress,
    reader: Reader | None = None,
) -> Report:
    """Store every article; `progress` is called after each batch. Without a `reader`, one is opened.

    Raises StoreError or ModelError.
    """
    report = Report()
    batch = _Batch(library, reader or Reader.open(), report)
    for item in items:
        if isinstance(item, Rejection):
            report.rejected.append(item)
        else:
            batch.add(item)
            if not batch.full:
                continue
            batch.store()
        progress(report)
    batch.store()
    progress(report)
    return report


def restate(library: "Library", reader: Reader, progress: Progress) -> Report:
    """Read anew the statements of the articles that another reader read. Raises StoreError or ModelError."""
    report = Report()
    waiting: list[Article] = []

    def store() -> None:
        readings = [reader.read(article) for article in waiting]
        _, heard = _embedded(library, waiting, [[] for _ in waiting], readings)
        library.record.restate(list(zip(waiting, heard, strict=True)), reader.name)
        report.counts[Put.UPDATED] += len(waiting)
        report.statements += sum(len(reading.statements) for reading in readings)
        waiting.clear()
        progress(report)

    for article in library.record.articles(not_read_by=reader.name):
        waiting.append(article)
        if len(waiting) == RESTATED:
            store()
    if waiting:
        store()
    library.index.follow()
    return report


def preview(record: Record | None, maker: str, items: Iterable[Article | Rejection], progress: Progress) -> Report:
    """What `ingest` would report, with nothing stored. `record` is None for a library that is not there yet."""
    report = Report()
    seen: dict[str, str] = {}
    for item in items:
        if isinstance(item, Rejection):
            report.rejected.append(item)
        else:
            report.counts[_foreseen(record, maker, seen.get(item.url), item)] += 1
            seen[item.url] = content_hash(item)  # not the article: an input may be larger than memory
        progress(report)
    return report


def _foreseen(record: Record | None, maker: str, before: str | None, article: Article) -> Put:
    """`before`: the content hash of what the same input has already put under the article's url."""
    if before is not None:
        return Put.UNCHANGED if before == content_hash(article) else Put.UPDATED
    if record is None or not record.known([article.url]):
        return Put.ADDED
    return Put.UNCHANGED if record.unchanged([article], maker, reader_name()) else Put.UPDATED


class _Batch:
    """Articles waiting to be embedded together."""

    def __init__(self, library: "Library", reader: Reader, report: Report) -> None:
        self._library = library
        self._reader = reader
        self._report = report
        self._waiting: dict[str, tuple[Article, list[Passage]]] = {}
        self._size = 0
        self._most = FIRST

    @property
    def full(self) -> bool:
        return self._size >= self._most

    def add(self, article: Article) -> None:
        if article.url in self._waiting:
            self.store()  # so that the later of two replaces the earlier
        cut = passages(article.text)
        self._waiting[article.url] = (article, cut)
        self._size += len(cut)

    def store(self) -> None:
        """Embed and store what waits; articles that are stored just so already are not embedded again."""
        record, made_by = self._library.record, self._library.maker
        articles = [article for article, _ in self._waiting.values()]
        known = record.unchanged(articles, made_by, self._reader.name)
        self._report.counts[Put.UNCHANGED] += len(known)
        fresh = [waiting for url, waiting in self._waiting.items() if url not in known]
        self._waiting, self._size = {}, 0
        if not fresh:
            return
        articles, cut = [article for article, _ in fresh], [cut for _, cut in fresh]
        readings = [self._reader.read(article) for article in articles]
        vectors, heard = _embedded(self._library, articles, cut, readings)
        made = [Made(*one) for one in zip(articles, cut, vectors, heard, strict=True)]
        self._report.counts.update(record.put(made, made_by, self._reader.name))
        self._report.passages += sum(map(len, cut))
        self._report.statements += sum(len(reading.statements) for reading in readings)
        self._most = min(2 * self._most, BATCH)
        self._library.index.follow()


def _embedded(
    library: "Library", articles: Sequence[Article], cut: Sequence[Sequence[Passage]], readings: Sequence[Reading]
) -> tuple[list[Vectors], list[Heard]]:
    """The vectors of each article's passages, and what is stored of its statements; all embedded in one call."""
    texts = [
        [f"{heading(article)}\n{passage.text}" for passage in some]
        for article, some in zip(articles, cut, strict=True)
    ]
    held = [bodies(article, reading.statements) for article, reading in zip(articles, readings, strict=True)]
    spoken = [
        [embedded(article, s, body) for s, body in zip(reading.statements, some, strict=True) if body is not None]
        for article, reading, some in zip(articles, readings, held, strict=True)
    ]
    # Signers of one statement, and statements of one sentence, may have the same text.
    wanted = list(dict.fromkeys(text for some in (*texts, *spoken) for text in some))
    row = {text: n for n, text in enumerate(wanted)}
    matrix = library.embedder.passages(wanted)

    def rows(some: Sequence[str]) -> Vectors:
        found: Vectors = matrix[np.array([row[text] for text in some], int)]
        return found

    heard = [
        Heard(reading.statements, reading.speakers, some, rows(its))
        for reading, some, its in zip(readings, held, spoken, strict=True)
    ]
    return [rows(some) for some in texts], heard
