"""Whom and what a question names: capitalised runs, small names that the library knows, and offices.

Who is meant is for the library to say: it knows its speakers by all the forms that articles give them.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile
from typing import TYPE_CHECKING, Protocol

from retrieval.names import untitled
from retrieval.record import StoredSpeaker
from retrieval.understanding.wording import SAYING, STOP

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLE = r"(?:Dr|Mr|Mrs|Ms|Rev|St|Sen|Rep|Gov|Gen|Lt|Col|Prof|Hon|Jr|Sr)\.|[A-Z]\."
_WORD = rf"(?:{_TITLE}|[^\W\d_a-z][\w’'-]*)"
_RUN = re.compile(rf"\b{_WORD}(?:\s+(?:(?:of|the|al|bin|de|la|van|von|for)\s+)*{_WORD})*")
_POSSESSED = re.compile(r"['’]s?\b|['’](?=\s|$)")
_NOT_NAMES = frozenset(
    (
        "what who whom whose which when where why how did does do is are was were has have will would can "
        "could should may according in on at after before during since if and but tell give compare list the a an "
        "i so january february march april june july august september october november december monday "
        "tuesday wednesday thursday friday saturday sunday not no or then also as"
    ).split()
)
_TITLES_OF_OFFICE = (
    "president|senator|congress(?:man|woman)|mayor|governor|secretary(?: of state| general|-general)?|"
    "chair(?:man|woman)?|"
    "chief|minister|chancellor|pope|king|queen|speaker|leader|spokes(?:man|woman|person)|ambassador|director|"
    "commissioner|judge|sheriff|premier|chief of staff"
)
_OFFICE = re.compile(
    rf"\bthe\s+(?P<office>(?:(?!former\b)[a-z]+[ -]){{0,3}}?(?:{_TITLES_OF_OFFICE}))\b(?!\s+[A-Z])"
    r"(?P<place>\s+of\s+[A-Z]\w+(?:\s+[A-Z]\w+)*)?"
)
# Small names are looked for in questions without capitals, in words of at least so many letters.
SMALL = 3
# Articles that must know a surname for it to be one.
FEW = 3
# Letters that may differ: one in a name of four to six letters, two in a longer one.
TYPO, TYPO_LONG = 4, 7


class People(Protocol):
    """What a question needs to know of a library."""

    def speakers_named(self, name: str) -> list[StoredSpeaker]: ...
    def speakers_called(self, alias: str) -> list[StoredSpeaker]: ...
    def speakers_in_office(self, office: str, since: date | None, until: date | None) -> list[StoredSpeaker]: ...
    def speaker_keys(self) -> list[str]: ...
    def outlets(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or an office in a question: text[start:end], and whom it may mean, most heard first.

    `possessive` says that the name stands before what is its own ("Turner's position").
    """

    start: int
    end: int
    words: str
    speakers: tuple[StoredSpeaker, ...]
    office: bool = False
    possessive: bool = False

    @property
    def person(self) -> bool:
        """Whether it is somebody, as far as the library knows; else it is a body, a place, or unknown."""
        return self.office or any(not speaker.body for speaker in self.speakers)


def mentions(text: str, people: People, period: tuple[date | None, date | None]) -> list[Mention]:
    """All names and offices in a question, in order."""
    found = [*_capitalised(text, people), *_offices(text, people, period)]
    if not found:
        found = _small(text, people)
    return sorted(found, key=lambda mention: mention.start)


def _capitalised(text: str, people: People) -> list[Mention]:
    found = []
    for run in _RUN.finditer(text):
        for start, end, possessive in _parts(text, run.start(), run.end()):
            inner = list(dropwhile(lambda w: w[2].lower() in _NOT_NAMES, _spans(text, start, end)))
            name = " ".join(untitled(" ".join(word for _, _, word in inner)))
            if name and name.lower() not in _NOT_NAMES:
                found.append(Mention(inner[0][0], inner[-1][1], name, _known(name, people), possessive=possessive))
    return found


def _parts(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """A run cut at its possessives: "North Carolina's Pat McCrory" names two."""
    parts, at = [], start
    for mark in _POSSESSED.finditer(text, start, min(len(text), end + 1)):
        if re.match(r"['’]\w{2,}", text[mark.start() : mark.start() + 4]):
            continue  # O’Malley
        parts.append((at, mark.start(), True))
        at = mark.end()
    if text[at:end].strip():
        parts.append((at, end, bool(re.match(r"['’]", text[end : end + 1]))))
    return parts


def _spans(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), m[0]) for m in re.finditer(r"\S+", text[:end]) if m.start() >= start]


def _known(name: str, people: People) -> tuple[StoredSpeaker, ...]:
    """Those who bear a name; for a word that is hardly anybody's surname, those called so ("Hillary")."""
    found = people.speakers_named(name)
    if " " not in name and sum(speaker.articles for speaker in found) < FEW:
        found = people.speakers_called(name) or found
    return tuple(found)


def _offices(text: str, people: People, period: tuple[date | None, date | None]) -> list[Mention]:
    found = []
    for match in _OFFICE.finditer(text):
        words = f"{match['office']}{match['place'] or ''}".lower()
        speakers = tuple(people.speakers_in_office(words, *period))
        if speakers:
            possessive = bool(re.match(r"['’]", text[match.end() : match.end() + 1]))
            found.append(
                Mention(match.start(), match.end(), match[0], speakers[:1], office=True, possessive=possessive)
            )
    return found


def _small(text: str, people: People) -> list[Mention]:
    """Names typed without capitals: the longest runs of words that the library's speakers bear."""
    tokens = [(m.start(), m.end(), m[0]) for m in re.finditer(r"[^\W\d_][\w’'-]*", text)]
    bare = [_POSSESSED.sub("", word) for _, _, word in tokens]
    keys = set(people.speaker_keys())
    found: list[Mention] = []
    for last, word in enumerate(bare):
        if len(word) < SMALL or word.lower() in STOP or SAYING.match(word) or word.lower() not in keys:
            continue
        for first in range(max(0, last - 2), last + 1):
            name = " ".join(bare[first : last + 1]).title()
            if bare[first].lower() not in STOP and (speakers := _known(name, people)):
                start, end = tokens[first][0], tokens[last][0] + len(word)
                found.append(Mention(start, end, name, speakers, possessive=len(tokens[last][2]) > len(word)))
                break
    return found


def corrected(mention: Mention, people: People) -> Mention:
    """A name that nobody bears, read as the nearest one that somebody does, if a letter or two tell them apart."""
    *given, family = mention.words.split()
    near = [(d, key) for key in people.speaker_keys() if (d := _distance(family.lower(), key)) is not None]
    best = min((d for d, _ in near), default=None)
    known = {
        s.id: s for d, key in near if d == best for s in people.speakers_named(" ".join([*given, key.title()]))
    }
    if not known:
        return mention
    speakers = tuple(sorted(known.values(), key=lambda s: (-s.articles, s.name)))
    return Mention(mention.start, mention.end, mention.words, speakers, possessive=mention.possessive)


def _distance(word: str, key: str) -> int | None:
    """The letters to change, add, drop or swap, where they are few enough for the word's length."""
    allowed = 0 if len(word) < TYPO else 1 if len(word) < TYPO_LONG else 2
    if abs(len(word) - len(key)) > allowed or word[:1] != key[:1]:
        return None
    before: Sequence[int] = range(len(key) + 1)
    last: Sequence[int] = before
    for i, a in enumerate(word, 1):
        row = [i]
        for j, b in enumerate(key, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == key[j - 2] and word[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        last, before = before, row
    return before[-1] if 0 < before[-1] <= allowed else None
