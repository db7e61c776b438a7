"""Which articles are copies of which, as the record keeps it. Whether two are is decided elsewhere.

Only originals have a sketch, so that a copy is never a copy of a copy. Whoever stores an article has compared it
with those that were there; what was stored meanwhile, by another process or just before it, shows here.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from retrieval.record.engine import Engines
from retrieval.record.schema import articles, sketches
from retrieval.record.values import Story, article_of
from retrieval.types import Article

# Two articles that share fewer hashes are not looked at. Of 32, a text that is cut to a third shares about ten.
SHARED = 2
# Those that share the most are looked at.
LIKELY = 5
# Asked for with every answer: to make it anew each time takes longer than to run it.
_FIRST = articles.alias()
_COPIES = (
    sa.select(articles, _FIRST.c.url.label("original"))
    .join(_FIRST, articles.c.copy_of == _FIRST.c.id)
    .where(_FIRST.c.url.in_(sa.bindparam("urls", expanding=True)))
    .order_by(articles.c.published.nulls_last(), articles.c.id)
)


class Stories:
    """Reads which articles are copies."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def alike(self, sketch: Sequence[int], url: str) -> dict[int, Article]:
        """Originals that may be of one text with an article, by their ids; never the article itself."""
        with self._engines.read() as db:
            ids = _alike(db, sketch, {url})
            rows = db.execute(sa.select(articles).where(articles.c.id.in_(ids))).mappings()
            found = {row["id"]: article_of(row) for row in rows}
        return {i: found[i] for i in ids}

    def last_article(self) -> int:
        """The id of the article that was stored last."""
        with self._engines.read() as db:
            return db.scalar(sa.select(sa.func.max(articles.c.id))) or 0

    def copies(self, urls: Sequence[str]) -> dict[str, list[Article]]:
        """The copies of each article that has any, by its url, the earliest first."""
        found: dict[str, list[Article]] = {}
        if not urls:
            return found
        with self._engines.read() as db:
            for row in db.execute(_COPIES, {"urls": list(urls)}).mappings():
                found.setdefault(row["original"], []).append(article_of(row))
        return found

    def original(self, url: str) -> str | None:
        """The url of the article that this one is a copy of."""
        first = articles.alias()
        query = sa.select(first.c.url).join(articles, articles.c.copy_of == first.c.id)
        with self._engines.read() as db:
            return db.scalar(query.where(articles.c.url == url))

    def unsketched(self, limit: int) -> list[tuple[int, str]]:
        """(id, text) of some originals that have no sketch yet: an older version stored them."""
        query = sa.select(articles.c.id, articles.c.text).where(
            articles.c.copy_of.is_(None), articles.c.maker != ""
        )
        without = ~sa.exists().where(sketches.c.article_id == articles.c.id)
        with self._engines.read() as db:
            return [(row[0], row[1]) for row in db.execute(query.where(without).limit(limit))]

    def sketch(self, found: Mapping[int, Sequence[int]]) -> None:
        """Store sketches of articles, by their ids."""
        with self._engines.write() as db:
            there = set(db.scalars(sa.select(articles.c.id).where(articles.c.id.in_(found))))
            for article_id in there:
                store(db, Story(found[article_id]), article_id)


def stands(db: sa.Connection, story: Story, url: str) -> bool:
    """Whether what an article was found to be still holds, inside the transaction that stores it."""
    if story.copy_of is not None:
        first = sa.select(articles.c.id).where(articles.c.id == story.copy_of, articles.c.copy_of.is_(None))
        return db.scalar(first) is not None
    return story.seen is None or not _alike(db, story.sketch, {url, *story.beside}, story.seen)


def store(db: sa.Connection, story: Story, article_id: int) -> None:
    if story.copy_of is None and story.sketch:
        rows: list[dict[str, Any]] = [{"hash": one, "article_id": article_id} for one in story.sketch]
        db.execute(sa.insert(sketches).prefix_with("OR IGNORE"), rows)


def _alike(db: sa.Connection, sketch: Sequence[int], but: Collection[str], since: int = 0) -> list[int]:
    shared = sa.func.count().label("shared")
    query = (
        sa.select(sketches.c.article_id, shared)
        .join(articles, articles.c.id == sketches.c.article_id)
        .where(sketches.c.hash.in_(sketch), articles.c.url.not_in(but), sketches.c.article_id > since)
        .group_by(sketches.c.article_id)
        .having(shared >= min(SHARED, len(sketch)))
        .order_by(shared.desc(), sketches.c.article_id)
    )
    return list(db.scalars(query.limit(LIKELY))) if sketch else []
