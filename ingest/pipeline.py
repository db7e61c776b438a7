"""Stores articles: cut, read, embed, one transaction for each batch in the record, then the index.

What is acknowledged is stored; a run that was killed is completed by running it again, because an article
that is stored already, just so, costs nothing but a look.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.chunking import SIZE
from ingest.making import Work, apart, compared, embedded, recall, whole
from ingest.reading import Item
from ingest.statements.reader import Reader, Reading
from ingest.workers import Arrival, Awaited, Workers
from retrieval.record import Put, Record
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

FORGOTTEN = "it was removed for good"

Progress = Callable[["Report"], None]
Told = Callable[[object, Put | Rejection, str | None], None]


@dataclass(slots=True)
class Report:
    """What a run did so far; `recalled` are articles of an older version whose copies are known from now on."""

    counts: Counter[Put] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)
    passages: int = 0
    statements: int = 0
    recalled: int = 0
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
    items: Iterable[Item],
    progress: Progress,
    reader: Reader | Workers | None = None,
    told: Told | None = None,
    *,
    stored: bool = False,
    by_itself: bool = False,
) -> Report:
    """Store every article; `progress` is called after each batch. Without a `reader`, one is opened.

    With `stored`, the articles come from the library itself, to be made anew as they are. With `by_itself`, nobody
    has asked for just these: what was removed for good does not come back.

    What is embedded and what is read, by the processes of `Workers`, overlap. `told` is called for every item that
    has an origin, with that, what became of it, and the url of its article. Raises StoreError or ModelError.
    """
    report = Report()
    with reader if isinstance(reader, Workers) else Workers(reader or Reader.open()) as workers:
        batch = _Batch(library, workers, report, told, stored=stored, by_itself=by_itself)
        for count in recall(library.record):
            report.recalled += count
            progress(report)
        batch.renew()
        for arrival in workers.articles(items):
            if isinstance(arrival.outcome, Article):
                batch.add(arrival.outcome, arrival.origin)
                if not batch.full:
                    continue
                batch.store()
            else:
                batch.pass_over(arrival)
            progress(report)
        batch.store()
        batch.finish()
        progress(report)
    return report


def restate(library: "Library", reader: Reader, progress: Progress) -> Report:
    """Read anew the statements of the articles that another reader read. Raises StoreError or ModelError."""
    report = Report()
    waiting: list[Article] = []

    def store() -> None:
        works = [whole(article, reader.read(article)) for article in waiting]
        heard = [made.heard for made in embedded(library, works)]
        library.record.restate(list(zip(waiting, heard, strict=True)), reader.name)
        report.counts[Put.UPDATED] += len(waiting)
        report.statements += sum(len(work.reading.statements) for work in works)
        waiting.clear()
        progress(report)

    for article in library.record.articles(not_read_by=reader.name, originals=True):
        waiting.append(article)
        if len(waiting) == RESTATED:
            store()
    if waiting:
        store()
    # What a copy says besides its original can only be told when the original's statements are there.
    left = library.record.articles(not_read_by=reader.name)
    copies = ingest(library, left, lambda _: None, reader, stored=True)
    report.counts += copies.counts
    report.statements += copies.statements
    progress(report)
    return report


def forget(library: "Library", url: str, reader: Callable[[], Reader]) -> bool:
    """Remove an article for good, and make its copies anew, of which one becomes the original.

    False where there is no such article. Raises StoreError or ModelError.
    """
    if not library.record.forget(url):
        return False
    if library.record.pending():
        ingest(library, (), lambda _: None, reader())
    library.index.follow()
    return True


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


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article that is to be stored, and who found it."""

    article: Article
    origin: object


class _Batch:
    """Articles waiting to be embedded together, and before them those that are being read."""

    def __init__(
        self,
        library: "Library",
        workers: Workers,
        report: Report,
        told: Told | None,
        *,
        stored: bool,
        by_itself: bool,
    ) -> None:
        self._stored_before, self._by_itself = stored, by_itself
        self._library = library
        self._workers = workers
        self._report = report
        self._told = told
        self._waiting: dict[str, _Waiting] = {}
        self._being_read: list[tuple[_Waiting, Awaited[Article, Reading]]] = []
        self._size = 0
        self._most = FIRST

    @property
    def full(self) -> bool:
        return self._size >= self._most

    def add(self, article: Article, origin: object) -> None:
        if article.url in self._waiting:
            self.store()  # so that the later of two replaces the earlier
        self._waiting[article.url] = _Waiting(article, origin)
        self._size += 1 + len(article.text) // SIZE  # about as many passages

    def pass_over(self, arrival: Arrival) -> None:
        """What is no article, or one that is as it was."""
        if isinstance(arrival.outcome, Rejection):
            self._report.rejected.append(arrival.outcome)
            self._tell(arrival.origin, arrival.outcome, None)
        else:
            self._report.counts[Put.UNCHANGED] += 1
            self._tell(arrival.origin, Put.UNCHANGED, None)

    def store(self) -> None:
        """Have what waits read, and store what was being read meanwhile.

        Articles that are stored just so already are neither read nor embedded.
        """
        for url in self._library.record.forgotten(list(self._waiting)) if self._by_itself else ():
            self.pass_over(Arrival(Rejection(url, FORGOTTEN), self._waiting.pop(url).origin))
        articles = [one.article for one in self._waiting.values()]
        known = self._library.record.unchanged(articles, self._library.maker, self._workers.reader.name)
        for url in known:
            self._count(self._waiting[url], Put.UNCHANGED)
        fresh = [one for url, one in self._waiting.items() if url not in known]
        self._waiting, self._size = {}, 0
        self._most = min(2 * self._most, BATCH)
        reading = [(one, self._workers.statements(one.article)) for one in fresh]
        self.finish()
        self._being_read = reading
        if not self._workers.apart:
            self.finish()

    def finish(self) -> None:
        """Embed and store what was being read."""
        if not self._being_read:
            return
        found = {one.article.url: one for one, _ in self._being_read}
        works = [whole(one.article, awaited.result()) for one, awaited in self._being_read]
        self._being_read = []
        for url, put in self._stored(works, before=self._stored_before):
            self._count(found[url], put)
        self.renew()
        self._library.index.follow()

    def renew(self) -> None:
        """Make those copies anew whose original changed or went: of another, or of none."""
        while pending := self._library.record.pending():
            works = [whole(article, self._workers.reader.read(article)) for article in pending]
            self._stored(works, before=True)

    def _count(self, one: _Waiting, put: Put) -> None:
        self._report.counts[put] += 1
        self._tell(one.origin, put, one.article.url)

    def _tell(self, origin: object, outcome: Put | Rejection, url: str | None) -> None:
        if self._told and origin is not None:
            self._told(origin, outcome, url)

    def _stored(self, left: list[Work], *, before: bool) -> list[tuple[str, Put]]:
        """Originals first, then what are copies of them; and again what another process has stored a copy of."""
        record = self._library.record
        done: list[tuple[str, Put]] = []
        while left:
            originals, left = apart(left)
            works = [compared(record, work, originals) for work in originals]
            made_by = self._library.maker, self._workers.reader.name
            puts = record.put(embedded(self._library, works), *made_by, stored=before)
            for work, fresh, put in zip(originals, works, puts, strict=True):
                if put is None:
                    left.append(work)
                    continue
                done.append((work.article.url, put))
                self._report.passages += len(fresh.cut)
                self._report.statements += len(fresh.reading.statements)
        return done
