"""One library: its record, its index and the embedder that it was made with, opened together.

A library is a folder under ONRECORD_HOME: `library.sqlite3` is the record, `chroma/` the index.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from retrieval.errors import ConfigurationError, LibraryMismatch
from retrieval.record import Counter, Of, Record
from retrieval.types import Answer, Question

if TYPE_CHECKING:
    from types import TracebackType

    from retrieval.acquaintances import Acquaintances
    from retrieval.embedding import Embedder
    from retrieval.evidence import Candidate
    from retrieval.index import Index
    from retrieval.scale import Scale
    from retrieval.settings import Settings
    from retrieval.shelf import Shelf
    from retrieval.trace import Trace
    from retrieval.types import Claim
    from retrieval.understanding import Understood
    from retrieval.writing import Tell, Writer

Notify = Callable[[str], None]


def folder_of(settings: "Settings", name: str | None) -> Path:
    """Where a library lies. Raises ConfigurationError for a name that is none."""
    name = name or settings.library
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise ConfigurationError(
            f"“{name}” is no name for a library: small letters, digits, - and _, at most 64 of them."
        )
    return settings.home.expanduser() / name


def own_offices(settings: "Settings") -> Path:
    """Where a user may put offices of his own beside ours."""
    return settings.home.expanduser() / "offices.csv"


def exists(settings: "Settings", name: str | None) -> bool:
    """Whether a library is there already."""
    return settings.database_url is not None or (folder_of(settings, name) / "library.sqlite3").exists()


def must_exist(settings: "Settings", name: str | None) -> None:
    """Raises ConfigurationError for a library that was asked for by name and is not there."""
    if name is not None and not exists(settings, name):
        raise ConfigurationError(f"There is no library “{name}”.", hint="onrecord ingest --library makes one.")


def open_record(settings: "Settings", name: str | None) -> Record:
    """The record of a library, made where there is none. Raises OnrecordError."""
    if settings.database_url:
        return Record.open(settings.database_url.get_secret_value())
    path = folder_of(settings, name) / "library.sqlite3"
    return Record.open(f"sqlite:///{quote(str(path))}")  # a folder's name may hold ? or %


def check_maker(record: Record, maker: str) -> None:
    """Raises LibraryMismatch where articles are stored that another embedder or chunking made."""
    others = [other for other in record.makers() if other != maker]
    if others:
        raise LibraryMismatch(
            f"The library was made with {' and '.join(others)}, but this run uses {maker}.",
            hint="Run onrecord reindex to bring the library up to date, or set ONRECORD_EMBEDDING back.",
        )


def open_index(
    settings: "Settings", name: str | None, record: Record, *, notify: Notify, fresh: bool = False
) -> "Index":
    """The index of a library whose record is open; with `fresh`, made again."""
    from retrieval.index import Index

    folder = folder_of(settings, name) / "chroma"
    return Index.open(record, folder, url=settings.chroma_url, notify=notify, fresh=fresh)


class Library:
    """A library, open for questions and for new articles. Use it in a `with` block; safe to use from threads."""

    def __init__(
        self,
        record: Record,
        index: "Index",
        embedder: "Embedder",
        maker: str,
        open_writer: "Callable[[Record], Writer | None]" = lambda _: None,
    ) -> None:
        """`open_writer` is called at the first question: what only stores articles needs no model."""
        self.record = record
        self.index = index
        self.embedder = embedder
        self.maker = maker
        self._open_writer = open_writer
        self._checked = record.counter()

    @classmethod
    def open(
        cls,
        settings: "Settings",
        name: str | None,
        maker: str,
        *,
        notify: Notify,
        rework: bool = False,
        embedder: "Embedder | None" = None,
    ) -> Self:
        """Open a library, made where there is none. `maker` names the embedder and chunking of this program.

        Sentences about the state of its index go to `notify`. With `rework`, a library that another maker made
        opens too, for bringing it up to date; its index is left alone (open it afresh afterwards). `embedder` is
        that of another open library, where the two may share it. Raises OnrecordError.
        """
        from retrieval.embedding import open_embedder
        from retrieval.index import Index

        record = open_record(settings, name)
        try:
            if rework:
                return cls(record, Index(record, notify), embedder or open_embedder(settings), maker)
            check_maker(record, maker)
            embedder = embedder or open_embedder(settings)
            index = open_index(settings, name, record, notify=notify)
            return cls(record, index, embedder, maker, partial(_open_writer, settings))
        except BaseException:
            record.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.close()

    def close(self) -> None:
        if "writer" in self.__dict__ and self.writer:
            self.writer.close()
        self.index.close()
        self.record.close()

    def ask(
        self, question: Question, before: Sequence[str] = (), *, user: str = "", tell: "Tell | None" = None
    ) -> Answer:
        """Answer a question from what is on record now. Raises OnrecordError.

        `before` are the earlier questions of the conversation, oldest first: what the question leaves out, a
        person, a topic, a time, is taken from them. Where the settings choose a model, it words the answer, from
        the share of it that `user` has; `tell` is then called, on another thread, with each claim as soon as it
        has stood its check.
        """
        return self.explain(question, before, user=user, tell=tell).answer

    def explain(
        self, question: Question, before: Sequence[str] = (), *, user: str = "", tell: "Tell | None" = None
    ) -> "Trace":
        """`ask`, with how the question was understood, what became of each candidate and each claim, and why."""
        from retrieval.asking import Asking

        return Asking(self.record, self.search, self.writer).trace(question, before, user, tell)

    def more(self, question: Question, before: Sequence[str], beyond: "Sequence[Claim]") -> "tuple[Claim, ...]":
        """The claims that answer a question besides those that were shown, best first; no model is asked.

        None of them cites a place that one `beyond` cites, and their numbers go on from the highest there. At most
        24 are looked for, those beyond among them. Raises OnrecordError.
        """
        from retrieval.asking import Asking

        return Asking(self.record, self.search, None).more(question, before, beyond)

    def beyond(self, trace: "Trace") -> "tuple[Claim, ...]":
        """What `more` would give for a question that was just explained, without a search. Raises StoreError."""
        from retrieval.asking import Asking

        return Asking(self.record, self.search, None).beyond(trace)

    def search(self, question: Question, before: Sequence[str] = ()) -> "tuple[Understood, list[Candidate]]":
        """What a question asks, and what may answer it, best first. Raises OnrecordError."""
        from retrieval.search import Search
        from retrieval.understanding import understand
        from retrieval.weights import weights

        now = self.index.follow()
        self._check(now[Of.PASSAGES])
        self._acquaintances.follow(now)
        understood = understand(question, self._acquaintances, before)
        search = Search(self.record, self.index, self.embedder, self._shelf, self._scale, weights())
        return understood, search.candidates(question, understood, now)

    @cached_property
    def writer(self) -> "Writer | None":
        """What words the answers, where the settings choose a model. Raises ConfigurationError."""
        return self._open_writer(self.record)

    @cached_property
    def _acquaintances(self) -> "Acquaintances":
        from retrieval.acquaintances import Acquaintances

        return Acquaintances(self.record)

    @cached_property
    def _shelf(self) -> "Shelf":
        from retrieval.shelf import Shelf

        return Shelf(self.record)

    @cached_property
    def _scale(self) -> "Scale":
        from retrieval.scale import scale_of

        return scale_of(self.embedder)

    def _check(self, now: Counter) -> None:
        """A reindex by another process may have changed what this one was opened with."""
        if now != self._checked:
            check_maker(self.record, self.maker)
            self._checked = now


def _open_writer(settings: "Settings", record: Record) -> "Writer | None":
    from retrieval.writing import open_writer

    return open_writer(settings, record)
