"""Stores articles: chunk, embed, one transaction for each batch in the record, then the index.

What is acknowledged is stored; a run that was killed is completed by running it again, because an article
that is stored already, just so, costs nothing but a look.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.chunking import SIZE, VERSION, passages
from retrieval.record import Put, Record, heading
from retrieval.record.writing import content_hash
from retrieval.types import Article, Passage, Rejection

if TYPE_CHECKING:
    from retrieval.library import Library

# Passages in a batch: enough that batches of like length form (40 % faster than as they come), few enough that
# a kill costs seconds and that an article is answerable soon. The first batch is small and each is twice the one
# before: on a busy machine the first 256 passages took 20 s, so runs that were killed sooner never came to an end.
BATCH = 256
FIRST = 32

Progress = Callable[["Report"], None]


@dataclass(slots=True)
class Report:
    """What a run did so far."""

    counts: Counter[Put] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)
    passages: int = 0
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


def ingest(library: "Library", items: Iterable[Article | Rejection], progress: Progress) -> Report:
    """Store every article; `progress` is called after each batch. Raises StoreError or ModelError."""
    report = Report()
    batch = _Batch(library, report)
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
    return Put.UNCHANGED if record.unchanged([article], maker) else Put.UPDATED


class _Batch:
    """Articles waiting to be embedded together."""

    def __init__(self, library: "Library", report: Report) -> None:
        self._library = library
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
        known = self._library.record.unchanged(
            [article for article, _ in self._waiting.values()], self._library.maker
        )
        self._report.counts[Put.UNCHANGED] += len(known)
        fresh = [waiting for url, waiting in self._waiting.items() if url not in known]
        self._waiting, self._size = {}, 0
        if not fresh:
            return
        vectors = self._library.embedder.passages([text for one in fresh for text in _embedded(*one)])
        rows, at = [], 0
        for article, cut in fresh:
            rows.append((article, cut, vectors[at : at + len(cut)]))
            at += len(cut)
        self._report.counts.update(self._library.record.put(rows, self._library.maker))
        self._report.passages += at
        self._most = min(2 * self._most, BATCH)
        self._library.index.follow()


def _embedded(article: Article, cut: Sequence[Passage]) -> list[str]:
    """What is embedded of an article: title, outlet and date help to find a passage; they are not shown."""
    above = heading(article)
    return [f"{above}\n{passage.text}" for passage in cut]
