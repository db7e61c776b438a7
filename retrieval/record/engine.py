"""Connections to the record: SQLite by SQLAlchemy, in WAL mode, foreign keys on, brought to the newest schema."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any

import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy.exc import DatabaseError, OperationalError

from retrieval.errors import ConfigurationError, LibraryMismatch, OnrecordError, StoreError

SCHEMA = "0005"  # the newest migration
# A writer waits this long for another one, in seconds; a transaction takes a fraction of one.
PATIENCE = 60
# SQLite takes 32,766 variables in a statement; fewer keep its parser quick.
MANY = 5000


class Engines:
    """Hands out read and write transactions on one SQLite file."""

    def __init__(self, engine: sa.Engine) -> None:
        self._reader = engine
        # A write takes SQLite's write lock at once: one that began as a read could not wait for another writer.
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        self._held = local()

    @classmethod
    def open(cls, url: str) -> "Engines":
        """Connect, and bring the schema up to date. Raises ConfigurationError, LibraryMismatch or StoreError."""
        parsed = _parsed(url)
        path = Path(parsed.database or "")
        engine = sa.create_engine(parsed, connect_args={"timeout": PATIENCE})
        sa.event.listen(engine, "connect", _configure)
        sa.event.listen(engine, "begin", _begin)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _upgrade(engine, path)
        except OnrecordError:
            engine.dispose()
            raise
        except (OSError, DatabaseError) as error:
            engine.dispose()
            raise StoreError(
                f"The record cannot be opened: {_reason(error)}.", hint=f"Check {path}, its folder and the disk."
            ) from error
        return cls(engine)

    def close(self) -> None:
        self._reader.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that this thread reads meanwhile is of one moment, and costs one transaction."""
        with _explained(), self._reader.begin() as connection:
            self._held.connection = connection
            try:
                yield
            finally:
                del self._held.connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        held: sa.Connection | None = getattr(self._held, "connection", None)
        with _explained():
            if held is not None:
                yield held
                return
            with self._reader.begin() as connection:
                yield connection

    def wipe(self, full_text: Sequence[str]) -> None:
        """Clear away what deleted rows leave behind: in full-text tables, which keep it until they are merged, and
        in the log, as far as no reader of another process holds it."""
        with self.write() as db:
            for table in full_text:
                db.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - our names
        with _explained(), self._reader.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with _explained(), self._writer.begin() as connection:
            yield connection


def in_steps(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at a time as a statement may name."""
    return (values[at : at + MANY] for at in range(0, len(values), MANY))


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ConfigurationError("ONRECORD_DATABASE_URL is not an SQLAlchemy URL.") from None
    ours = parsed.drivername in ("sqlite", "sqlite+pysqlite") and not parsed.host
    if not ours or parsed.database in (None, "", ":memory:"):
        raise ConfigurationError("ONRECORD_DATABASE_URL must name an SQLite file (sqlite:///path).")
    return parsed


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to send
    try:
        # Secure: what is deleted is overwritten, so that what is forgotten lies in no file.
        pragmas = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except Exception:
        connection.close()  # the pool does not know it yet
        raise


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(engine: sa.Engine, path: Path) -> None:
    """Migrate where the record is behind. One process at a time: two that make a library wait for each other."""
    with engine.begin() as connection:
        version = _version(connection)
    if version == SCHEMA:
        return
    if version is not None and version > SCHEMA:
        raise LibraryMismatch(
            "The library was written by a newer version of onrecord.", hint="Install that version, or a newer one."
        )
    from retrieval.record.migrations.migrate import upgrade

    with FileLock(path.with_suffix(".migrating")), engine.execution_options(begin="BEGIN IMMEDIATE").begin() as db:
        if _version(db) != SCHEMA:
            upgrade(db)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise StoreError(f"The record cannot be used: {_reason(error)}.", hint="Run onrecord doctor.") from error
    except UnicodeEncodeError as error:
        raise StoreError("The record cannot hold half of a surrogate pair.") from error


def _reason(error: OSError | DatabaseError) -> str:
    if isinstance(error, OperationalError | DatabaseError):
        return str(error.orig)
    return error.strerror or "unknown"
