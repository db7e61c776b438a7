"""One door to the record: reads and writes of a library's SQLite file.

A write is one transaction: an article with its passages and statements, their vectors and their full-text rows
is there as a whole or not at all, and so is who is who among the speakers. Readers never wait (WAL); writers
wait for one another.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date

import sqlalchemy as sa

from retrieval.record import checks
from retrieval.record.disputes import Disputes, Withheld, drop_disputes
from retrieval.record.engine import Engines, in_steps
from retrieval.record.following import Following
from retrieval.record.holdings import Held
from retrieval.record.identities import Touched, sort_out
from retrieval.record.kept import Answers, drop_answers
from retrieval.record.people import People
from retrieval.record.rows import Rows, phrase
from retrieval.record.schema import articles, forgotten, library, pages, versions
from retrieval.record.stories import Stories
from retrieval.record.use import Use
from retrieval.record.values import Heard, Made, Put, Version, article_of
from retrieval.record.writing import content_hash, put, remove, restate, url_hash, version_of
from retrieval.types import Article

_SHOWN = ("url", "title", "outlet", "author", "published")
_PENDING = articles.c.maker == ""


class Record(Rows, People, Stories, Following, Use, Answers, Disputes, Held):
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

    def put(
        self, batch: Sequence[Made], maker: str, reader: str = "", *, stored: bool = False
    ) -> list[Put | None]:
        """Store articles with all that is made of them, in one transaction.

        An article whose url is known is replaced whole, or left alone where nothing of it changed: neither its
        content, nor the `maker` of its passages, nor the `reader` of its statements. What it was is kept as a
        version. None stands for one that was not stored, for it must be compared with others again. With `stored`
        they were read from this record, and those that have changed or gone since are left as they are.
        """
        touched = Touched()
        with self._engines.write() as db:
            done = [put(db, made, maker, reader, touched, stored=stored) for made in batch]
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
        """Remove an article, its versions and everything made of them, for good. False where there is none.

        Answers that were kept go where they cite it, and so do its disputes. No file of the record holds its text
        afterwards. Its copies are to be made anew: see `pending`.
        """
        touched = Touched()
        with self._engines.write() as db:
            article_id = db.scalar(sa.select(articles.c.id).where(articles.c.url == url))
            if article_id is None:
                return False
            remove(db, article_id, touched)
            db.execute(versions.delete().where(versions.c.url == url))
            db.execute(pages.delete().where(pages.c.article_url == url))
            drop_answers(db, url)
            drop_disputes(db, url)
            db.execute(forgotten.insert().prefix_with("OR IGNORE").values(url_sha256=url_hash(url)))
            sort_out(db, touched)
        self._engines.wipe(("passages_fts", "statements_fts"))
        return True

    # ---------------------------------------------------------------- reading

    def library_id(self) -> str:
        with self._engines.read() as db:
            return str(db.scalars(sa.select(library.c.value).where(library.c.key == "id")).one())

    def hashed(self, user: str) -> str:
        """A user as he is kept: told apart from the others of this library, known to nobody; "" for nobody."""
        return hashlib.sha256(f"{self.library_id()} {user}".encode()).hexdigest()[:32] if user else ""

    def makers(self) -> list[str]:
        """What the stored articles were embedded and cut with; one entry unless a reindex is under way."""
        with self._engines.read() as db:
            return list(db.scalars(sa.select(articles.c.maker).where(~_PENDING).distinct()))

    def readers(self) -> Mapping[str, int]:
        """What read the statements, and of how many articles; "" for those that nothing has read."""
        with self._engines.read() as db:
            query = sa.select(articles.c.reader, sa.func.count()).where(~_PENDING).group_by(articles.c.reader)
            return {row[0]: row[1] for row in db.execute(query)}

    def unchanged(self, batch: Sequence[Article], maker: str, reader: str = "") -> set[str]:
        """The urls of those articles that are stored just so already."""
        known: dict[str, tuple[str, str, str]] = {}
        query = sa.select(articles.c.url, articles.c.sha256, articles.c.maker, articles.c.reader)
        with self._engines.read() as db:
            for some in in_steps([article.url for article in batch]):
                known |= {url: (sha, *by) for url, sha, *by in db.execute(query.where(articles.c.url.in_(some)))}
        return {a.url for a in batch if known.get(a.url) == (content_hash(a), maker, reader)}

    def known(self, urls: Sequence[str]) -> set[str]:
        """Which of the urls are stored."""
        query = sa.select(articles.c.url)
        with self._engines.read() as db:
            return {url for some in in_steps(urls) for url in db.scalars(query.where(articles.c.url.in_(some)))}

    def article(self, url: str) -> Article | None:
        with self._engines.read() as db:
            row = db.execute(sa.select(articles).where(articles.c.url == url)).mappings().one_or_none()
        return article_of(row) if row else None

    def forgotten(self, urls: Sequence[str]) -> set[str]:
        """Which of the urls belong to articles that were removed for good."""
        hashes = {url_hash(url): url for url in urls}
        held, query = forgotten.c.url_sha256, sa.select(forgotten.c.url_sha256)
        with self._engines.read() as db:
            return {
                hashes[one] for some in in_steps(list(hashes)) for one in db.scalars(query.where(held.in_(some)))
            }

    def pending(self) -> list[Article]:
        """Articles that must be made anew, because what they were copies of changed or went."""
        with self._engines.read() as db:
            return [article_of(row) for row in db.execute(sa.select(articles).where(_PENDING)).mappings()]

    def versions(self, url: str) -> list[Version]:
        """What an article was and is, the earliest first; none where there is no such article."""
        with self._engines.read() as db:
            was = db.execute(sa.select(versions).where(versions.c.url == url).order_by(versions.c.id)).mappings()
            now = db.execute(sa.select(articles).where(articles.c.url == url)).mappings()
            return [Version(version_of(one := article_of(r)), r["fetched_at"], one) for r in (*was, *now)]

    def cited(self, url: str, version: str) -> Article | None:
        """An article in the version that a citation is of."""
        return next((one.article for one in self.versions(url) if one.id == version), None)

    def withheld(self) -> Withheld:
        """The words that no answer may show now, because they are disputed."""
        return Withheld(self.disputed(), self.versions)

    def articles(
        self, *, not_made_by: str | None = None, not_read_by: str | None = None, originals: bool = False
    ) -> Iterator[Article]:
        """All articles in the order of their ids, or those of another maker or reader; read in small steps.

        With `originals`, no copies.
        """
        last = 0
        query = sa.select(articles).order_by(articles.c.id).limit(100)
        if not_made_by is not None:
            query = query.where(articles.c.maker != not_made_by)
        if not_read_by is not None:
            query = query.where(articles.c.reader != not_read_by)
        if originals:
            query = query.where(articles.c.copy_of.is_(None), ~_PENDING)
        while True:
            with self._engines.read() as db:
                rows = db.execute(query.where(articles.c.id > last)).mappings().all()
            if not rows:
                return
            yield from map(article_of, rows)
            last = rows[-1]["id"]

    def listing(self) -> list[Mapping[str, object]]:
        """What is known of every article but its text, newest first, undated ones last."""
        columns = [c for c in articles.c if c.name in (*_SHOWN, "fetched_at")]
        size = sa.func.length(articles.c.text).label("characters")
        first = articles.alias()
        copy_of = sa.select(first.c.url).where(first.c.id == articles.c.copy_of).scalar_subquery().label("copy_of")
        query = sa.select(*columns, size, copy_of).order_by(
            articles.c.published.desc().nulls_last(), articles.c.url
        )
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
