"""Opening the record: made, migrated and checked; what is no record of ours is refused in a sentence."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from retrieval_parts import (
    MAKER,
    READER,
    article,
    found,
    hashed,
    heard,
    library_at,
    nearest_statements,
    record_at,
    store,
)
from retrieval_parts import said as saying

from retrieval.errors import ConfigurationError, LibraryMismatch, StoreError
from retrieval.record import Counter, Put, Record, StoredAnswer, version_of
from retrieval.record.engine import SCHEMA, Engines
from retrieval.record.migrations.migrate import upgrade
from retrieval.record.schema import metadata
from retrieval.record.writing import content_hash

LEVY = article("levy", "The harbor levy should be doubled, Ada Quill said.")


def test_the_migrations_make_the_tables_of_the_schema(record: Record, tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'library.sqlite3'}")

    def ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return not (kind == "table" and str(name).startswith(("passages_fts", "statements_fts")))

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True, "compare_server_default": True}
        )
        assert context.get_current_revision() == SCHEMA
        assert compare_metadata(context, metadata) == []
        keys = sa.inspect(connection).get_foreign_keys("vectors")
    engine.dispose()
    assert [key["options"] for key in keys] == [{"ondelete": "CASCADE"}]


def test_every_connection_has_foreign_keys_and_the_write_ahead_log_on(tmp_path: Path) -> None:
    engines = Engines.open(f"sqlite:///{tmp_path / 'library.sqlite3'}")
    with engines.read() as one, engines.read() as two, engines.write() as three:
        for connection in (one, two, three):
            assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
            assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
    engines.close()


def test_a_library_keeps_its_identity(tmp_path: Path) -> None:
    ids = set()
    for _ in range(2):
        record = record_at(tmp_path)
        ids.add(record.library_id())
        record.close()
    assert len(ids) == 1


def test_a_record_of_a_newer_version_is_not_touched(record: Record, tmp_path: Path) -> None:
    store(record, article("a", "The board met."))
    record.close()
    database = sqlite3.connect(tmp_path / "library.sqlite3")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    with pytest.raises(LibraryMismatch) as raised:
        record_at(tmp_path)
    assert raised.value.hint


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(b"The board met. " * 100)
    with pytest.raises(StoreError):
        record_at(tmp_path)
    assert path.read_bytes() == b"The board met. " * 100


def test_a_place_where_nothing_can_be_written_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        record_at(tmp_path / "file" / "below")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://quill:hunter2@db.example/record",
        "postgresql://quill:hun@ter2:word@db.example:port/record",
        "postgresql://quill:pw@db.example:hunter2/record",
        "mysql+nosuchdriver://quill:hunter2@db.example/record",
        "sqlite+aiosqlite:///hunter2.sqlite3",
        "sqlite://hunter2/record",
        "sqlite://",
        "sqlite:///:memory:",
        "hunter2",
        "",
    ],
)
def test_a_url_of_anything_but_an_sqlite_file_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Record.open(url)
    assert "hunter2" not in f"{raised.value} {raised.value.hint} {raised.value!r}"
    assert "ONRECORD_DATABASE_URL" in str(raised.value)


def test_two_processes_that_make_one_library_and_write_to_it_lose_nothing(start: Any, tmp_path: Path) -> None:
    processes = [start("write_many", prefix, "60") for prefix in ("east", "west")]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    record = record_at(tmp_path)
    urls = {one.url.rsplit("/", 1)[1] for one in record.articles()}
    assert urls == {f"{side}{n}" for side in ("east", "west") for n in range(60)}
    assert record.faults() == []
    assert record.counts()["passages"] == 120
    record.close()


def old_library(path: Path) -> None:
    """A library as the first schema made it, with one article."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as db:
        upgrade(db, "0001")
        row = {"u": LEVY.url, "t": LEVY.text, "s": content_hash(LEVY), "m": MAKER, "o": LEVY.outlet}
        db.execute(
            sa.text(
                "INSERT INTO articles (url, outlet, text, sha256, maker, fetched_at) "
                "VALUES (:u, :o, :t, :s, :m, '2026-01-01 00:00:00.000000')"
            ),
            row,
        )
        db.execute(sa.text('INSERT INTO passages (article_id, start, "end") VALUES (1, 0, length(:t))'), row)
        blob = hashed().passages([LEVY.text])[0].astype("<f4").tobytes()
        db.execute(sa.text("INSERT INTO vectors VALUES (1, :b)"), {"b": blob})
        db.execute(sa.text("INSERT INTO passages_fts (rowid, title, body) VALUES (1, '', :t)"), row)
        db.execute(sa.text("INSERT INTO removed (passage_id) VALUES (0)"))
    engine.dispose()


def test_a_library_of_the_first_schema_is_migrated_and_goes_on_working(tmp_path: Path) -> None:
    old_library(tmp_path / "library.sqlite3")
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        record = library.record
        assert list(record.articles()) == [LEVY]
        assert record.counter() == Counter(1, 1)
        assert (record.readers(), record.counts()["statements"]) == ({"": 1}, 0)
        assert record.unchanged([LEVY], MAKER) == {LEVY.url}
        assert found(library, "harbor levy", 1) == [LEVY.text]
        assert record.restate([(LEVY, heard(said_by_ada := saying(LEVY, "be doubled", "Ada Quill")))], READER) == 1
        assert [one.statement for one in record.statements_of(LEVY.url)] == [said_by_ada]
        assert nearest_statements(library, "Ada Quill speaks", 1) == ["be doubled"]
        assert store(record, article("b", "The board met.")) == [Put.ADDED]
        assert record.forget(LEVY.url)
        assert nearest_statements(library, "Ada Quill speaks") == []
        assert (record.faults(), library.index.faults()) == ([], [])


def second_library(path: Path) -> None:
    """A library as the second schema made it, with one article and one statement."""
    old_library(path)
    start = LEVY.text.index("be doubled")
    blob = hashed().passages(["Ada Quill speaks"])[0].astype("<f4").tobytes()
    row = {"s": start, "e": start + 10, "p": f"[[{start}, {start + 10}]]", "r": READER, "b": blob}
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as db:
        upgrade(db, "0002")
        for query in (
            "UPDATE articles SET reader = :r",
            "INSERT INTO speakers VALUES (1, 'Ada Quill', 0)",
            "INSERT INTO introductions VALUES (1, 1, 1, 'quill', 'Ada Quill', 0, '[]', '[]', NULL)",
            (
                'INSERT INTO statements (id, article_id, start, "end", spans, kind, resolution, report, '
                "second_hand) VALUES (1, 1, :s, :e, :p, 'indirect', 'name', 'said', 0)"
            ),
            "UPDATE statements SET speaker_id = 1, speaker = 'Ada Quill'",
            "INSERT INTO statement_vectors VALUES (1, :b)",
            "INSERT INTO statements_fts (rowid, speaker, title, body) VALUES (1, 'Ada Quill', '', 'speaks')",
        ):
            db.execute(sa.text(query), row)
    engine.dispose()


def test_a_library_of_the_second_schema_keeps_its_statements_and_takes_note_of_model_use(tmp_path: Path) -> None:
    second_library(tmp_path / "library.sqlite3")
    with library_at(tmp_path) as library:
        record = library.record
        assert list(record.articles()) == [LEVY]
        assert record.readers() == {READER: 1}
        assert record.unchanged([LEVY], MAKER, READER) == {LEVY.url}
        assert [one.statement for one in record.statements_of(LEVY.url)] == [
            saying(LEVY, "be doubled", "Ada Quill")
        ]
        assert [one.name for one in record.speakers_named("Quill")] == ["Ada Quill"]
        assert nearest_statements(library, "Ada Quill speaks", 1) == ["be doubled"]
        assert record.used() == []
        assert record.reserve("", "a model", 10, of_user=0, of_day=0, now=datetime.now(UTC))
        assert (record.faults(), library.index.faults()) == ([], [])


def fourth_library(path: Path) -> None:
    """A library as the fourth schema made it, with one article, its statement and what it was before."""
    second_library(path)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as db:
        upgrade(db, "0004")
        row = {"u": LEVY.url, "t": "Before.", "s": content_hash(article("levy", "Before."))}
        query = (
            "INSERT INTO versions (url, text, sha256, fetched_at) "
            "VALUES (:u, :t, :s, '2026-01-01 00:00:00.000000')"
        )
        db.execute(sa.text(query), row)
    engine.dispose()


def test_a_library_of_the_fourth_schema_keeps_all_and_takes_answers_and_disputes(tmp_path: Path) -> None:
    fourth_library(tmp_path / "library.sqlite3")
    with library_at(tmp_path) as library:
        record, now = library.record, datetime.now(UTC)
        assert [one.article.text for one in record.versions(LEVY.url)] == ["Before.", LEVY.text]
        assert nearest_statements(library, "Ada Quill speaks", 1) == ["be doubled"]
        assert (record.disputes(None), record.disputed(), record.answer("a", "guild")) == ([], {}, None)
        kept = StoredAnswer("a", "guild", "channel", "message", "{}", [LEVY.url])
        assert record.put_answer(kept, now)
        place = LEVY.url, version_of(LEVY), 0, len(LEVY.text), LEVY.text
        assert record.dispute(*place, "Ada Quill", "No.", "ben", now)
        assert record.answer("a", "guild") == StoredAnswer("a", "guild", "channel", "message", "{}")
        assert (record.faults(), library.index.faults()) == ([], [])


def test_a_migration_that_fails_leaves_the_old_library_as_it_was(
    tmp_path: Path,
) -> None:
    old_library(tmp_path / "library.sqlite3")
    with sqlite3.connect(tmp_path / "library.sqlite3") as database:
        database.execute("CREATE TABLE statement_vectors (in_the_way INTEGER)")
    database.close()
    with pytest.raises(StoreError):
        record_at(tmp_path)
    database = sqlite3.connect(tmp_path / "library.sqlite3")
    database.execute("DROP TABLE statement_vectors")
    database.commit()
    assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    database.close()
    record = record_at(tmp_path)
    assert list(record.articles()) == [LEVY]
    record.close()
