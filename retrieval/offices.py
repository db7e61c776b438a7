"""Offices as articles word them: which of them nobody holds two of at once, and whom they tell apart.

Only seats that are one man's whole work count. Presidents, secretaries and chairmen do not: those titles stay
with people, and societies have them too.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from retrieval.forms import fold, fullest
from retrieval.types import Speaker

_SEATS = {
    "mayor": r"(?:lord )?mayor",
    "governor": r"gov(?:ernor)?",
    "senator": r"sen(?:ator)?",
    "representative": r"rep(?:resentative)?|congress(?:man|woman|member)|member of congress",
    "judge": r"judge|chief justice|justice|supreme court justice",
    "sheriff": r"sheriff",
    "police chief": r"police chief|chief of police|police commissioner",
    "prime minister": r"prime minister",
}
_SEAT = re.compile(r"\b(?:" + "|".join(f"(?P<s{n}>{p})" for n, p in enumerate(_SEATS.values())) + r")\b")
_NAMES = tuple(_SEATS)
# Whoever works for a mayor is none: "spokesman for the mayor", "the governor's aide", "deputy mayor".
_NEAR_SEAT = re.compile(
    r"\b(?:deputy|vice|assistant|lieutenant|lt|spokes\w+|aide|adviser|advisor|wife|husband|son|daughter|staff|office|"
    r"department|ministry|secretary|minister of|attorney|campaign)\b|'s?\b|\b(?:to|for) "
)
_NOT_NOW = re.compile(
    r"\b(?:former|ex|then|late|onetime|one-time|retired|past|previous|elect|candidate|nominee|hopeful|contender)\b"
)
_PLACE = re.compile(r"\b(?:of|from|for|in)\s+(.+)$")
_SMALL = frozenset("the of from for in a an former ex then late".split())
# Two offices held by one man within as many days are a namesake's, unless an article explains it.
NEAR = 365
# One article of another office against so many is a slip of reading; a namesake is met more than once.
DOMINANT = 20


@dataclass(frozen=True, slots=True)
class Office:
    """A seat; `place` is empty where none is said; `now` unless it is called former or hoped for."""

    seat: str
    place: frozenset[str]
    now: bool


class Holder(Protocol):
    """Somebody introduced with offices on a day."""

    @property
    def day(self) -> date | None: ...
    @property
    def speaker(self) -> Speaker: ...
    @property
    def offices(self) -> tuple[Office, ...]: ...


Held = TypeVar("Held", bound=Holder)
_Seat = tuple[str, frozenset[str]]


@lru_cache(maxsize=20_000)
def offices(texts: frozenset[str]) -> tuple[Office, ...]:
    """The seats among some offices, in a fixed order."""
    return tuple(found for text in sorted(texts) if (found := _office(text)))


def words(text: str) -> list[str]:
    """The words of an office that tell it from others."""
    return [word for word in re.findall(r"[\w-]+", fold(text)) if word not in _SMALL]


def parted(group: Sequence[Held]) -> list[list[Held]]:
    """Part people of one name by their seats; those without one join where it is clear whom they join."""
    if not any(one.offices for one in group):
        return [list(group)]
    parts, rest = _parts(group)
    if not _conflict(parts):
        return [list(group)]
    main = max(parts, key=len)
    if all(part is main or len(part) * DOMINANT <= len(main) for part in parts):
        main += rest
        return parts
    known = [_worded(part) for part in parts]
    apart: list[Held] = []
    for one in rest:
        fitting = [n for n, theirs in enumerate(known) if _worded([one]) & theirs]
        (parts[fitting[0]] if len(fitting) == 1 else apart).append(one)
    return [part for part in (*parts, apart) if part]


class Seats:
    """The seats that one person held, and when; says whom they keep apart from him."""

    def __init__(self, group: Iterable[Holder]) -> None:
        held = [one for one in group if one.offices]
        self._seats = {(office.seat, office.place) for one in held for office in one.offices}
        self._days = [one.day for one in held if _now(one)]

    def allow(self, one: Holder) -> bool:
        """Whether one more may be the same person: no other seat within a year."""
        mine = [(office.seat, office.place) for office in one.offices]
        if any(a == b or _vaguer(a, b) or _vaguer(b, a) for a in mine for b in self._seats):
            return True
        return not (_now(one) and _near([one.day], self._days))


def _now(one: Holder) -> bool:
    return any(office.now for office in one.offices)


def _worded(group: Iterable[Holder]) -> set[frozenset[str]]:
    return {frozenset(words(text)) for one in group for text in one.speaker.offices}


def _office(text: str) -> Office | None:
    text = text.casefold().replace("’", "'")
    seat = _SEAT.search(text)
    if not seat or _NEAR_SEAT.search(text[: seat.start()]) or text[seat.end() :].lstrip(".").startswith("'"):
        return None
    name = _NAMES[int(str(seat.lastgroup)[1:])]
    place = _PLACE.search(text, seat.end())
    return Office(name, frozenset(words(place[1])) if place else frozenset(), not _NOT_NOW.search(text))


def _parts(group: Sequence[Held]) -> tuple[list[list[Held]], list[Held]]:
    """Those who hold seats, with all whose seats some article gives to one man; and the others."""
    seats = {(office.seat, office.place) for one in group for office in one.offices}
    whole = fullest(sorted(seats, key=lambda s: (s[0], sorted(s[1]))), _vaguer)
    leader = {seat: seat for seat in seats}

    def lead(seat: _Seat) -> _Seat:
        while leader[seat] != seat:
            seat = leader[seat]
        return seat

    def tops(one: Held) -> list[_Seat]:
        return [top for office in one.offices if (top := whole[(office.seat, office.place)])]

    for first, *more in filter(None, map(tops, group)):
        for seat in more:
            leader[lead(seat)] = lead(first)
    parts: dict[_Seat, list[Held]] = defaultdict(list)
    rest: list[Held] = []
    for one in group:
        (parts[lead(held[0])] if (held := tops(one)) else rest).append(one)
    return list(parts.values()), rest


def _vaguer(a: _Seat, b: _Seat) -> bool:
    return a[0] == b[0] and a[1] < b[1]


def _conflict(parts: Sequence[Sequence[Held]]) -> bool:
    """Whether two of the parts hold their seats within a year of one another."""
    days = [[one.day for one in part if _now(one)] for part in parts]
    return any(_near(a, b) for n, a in enumerate(days) for b in days[n + 1 :])


def _near(a: Iterable[date | None], b: Iterable[date | None]) -> bool:
    ones, others = list(a), list(b)
    if None in ones or None in others:  # nobody knows when: not sure to be one man
        return bool(ones and others)
    dated = sorted(day.toordinal() for day in ones if day)
    for day in (other.toordinal() for other in others if other):
        at = bisect_left(dated, day)
        if any(abs(day - other) < NEAR for other in dated[max(at - 1, 0) : at + 1]):
            return True
    return False
