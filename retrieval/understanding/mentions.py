"""Whom and what a question names: capitalised runs, small names that the library knows, and offices.

Who is meant is for the library to say: it knows its speakers by all the forms that articles give them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import dropwhile
from typing import Protocol

from retrieval.names import untitled
from retrieval.record import StoredSpeaker
from retrieval.understanding.wording import HELPING, SAYING, STOP

_TITLE = r"(?:Dr|Mr|Mrs|Ms|Rev|St|Sen|Rep|Gov|Gen|Lt|Col|Prof|Hon|Jr|Sr)\.|[A-Z]\."
_WORD = rf"(?:{_TITLE}|[^\W\d_a-z][\w’'-]*)"
_RUN = re.compile(rf"\b{_WORD}(?:\s+(?:(?:of|the|al|bin|de|la|van|von|for)\s+)*{_WORD})*")
_OF_PLACE = re.compile(
    r"\s*((?!(?:Bank|House|Board|Department|University|Chamber|Medal|March)\b)[A-Z]\w+ [A-Z][\w-]+)\s+of\s+"
)
_AFTER_HELPING = re.compile(rf"\b(?:{HELPING})\s+([a-z][a-z-]+)")
_POSSESSED = re.compile(r"['’]s?\b|['’](?=\s|$)")
_NOT_NAMES = frozenset(
    (
        "what who whom whose which when where why how did does do is are was were has have will would can "
        "could should may according in on at after before during since if and but tell give compare list the a an "
        "i so january february march april june july august september october november december monday "
        "tuesday wednesday thursday friday saturday sunday not no or then also as"
    ).split()
)
_OFFICES = (
    r"(?:vice |deputy |prime )?(?:president|minister|governor|mayor|chancellor|premier)|senator|"
    r"congress(?:man|woman)|(?:press )?secretary(?: of state| general|-general)?|attorney general|"
    r"chair(?:man|woman|person)?|chief(?: of staff| justice)?|boss|head|pope|king|queen|speaker|(?:\w+ )?leader|"
    r"spokes(?:man|woman|person)|ambassador|director|commissioner|judge|sheriff|first lady|treasurer|recorder|"
    r"clerk|prosecutor|(?:campaign )?manager|strategist|ceo|running mate"
)
_OFFICE = re.compile(
    rf"\b(?:[Tt]he\s+|(?P<owner>[A-Z][\w.&-]*(?:\s+[A-Z][\w.&-]*){{0,3}})['’]s?\s+)"
    rf"(?P<office>(?:(?!(?:former|ex|old)\b)[\w.&-]+\s+){{0,4}}?(?i:{_OFFICES}))\b(?!['’]?\s+[A-Z]|-)"
    rf"(?P<place>\s+of\s+(?:the\s+)?[A-Z]\w+(?:\s+(?:(?:for|of)\s+)?[A-Z]\w+)*)?"
)
_ONE_AT_A_TIME = frozenset(("president", "pope", "speaker", "chancellor", "king", "queen"))
# What stands before a name and says who he is: "Fox pollster Daron Shaw", "Ohio state senator Ada Quill".
_ROLE = re.compile(
    r"(?!(?:consider|answer|offer|differ|remember|over|after|under|ever|never|other|rather|either|whether|for|or|her|"
    r"another|per|their|however|later|earlier|before|than|want|discover|wonder|prefer|matter|insist|resist|exist|"
    r"assist|persist|deliver|cover|lower|utter|enter|order|suffer|favor|monitor|gather|bother|refer|honor|grant)$)"
    r"(?:[\w-]*(?:er|or|ist|ian|ant|man|woman|person|mate)|chief|boss|head|aide|ally|fan|vet|veteran|daughter|son|"
    r"wife|widow|husband|sister|dad|mom|chair|president|fellow|delegate|diplomat|analyst|expert|spokes\w+|captain|"
    r"general|secretary|nominee|candidate|hopeful|star|hero|host|pilot|nurse|priest|rabbi|imam|coach|guru|critic|cop|"
    r"attorney|justice|judge|clerk|dean|scholar|democrat|republican|native|resident|student|retiree|ceo|professor|"
    r"governor|mayor|operative|mogul|tycoon|surrogate|pal|buddy|relative|minister|executive)$"
)
_BETWEEN = re.compile(r"(?P<own>['’]s?)?\s+(?P<words>(?:[a-z][\w’'-]*\s+){1,4})")
_TITLE_WORDS = frozenset(
    "admiral professor captain sergeant pastor father sister brother ambassador commissioner sheriff democrat "
    "republican councilman councilwoman treasurer chief coach rabbi alderman imam bishop archbishop cardinal "
    "whip pollster economist journalist filmmaker author colonel major lieutenant warden officer detective".split()
)
# Small names are looked for in questions without capitals, in words of at least so many letters.
SMALL = 3
# Of an office that nobody holds for sure, so many holders may be meant.
HOLDERS = 3
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
    """All names and offices in a question, in order. Who a name is described as belongs to it."""
    named = _capitalised(text, people)
    held = _offices(text, named, people, period)
    found = [*held, *(m for m in named if not any(o.start <= m.start < o.end for o in held))]
    if not found:
        found = _small(text, people)
    return _described(text, sorted(found, key=lambda mention: mention.start))


def _described(text: str, found: list[Mention]) -> list[Mention]:
    """Names with what they are described as: of the two in "Fox pollster Daron Shaw" one is left."""
    kept: list[Mention] = []
    for mention in found:
        before = kept[-1] if kept else None
        start = mention.start
        gap = _BETWEEN.fullmatch(text, before.end, start) if before and not mention.office else None
        if before and gap and _describes(gap["words"].split(), before, mention, owned=bool(gap["own"])):
            start = kept.pop().start
        elif not mention.office and (role := re.search(r"(?<=\s)[a-z][\w-]*(?=\s+$)", text[:start])):
            start = role.start() if _ROLE.match(role[0]) and " " in mention.words else start
        kept.append(replace(mention, start=start))
    return kept


def _describes(words: Sequence[str], one: Mention, other: Mention, *, owned: bool) -> bool:
    """Whether the words between two names say who the other is."""
    if not _ROLE.match(words[-1].replace("’", "'")) or (one.person and not owned and len(words) > 2):
        return False
    plain = all(word == "state" or (word not in STOP and not SAYING.match(word)) for word in words[:-1])
    return plain and (" " in other.words or other.person)


def _capitalised(text: str, people: People) -> list[Mention]:
    found = []
    for run in _RUN.finditer(text):
        for start, end, possessive in _parts(text, run.start(), run.end()):
            inner = list(dropwhile(lambda w: w[2].lower() in _NOT_NAMES, _spans(text, start, end)))
            if len(inner) > 1 and inner[0][2].lower() in _TITLE_WORDS:
                inner = inner[1:]
            whole = " ".join(word for _, _, word in inner)
            name = " ".join(untitled(whole))
            if " of " in whole and any(one.body for one in people.speakers_named(whole)):
                name = whole  # the Bank of America
            if name and name.lower() not in _NOT_NAMES:
                found.append(Mention(inner[0][0], inner[-1][1], name, _known(name, people), possessive=possessive))
    return found


def _parts(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """A run cut at its possessives, and behind a full name at "of": "North Carolina's Pat McCrory" names two."""
    parts, at = [], start
    for mark in _POSSESSED.finditer(text, start, min(len(text), end + 1)):
        if re.match(r"['’]\w{2,}", text[mark.start() : mark.start() + 4]):
            continue  # O’Malley
        parts.append((at, mark.start(), True))
        at = mark.end()
    if text[at:end].strip():
        parts.append((at, end, bool(re.match(r"['’]", text[end : end + 1]))))
    return [piece for part in parts for piece in _cut(text, *part)]


def _cut(text: str, start: int, end: int, possessive: bool) -> list[tuple[int, int, bool]]:
    cut = _OF_PLACE.match(text, start, end)
    if not cut or cut[1].split()[0].lower() in _NOT_NAMES:
        return [(start, end, possessive)]
    return [(start, cut.end(1), False), (cut.end(), end, possessive)]


def _spans(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    return [(m.start(), m.end(), m[0]) for m in re.finditer(r"\S+", text[:end]) if m.start() >= start]


def _known(name: str, people: People) -> tuple[StoredSpeaker, ...]:
    """Those who bear a name; for a word that is hardly anybody's surname, those called so ("Hillary")."""
    found = people.speakers_named(name)
    if " " not in name and sum(speaker.articles for speaker in found) < FEW:
        found = people.speakers_called(name) or found
    return tuple(found)


def _offices(
    text: str, named: Sequence[Mention], people: People, period: tuple[date | None, date | None]
) -> list[Mention]:
    """Offices, with those who hold them; one that is nobody's as far as is known has no speakers."""
    found = []
    for match in _OFFICE.finditer(text):
        owner = next((m for m in named if match["owner"] and match.start() <= m.start < match.end("owner")), None)
        lead = owner.words if owner else ""
        if owner and owner.person:  # Hillary's campaign manager is the Clinton campaign manager
            lead = owner.speakers[0].name.split()[-1]
        words = " ".join(f"{lead} {match['office']} {match['place'] or ''}".split())
        speakers = people.speakers_in_office(words.lower(), *period)
        bare = not owner and not match["place"] and " " not in match["office"]
        if bare and len(speakers) > 1 and match["office"].lower() not in _ONE_AT_A_TIME:
            speakers = []  # which judge?
        if speakers or not bare:
            start, end = owner.start if owner else match.start(), match.end()
            own = bool(re.match(r"['’]", text[end : end + 1]))
            who = tuple(speakers[:1] if bare else speakers[:HOLDERS])
            found.append(Mention(start, end, text[start:end], who, office=True, possessive=own))
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
    return found or _small_misspelt(text, people)


def _small_misspelt(text: str, people: People) -> list[Mention]:
    """Who stands behind the first helping verb of a question without capitals, if a letter or two are wrong."""
    match = _AFTER_HELPING.search(text)
    if not match or match[1].lower() in STOP or SAYING.match(match[1]):
        return []
    mention = corrected(Mention(match.start(1), match.end(1), match[1].title(), ()), people)
    return [mention] if mention.speakers else []


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
