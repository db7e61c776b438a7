"""Reads what a library holds, seen as a whole: how much, from where, from when, by whom, and what about.

Counts and reads; changes nothing. What is about to be made anew counts as it stands.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from retrieval.record.engine import Engines
from retrieval.record.schema import articles, introductions, speakers, statements
from retrieval.record.values import StoredSpeaker
from retrieval.types import Report

# So many speakers tell who is in a library.
TOP = 10
_DAY = articles.c.published
# When something was said: the day that the text gives, else the article's.
_SAID_ON = sa.func.coalesce(statements.c.said_on, _DAY)
_ORIGINAL = articles.c.copy_of.is_(None)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a library holds.

    `copies` are those of the articles that are copies of others; `first` and `last` the days of publication, None
    where no article has one; `statements` those whose speaker is known; `speakers` the ten who speak in most
    articles; `months` (first day of the month, articles) in order, without months that have none.
    """

    articles: int
    copies: int
    first: date | None
    last: date | None
    statements: int
    speakers: tuple[StoredSpeaker, ...]
    months: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class OutletHeld:
    """What is held of an outlet; `name` is None for the articles that name none."""

    name: str | None
    articles: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What an article is about: its title, and (speaker's id, words) of each statement with a known speaker."""

    article: int
    title: str | None
    said: tuple[tuple[int | None, str], ...]


class Held:
    """What is held, as a whole. Every method is one query or two, over all of it unless it says otherwise."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def holdings(self) -> Holdings:
        """Of one moment. Raises StoreError."""
        number = sa.func.count()
        whole = sa.select(number, number.filter(~_ORIGINAL), sa.func.min(_DAY), sa.func.max(_DAY))
        known = sa.select(number).select_from(statements).where(statements.c.speaker.is_not(None))
        month = sa.func.strftime("%Y-%m-01", _DAY).label("month")
        by_month = sa.select(month, number).where(_DAY.is_not(None)).group_by(month).order_by(month)
        times = sa.func.count(introductions.c.id).label("times")
        best = sa.select(speakers, times).join(introductions).group_by(speakers.c.id)
        best = best.order_by(times.desc(), speakers.c.name, speakers.c.id).limit(TOP)
        with self._engines.read() as db:
            held, copies, first, last = db.execute(whole.select_from(articles)).one()
            said = db.scalar(known) or 0
            months = tuple((date.fromisoformat(row[0]), row[1]) for row in db.execute(by_month))
            top = tuple(StoredSpeaker(row.id, row.name, row.body, row.times) for row in db.execute(best))
        return Holdings(held, copies, first, last, said, top, months)

    def outlets_held(self) -> list[OutletHeld]:
        """Each outlet, that with most articles first. Raises StoreError."""
        number = sa.func.count().label("number")
        query = sa.select(articles.c.outlet, number, sa.func.min(_DAY), sa.func.max(_DAY))
        query = query.group_by(articles.c.outlet).order_by(number.desc(), articles.c.outlet)
        with self._engines.read() as db:
            return [OutletHeld(*row) for row in db.execute(query)]

    def said_by(
        self, ids: Collection[int], since: date | None, until: date | None, most: int, after: int = 0
    ) -> list[int]:
        """The ids of the statements that some speakers, given by theirs, made within [since, until].

        Only what was said, the latest first, undated ones last; `most` of them after the first `after`. Raises
        StoreError.
        """
        query = sa.select(statements.c.id).join(articles)
        query = query.where(statements.c.speaker_id.in_(ids), statements.c.report == Report.SAID.value)
        if since:
            query = query.where(since <= _SAID_ON)
        if until:
            query = query.where(until >= _SAID_ON)
        query = query.order_by(_SAID_ON.desc().nulls_last(), statements.c.id).limit(most).offset(after)
        with self._engines.read() as db:
            return list(db.scalars(query))

    def contents(self, after: int, most: int) -> list[Contents]:
        """What the next articles above an id are about, at most so many, in order; copies are left out.

        Raises StoreError.
        """
        some = sa.select(articles.c.id, articles.c.title).where(articles.c.id > after, _ORIGINAL)
        length = statements.c.end - statements.c.start
        words = sa.func.substr(articles.c.text, statements.c.start + 1, length).label("words")
        said = sa.select(statements.c.article_id, statements.c.speaker_id, words).join(articles)
        said = said.where(statements.c.speaker.is_not(None)).order_by(statements.c.article_id, statements.c.id)
        with self._engines.read() as db:
            titles = db.execute(some.order_by(articles.c.id).limit(most)).all()
            if not titles:
                return []
            within = statements.c.article_id.between(titles[0].id, titles[-1].id)
            rows = db.execute(said.where(within)).all()
        by = {i: tuple((r.speaker_id, r.words) for r in of) for i, of in groupby(rows, attrgetter("article_id"))}
        return [Contents(row.id, row.title, by.get(row.id, ())) for row in titles]
