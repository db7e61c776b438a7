"""Keeps what is followed: feeds, what they listed, and what servers gave to ask whether a page has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from retrieval.record.engine import Engines, in_steps
from retrieval.record.schema import entries, feeds, pages
from retrieval.record.writing import now


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed that is followed. Times are UTC, None where it never happened; `failure` why the last try failed.

    Of its entries `stored` are stored, and `left` are to be tried again.
    """

    id: int
    url: str
    title: str | None
    kind: str | None
    etag: str | None
    modified: str | None
    added_at: datetime
    checked_at: datetime | None
    answered_at: datetime | None
    new_at: datetime | None
    failure: str | None
    stored: int
    left: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a feed. `reason`: why it is not stored; `tries`: those that are left to store it."""

    key: str
    url: str
    updated: datetime | None = None
    tries: int = 0
    reason: str | None = None


class Following:
    """What is followed. Knows nothing of articles but their urls."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def follow(self, url: str, title: str | None, kind: str | None) -> bool:
        """Follow a feed. False where it is followed already."""
        row = {"url": url, "title": title, "kind": kind, "added_at": now()}
        with self._engines.write() as db:
            return db.execute(feeds.insert().prefix_with("OR IGNORE").values(row)).rowcount > 0

    def unfollow(self, url: str) -> bool:
        """Follow a feed no more; its articles stay. False where it was not followed."""
        with self._engines.write() as db:
            return db.execute(feeds.delete().where(feeds.c.url == url)).rowcount > 0

    def followed(self) -> list[StoredFeed]:
        """Every feed, in the order in which they came."""
        mine = sa.select(sa.func.count()).where(entries.c.feed_id == feeds.c.id)
        stored = mine.where(entries.c.reason.is_(None)).scalar_subquery().label("stored")
        left = mine.where(entries.c.tries > 0).scalar_subquery().label("left")
        with self._engines.read() as db:
            rows = db.execute(sa.select(feeds, stored, left).order_by(feeds.c.id)).mappings()
            return [StoredFeed(**row) for row in rows]

    def heard_from(self, feed: int, *, failure: str | None = None, **known: str | None) -> None:
        """Note how a feed answered; `known` are its title, kind, etag and modified where it gave a feed."""
        row: dict[str, object] = {"checked_at": now(), "failure": failure}
        if failure is None:
            row |= known | {"answered_at": now()}
        with self._engines.write() as db:
            db.execute(feeds.update().where(feeds.c.id == feed).values(row))

    def listed(self, feed: int) -> dict[str, Listed]:
        """What a feed has listed so far, by the keys."""
        query = sa.select(entries).where(entries.c.feed_id == feed)
        with self._engines.read() as db:
            return {
                row["key"]: Listed(row["key"], row["url"], row["updated"], row["tries"], row["reason"])
                for row in db.execute(query).mappings()
            }

    def note(self, feed: int, some: Sequence[Listed], *, new: bool = False) -> None:
        """Keep what became of entries; with `new`, the feed had something new."""
        if not some:
            return
        fields = ("key", "url", "updated", "tries", "reason")
        rows = [
            {name: getattr(one, name) for name in fields} | {"feed_id": feed, "seen_at": now()} for one in some
        ]
        with self._engines.write() as db:
            if db.scalar(sa.select(feeds.c.id).where(feeds.c.id == feed)) is None:
                return  # it was removed meanwhile
            db.execute(sa.insert(entries).prefix_with("OR REPLACE"), rows)
            if new:
                db.execute(feeds.update().where(feeds.c.id == feed).values(new_at=now()))

    def validators(self, urls: Sequence[str]) -> Mapping[str, tuple[str | None, str | None]]:
        """(etag, modified) of those pages that are known to have become articles."""
        with self._engines.read() as db:
            return {
                row.url: (row.etag, row.modified)
                for some in in_steps(urls)
                for row in db.execute(sa.select(pages).where(pages.c.url.in_(some)))
            }

    def became(self, url: str, etag: str | None, modified: str | None, article_url: str) -> None:
        """Note that the page at `url` became an article."""
        row = {"url": url, "etag": etag, "modified": modified, "article_url": article_url}
        with self._engines.write() as db:
            db.execute(sa.insert(pages).prefix_with("OR REPLACE").values(row))
