"""Who searches where: Chroma where this process may, the record's vectors where it may not.

One process owns an embedded index, by a lock file that the kernel releases when the process dies. An index
that was not closed properly, or whose files changed since, is opened first in a child process; a broken or
missing one is made again from the record, without embedding, and a sentence says so. Every search follows
the record's change counter first, so that what another process ingested is found at once.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from retrieval.errors import StoreError
from retrieval.index import seal
from retrieval.index.exact import Exact, Filtered
from retrieval.record import Counter, Counters, Filter, Hit, Of, Record, Vectors

if TYPE_CHECKING:
    from retrieval.index.chroma import Chroma

Notify = Callable[[str], None]
_NOTHING = Counter(0, 0)


class Index:
    """Dense search over one library. Open it with `Index.open`, close it when done."""

    def __init__(self, record: Record, notify: Notify) -> None:
        self._record = record
        self._notify = notify
        self._chroma: Chroma | None = None
        self._exact = {of: Exact(record, of) for of in Of}
        self._filtered = Filtered(record)
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

    @property
    def failed(self) -> bool:
        """Whether Chroma failed, so that the record serves in its place."""
        return self._failed

    def nearest(
        self,
        vector: Vectors,
        k: int,
        where: Filter | None = None,
        *,
        of: Of = Of.PASSAGES,
        now: Counters | None = None,
    ) -> list[Hit]:
        """The k rows nearest to a vector [dimension] of length 1, by cosine similarity, best first.

        `now` is what `follow` gave just before, for several searches on end.
        """
        now = now or self.follow()
        if where:
            return self._filtered.nearest(vector, k, where, of, now[of])
        chroma = self._serving()
        if chroma and (collection := chroma.opened(of)):
            try:
                return collection.nearest(vector, k)
            except StoreError as error:
                self._degrade(error)
        return self._exact[of].nearest(vector, k, now[of])

    def follow(self) -> Counters:
        """Bring Chroma up to what the record holds, and say how far that is.

        Where Chroma fails, the record serves from here on, and a sentence says so: nothing is lost.
        """
        with self._lock:
            now = self._record.counters()
            if chroma := self._serving():
                try:
                    for of in Of:
                        _catch_up(self._record, chroma, of, now[of])
                except StoreError as error:
                    self._degrade(error)
        return now

    def faults(self) -> list[str]:
        """What differs between record and index; empty where they agree, or where this process has no index."""
        chroma = self._serving()
        if not chroma:
            return []
        self.follow()
        return [fault for of in Of for fault in _faults(self._record, chroma, of)]

    def close(self) -> None:
        """Give the index back; what failed is not sealed, so that the next opening looks at it."""
        sound = self._serving() is not None
        if self._chroma:
            self._chroma.close()
        if self._owned:
            if sound and self._sealed:
                seal.seal(*self._sealed)
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
            for of in Of:
                self._chroma.rows(of).clear()
        self._check()

    def _own(self, folder: Path, *, fresh: bool) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return  # another process owns it: exact search serves
        self._owned = lock
        rows = self._record.count()  # now: while Chroma is loaded, another process may store the first articles
        from retrieval.index.chroma import Chroma, embedded

        library_id = self._record.library_id()
        self._sealed = folder, library_id
        known = seal.known(folder, library_id)
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        elif known is None or (known != seal.files(folder) and not seal.sound(folder, library_id)):
            self._discard(folder, rows, missing=not folder.exists())
        seal.unseal(folder)
        self._chroma = Chroma(embedded(folder), library_id)
        self._check()

    def _discard(self, folder: Path, rows: int, *, missing: bool) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if rows:
            state = "missing" if missing else "damaged"
            self._notify(f"The index was {state}; it is made again from the record ({rows:,} passages).")

    def _check(self) -> None:
        """Follow the record, and make the index again where its size shows that it missed something."""
        if not self._chroma:
            return
        started = time.monotonic()
        missed = [of for of in Of if not _complete(self._record, self._chroma, of)]
        if missed:
            self._notify("The index did not match the record; it is made again.")
        for of in missed:
            self._chroma.rows(of).clear()
            _catch_up(self._record, self._chroma, of, self._record.counter(of))
        if (took := time.monotonic() - started) > 1:
            self._notify(f"The index is up to date ({took:.1f} s).")


def _complete(record: Record, chroma: "Chroma", of: Of) -> bool:
    """Follow the record; whether the size of the index shows that it missed nothing."""
    _catch_up(record, chroma, of, record.counter(of))
    collection = chroma.opened(of)
    if not collection or collection.count() == record.count(of):
        return True
    # Counted while another process was storing, they differ without being wrong.
    return not _reached(collection.position(), record.counter(of))


def _catch_up(record: Record, chroma: "Chroma", of: Of, target: Counter) -> None:
    from retrieval.index.collection import ROWS

    if of is not Of.PASSAGES and target == _NOTHING:
        return  # a library without statements has no need of a second collection
    collection = chroma.rows(of)
    if _reached(collection.position(), target):
        return
    collection.refresh()
    if _reached(at := collection.position(), target):
        return
    gone = record.removed_since(at.removal, of)
    collection.delete([row for _, row in gone if 0 < row <= at.row])  # 0: see `removed` in the schema
    last = at.row
    while ids := record.ids_since(last, ROWS, of):
        collection.put(record, ids)
        last = ids[-1]
    collection.advance(Counter(last, gone[-1][0] if gone else at.removal))


def _reached(at: Counter, target: Counter) -> bool:
    return at.row >= target.row and at.removal >= target.removal


def _faults(record: Record, chroma: "Chroma", of: Of) -> list[str]:
    collection = chroma.opened(of)
    there, here = collection.ids() if collection else set(), set(record.ids(of=of))
    faults = [f"{len(here - there)} {of.value} are missing from the index"] if here - there else []
    extra = there - here
    return faults + ([f"{len(extra)} rows of the index belong to none of the {of.value}"] if extra else [])
