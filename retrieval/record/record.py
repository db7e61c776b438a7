"""One door to the record: reads and writes of a library's SQLite file.

A write is one transaction: an article with its passages and statements, their vectors and their full-text rows
is there as a whole or not at all, and so is who is who among the speakers. Readers never wait (WAL); writers
wait for one another.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date

import sqlalchemy as sa

from retrieval.record import checks
from retrieval.record.engine import Engines
from retrieval.record.identities import Touched, sort_out
from retrieval.record.people import People
from retrieval.record.rows import Rows, phrase
from retrieval.record.schema import articles, library
from retrieval.record.use import Use
from retrieval.record.values import Heard, Made, Put, article_of
from retrieval.record.writing import content_hash, put, restate
from retrieval.types import Article

# SQLite takes 32,766 variables in a statement; fewer keep its parser quick.
MANY = 5000


class Record(Rows, People, Use):
    """The record of one library. Safe to use from several threads and beside other processes."""

    @classmethod
    def open(cls, url: str) -> "Record":
        """Open, or make, the record at an SQLAlchemy URL. Raises what `Engines.open` raises."""
        return cls(Engines.open(url))

    def close(self) -> None:
        self._engines.close()

    def snapshot(self) -> AbstractContextManager[None]:
        """All that this thread reads meanwhile is of one moment, and costs one transaction. Raises StoreError."""
        return self._engines.snapshot()

    # ---------------------------------------------------------------- writing

    def put(self, batch: Sequence[Made], maker: str, reader: str = "") -> list[Put]:
        """Store articles with all that is made of them, in one transaction.

        An article whose url is known is replaced whole, or left alone where nothing of it changed: neither its
        content, nor the `maker` of its passages, nor the `reader` of its statements.
        """
        touched = Touched()
        with self._engines.write() as db:
            done = [put(db, made, maker, reader, touched) for made in batch]
            sort_out(db, touched)
        return done

    def restate(self, batch: Sequence[tuple[Article, Heard]], reader: str) -> int:
        """Replace the statements of stored articles, and nothing else of them, in one transaction.

        How many were: an article that went, or changed, since the statements were read is passed over.
        """
        touched = Touched()
        with self._engines.write() as db:
            done = sum(restate(db, article, heard, reader, touched) for article, heard in batch)
            sort_out(db, touched)
        return done

    def forget(self, url: str) -> bool:
        """Remove an article and everything made of it. False where there is none."""
        touched = Touched()
        with self._engines.write() as db:
            article_id = db.scalar(sa.select(articles.c.id).where(articles.c.url == url))
            if article_id is None:
                return False
            touched.article(db, article_id)
            db.execute(articles.delete().where(articles.c.id == article_id))
            sort_out(db, touched)
        return True

    # ---------------------------------------------------------------- reading

    def library_id(self) -> str:
        with self._engines.read() as db:
            return str(db.scalars(sa.select(library.c.value).where(library.c.key == "id")).one())

    def makers(self) -> list[str]:
        """What the stored articles were embedded and cut with; one entry unless a reindex is under way."""
        with self._engines.read() as db:
            return list(db.scalars(sa.select(articles.c.maker).distinct()))

    def readers(self) -> Mapping[str, int]:
        """What read the statements, and of how many articles; "" for those that nothing has read."""
        with self._engines.read() as db:
            query = sa.select(articles.c.reader, sa.func.count()).group_by(articles.c.reader)
            return {row[0]: row[1] for row in db.execute(query)}

    def unchanged(self, batch: Sequence[Article], maker: str, reader: str = "") -> set[str]:
        """The urls of those articles that are stored just so already."""
        known: dict[str, tuple[str, str, str]] = {}
        query = sa.select(articles.c.url, articles.c.sha256, articles.c.maker, articles.c.reader)
        with self._engines.read() as db:
            for at in range(0, len(batch), MANY):
                urls = [article.url for article in batch[at : at + MANY]]
                known |= {url: (sha, *by) for url, sha, *by in db.execute(query.where(articles.c.url.in_(urls)))}
        return {a.url for a in batch if known.get(a.url) == (content_hash(a), maker, reader)}

    def known(self, urls: Sequence[str]) -> set[str]:
        """Which of the urls are stored."""
        with self._engines.read() as db:
            return set(db.scalars(sa.select(articles.c.url).where(articles.c.url.in_(urls))))

    def article(self, url: str) -> Article | None:
        with self._engines.read() as db:
            row = db.execute(sa.select(articles).where(articles.c.url == url)).mappings().one_or_none()
        return article_of(row) if row else None

    def articles(self, *, not_made_by: str | None = None, not_read_by: str | None = None) -> Iterator[Article]:
        """All articles in the order of their ids, or those of another maker or reader; read in small steps."""
        last = 0
        query = sa.select(articles).order_by(articles.c.id).limit(100)
        if not_made_by is not None:
            query = query.where(articles.c.maker != not_made_by)
        if not_read_by is not None:
            query = query.where(articles.c.reader != not_read_by)
        while True:
            with self._engines.read() as db:
                rows = db.execute(query.where(articles.c.id > last)).mappings().all()
            if not rows:
                return
            yield from map(article_of, rows)
            last = rows[-1]["id"]

    def listing(self) -> list[Mapping[str, object]]:
        """What is known of every article but its text, newest first, undated ones last."""
        columns = [c for c in articles.c if c.name not in ("id", "text", "sha256", "maker", "reader")]
        size = sa.func.length(articles.c.text).label("characters")
        query = sa.select(*columns, size).order_by(articles.c.published.desc().nulls_last(), articles.c.url)
        with self._engines.read() as db:
            return [dict(row) for row in db.execute(query).mappings()]

    def coverage(self) -> tuple[int, date | None, date | None]:
        """How many articles there are, and the first and last date of publication."""
        day = articles.c.published
        with self._engines.read() as db:
            row = db.execute(sa.select(sa.func.count(), sa.func.min(day), sa.func.max(day))).one()
        return row[0], row[1], row[2]

    def articles_with(self, *texts: str) -> int:
        """How many articles hold all of some phrases, by word stems."""
        holding = (
            "SELECT article_id FROM passages WHERE id IN "
            "(SELECT rowid FROM passages_fts WHERE passages_fts MATCH :m{})"
        )
        every = " INTERSECT ".join(holding.format(n) for n in range(len(texts)))
        with self._engines.read() as db:
            query = sa.text(f"SELECT count(DISTINCT article_id) FROM ({every})")  # noqa: S608 - only our words
            return db.scalar(query, {f"m{n}": phrase(text) for n, text in enumerate(texts)}) or 0

    def counts(self) -> Mapping[str, int]:
        """Rows of each table, and full-text rows; passages, vectors and full-text rows must be as many."""
        with self._engines.read() as db:
            return checks.counts(db)

    def faults(self) -> list[str]:
        """What SQLite's own checks, and ours, find wrong; empty for a sound record."""
        with self._engines.read() as db:
            return checks.faults(db)
