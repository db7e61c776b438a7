"""One server's library as the bot uses it: what is asked, what was shown, what is disputed, what is held.

Blocking, and called from several threads at once. Which library it is follows from the server's id alone, and
what one place has kept is no other's, whatever library they share. Knows nothing of Discord's messages.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self
from weakref import WeakKeyDictionary

from bot.discord.options import Unusable
from retrieval import keeping
from retrieval.citing import numbered
from retrieval.claimed import on_record
from retrieval.directory import Directory
from retrieval.kept import Dispute, Form, Kept, Request
from retrieval.positions import comparison, positions
from retrieval.sentences import Sentences
from retrieval.types import Answer, Claim, Outcome

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.record.holdings import Holdings, OutletHeld
    from retrieval.types import Citation

GONE = "I no longer have that answer; please ask again."
AGAIN = 30.0  # seconds until names and topics are made anew, however often articles come meanwhile
SHOWN = 5  # claims at once, of a list that goes on
_AROUND = 700  # characters before a quotation, and as many after it, of which whole sentences are shown


@dataclass(frozen=True, slots=True)
class Shown:
    """A quotation in its place: what stands before it in the article, and after it."""

    citation: "Citation"
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Found:
    """An answer with the claims that are shown first; `more` where there are others."""

    answer: Answer
    more: bool = False


@dataclass(frozen=True, slots=True)
class More:
    """Claims numbered on from those shown before; `left` where there are still others."""

    claims: tuple[Claim, ...]
    left: bool


class Desk:
    """A library as one place sees it: `place` is a server, or whoever writes directly."""

    def __init__(
        self, library: "Library", place: str, directory: Directory, followed: Callable[[float | None], None]
    ) -> None:
        """`followed` brings the directory up to date, for at most so many seconds."""
        self._library = library
        self._record = library.record
        self.place = place
        self._directory, self._followed = directory, followed

    def answer(
        self, request: Request, before: Sequence[str], *, user: str, tell: Callable[[Claim], None]
    ) -> Found:
        """Whatever the way of asking. `tell` is called, on any thread, with each claim as soon as it stands."""
        question = request.question
        match request.form:
            case Form.QUESTION:
                trace = self._library.explain(question, before, user=user, tell=tell)
                answered = trace.answer.outcome is Outcome.ANSWERED
                return Found(trace.answer, answered and bool(self._library.beyond(trace)))
            case Form.POSITIONS:
                whole = positions(self._library, question)
                return Found(replace(whole, claims=whole.claims[:SHOWN]), len(whole.claims) > SHOWN)
            case Form.COMPARISON:
                return Found(comparison(self._library, question, request.other or ""))
            case Form.CLAIM:
                return Found(on_record(self._library, question.text, user=user))

    def more(self, kept: Kept, after: int) -> More:
        """The claims beyond those shown with an answer, from the `after`th of them on."""
        beyond = self._beyond(kept)
        return More(beyond[after : after + SHOWN], len(beyond) > after + SHOWN)

    def _beyond(self, kept: Kept) -> tuple[Claim, ...]:
        asked, shown = kept.request, kept.answer.claims
        if kept.answer.outcome is not Outcome.ANSWERED:
            return ()
        if asked.form is Form.QUESTION:
            return self._library.more(asked.question, kept.before, shown)
        if asked.form is Form.POSITIONS:
            places = {(c.url, c.start) for claim in shown for c in claim.citations}
            others = [
                claim
                for claim in positions(self._library, asked.question).claims
                if not any((c.url, c.start) in places for c in claim.citations)
            ]
            return numbered(others, max(c.n for claim in shown for c in claim.citations))
        return ()

    def passages(self, kept: Kept) -> list[Shown]:
        """Each quotation of an answer with the sentences around it, in the version that was cited."""
        claims = kept.answer.claims or kept.answer.instead
        found = (self._shown(citation) for claim in claims for citation in claim.citations)
        return [one for one in found if one]

    def _shown(self, citation: "Citation") -> Shown | None:
        article = self._record.cited(citation.url, citation.version)
        if article is None:
            return None
        sentences = Sentences(article.text)
        start, end = sentences.holding(max(0, citation.start - _AROUND), citation.start)[0], citation.start
        after = sentences.holding(citation.end, min(len(article.text), citation.end + _AROUND))[1]
        return Shown(citation, article.text[start:end], article.text[citation.end : after])

    # ---------------------------------------------------------------- what was shown

    def keep(self, kept: Kept) -> None:
        """Keep what was shown, for those who come back to it."""
        keeping.keep(self._record, kept, datetime.now(UTC))

    def kept(self, key: str) -> Kept | None:
        return keeping.kept(self._record, key, self.place)

    def asked_before(self, conversation: str) -> tuple[str, ...]:
        return self._record.asked_before(self.place, conversation)

    # ---------------------------------------------------------------- what is wrong with it

    def dispute(self, citation: "Citation", speaker: str | None, reason: str, user: str) -> Dispute | None:
        """None where the user has too many open disputes already."""
        return self._record.dispute(
            citation.url,
            citation.version,
            citation.start,
            citation.end,
            citation.quote,
            speaker,
            reason,
            self._record.hashed(user),
            datetime.now(UTC),
        )

    def disputes(self) -> list[Dispute]:
        """Those that wait for a review, the newest first."""
        return self._record.disputes()

    def settle(self, dispute: int, user: str, *, upheld: bool) -> Dispute | None:
        return self._record.settle_dispute(dispute, upheld, self._record.hashed(user), datetime.now(UTC))

    # ---------------------------------------------------------------- what is held

    def directory(self, patience: float | None = None) -> Directory:
        """Names and topics to choose from, as the record is now; after `patience` seconds, as it was before."""
        self._followed(patience)
        return self._directory

    def holdings(self) -> "Holdings":
        return self._record.holdings()

    def outlets(self) -> "list[OutletHeld]":
        return self._record.outlets_held()

    def mentioning(self, words: str) -> int:
        """How many articles hold some words."""
        return self._record.articles_with(words)


def recalled(desk: Desk, key: str) -> Kept:
    """An answer that was shown there. Raises Unusable where it is not kept, or not any more."""
    kept = desk.kept(key)
    if kept is None:
        raise Unusable(GONE)
    return kept


class Desks:
    """The desk of each server: `using` opens the library that its id has. Use it in a `with` block."""

    def __init__(self, using: "Callable[[int | None], AbstractContextManager[Library]]") -> None:
        self._using = using
        self._directories: WeakKeyDictionary[Library, Directory] = WeakKeyDictionary()
        self._made_at: WeakKeyDictionary[Directory, float] = WeakKeyDictionary()
        # One at a time: it takes seconds for a large library, of a core that answers want too.
        self._making = ThreadPoolExecutor(1, thread_name_prefix="directory")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._making.shutdown(cancel_futures=True)

    @contextmanager
    def at(self, guild: int | None, user: int) -> Iterator[Desk]:
        """The desk of a server; without one, of somebody who writes directly. Raises OnrecordError."""
        with self._using(guild) as library:
            directory = self._directories.get(library)
            if directory is None:
                directory = self._directories.setdefault(library, Directory(library.record))
            place = f"direct-{library.record.hashed(str(user))}" if guild is None else str(guild)
            yield Desk(library, place, directory, partial(self._follow, guild, library, directory))

    def _follow(self, guild: int | None, library: "Library", directory: Directory, patience: float | None) -> None:
        recent = time.monotonic() - self._made_at.get(directory, -math.inf) < AGAIN
        if recent or directory.follows(library.record.counters()):
            return
        making = self._making.submit(self._made, guild)
        with suppress(TimeoutError):
            making.result(patience)

    def _made(self, guild: int | None) -> None:
        """Holds the library for itself: whoever wanted it may be gone before it is done."""
        with self._using(guild) as library:
            directory = self._directories.get(library)
            if directory is not None:
                directory.follow(library.record.counters())
                self._made_at[directory] = time.monotonic()
