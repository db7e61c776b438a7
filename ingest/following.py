"""Follows pages and feeds: asks only for what is new or has changed, and notes in the record what came of it.

A feed's entry that could not be had is tried again with the next pulls; one whose article was removed for good is
not. What was stored before a kill is noted with the next pull, at the cost of one more look.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ingest.extract.draft import Refusal
from ingest.pipeline import FORGOTTEN, Progress, Report, ingest
from ingest.unread import Failed, Given, Same, Unread
from ingest.web import announced, feeds
from ingest.web.downloads import Downloads, Origin, Wanted
from ingest.web.rules import FEEDS, Page, Validators
from ingest.workers import Workers
from retrieval.record import Listed, Put, Record, StoredFeed
from retrieval.types import Rejection

if TYPE_CHECKING:
    from retrieval.library import Library

# An entry is tried with so many pulls.
TRIES = 3
# So many new entries are taken from a feed in one pull, the newest first; the others come with the next.
MOST = 100
# Sitemaps that an index names are looked at up to so many: those of archives come last in most.
PARTS = 20
# A feed that answers but lists nothing new for so long is silent.
SILENT = timedelta(days=14)


class State(StrEnum):
    """How a feed does: a silent one answers and has nothing new, a failing one does not answer as a feed."""

    NEW = "new"
    ALIVE = "alive"
    SILENT = "silent"
    FAILING = "failing"


def state(feed: StoredFeed, now: datetime) -> State:
    """How a feed does at a time (UTC)."""
    if feed.failure:
        return State.FAILING
    if feed.answered_at is None:
        return State.NEW
    return State.ALIVE if now - (feed.new_at or feed.added_at) < SILENT else State.SILENT


@dataclass(slots=True)
class Pulled:
    """What pulling did so far: for each feed asked, how many entries were new, or why it failed."""

    report: Report = field(default_factory=Report)
    new: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        told = [{"url": url, "new": count} for url, count in self.new.items()]
        failed = [{"url": url, "failure": why} for url, why in self.failed.items()]
        return {"feeds": told + failed, **self.report.as_json()}


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry that is wanted, and the tries that are left when this one fails."""

    feed: int
    entry: feeds.Entry
    tries: int


def fetched(
    record: Record | None, downloads: Downloads, urls: Sequence[str], given: Given
) -> Iterator[Unread | Failed | Same]:
    """Pages as they are now; of those that the record has as they are, without words of the person, none."""
    known = record.validators(urls) if record and given == Given() else {}
    wanted = (Wanted(url, Validators(*known.get(url, (None, None))), given=given) for url in dict.fromkeys(urls))
    return downloads.articles(wanted)


def noting(record: Record) -> Callable[[object, Put | Rejection, str | None], None]:
    """What notes in the record what came of pages; for `ingest`."""

    def told(origin: object, outcome: Put | Rejection, url: str | None) -> None:
        if not isinstance(origin, Origin):
            return
        wanted, validators = origin.wanted, origin.validators
        if url and validators:
            record.became(wanted.url, validators.etag, validators.modified, url)
        if isinstance(wanted.origin, _Entry):
            record.note(wanted.origin.feed, [_listed(wanted.origin, outcome)])

    return told


def pull(
    library: "Library",
    workers: Workers,
    downloads: Downloads,
    followed: Sequence[StoredFeed],
    progress: Progress,
) -> Pulled:
    """Ask feeds, and store what is new in them. Raises StoreError or ModelError."""
    pulled, record = Pulled(), library.record
    wanted: dict[str, Wanted] = {}
    for answer in _asked(downloads, followed):
        feed = answer.feed
        if isinstance(answer.found, Refusal):
            record.heard_from(feed.id, failure=answer.found.reason)
            pulled.failed[feed.url] = answer.found.reason
            continue
        fresh = _fresh(record, feed, answer.entries)
        pulled.new[feed.url] = len(fresh)
        # What two feeds list is asked for once; the second finds it stored with the next pull.
        fresh = [one for one in fresh if one.entry.url not in wanted]
        _note(record, answer, fresh)
        known = record.validators([one.entry.url for one in fresh[:MOST]])
        for one in fresh[:MOST]:
            wanted[one.entry.url] = _wanted(one, Validators(*known.get(one.entry.url, (None, None))))
    pages = downloads.articles(wanted.values())
    pulled.report = ingest(library, pages, progress, workers, noting(record), by_itself=True)
    return pulled


def look(downloads: Downloads, url: str) -> "tuple[str, feeds.Feed] | list[announced.Announced] | Refusal":
    """What an address is: a feed (with its address after redirects), a page that announces some, or neither."""
    (_, page), *_ = downloads.each([Wanted(url, kinds=FEEDS)])
    if isinstance(page, Rejection):
        return Refusal(page.reason)
    found = feeds.parse(page.data, page.url, page.charset)
    if isinstance(found, feeds.Feed):
        return page.url, found
    named = list(announced.feeds(page.data, page.url, page.charset))
    named += [announced.Announced(at, None, "sitemap") for at in downloads.sitemaps(page.url)]
    return named or found


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a feed answered: a feed, nothing new (None), or why it failed; with the entries of its parts."""

    feed: StoredFeed
    found: feeds.Feed | Refusal | None
    validators: Validators
    entries: tuple[feeds.Entry, ...] = ()


def _asked(downloads: Downloads, followed: Sequence[StoredFeed]) -> list[_Answer]:
    """What every feed answers; of an index, with what its sitemaps list."""
    # While entries are to be tried again, the feed that lists them must come whole; so must an index, whose parts
    # change while it does not.
    whole = {one.id for one in followed if one.left or one.kind == "sitemap-index"}
    known = {one.id: Validators() if one.id in whole else Validators(one.etag, one.modified) for one in followed}
    wanted = (Wanted(one.url, known[one.id], FEEDS, origin=one) for one in followed)
    answers = [_answer(one, page) for one, page in downloads.each(wanted)]
    parts = [
        Wanted(part, kinds=FEEDS, origin=answer.feed.id)
        for answer in answers
        if isinstance(answer.found, feeds.Feed)
        for part in answer.found.parts[:PARTS]
    ]
    listed: dict[object, list[feeds.Entry]] = {}
    for one, page in downloads.each(parts):
        found = feeds.parse(page.data, page.url, page.charset) if isinstance(page, Page) else None
        if isinstance(found, feeds.Feed):
            listed.setdefault(one.origin, []).extend(found.entries)
    return [replace(answer, entries=(*answer.entries, *listed.get(answer.feed.id, ()))) for answer in answers]


def _answer(wanted: Wanted, page: Page | Rejection) -> _Answer:
    feed = wanted.origin
    if not isinstance(feed, StoredFeed):
        raise TypeError("a feed is wanted for a feed")
    if isinstance(page, Rejection):
        return _Answer(feed, Refusal(page.reason), wanted.known)
    if not page.fresh:
        return _Answer(feed, None, wanted.known)
    found = feeds.parse(page.data, page.url, page.charset)
    return _Answer(feed, found, page.validators, found.entries if isinstance(found, feeds.Feed) else ())


def _fresh(record: Record, feed: StoredFeed, entries: Sequence[feeds.Entry]) -> list[_Entry]:
    """What is new in a feed, has changed, or is to be tried again. What came from elsewhere is noted as stored."""
    urls = [entry.url for entry in entries]
    listed, forgotten, stored = record.listed(feed.id), record.forgotten(urls), record.known(urls)
    found, there = [], []
    for entry in entries:
        before = listed.get(entry.key)
        if before is None and entry.url in stored:
            there.append(_listed(_Entry(feed.id, entry, 0), Put.UNCHANGED))
            continue
        changed = before is None or (entry.updated is not None and before.updated != _utc(entry.updated))
        if (changed or (before and before.tries)) and entry.url not in forgotten:
            tries = TRIES if changed or before is None else before.tries
            found.append(_Entry(feed.id, entry, tries - 1))
    record.note(feed.id, there)
    return found


def _note(record: Record, answer: _Answer, fresh: Sequence[_Entry]) -> None:
    """That the feed answered, and what it lists. While entries of it are left, all of it is asked for again."""
    feed, found = answer.feed, answer.found
    known = answer.validators if len(fresh) <= MOST else Validators()
    if isinstance(found, feeds.Feed):
        told = {"title": found.title or feed.title, "kind": found.kind}
        record.heard_from(feed.id, etag=known.etag, modified=known.modified, **told)
    else:
        record.heard_from(feed.id)
    record.note(feed.id, [_listed(one, None) for one in fresh[:MOST]], new=True)


def _listed(one: _Entry, outcome: Put | Rejection | None) -> Listed:
    """An entry with what became of it; None: nothing yet, and it is tried again if this process is killed."""
    entry = one.entry
    updated = entry.updated and _utc(entry.updated)
    if isinstance(outcome, Put):
        return Listed(entry.key, entry.url, updated)
    if outcome is None:
        return Listed(entry.key, entry.url, updated, one.tries + 1, "not fetched yet")
    tries = 0 if outcome.reason == FORGOTTEN else one.tries
    return Listed(entry.key, entry.url, updated, tries, outcome.reason)


def _wanted(one: _Entry, known: Validators) -> Wanted:
    entry = one.entry
    told = Given(title=entry.title, author=entry.author, published=entry.published)
    return Wanted(entry.url, known, last=told, origin=one)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
