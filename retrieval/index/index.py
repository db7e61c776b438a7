"""Who searches where: Chroma where this process may, the record's vectors where it may not.

One process owns an embedded index, by a lock file that the kernel releases when the process dies. An index
that was not closed properly, or whose files changed since, is opened first in a child process; a broken or
missing one is made again from the record, without embedding, and a sentence says so. Every search follows
the record's change counter first, so that what another process ingested is found at once.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from retrieval.errors import StoreError
from retrieval.index.exact import Exact, filtered
from retrieval.record import Counter, Filter, Hit, Record, Vectors

if TYPE_CHECKING:
    from retrieval.index.chroma import Chroma

Notify = Callable[[str], None]
# A probe opens the index and asks once; one that takes longer, in seconds, is broken.
PROBE_SECONDS = 120


class Index:
    """Dense search over one library. Open it with `Index.open`, close it when done."""

    def __init__(self, record: Record, notify: Notify) -> None:
        self._record = record
        self._notify = notify
        self._chroma: Chroma | None = None
        self._exact = Exact(record)
        self._lock = Lock()
        self._failed = False
        self._owned: FileLock | None = None
        self._sealed: tuple[Path, str] | None = None  # the folder and the library that a seal would name

    @classmethod
    def open(
        cls, record: Record, folder: Path, *, url: str | None, notify: Notify, fresh: bool = False
    ) -> "Index":
        """Open the index of a library: on a Chroma server, embedded, or exact where another process owns it.

        With `fresh`, what is there is thrown away first, and made again from the record.
        """
        index = cls(record, notify)
        try:
            if url:
                index._connect(url, fresh=fresh)
            else:
                index._own(folder, fresh=fresh)
        except StoreError as error:
            index._degrade(error)
            index.close()
        return index

    @property
    def kind(self) -> str:
        """ "chroma" or "exact"."""
        return "chroma" if self._serving() else "exact"

    def nearest(self, vector: Vectors, k: int, where: Filter | None = None) -> list[Hit]:
        """The k passages nearest to a vector [dimension] of length 1, by cosine similarity, best first."""
        if where:
            return filtered(self._record, vector, k, where)
        self.follow()
        if chroma := self._serving():
            try:
                return chroma.nearest(vector, k)
            except StoreError as error:
                self._degrade(error)
        return self._exact.nearest(vector, k)

    def follow(self) -> None:
        """Bring Chroma up to what the record holds. Nothing happens where this process has no index.

        Where Chroma fails, the record serves from here on, and a sentence says so: nothing is lost.
        """
        with self._lock:
            if chroma := self._serving():
                try:
                    _catch_up(self._record, chroma)
                except StoreError as error:
                    self._degrade(error)

    def faults(self) -> list[str]:
        """What differs between record and index; empty where they agree, or where this process has no index."""
        chroma = self._serving()
        if not chroma:
            return []
        self.follow()
        there, here = chroma.ids(), set(self._record.passage_ids())
        faults = [f"{len(here - there)} passages are missing from the index"] if here - there else []
        return faults + ([f"{len(there - here)} rows of the index belong to no passage"] if there - here else [])

    def close(self) -> None:
        """Give the index back; what failed is not sealed, so that the next opening looks at it."""
        sound = self._serving() is not None
        if self._chroma:
            self._chroma.close()
        if self._owned:
            if sound and self._sealed:
                _seal(*self._sealed)
            self._owned.release()
        self._chroma = self._owned = None

    def _serving(self) -> "Chroma | None":
        return None if self._failed else self._chroma

    def _degrade(self, error: StoreError) -> None:
        self._failed = True  # other threads may be using it: it is closed with the rest
        self._notify(f"{error} Searching the record itself. (onrecord doctor says more.)")

    def _connect(self, url: str, *, fresh: bool) -> None:
        from retrieval.index.chroma import Chroma, server

        self._chroma = Chroma(server(url), self._record.library_id())
        if fresh:
            self._chroma.clear()
        self._check()

    def _own(self, folder: Path, *, fresh: bool) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return  # another process owns it: exact search serves
        self._owned = lock
        from retrieval.index.chroma import Chroma, embedded

        library_id = self._record.library_id()
        self._sealed = folder, library_id
        known = _known(folder, library_id)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        elif known is None or (known != _files(folder) and not _sound(folder, library_id)):
            self._discard(folder, missing=not folder.exists())
        _unseal(folder)
        self._chroma = Chroma(embedded(folder), library_id)
        self._check()

    def _discard(self, folder: Path, *, missing: bool) -> None:
        rows = self._record.counts()["passages"]
        shutil.rmtree(folder, ignore_errors=True)
        if rows:
            state = "missing" if missing else "damaged"
            self._notify(f"The index was {state}; it is made again from the record ({rows:,} passages).")

    def _check(self) -> None:
        """Follow the record, and make the index again where its size shows that it missed something."""
        if not self._chroma:
            return
        started = time.monotonic()
        _catch_up(self._record, self._chroma)
        differ = self._chroma.count() != self._record.counts()["passages"]
        # Counted while another process was storing, they differ without being wrong.
        if differ and _reached(self._chroma.position(), self._record.counter()):
            self._notify("The index did not match the record; it is made again.")
            self._chroma.clear()
            _catch_up(self._record, self._chroma)
        if (took := time.monotonic() - started) > 1:
            self._notify(f"The index is up to date ({took:.1f} s).")


def _catch_up(record: Record, chroma: "Chroma") -> None:
    from retrieval.index.chroma import ROWS

    target, at = record.counter(), chroma.position()
    if _reached(at, target):
        return
    chroma.refresh()
    if _reached(at := chroma.position(), target):
        return
    gone = record.removed_since(at.removal)
    chroma.delete([passage for _, passage in gone if passage <= at.passage])
    last = at.passage
    while ids := record.ids_since(last, ROWS):
        chroma.put(record, ids)
        last = ids[-1]
    chroma.advance(Counter(last, gone[-1][0] if gone else at.removal))


def _reached(at: Counter, target: Counter) -> bool:
    return at.passage >= target.passage and at.removal >= target.removal


# A seal beside the folder says how its files looked when they were closed in good order.
def _seal_path(folder: Path) -> Path:
    return folder.with_suffix(".seal")


def _files(folder: Path) -> dict[str, list[int]]:
    """Size in bytes and time of change in nanoseconds of every file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            found[str(path.relative_to(folder))] = [stat.st_size, stat.st_mtime_ns]
    return found


def _known(folder: Path, library_id: str) -> dict[str, list[int]] | None:
    """The files as they were sealed; empty without a seal; None where there is no index of this library."""
    if not (folder / "chroma.sqlite3").exists():
        return None
    try:
        seal = json.loads(_seal_path(folder).read_text())
        return dict(seal["files"]) if seal["library"] == library_id else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _seal(folder: Path, library_id: str) -> None:
    _seal_path(folder).write_text(json.dumps({"library": library_id, "files": _files(folder)}))


def _unseal(folder: Path) -> None:
    _seal_path(folder).unlink(missing_ok=True)


def _sound(folder: Path, library_id: str) -> bool:
    """Whether a child process can open the index and ask it; a broken one kills the child, not us."""
    command = [sys.executable, "-m", "retrieval.index.probe", str(folder), library_id]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
