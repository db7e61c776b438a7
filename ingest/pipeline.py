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

from ingest.chunking import SIZE, passages
from ingest.statements.indexed import Indexed, indexed
from ingest.statements.reader import Reader, Reading
from retrieval.record import Heard, Made, Put, Record, Vectors
from retrieval.record.values import no_vectors
from retrieval.record.writing import content_hash
from retrieval.types import Article, Rejection

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
        heard = [made.heard for made in _made(library, waiting, readings)]
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


def preview(
    record: Record | None, maker: str, reader: str, items: Iterable[Article | Rejection], progress: Progress
) -> Report:
    """What `ingest` would report, with nothing stored. `record` is None for a library that is not there yet."""
    report = Report()
    seen: dict[str, str] = {}
    for item in items:
        if isinstance(item, Rejection):
            report.rejected.append(item)
        else:
            report.counts[_foreseen(record, (maker, reader), seen.get(item.url), item)] += 1
            seen[item.url] = content_hash(item)  # not the article: an input may be larger than memory
        progress(report)
    return report


def _foreseen(record: Record | None, made_by: tuple[str, str], before: str | None, article: Article) -> Put:
    """`before`: the content hash of what the same input has already put under the article's url."""
    if before is not None:
        return Put.UNCHANGED if before == content_hash(article) else Put.UPDATED
    if record is None or not record.known([article.url]):
        return Put.ADDED
    return Put.UNCHANGED if record.unchanged([article], *made_by) else Put.UPDATED


class _Batch:
    """Articles waiting to be embedded together."""

    def __init__(self, library: "Library", reader: Reader, report: Report) -> None:
        self._library = library
        self._reader = reader
        self._report = report
        self._waiting: dict[str, Article] = {}
        self._size = 0
        self._most = FIRST

    @property
    def full(self) -> bool:
        return self._size >= self._most

    def add(self, article: Article) -> None:
        if article.url in self._waiting:
            self.store()  # so that the later of two replaces the earlier
        self._waiting[article.url] = article
        self._size += 1 + len(article.text) // SIZE  # about as many passages

    def store(self) -> None:
        """Embed and store what waits; articles that are stored just so already are not embedded again."""
        record, made_by = self._library.record, self._library.maker
        known = record.unchanged(list(self._waiting.values()), made_by, self._reader.name)
        self._report.counts[Put.UNCHANGED] += len(known)
        fresh = [article for url, article in self._waiting.items() if url not in known]
        self._waiting, self._size = {}, 0
        if not fresh:
            return
        readings = [self._reader.read(article) for article in fresh]
        made = _made(self._library, fresh, readings)
        self._report.counts.update(record.put(made, made_by, self._reader.name))
        self._report.passages += sum(len(one.passages) for one in made)
        self._report.statements += sum(len(reading.statements) for reading in readings)
        self._most = min(2 * self._most, BATCH)
        self._library.index.follow()


def _made(library: "Library", articles: Sequence[Article], readings: Sequence[Reading]) -> list[Made]:
    """The articles with their passages and statements, all embedded in one call."""
    cut = [passages(article.text) for article in articles]
    found = [indexed(a, p, r.statements) for a, p, r in zip(articles, cut, readings, strict=True)]
    whole, parts = library.embedder.with_parts(
        [text for one in found for text in one.texts], [its for one in found for its in one.parts]
    )
    made, at = [], 0
    for article, some, reading, one in zip(articles, cut, readings, found, strict=True):
        made.append(Made(article, some, whole[at : at + len(some)], _heard(reading, one, parts[at:])))
        at += len(some)
    return made


def _heard(reading: Reading, found: Indexed, parts: Sequence[Vectors]) -> Heard:
    vectors = [parts[passage][part] for passage, part in found.places]
    matrix = np.stack(vectors) if vectors else no_vectors()
    return Heard(reading.statements, reading.speakers, found.bodies, matrix)
