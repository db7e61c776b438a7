"""Reads the rows that are searched, passages and statements alike: their ids, vectors, full text and changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from retrieval.record.engine import Engines
from retrieval.record.schema import (
    articles,
    passages,
    removed,
    removed_statements,
    statement_vectors,
    statements,
    vectors,
)
from retrieval.record.values import (
    Counter,
    Counters,
    Filter,
    Hit,
    Of,
    StoredPassage,
    StoredStatement,
    Vectors,
    article_of,
    statement_of,
)
from retrieval.types import Article

# A word in the title counts as one in the text: measured on the dev questions, weights 1 to 4 (see search.py).
WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class _Tables:
    """Where one kind of row is kept. `key` is a row's id beside its vector, `gone` in the note of its removal."""

    rows: sa.Table
    key: sa.Column[int]
    embedding: sa.Column[bytes]
    number: sa.Column[int]
    gone: sa.Column[int]
    fts: str
    columns: int


_TABLES: Mapping[Of, _Tables] = {
    Of.PASSAGES: _Tables(
        rows=passages,
        key=vectors.c.passage_id,
        embedding=vectors.c.embedding,
        number=removed.c.n,
        gone=removed.c.passage_id,
        fts="passages_fts",
        columns=2,
    ),
    Of.STATEMENTS: _Tables(
        rows=statements,
        key=statement_vectors.c.statement_id,
        embedding=statement_vectors.c.embedding,
        number=removed_statements.c.n,
        gone=removed_statements.c.statement_id,
        fts="statements_fts",
        columns=3,
    ),
}


class Rows:
    """Passages, and those statements that have a speaker. Every method looks at passages unless told otherwise."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def counter(self, of: Of = Of.PASSAGES) -> Counter:
        return self.counters()[of]

    def counters(self) -> Counters:
        """Read on every question: an index look-up for each number."""
        numbers = [column for at in _TABLES.values() for column in (at.key, at.number)]
        with self._engines.read() as db:
            row = db.execute(sa.select(*(sa.select(sa.func.max(n)).scalar_subquery() for n in numbers))).one()
        return {of: Counter(row[2 * n] or 0, row[2 * n + 1] or 0) for n, of in enumerate(_TABLES)}

    def count(self, of: Of = Of.PASSAGES) -> int:
        """How many rows an index of them must have."""
        at = _TABLES[of]
        query = sa.select(sa.func.count()).select_from(at.rows).where(*_searched(of))
        with self._engines.read() as db:
            return db.scalar(query) or 0

    def ids(self, where: Filter | None = None, of: Of = Of.PASSAGES) -> list[int]:
        """The ids of the rows that fit, in order."""
        with self._engines.read() as db:
            return list(db.scalars(_fitting(where or Filter(), of).order_by(_TABLES[of].rows.c.id)))

    def ids_since(self, row: int, limit: int, of: Of = Of.PASSAGES) -> list[int]:
        """The next ids above `row`, in order."""
        table = _TABLES[of].rows
        query = sa.select(table.c.id).where(table.c.id > row, *_searched(of)).order_by(table.c.id).limit(limit)
        with self._engines.read() as db:
            return list(db.scalars(query))

    def removed_since(self, removal: int, of: Of = Of.PASSAGES) -> list[tuple[int, int]]:
        """(number, id) of every removal after `removal`, in order."""
        at = _TABLES[of]
        query = sa.select(at.number, at.gone).where(at.number > removal).order_by(at.number)
        with self._engines.read() as db:
            return [(row[0], row[1]) for row in db.execute(query)]

    def vectors(self, ids: Sequence[int], of: Of = Of.PASSAGES) -> tuple[list[int], Vectors]:
        """The ids that are stored, of those given, and their vectors [n, dimension]."""
        return self._vectors(_TABLES[of].key.in_(ids), of)

    def vectors_since(self, row: int, of: Of = Of.PASSAGES) -> tuple[list[int], Vectors]:
        """The ids above `row`, in order, and their vectors."""
        return self._vectors(_TABLES[of].key > row, of)

    def vectors_where(self, where: Filter, of: Of = Of.PASSAGES) -> tuple[list[int], Vectors]:
        """The ids of the rows that fit, in order, and their vectors."""
        return self._vectors(_TABLES[of].key.in_(_fitting(where, of)), of)

    def _vectors(self, condition: sa.ColumnElement[bool], of: Of) -> tuple[list[int], Vectors]:
        at = _TABLES[of]
        with self._engines.read() as db:
            rows = db.execute(sa.select(at.key, at.embedding).where(condition).order_by(at.key)).all()
        if not rows:
            return [], np.empty((0, 0), np.float32)
        matrix = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), -1)
        return [row[0] for row in rows], matrix

    def lexical(
        self, terms: Sequence[str], limit: int, where: Filter | None = None, of: Of = Of.PASSAGES
    ) -> list[Hit]:
        """The rows that BM25 ranks best for any of the terms. Source: SQLite FTS5's bm25()."""
        if not terms:
            return []
        at = _TABLES[of]
        fts = sa.table(at.fts, sa.column("rowid"))
        bm25 = f"-bm25({at.fts}, {', '.join([str(WEIGHT)] * at.columns)})"
        score: sa.Label[float] = sa.literal_column(bm25, sa.Float).label("score")
        query = sa.select(fts.c.rowid, score).where(sa.text(f"{at.fts} MATCH :match"))
        if where:
            query = query.join(at.rows, at.rows.c.id == fts.c.rowid).join(articles).where(*where.clauses(of))
        with self._engines.read() as db:
            rows = db.execute(query.order_by(sa.desc("score")).limit(limit), {"match": any_of(terms)})
            return [Hit(row.rowid, row.score) for row in rows]

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """In how many passages each term stands, by word stems."""
        if not terms:
            return []
        count = "(SELECT count(*) FROM passages_fts WHERE passages_fts MATCH :t{})"
        query = sa.text(f"SELECT {', '.join(map(count.format, range(len(terms))))}")
        with self._engines.read() as db:
            return list(db.execute(query, {f"t{n}": phrase(term) for n, term in enumerate(terms)}).one())

    def articles_of(self, ids: Collection[int], of: Of = Of.PASSAGES) -> list[int]:
        """The ids of the articles that rows stand in, each once."""
        rows = _TABLES[of].rows
        with self._engines.read() as db:
            return list(db.scalars(sa.select(rows.c.article_id).where(rows.c.id.in_(ids)).distinct()))

    def articles_by_id(self, ids: Collection[int]) -> dict[int, Article]:
        """Articles by their ids; those that are gone are missing."""
        with self._engines.read() as db:
            return _articles(db, ids)

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages with their articles, by id; those that are gone are missing."""
        with self._engines.read() as db:
            rows = db.execute(sa.select(passages).where(passages.c.id.in_(ids))).all()
            whole = _articles(db, {row.article_id for row in rows})
        return {
            row.id: StoredPassage(row.id, row.article_id, whole[row.article_id], row.start, row.end)
            for row in rows
        }

    def statements(self, ids: Sequence[int]) -> dict[int, StoredStatement]:
        """Statements with their articles, by id; those that are gone are missing."""
        with self._engines.read() as db:
            rows = db.execute(sa.select(statements).where(statements.c.id.in_(ids))).mappings().all()
            whole = _articles(db, {row["article_id"] for row in rows})
        return {row["id"]: statement_of(row, whole[row["article_id"]]) for row in rows}

    def stored(self, ids: Sequence[int], of: Of) -> Mapping[int, StoredPassage | StoredStatement]:
        """`passages` or `statements`."""
        return self.passages(ids) if of is Of.PASSAGES else self.statements(ids)

    def statements_in(self, whole: Mapping[int, Article]) -> dict[int, list[StoredStatement]]:
        """All statements of some articles, given by their ids, in the order of the text; one query."""
        query = sa.select(statements).where(statements.c.article_id.in_(whole))
        found: dict[int, list[StoredStatement]] = {article_id: [] for article_id in whole}
        names = statements.c.keys()
        with self._engines.read() as db:
            for values in db.execute(query.order_by(statements.c.start, statements.c.id)):
                row = dict(
                    zip(names, values, strict=True)
                )  # read many times; a row of SQLAlchemy's is slow to read
                found[row["article_id"]].append(statement_of(row, whole[row["article_id"]]))
        return found

    def passages_in(self, whole: Mapping[int, Article]) -> dict[int, list[StoredPassage]]:
        """All passages of some articles, given by their ids, in the order of the text; one query."""
        query = sa.select(passages).where(passages.c.article_id.in_(whole)).order_by(passages.c.start)
        found: dict[int, list[StoredPassage]] = {article_id: [] for article_id in whole}
        with self._engines.read() as db:
            for i, article_id, start, end in db.execute(query):
                found[article_id].append(StoredPassage(i, article_id, whole[article_id], start, end))
        return found

    def statements_of(self, url: str) -> list[StoredStatement]:
        """All statements of one article, in the order of its text; none where there is no such article."""
        with self._engines.read() as db:
            row = db.execute(sa.select(articles).where(articles.c.url == url)).mappings().one_or_none()
        return self.statements_in({row["id"]: article_of(row)})[row["id"]] if row else []


def any_of(terms: Sequence[str]) -> str:
    return " OR ".join(map(phrase, terms))


def phrase(text: str) -> str:
    """A phrase in FTS5's query language, whatever the text holds."""
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


def _searched(of: Of) -> list[sa.ColumnElement[bool]]:
    """What tells the rows that have a vector from the others."""
    return [] if of is Of.PASSAGES else [statements.c.speaker.is_not(None)]


def _fitting(where: Filter, of: Of) -> sa.Select[tuple[int]]:
    table = _TABLES[of].rows
    return sa.select(table.c.id).join(articles).where(*where.clauses(of), *_searched(of))


def _articles(db: sa.Connection, ids: Collection[int]) -> dict[int, Article]:
    rows = db.execute(sa.select(articles).where(articles.c.id.in_(ids))).mappings()
    return {row["id"]: article_of(row) for row in rows}
