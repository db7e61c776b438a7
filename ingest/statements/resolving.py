"""Who a source is: the full name behind "Turner", "he", "the senator" or "the White House", or nobody.

A name goes to its person's full name; "he", "she" and a role to whom the article speaks of there; "I" to the
speaker of the quotation it stands in, else to the author. What stays open stays open: nobody is guessed.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ingest.statements.antecedents import Antecedents
from ingest.statements.attribution import Attribution
from ingest.statements.authors import Authors
from ingest.statements.bodies import Bodies
from ingest.statements.layout import Layout
from ingest.statements.naming import ROLE_NOUN
from ingest.statements.offices import Offices, offices
from ingest.statements.people import Mention, People
from ingest.statements.places import FEMALE, MALE
from ingest.statements.roles import Roles, asked, titular
from retrieval.types import Article, Kind, Resolution, Speaker, Statement

_FIRST = frozenset(("i", "me", "my", "myself", "we", "us", "our", "ourselves"))
_THEY = frozenset(("they", "them", "their", "themselves", "both", "the two"))
_RELATIVE = frozenset(("who", "whom", "whose", "that", "which"))
_PREPOSED = re.compile(
    r"\b(?:of|for|to|with|by|from|about|on|in|at|against|near|behind|backing|supporting|like|including|under|as|who|that|which|whose)\s+"
    r"(?:\S+\s+){0,4}$",
    re.IGNORECASE,
)
# What may follow a name in its own phrase: anything else makes the name an adjective ("Trump supporters").
_OWN = re.compile(
    r"\s*(?:$|[,;:(\[—–-]|(?:and|or|who|himself|herself|of|from|in|on|at|with|for|the|himself|also|is|has|was|by)\b)"
)
_JOINT = re.compile(
    r"(?:\s*\([^)]{1,40}\))?(?:,[^.;:“”\"]{1,120}?)??(?:,? and|,? or|,? as well as|,? along with|,? &|,)"
    r"((?: [\w.’'-]+){0,6}?) ?\Z"
)
# One person by what he is, with the name to follow.
_INTRODUCED = re.compile(
    rf"(?:[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Aa]n?|[Tt]he) (?:[\w.’'-]+ ){{0,3}}?{ROLE_NOUN}[^,]*, "
)
_APPOSED = re.compile(r"(?:\s*\([^)]*\))?\s*(?:,[^.;:“”\"]*|of [A-Z][\w ]*)?,?\s*(?:—\s*)?$")


# How many spans of content before a character may be the one around it.
ENCLOSING = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Those behind a source, none if not made sure, and how they were found."""

    names: tuple[str, ...]
    how: Resolution


_NOBODY = Found((), Resolution.NONE)


def resolve(
    article: Article, found: Sequence[Attribution], table: Offices | None = None
) -> tuple[list[Statement], list[Speaker]]:
    """The statements of an article, one for each attribution and signer, and those who speak in them.

    `found` is in the order of the text; `table` replaces our own table of offices. Report, second hand and day are
    left at their defaults.
    """
    reading = _Reading(article, found, offices() if table is None else table)
    statements = [
        Statement(a.content, a.source, a.cue, reading.kind(a), name, who.how)
        for n, a in enumerate(found)
        for who in [reading.speakers(n)]
        for name in who.names or (None,)
    ]
    speakers = reading.named(statements)
    own = {speaker.name: reading.own_form(speaker.name) for speaker in speakers}
    return [replace(s, speaker=own.get(s.speaker or "")) for s in statements], [
        replace(s, name=own[s.name], aliases=s.aliases - {own[s.name]}) for s in speakers
    ]


class _Reading:
    """One article, read for its speakers."""

    def __init__(self, article: Article, found: Sequence[Attribution], table: Offices) -> None:
        self._article, self._text, self._found = article, article.text, found
        self._layout = Layout(article.text)
        sources = {a.source for a in found if a.source}
        self._people = People(article.text, table, article.published, sources)
        self._roles = Roles(self._people)
        self._antecedents = Antecedents(self._layout, self._people, self._roles, found)
        self._authors = Authors(article)
        self._spans = sorted((start, end, n) for n, a in enumerate(found) for start, end in a.content)
        self._done: dict[int, Found] = {}

    @cached_property
    def _bodies(self) -> Bodies:
        return Bodies(self._text)

    def speakers(self, n: int) -> Found:
        """Those who speak in an attribution."""
        if n not in self._done:
            self._done[n] = _NOBODY  # an attribution inside itself resolves to nobody
            source = self._found[n].source
            self._done[n] = self._resolve(n, *source) if source else _NOBODY
        return self._done[n]

    def _resolve(self, n: int, start: int, end: int) -> Found:
        source = re.sub(r"\s+", " ", self._text[start:end].strip())
        word = source.lower()
        if word in MALE | FEMALE:
            return _one(self._pronoun(n, start, "m" if word in MALE else "f"), Resolution.PRONOUN)
        if word in _FIRST:
            return self._first_person(n, start)
        if word in _RELATIVE:
            return _one(self._relative(start), Resolution.PRONOUN)
        if word in _THEY:
            return self._they(n, start)
        if names := self._named(start, end):
            return Found(names, Resolution.NAME)
        if asked(source):
            return _one(self._antecedents.found.get(start), Resolution.ROLE)
        return _one(self._bodies.name(source, start), Resolution.BODY)

    def _named(self, start: int, end: int) -> tuple[str, ...]:
        """The persons whom a phrase names as its heads: not "Clinton's campaign", not "an aide to Trump"."""
        names: list[str] = []
        last: Mention | None = None
        for mention in self._people.within(start, end):
            if last is None:
                heads = self._stands_alone(mention, end) and not self._preposed(start, mention, end)
            else:
                heads = self._stands_alone(mention, end) and self._joins(last, mention)
            if not heads and names:
                break
            if heads:
                names.append(mention.person)
                last = mention
        return tuple(dict.fromkeys(names))

    def _preposed(self, start: int, mention: Mention, end: int) -> bool:
        """Whether a name belongs to what stands before it; "his aide in Ohio, Jo Roe" belongs to nobody."""
        before = self._text[start : mention.start]
        if _INTRODUCED.fullmatch(before) and not self._text[mention.end : end].strip(" ,"):
            return False
        return _PREPOSED.search(before) is not None

    def _stands_alone(self, mention: Mention, end: int) -> bool:
        """Whether nothing follows a name, up to a character, that it owns or qualifies."""
        after = self._text[mention.end : end]
        owner = re.match(r"[’']s?\b", after)
        after = after[owner.end() :] if owner else after
        return not (owner and after.strip(" ,’'s")) and _OWN.match(after) is not None

    def _joins(self, last: Mention, mention: Mention) -> bool:
        """Whether a name is one more of a row: "Roe and Poe", "Sens. Roe, Poe and Doe"."""
        between = _JOINT.match(self._text, last.end, mention.start)
        return between is not None and (not between[1] or titular(between[1]))

    def _pronoun(self, n: int, start: int, gender: str) -> str | None:
        if start in self._antecedents.found:
            return self._antecedents.found[start]
        outer = self._enclosing(n, start)
        return self._antecedents.pronoun(start, gender, self.speakers(outer).names if outer is not None else ())

    def _enclosing(self, n: int, at: int) -> int | None:
        """The smallest other attribution within whose content a character stands."""
        first = bisect_right(self._spans, (at, len(self._text), 0))
        near = self._spans[max(0, first - ENCLOSING) : first]
        return min(((end - start, m) for start, end, m in near if end > at and m != n), default=(0, None))[1]

    def _first_person(self, n: int, start: int) -> Found:
        outer = self._enclosing(n, start)
        if outer is not None and self.speakers(outer).names:
            return Found(self.speakers(outer).names, Resolution.PRONOUN)
        if self._layout.quoted(start):
            return _NOBODY
        names = self._authors.at(start)
        return Found(tuple(names), Resolution.AUTHOR) if names else _NOBODY

    def _relative(self, start: int) -> str | None:
        """The person whom "who" takes up: named just before, or before an apposition."""
        begin = self._layout.sentence_span(start)[0]
        before = [m for m in self._people.within(begin, start) if m.end <= start and not m.denied]
        if not before:
            return None
        last = before[-1]
        between = self._text[last.end : start]
        return last.person if not last.owns and _APPOSED.match(between) else None

    def _they(self, n: int, start: int) -> Found:
        """ "They": two named side by side just before, or those who spoke together last."""
        if names := self._antecedents.pair(start):
            return Found(names, Resolution.PRONOUN)
        before = self.speakers(n - 1) if n else _NOBODY
        return Found(before.names, Resolution.PRONOUN) if len(before.names) > 1 else _NOBODY

    def kind(self, attribution: Attribution) -> Kind:
        """How much of a content stands in quotation marks."""
        inside = [self._quotedness(start, end) for start, end in attribution.content]
        if all(whole for whole, _ in inside):
            return Kind.DIRECT
        return Kind.MIXED if any(some for _, some in inside) else Kind.INDIRECT

    def _quotedness(self, start: int, end: int) -> tuple[bool, bool]:
        """Whether a span stands within one quotation, and whether it touches any."""
        text = self._text
        while start < end and not text[start].isalnum():
            start += 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
        touched = self._layout.touching(start, end)
        return any(q.start <= start and end <= q.end for q in touched), bool(touched)

    def named(self, statements: Sequence[Statement]) -> list[Speaker]:
        """The speakers of the statements, in the order in which they first speak."""
        bodies = {s.speaker: s.resolution is Resolution.BODY for s in statements if s.speaker}
        return [self._speaker(name, body) for name, body in bodies.items()]

    def own_form(self, name: str) -> str:
        """A name as the article itself has it in full, where that is it but for middle initials."""
        forms = self._people.forms.get(name, set())
        fuller = [form for form in forms if re.sub(r"(?<=\w) (?:[A-Z]\. ?)+(?=\w)", " ", form) == name]
        return fuller[0] if len(fuller) == 1 and name not in forms else name

    def _speaker(self, name: str, body: bool) -> Speaker:
        aliases = frozenset(self._people.forms.get(name, ())) - {name}
        return Speaker(name, body, aliases, self._roles.titles(name), self._roles.party(name))


def _one(name: str | None, how: Resolution) -> Found:
    return Found((name,), how) if name else _NOBODY
