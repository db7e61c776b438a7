"""One door to the record: reads and writes of a library's SQLite file.

A write is one transaction: an article with its passages, their vectors and their full-text rows is there
as a whole or not at all. Readers never wait (WAL); writers wait for one another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import sqlalchemy as sa

from retrieval.record.engine import Engines
from retrieval.record.schema import articles, library, passages, removed, vectors
from retrieval.record.writing import Put, Vectors, content_hash, put
from retrieval.types import Article, Passage

# SQLite takes 32,766 variables in a statement; fewer keep its parser quick.
MANY = 5000
# A word in the title counts twice: measured on the dev questions, weights 1 to 4 (see search.py).
TITLE_WEIGHT, BODY_WEIGHT = 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Counter:
    """How far the record has come: the highest passage id and the number of the last removal."""

    passage: int
    removal: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a search to articles published in [since, until]. An undated article fits no restriction."""

    since: date | None = None
    until: date | None = None

    def clauses(self) -> list[sa.ColumnElement[bool]]:
        found = []
        if self.since:
            found.append(articles.c.published >= self.since)
        if self.until:
            found.append(articles.c.published <= self.until)
        return found

    def __bool__(self) -> bool:
        return bool(self.since or self.until)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage by its id and its score; higher is better."""

    passage_id: int
    score: float


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the article that it stands in."""

    id: int
    article_id: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


class Record:
    """The record of one library. Safe to use from several threads and beside other processes."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    @classmethod
    def open(cls, url: str) -> "Record":
        """Open, or make, the record at an SQLAlchemy URL. Raises what `Engines.open` raises."""
        return cls(Engines.open(url))

    def close(self) -> None:
        self._engines.close()

    # ---------------------------------------------------------------- writing

    def put(self, batch: Sequence[tuple[Article, Sequence[Passage], Vectors]], maker: str) -> list[Put]:
        """Store articles with their passages and vectors [len(passages), dimension], all in one transaction.

        An article whose url is known is replaced whole, or left alone where nothing of it changed.
        """
        with self._engines.write() as db:
            return [put(db, article, cut, embedded, maker) for article, cut, embedded in batch]

    def forget(self, url: str) -> bool:
        """Remove an article and everything made of it. False where there is none."""
        with self._engines.write() as db:
            return bool(db.execute(articles.delete().where(articles.c.url == url)).rowcount)

    # ---------------------------------------------------------------- reading

    def library_id(self) -> str:
        with self._engines.read() as db:
            return str(db.scalars(sa.select(library.c.value).where(library.c.key == "id")).one())

    def counter(self) -> Counter:
        """Read on every question: two index look-ups."""
        with self._engines.read() as db:
            row = db.execute(
                sa.select(
                    sa.select(sa.func.max(passages.c.id)).scalar_subquery(),
                    sa.select(sa.func.max(removed.c.n)).scalar_subquery(),
                )
            ).one()
        return Counter(row[0] or 0, row[1] or 0)

    def makers(self) -> list[str]:
        """What the stored articles were embedded and cut with; one entry unless a reindex is under way."""
        with self._engines.read() as db:
            return list(db.scalars(sa.select(articles.c.maker).distinct()))

    def unchanged(self, batch: Sequence[Article], maker: str) -> set[str]:
        """The urls of those articles that are stored just so already."""
        known: dict[str, tuple[str, str]] = {}
        with self._engines.read() as db:
            for at in range(0, len(batch), MANY):
                urls = [article.url for article in batch[at : at + MANY]]
                query = sa.select(articles.c.url, articles.c.sha256, articles.c.maker)
                known |= {url: (sha, by) for url, sha, by in db.execute(query.where(articles.c.url.in_(urls)))}
        return {a.url for a in batch if known.get(a.url) == (content_hash(a), maker)}

    def known(self, urls: Sequence[str]) -> set[str]:
        """Which of the urls are stored."""
        with self._engines.read() as db:
            return set(db.scalars(sa.select(articles.c.url).where(articles.c.url.in_(urls))))

    def article(self, url: str) -> Article | None:
        with self._engines.read() as db:
            row = db.execute(sa.select(articles).where(articles.c.url == url)).mappings().one_or_none()
        return _article(row) if row else None

    def articles(self, *, not_made_by: str | None = None) -> Iterator[Article]:
        """All articles in the order of their ids, or those that another maker made; read in small steps."""
        last = 0
        while True:
            query = sa.select(articles).where(articles.c.id > last).order_by(articles.c.id).limit(100)
            if not_made_by is not None:
                query = query.where(articles.c.maker != not_made_by)
            with self._engines.read() as db:
                rows = db.execute(query).mappings().all()
            if not rows:
                return
            yield from map(_article, rows)
            last = rows[-1]["id"]

    def listing(self) -> list[Mapping[str, object]]:
        """What is known of every article but its text, newest first, undated ones last."""
        columns = [c for c in articles.c if c.name not in ("id", "text", "sha256", "maker")]
        size = sa.func.length(articles.c.text).label("characters")
        query = sa.select(*columns, size).order_by(articles.c.published.desc().nulls_last(), articles.c.url)
        with self._engines.read() as db:
            return [dict(row) for row in db.execute(query).mappings()]

    def counts(self) -> Mapping[str, int]:
        """Rows of each table, and full-text rows; passages, vectors and full-text rows must be as many."""
        tables = {"articles": articles, "passages": passages, "vectors": vectors}
        with self._engines.read() as db:
            found = {
                name: db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for name, table in tables.items()
            }
            found["full_text"] = db.scalar(sa.text("SELECT count(*) FROM passages_fts")) or 0
        return found

    def coverage(self) -> tuple[int, date | None, date | None]:
        """How many articles there are, and the first and last date of publication."""
        day = articles.c.published
        with self._engines.read() as db:
            row = db.execute(sa.select(sa.func.count(), sa.func.min(day), sa.func.max(day))).one()
        return row[0], row[1], row[2]

    def passage_ids(self, where: Filter | None = None) -> list[int]:
        query = sa.select(passages.c.id).join(articles).where(*(where or Filter()).clauses())
        with self._engines.read() as db:
            return list(db.scalars(query))

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages with their articles, by id; those that are gone are missing."""
        query = sa.select(passages).where(passages.c.id.in_(ids))
        with self._engines.read() as db:
            rows = db.execute(query).all()
            holders = sa.select(articles).where(articles.c.id.in_({row.article_id for row in rows}))
            whole = {row["id"]: _article(row) for row in db.execute(holders).mappings()}
        return {
            row.id: StoredPassage(row.id, row.article_id, whole[row.article_id], row.start, row.end)
            for row in rows
        }

    def vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """The ids that are stored, of those given, and their vectors [n, dimension]."""
        return self._vectors(vectors.c.passage_id.in_(ids))

    def vectors_since(self, passage: int) -> tuple[list[int], Vectors]:
        """The ids above `passage`, in order, and their vectors."""
        return self._vectors(vectors.c.passage_id > passage)

    def vectors_where(self, where: Filter) -> tuple[list[int], Vectors]:
        """The ids of the passages that fit, in order, and their vectors."""
        fitting = sa.select(passages.c.id).join(articles).where(*where.clauses())
        return self._vectors(vectors.c.passage_id.in_(fitting))

    def _vectors(self, condition: sa.ColumnElement[bool]) -> tuple[list[int], Vectors]:
        query = sa.select(vectors).where(condition).order_by(vectors.c.passage_id)
        with self._engines.read() as db:
            rows = db.execute(query).all()
        if not rows:
            return [], np.empty((0, 0), np.float32)
        matrix = np.frombuffer(b"".join(row.embedding for row in rows), "<f4").reshape(len(rows), -1)
        return [row.passage_id for row in rows], matrix

    def ids_since(self, passage: int, limit: int) -> list[int]:
        """The next passage ids above `passage`, in order."""
        query = sa.select(passages.c.id).where(passages.c.id > passage).order_by(passages.c.id).limit(limit)
        with self._engines.read() as db:
            return list(db.scalars(query))

    def removed_since(self, removal: int) -> list[tuple[int, int]]:
        """(n, passage id) of every removal after `removal`, in order."""
        query = sa.select(removed.c.n, removed.c.passage_id).where(removed.c.n > removal).order_by(removed.c.n)
        with self._engines.read() as db:
            return [(row.n, row.passage_id) for row in db.execute(query)]

    def lexical(self, terms: Sequence[str], limit: int, where: Filter | None = None) -> list[Hit]:
        """The passages that BM25 ranks best for any of the terms. Source: SQLite FTS5's bm25()."""
        if not terms:
            return []
        match = " OR ".join(map(_phrase, terms))
        fts = sa.table("passages_fts", sa.column("rowid"))
        bm25 = f"-bm25(passages_fts, {TITLE_WEIGHT}, {BODY_WEIGHT})"
        score: sa.Label[float] = sa.literal_column(bm25, sa.Float).label("score")
        query = sa.select(fts.c.rowid, score).where(sa.text("passages_fts MATCH :match"))
        if where:
            query = query.join(passages, passages.c.id == fts.c.rowid).join(articles).where(*where.clauses())
        with self._engines.read() as db:
            rows = db.execute(query.order_by(sa.desc("score")).limit(limit), {"match": match})
            return [Hit(row.rowid, row.score) for row in rows]

    def articles_with(self, phrase: str) -> int:
        """How many articles hold the phrase, by word stems."""
        query = sa.text(
            "SELECT count(DISTINCT article_id) FROM passages WHERE id IN "
            "(SELECT rowid FROM passages_fts WHERE passages_fts MATCH :match)"
        )
        with self._engines.read() as db:
            return db.scalar(query, {"match": _phrase(phrase)}) or 0

    def faults(self) -> list[str]:
        """What SQLite's own checks, and ours, find wrong; empty for a sound record."""
        orphan = "SELECT count(*) FROM {} WHERE {} NOT IN (SELECT id FROM passages)"
        with self._engines.read() as db:
            found = [str(row[0]) for row in db.execute(sa.text("PRAGMA quick_check")) if row[0] != "ok"]
            found += [f"broken reference in {row[0]}" for row in db.execute(sa.text("PRAGMA foreign_key_check"))]
            for table, key in (("passages_fts", "rowid"), ("vectors", "passage_id")):
                if lost := db.scalar(sa.text(orphan.format(table, key))):
                    found.append(f"{lost} rows of {table} belong to no passage")
        counts = self.counts()
        if len({counts["passages"], counts["vectors"], counts["full_text"]}) > 1:
            found.append(f"passages, vectors and full-text rows differ: {dict(counts)}")
        return found


def _phrase(text: str) -> str:
    """A phrase in FTS5's query language, whatever the text holds."""
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


def _article(row: Mapping[str, object] | sa.RowMapping) -> Article:
    return Article(**{name: row[name] for name in Article.__slots__})  # type: ignore[arg-type]  # the schema's types
