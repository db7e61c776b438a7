"""Reads pages and statements in processes beside this one, for Python runs on one core in each.

Small inputs are read here, before it is worth the second or two that a process takes to start. Where processes
cannot be had, or one is killed, everything is read here: slower, and the same.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ingest.reading import Item
from ingest.statements.reader import Reader, Reading
from ingest.unread import Failed, Same, Unread
from retrieval.library import own_offices
from retrieval.types import Article, Rejection

if TYPE_CHECKING:
    from retrieval.settings import Settings

# So much is read here before processes are started: about two seconds' work.
AT_ONCE = 24
# Beyond this many the process that embeds is the one that is waited for.
MOST = 8
# Pages ahead of the one that is taken, for each process, and their bytes in all.
AHEAD, AHEAD_BYTES = 4, 64_000_000

A = TypeVar("A")
R = TypeVar("R")
_reader: Reader | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an item came to: None for a page that is as it was. `origin` is whoever found the page."""

    outcome: Article | Rejection | None
    origin: object = None


class Awaited(Generic[A, R]):
    """What is read elsewhere, or here once it is asked for."""

    def __init__(self, here: Callable[[A], R], given: A, future: "Future[R] | None") -> None:
        self._here = here
        self._given = given
        self._future = future

    def result(self) -> R:
        if self._future:
            try:
                return self._future.result()
            except (BrokenProcessPool, CancelledError):
                pass
        return self._here(self._given)


class Workers:
    """Use it in a `with` block. `count` 0: one for each core, at most `MOST`; 1: none."""

    def __init__(self, reader: Reader, count: int = 1, own_offices: Path | None = None) -> None:
        self.reader = reader
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._processes = count or min(cores, MOST)
        self._own_offices = own_offices
        self._begun = 0
        self._pool: ProcessPoolExecutor | None = None

    @classmethod
    def open(cls, settings: "Settings") -> Self:
        """With the reader, and as many processes, as the settings say. Raises ConfigurationError or ModelError."""
        offices = own_offices(settings)
        return cls(Reader.open(settings.threads, offices), settings.processes, offices)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def apart(self) -> bool:
        """Whether something is read beside this process."""
        return self._pool is not None

    def statements(self, article: Article) -> Awaited[Article, Reading]:
        """The statements of an article."""
        return Awaited(self.reader.read, article, self._submitted(_statements, article))

    def articles(self, items: Iterable[Item]) -> Iterator[Arrival]:
        """Each item, in order, with pages read; those ahead are read meanwhile."""
        ahead: deque[tuple[Item, Awaited[Unread, Article | Rejection] | None]] = deque()
        size = 0
        for item in items:
            awaited = None
            if isinstance(item, Unread):
                awaited = Awaited(_page, item, self._submitted(_page, item))
                size += len(item.data)
            ahead.append((item, awaited))
            while ahead and (size > AHEAD_BYTES or len(ahead) > AHEAD * self._processes or not self._pool):
                first, awaited = ahead.popleft()
                size -= len(first.data) if isinstance(first, Unread) else 0
                yield _arrival(first, awaited)
        while ahead:
            yield _arrival(*ahead.popleft())

    def _submitted(self, work: Callable[[A], R], given: A) -> "Future[R] | None":
        self._begun += 1
        if self._processes == 1 or self._begun <= AT_ONCE:
            return None
        try:
            self._pool = self._pool or ProcessPoolExecutor(
                self._processes, get_context("spawn"), _prepare, (self._own_offices,)
            )
            with _deaf():
                return self._pool.submit(work, given)
        except (BrokenProcessPool, OSError, RuntimeError):  # RuntimeError: no process can be had in this program
            self._processes = 1
            return None


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started here never hear Ctrl-C, not even while they start; this one hears it after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _arrival(item: Item, awaited: Awaited[Unread, Article | Rejection] | None) -> Arrival:
    if awaited and isinstance(item, Unread):
        return Arrival(awaited.result(), item.origin)
    if isinstance(item, Failed):
        return Arrival(item.rejection, item.origin)
    if isinstance(item, Same):
        return Arrival(None, item.origin)
    return Arrival(item)  # type: ignore[arg-type]  # a page has its awaited


def _page(page: Unread) -> Article | Rejection:
    return page.read()


def _statements(article: Article) -> Reading:
    if _reader is None:
        raise BrokenProcessPool("the process was not prepared")
    return _reader.read(article)


def _prepare(own_offices: Path | None) -> None:
    """In each process, before anything else: Ctrl-C is for the one that started it, and it ends with that one."""
    global _reader  # noqa: PLW0603 - a process of the pool has no other place to keep it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _reader = Reader.open(1, own_offices)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
