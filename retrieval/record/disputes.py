"""Keeps the corrections that readers ask for, and says which words no answer may show because of them.

What is disputed is a place in a version of an article. In another version of it, it is wherever a sentence of that
place stands again: what is changed elsewhere in a text brings nothing back.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from retrieval.kept import Dispute, State
from retrieval.record.engine import Engines
from retrieval.record.schema import articles, disputes, versions
from retrieval.record.values import Version, utc
from retrieval.record.writing import version_of
from retrieval.sentences import Span, sentences
from retrieval.types import Article, Citation, Claim

# One who disputes more must wait until some of it is settled, for what is open is shown to nobody. One claim may
# rest on five places.
MOST_OPEN = 20
# Characters of a reason that are kept.
REASON = 1000
# Read with every question: to make it anew each time takes longer than to run it.
_DISPUTED = (
    sa.select(disputes.c.url, disputes.c.version, disputes.c.start, disputes.c.end)
    .where(disputes.c.state.in_((State.OPEN.value, State.UPHELD.value)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Place:
    """article.text[start:end] in a version of an article."""

    version: str
    start: int
    end: int


class Disputes:
    """Corrections that are asked for. All methods raise StoreError where the record cannot be used."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def dispute(
        self,
        url: str,
        version: str,
        start: int,
        end: int,
        words: str,
        speaker: str | None,
        reason: str,
        by: str,
        now: datetime,
    ) -> Dispute | None:
        """Ask for a correction of what stands in text[start:end] of an article's version; `words` is what it is.

        Who disputes the same words of an article again gets his first dispute, whatever became of it. None where
        `by` has MOST_OPEN open ones, or where the article is not stored. Raises ValueError where `now` has no time
        zone.
        """
        at, sha256 = utc(now), _sha256(words)
        row: dict[str, Any] = {"url": url, "version": version, "start": start, "end": end, "words_sha256": sha256}
        row |= {"speaker": speaker, "reason": reason[:REASON], "by": by, "at": at, "state": State.OPEN.value}
        his = disputes.c.by == by
        same = sa.select(disputes.c.id).where(his, disputes.c.url == url, disputes.c.words_sha256 == sha256)
        still = sa.select(sa.func.count()).where(his, disputes.c.state == State.OPEN.value)
        with self._engines.write() as db:  # under the write lock: of two at once, the second sees the first
            first = db.scalar(same.order_by(disputes.c.id).limit(1))
            if first is not None:
                return _one(db, first)
            if (db.scalar(still) or 0) >= MOST_OPEN or not _stored(db, url):
                return None
            return _one(db, db.scalars(disputes.insert().values(row).returning(disputes.c.id)).one())

    def disputes(self, state: State | None = State.OPEN) -> list[Dispute]:
        """Those in a state, or all, the newest first."""
        condition = disputes.c.state == state.value if state else sa.true()
        with self._engines.read() as db:
            return list(_read(db, condition))

    def settle_dispute(self, dispute: int, upheld: bool, by: str, now: datetime) -> Dispute | None:
        """Uphold or dismiss a dispute, by its id, also one that was settled before. None where there is none.

        Raises ValueError where `now` has no time zone.
        """
        at, state = utc(now), State.UPHELD if upheld else State.DISMISSED
        if not 0 < dispute < 2**63:  # what SQLite can count
            return None
        settled = {"state": state.value, "settled_by": by, "settled_at": at}
        with self._engines.write() as db:
            db.execute(disputes.update().where(disputes.c.id == dispute).values(settled))
            return _one(db, dispute)

    def disputed(self) -> Mapping[str, Sequence[Place]]:
        """What is disputed, open or upheld, by the urls of the articles. Read with every question."""
        found: dict[str, list[Place]] = {}
        with self._engines.read() as db:
            for url, version, start, end in db.execute(_DISPUTED):
                found.setdefault(url, []).append(Place(version, start, end))
        return found


def drop_disputes(db: sa.Connection, url: str) -> None:
    """Delete the disputes of an article, inside the transaction that forgets it."""
    db.execute(disputes.delete().where(disputes.c.url == url))


class Withheld:
    """Which words of articles no answer may show, as of when it was made. For one thread."""

    def __init__(
        self,
        disputed: Mapping[str, Sequence[Place]] | None = None,
        versions_of: Callable[[str], Sequence[Version]] = lambda _: (),
    ) -> None:
        """`disputed` is what Record.disputed gives, `versions_of` is Record.versions."""
        self._disputed = disputed or {}
        self._versions_of = versions_of
        self._found: dict[Article, list[Span]] = {}

    def __bool__(self) -> bool:
        """Whether there may be any."""
        return bool(self._disputed)

    def overlaps(self, article: Article, start: int, end: int) -> bool:
        """Whether some of article.text[start:end] is withheld."""
        if article.url not in self._disputed:
            return False
        if article not in self._found:
            self._found[article] = self._spans(article)
        return any(low < end and start < high for low, high in self._found[article])

    def cited_by(self, claim: Claim, article_of: Callable[[Citation], Article | None]) -> bool:
        """Whether a claim cites such words; `article_of` gives the article, in the version that is cited."""
        for one in claim.citations:
            article = article_of(one) if one.url in self._disputed else None
            if article and self.overlaps(article, one.start, one.end):
                return True
        return False

    def _spans(self, article: Article) -> list[Span]:
        places, version = self._disputed[article.url], version_of(article)
        others = [place for place in places if place.version != version]
        found = [(place.start, place.end) for place in places if place.version == version]
        return found + self._standing(article, others) if others else found

    def _standing(self, article: Article, places: Sequence[Place]) -> list[Span]:
        """Where the sentences of places in other versions stand in this one."""
        texts = {one.id: one.article.text for one in self._versions_of(article.url)}
        wanted: set[str] = set()
        for version in {place.version for place in places} & texts.keys():
            of_it = [(place.start, place.end) for place in places if place.version == version]
            wanted |= {
                _bare(texts[version][slice(*span)])
                for span in sentences(texts[version])
                if any(low < span[1] and span[0] < high for low, high in of_it)
            }
        wanted.discard("")
        return [span for span in sentences(article.text) if _bare(article.text[slice(*span)]) in wanted]


def _bare(text: str) -> str:
    """The words without what marks and spaces stand between them."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _sha256(words: str) -> str:
    return hashlib.sha256(_bare(words).encode(errors="replace")).hexdigest()


def _stored(db: sa.Connection, url: str) -> bool:
    return db.scalar(sa.select(articles.c.id).where(articles.c.url == url)) is not None


def _one(db: sa.Connection, dispute: int) -> Dispute | None:
    return next(iter(_read(db, disputes.c.id == dispute)), None)


def _read(db: sa.Connection, condition: sa.ColumnElement[bool]) -> Iterable[Dispute]:
    """The newest first, each with its words as the cited version has them."""
    query = sa.select(disputes, sa.func.coalesce(articles.c.text, versions.c.text).label("text"))
    for held in (articles, versions):
        cited = sa.func.substr(held.c.sha256, 1, 12) == disputes.c.version
        query = query.outerjoin(held, (held.c.url == disputes.c.url) & cited)
    for row in db.execute(query.where(condition).order_by(disputes.c.id.desc())):
        yield Dispute(
            id=row.id,
            url=row.url,
            version=row.version,
            start=row.start,
            end=row.end,
            quote=None if row.text is None else row.text[row.start : row.end],
            speaker=row.speaker,
            reason=row.reason,
            by=row.by,
            at=row.at.replace(tzinfo=UTC),
            state=State(row.state),
        )
