"""Counts what a record holds, and looks for what is wrong with it."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from retrieval.record.schema import articles, passages, speakers, statement_vectors, statements, vectors

_TABLES = {
    "articles": articles,
    "passages": passages,
    "vectors": vectors,
    "speakers": speakers,
    "statements": statements,
    "statement_vectors": statement_vectors,
}
_FULL_TEXT = {"full_text": "passages_fts", "statement_full_text": "statements_fts"}
# Nothing but the key of another table's row may stand here: table and column, and whose key.
_BELONGING = (
    ("passages_fts", "rowid", "passages", "id"),
    ("vectors", "passage_id", "passages", "id"),
    ("statements_fts", "rowid", "statements", "id"),
    ("statement_vectors", "statement_id", "statements", "id"),
    ("speakers", "id", "introductions", "speaker_id"),
    ("articles", "copy_of", "articles", "id"),
    ("disputes", "url", "articles", "url"),
    ("answer_sources", "url", "articles", "url"),
)


def counts(db: sa.Connection) -> dict[str, int]:
    """Rows of each table, and full-text rows."""
    found = {
        name: db.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for name, table in _TABLES.items()
    }
    for name, table in _FULL_TEXT.items():
        found[name] = db.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0
    return found


def faults(db: sa.Connection) -> list[str]:
    """What SQLite's own checks, and ours, find wrong; empty for a sound record."""
    found = [str(row[0]) for row in db.execute(sa.text("PRAGMA quick_check")) if row[0] != "ok"]
    found += [f"broken reference in {row[0]}" for row in db.execute(sa.text("PRAGMA foreign_key_check"))]
    return [*found, *_orphans(db), *_differences(db, counts(db))]


def _orphans(db: sa.Connection) -> Iterator[str]:
    for table, key, owner, by in _BELONGING:
        column: sa.ColumnClause[object] = sa.column(key)
        owned: sa.ColumnClause[object] = sa.column(by)
        keys = sa.select(owned).select_from(sa.table(owner)).where(owned.is_not(None))
        lost = sa.select(sa.func.count()).select_from(sa.table(table)).where(column.not_in(keys))
        if n := db.scalar(lost):
            yield f"{n} rows of {table} belong to none of {owner}"


def _differences(db: sa.Connection, held: Mapping[str, int]) -> Iterator[str]:
    if len({held["passages"], held["vectors"], held["full_text"]}) > 1:
        yield f"passages, vectors and full-text rows differ: {dict(held)}"
    spoken = db.scalar(sa.select(sa.func.count()).where(statements.c.speaker.is_not(None)))
    if len({spoken, held["statement_vectors"], held["statement_full_text"]}) > 1:
        yield f"statements with a speaker ({spoken}), their vectors and full-text rows differ: {dict(held)}"
