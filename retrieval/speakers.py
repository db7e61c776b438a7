"""Who is who across articles: sorts the speakers that articles introduce into persons and bodies.

It looks at all introductions that share a name at once, so the order in which articles came does not matter,
and one that goes takes its part of the evidence with it. Names come first: Rep. Mike Turner is Michael Turner,
Bill is not Hillary Clinton, George Bush is W. only where no H. W. is known. Then offices: a mayor and a senator
of one name, within a year, are two, unless some article gives both offices to one man or calls one former.
A surname alone joins the only one whom it fits, and nobody where it fits two: it is left out then. A full name
that fits two is kept apart from both.

Known gaps: a change of office within a year that no article explains makes two of one; parties are no evidence.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retrieval.forms import Form, form, fullest, key, plain, vaguer
from retrieval.offices import Office, Seats, offices, parted, words
from retrieval.types import Speaker

__all__ = ["Fact", "FactKind", "Identity", "Introduction", "facts", "identities", "key", "may_be"]


@dataclass(frozen=True, slots=True)
class Introduction:
    """A speaker as one article introduces him. `id` and `article` tell introductions and articles apart."""

    id: int
    article: int
    speaker: Speaker
    day: date | None = None

    @property
    def form(self) -> Form:
        return form(self.speaker.name)

    @property
    def offices(self) -> tuple[Office, ...]:
        return offices(self.speaker.offices)


@dataclass(frozen=True, slots=True)
class Identity:
    """One person or body: the ids of the introductions that are his."""

    name: str
    body: bool
    members: tuple[int, ...]


class FactKind(StrEnum):
    ALIAS = "alias"
    PARTY = "party"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Fact:
    """What articles published from `since` to `until` say of a speaker; None where none of them has a date."""

    kind: FactKind
    value: str
    since: date | None
    until: date | None


def identities(introductions: Sequence[Introduction]) -> list[Identity]:
    """Sort introductions into speakers. One that fits several is in none. The order given does not matter."""
    ordered = sorted(introductions, key=lambda i: i.id)
    bodies: dict[str, list[Introduction]] = defaultdict(list)
    people: dict[str, list[Introduction]] = defaultdict(list)
    for one in ordered:
        body = one.speaker.body
        (bodies if body else people)[key(one.speaker.name, body=body)].append(one)
    groups = list(bodies.values())
    for block in people.values():
        groups += _people(block)
    found = [_identity(sorted(group, key=lambda i: i.id)) for group in groups]
    return sorted(found, key=lambda i: (-len(i.members), i.members))


def may_be(asked: str, names: Iterable[str], *, body: bool) -> bool:
    """Whether a name in a question may mean a speaker who bears these names."""
    if body:
        return key(asked, body=True) in {key(name, body=True) for name in names}
    a, borne = form(asked), [form(name) for name in names]
    whole = [
        name for name in borne if name.given
    ]  # the surname of one whose name is known in full says nothing more
    return any(_may_be(a, name) for name in whole or borne)


def facts(name: str, introductions: Iterable[Introduction]) -> list[Fact]:
    """Other names, parties and offices of a speaker, each with the days on which it was first and last seen."""
    days: dict[tuple[FactKind, str], list[date]] = defaultdict(list)
    for one in introductions:
        speaker = one.speaker
        seen = [(FactKind.ALIAS, alias) for alias in speaker.aliases | {speaker.name} if alias != name]
        seen += [(FactKind.OFFICE, office) for office in speaker.offices]
        seen += [(FactKind.PARTY, speaker.party)] if speaker.party else []
        for fact in seen:
            days[fact] += [one.day] if one.day else []
    return [
        Fact(kind, value, min(on, default=None), max(on, default=None))
        for (kind, value), on in sorted(days.items())
    ]


def _may_be(a: Form, b: Form) -> bool:
    same = (a.given, a.surname, a.suffix) == (b.given, b.surname, b.suffix)
    return same or vaguer(a, b) or vaguer(b, a) or a.ends(b) or b.ends(a)


def _identity(group: Sequence[Introduction]) -> Identity:
    body = group[0].speaker.body
    names = Counter(one.speaker.name if body else plain(one.speaker.name) for one in group)
    # The most frequent name in full; of equals the longest.
    given = {name: bool(body or (form(name).given and not form(name).initials)) for name in names}
    name = min(names, key=lambda n: (not given[n], -names[n], -len(n), n))
    return Identity(name, body, tuple(one.id for one in group))


def _people(block: list[Introduction]) -> list[list[Introduction]]:
    """The people whose surnames end in one word."""
    surnames = {one.form.surname for one in block if one.form.given}
    named: dict[Form, list[Introduction]] = defaultdict(list)
    alone: list[Introduction] = []
    for one in block:
        if _alone(one.form, surnames):
            alone.append(one)
        else:
            bare = Form(one.form.given, one.form.surname, one.form.suffix)
            named[bare].append(one)
    whole = [group for same in _by_name(named) for group in parted(same)]
    return _with_surnames(whole, alone)


def _alone(name: Form, surnames: set[str]) -> bool:
    """Whether it is a surname and nothing else: "Van Hollen" is one where there is a Chris Van Hollen."""
    return not name.given or name.family in surnames


def _by_name(named: dict[Form, list[Introduction]]) -> list[list[Introduction]]:
    """Join the forms of each name; a vague one that may be two people's is one of its own, initials nobody's."""
    alike: dict[tuple[str, str, str], list[Form]] = defaultdict(list)
    for name in named:
        alike[name.given[0][0], name.surname, name.suffix].append(name)
    found: dict[Form, list[Introduction]] = defaultdict(list)
    for names in alike.values():
        for name, top in fullest(names, vaguer).items():
            if top or not name.initials:
                found[top or name] += named[name]
    return list(found.values())


def _with_surnames(whole: list[list[Introduction]], alone: list[Introduction]) -> list[list[Introduction]]:
    """Give each surname alone to the only one whom it fits; those that fit nobody are people of their own."""
    known = [_Known(group) for group in whole]
    rest: dict[str, list[Introduction]] = defaultdict(list)
    joined: list[list[Introduction]] = [list(group) for group in whole]
    for one in alone:
        fitting = [n for n, person in enumerate(known) if person.fits(one)]
        if len(fitting) > 1:
            fitting = [n for n in fitting if known[n].shares(one)]
        elif not fitting:
            rest[one.form.family].append(one)
        # An article that names both did not take them for one.
        if len(fitting) == 1 and one.article not in known[fitting[0]].articles:
            joined[fitting[0]].append(one)
    return [*joined, *(group for same in rest.values() for group in parted(same))]


class _Known:
    """One person in full, for comparing surnames with."""

    def __init__(self, group: list[Introduction]) -> None:
        self.articles = {one.article for one in group}
        self._names = {one.form for one in group}
        self._seats = Seats(group)
        self._words = {frozenset(words(text)) for one in group for text in one.speaker.offices}
        self._words |= {frozenset(name.place.split()) for name in self._names if name.place}

    def fits(self, one: Introduction) -> bool:
        """Whether he may be meant by a surname alone."""
        return any(one.form.ends(name) for name in self._names) and self._seats.allow(one)

    def shares(self, one: Introduction) -> bool:
        """Whether he is known with an office or a place of that introduction."""
        mine = {frozenset(words(text)) for text in one.speaker.offices}
        place = frozenset(one.form.place.split())
        return bool(mine & self._words) or bool(place and any(place <= theirs for theirs in self._words))
