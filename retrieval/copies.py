"""Which pieces of evidence are one statement told several times: wire copies, one quotation in five outlets.

Two are one where one speaker says the same words, or nearly: of the shorter's runs of three words the other
holds most. A number, a name or a "not" that only one of them has keeps them apart, unless the quoted words are
the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.understanding.wording import words

RUN = 3
# Shorter texts are one only where they are equal.
LEAST = 8
# The share of the shorter's runs that the other must hold. Of the statements in 924 articles, pairs between .6
# and .75 are mostly a speaker's stock phrases.
SAME = 0.75
# So many quoted words on end, and this share of the shorter quotation, make one quotation.
QUOTED = 6

_MARKS = re.compile(r"“([^”]*)(?:”|$)|\"([^\"]*)(?:\"|$)|''((?:(?!'').)*)(?:''|$)", re.DOTALL)
_TELLING = re.compile(r"\d[\d.,]*|\b[Nn](?:ot|ever|o|one|either|or)\b|n[’']t\b")


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling: `key` is the caller's number for it."""

    key: int
    speaker: str
    text: str


def grouped(tellings: Sequence[Telling]) -> list[list[int]]:
    """The keys of the tellings of each statement. Groups stand in the order of their first member."""
    groups: list[list[_Read]] = []
    for telling in map(_Read, tellings):
        for group in groups:
            if telling.is_(group[0]):
                group.append(telling)
                break
        else:
            groups.append([telling])
    return [[one.key for one in group] for group in groups]


class _Read:
    def __init__(self, telling: Telling) -> None:
        self.key = telling.key
        self.speaker = telling.speaker
        self.words, self.runs, self.quoted, self.telling = _taken_apart(telling.text)

    def is_(self, other: "_Read") -> bool:
        if self.speaker != other.speaker:
            return False
        if self.words == other.words or _share(self.quoted, other.quoted) >= SAME:
            return True
        long = min(len(self.words), len(other.words)) >= LEAST
        return long and self.telling == other.telling and _share(self.runs, other.runs) >= SAME


_Runs = frozenset[tuple[str, ...]]


@lru_cache(20_000)
def _taken_apart(text: str) -> tuple[tuple[str, ...], _Runs, _Runs, frozenset[str]]:
    """The words, the runs of them and of the quoted ones, and what tells tellings apart."""
    plain = tuple(words(text))
    quoted = tuple(words(" ".join(part for parts in _MARKS.findall(text) for part in parts)))
    telling = frozenset(mark.strip(".,").lower() for mark in _TELLING.findall(text))
    return plain, _runs(plain), _runs(quoted) if len(quoted) >= QUOTED else frozenset(), telling


def _runs(words: Sequence[str]) -> _Runs:
    return frozenset(tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1))


def _share(a: _Runs, b: _Runs) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
