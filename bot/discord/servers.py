"""What each Discord server prefers, and what the bot remembers of itself, in one SQLite file.

Several processes may have it open. Stands for no article and no answer: those lie in the libraries. Knows nothing
of Discord but the ids of servers.
"""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Literal, Self, cast

from retrieval.errors import StoreError

# Seconds: a change by another process is seen after so long, and a writer waits for another one so long.
FRESH, PATIENCE = 1.0, 5.0
# Servers remembered in memory. Discord's largest bots are in more, but then not in one process.
_MOST = 100_000
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS preferences (guild TEXT PRIMARY KEY, kept TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
_DATES = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a server wants it.

    `channels` are the only ones in which it is answered, none for all; `private`: only the asker sees an answer.
    `dates` names a way to write days, and `corrections` the channel in which corrections are reviewed.
    """

    library: Literal["shared", "own"] = "shared"
    channels: frozenset[int] = frozenset()
    private: bool = False
    dates: str = "iso"
    corrections: int | None = None


DEFAULT = Preferences()


class Servers:
    """Use it in a `with` block, or close it; safe to use from threads.

    Reading never waits for a writer, so it may be done on the event loop: some microseconds where a server is
    known, a fraction of a millisecond where it is not. Every method may raise StoreError.
    """

    def __init__(self, reader: sqlite3.Connection, writer: sqlite3.Connection) -> None:
        self._reader, self._writer = reader, writer
        self._reading, self._writing = Lock(), Lock()
        self._known: dict[int, Preferences] = {}
        self._version, self._looked = -1, float("-inf")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file, made where there is none. Raises StoreError."""
        with _explained(path), ExitStack() as opened:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = opened.enter_context(closing(_connect(path)))
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", *_SCHEMA):
                _patiently(writer, statement)
            if writer.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
            reader = opened.enter_context(closing(_connect(path)))
            opened.pop_all()  # they stay open
            return cls(reader, writer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    def of(self, guild: int | None) -> Preferences:
        """What a server prefers; the defaults where it has said nothing, or where there is no server."""
        if guild is None:
            return DEFAULT
        with _explained(), self._reading:
            self._follow()
            known = self._known.get(guild)
            if known is None:
                known = self._known[guild] = _preferences(_kept(self._reader, guild))
            return known

    def change(self, guild: int, **changed: object) -> Preferences:
        """Change some of what a server prefers. Raises ValueError for what is no field, or none of its values."""
        for name, value in changed.items():
            if name not in _VALID or not _VALID[name](value):
                raise ValueError(f"no preference: {name}")
        with _explained(), self._writing:
            with _transaction(self._writer):
                kept = _kept(self._writer, guild)
                after = replace(_preferences(kept), **cast("dict[str, Any]", changed))
                stored = kept | {name: _stored(getattr(after, name)) for name in changed}
                row = str(guild), json.dumps(stored)
                self._writer.execute("INSERT OR REPLACE INTO preferences VALUES (?, ?)", row)
            with self._reading:
                self._known[guild] = after
        return after

    def fact(self, name: str) -> str | None:
        """What was remembered under a name."""
        with _explained(), self._reading:
            row = self._reader.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, name: str, value: str) -> None:
        with _explained(), self._writing, _transaction(self._writer):
            self._writer.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def _follow(self) -> None:
        """Forget what another process may have changed; our own writer counts as one and costs a read."""
        now = time.monotonic()
        if now < self._looked + FRESH:
            return
        version = self._reader.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version or len(self._known) > _MOST:
            self._known.clear()
        self._version, self._looked = version, now


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 64


_VALID: dict[str, Callable[[object], bool]] = {
    "library": lambda value: value in ("shared", "own"),
    "channels": lambda value: isinstance(value, frozenset) and all(map(_is_id, value)),
    "private": lambda value: isinstance(value, bool),
    "dates": lambda value: isinstance(value, str) and _DATES.fullmatch(value) is not None,
    "corrections": lambda value: value is None or _is_id(value),
}


def _preferences(kept: dict[str, Any]) -> Preferences:
    """What a row says, as far as it says something: each field that is damaged falls back to its default."""
    said = {field.name: kept[field.name] for field in fields(Preferences) if field.name in kept}
    channels = said.get("channels")
    if isinstance(channels, list) and all(map(_is_id, channels)):
        said["channels"] = frozenset(channels)
    return Preferences(**{name: value for name, value in said.items() if _VALID[name](value)})


def _stored(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _kept(db: sqlite3.Connection, guild: int) -> dict[str, Any]:
    row = db.execute("SELECT kept FROM preferences WHERE guild = ?", (str(guild),)).fetchone()
    try:
        kept = json.loads(row[0]) if row else {}
    except (ValueError, TypeError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _connect(path: Path) -> sqlite3.Connection:
    # Our locks keep threads apart; BEGIN is ours to send.
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    db.text_factory = lambda stored: stored.decode(errors="replace")  # damaged text must not fail to be read
    return db


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _patiently(db: sqlite3.Connection, statement: str) -> None:
    """SQLite does not wait while another process makes the file: it says at once that it is locked."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            db.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def _explained(path: Path | None = None) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeError) as error:
        what = "opened" if path else "used"
        hint = f"Check {path}, its folder and the disk." if path else "Check discord.sqlite3 in ONRECORD_HOME."
        raise StoreError(f"The settings of the Discord servers cannot be {what}.", hint=hint) from error
