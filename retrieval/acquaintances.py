"""Whom a library knows, by name and office, remembered while the record stays as it is: many ask about the same.

A look-up takes about a millisecond, as long as a fifth of all the rest that a question needs.
"""

from collections.abc import Callable, Hashable
from datetime import date
from typing import TypeVar, cast

from retrieval.record import Counters, Record, StoredSpeaker

T = TypeVar("T")
# Look-ups kept; at that many, all are forgotten.
KEPT = 5000


class Acquaintances:
    """The record's answers about people and outlets. Safe to use from several threads."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._now: Counters = {}
        self._known: dict[Hashable, object] = {}

    def follow(self, now: Counters) -> None:
        """Forget everything where the record has changed."""
        if now != self._now or len(self._known) >= KEPT:
            self._known, self._now = {}, now

    def speakers_named(self, name: str) -> list[StoredSpeaker]:
        return self._look_up(("named", name), lambda: self._record.speakers_named(name))

    def speakers_called(self, alias: str) -> list[StoredSpeaker]:
        return self._look_up(("called", alias), lambda: self._record.speakers_called(alias))

    def speakers_in_office(self, office: str, since: date | None, until: date | None) -> list[StoredSpeaker]:
        return self._look_up(
            ("office", office, since, until), lambda: self._record.speakers_in_office(office, since, until)
        )

    def speaker_keys(self) -> list[str]:
        return self._look_up(("keys",), self._record.speaker_keys)

    def outlets(self) -> list[str]:
        return self._look_up(("outlets",), self._record.outlets)

    def _look_up(self, asked: Hashable, read: Callable[[], T]) -> T:
        known = self._known  # a thread that follows meanwhile begins another
        if asked not in known:
            known[asked] = read()
        return cast("T", known[asked])
