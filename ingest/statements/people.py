"""The people whom an article names: who they are in full, where they stand, and what they are called there."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from ingest.statements.fullnames import FullNames, known_names
from ingest.statements.naming import (
    KNOWN_BODIES,
    PLACES,
    Run,
    forms,
    gender_by_name,
    gender_of,
    key,
    runs,
    suffixed,
    surname,
)
from ingest.statements.offices import Office, Offices
from retrieval.sentences import Span

# How far, in characters, a surname may stand from the full name that it repeats before somebody famous is meant.
NEAR = 500
_SPELLED = {"sen": "senator", "rep": "representative", "gov": "governor", "congressman": "representative"}


_DENIED = re.compile(r"\bnot\s+(?:[\w.’'-]+\s+){0,4}$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where an article names a person; `titles` are the words of office before the name.

    One who is `denied` is set against the one meant: "it was Roe, not Senator Quill, who said".
    """

    start: int
    end: int
    person: str
    titles: frozenset[str]
    owns: bool = False
    denied: bool = False


class People:
    """The people of one article.

    `mentions`, in order; `gender` ("m", "f", "") of each person; the `forms` that each bears in the text; the
    `offices` that each holds on the article's day.
    """

    def __init__(self, text: str, table: Offices, day: date | None, sources: Collection[Span] = ()) -> None:
        self.text = text
        self.held = table.on(day)
        found = list(runs(text))
        self._names = FullNames(text, found, known_names(table.names), sources)
        self._full = self._names.canonical()
        self._told = Counter(self._full[form] for form in self._names.forms())
        self._by_last: dict[str, set[str]] = defaultdict(set)
        self._by_first: dict[str, set[str]] = defaultdict(set)
        for form, name in self._full.items():
            self._index(form, name)
        self._famous_by_last: dict[str, list[Office]] = defaultdict(list)
        for office in self.held:
            self._famous_by_last[_last(office.name)].append(office)
        self.gender: dict[str, str] = {}
        self.forms: dict[str, set[str]] = defaultdict(set)
        self.mentions: list[Mention] = []
        for run in found:
            for mention in self._read(run):
                self._note(mention)
        self._starts = [mention.start for mention in self.mentions]
        self.offices: dict[str, list[Office]] = defaultdict(list)
        for office in self.held:
            if office.name in self.gender:
                self.offices[office.name].append(office)

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that touch text[start:end], in order."""
        first = max(0, bisect_left(self._starts, start) - 1)
        return [m for m in self.mentions[first : bisect_left(self._starts, end)] if m.end > start]

    def before(self, at: int) -> int:
        """How many mentions begin before a character."""
        return bisect_left(self._starts, at)

    def _index(self, form: str, name: str) -> None:
        words = form.split()
        self._by_last[surname(tuple(words))].add(name)
        self._by_first[key(words[0])].add(name)
        for n in range(1, len(words) - 1):
            self._by_last[" ".join(words[n:])].add(name)

    def _note(self, mention: Mention) -> None:
        told = gender_of(mention.titles)
        if told or mention.person not in self.gender:
            self.gender[mention.person] = told or gender_by_name(mention.person)
        self.forms[mention.person] |= forms(self.text[mention.start : mention.end])
        before = self.text[max(0, mention.start - 60) : mention.start]
        self.mentions.append(replace(mention, denied=_DENIED.search(before) is not None))

    def _read(self, run: Run) -> Iterator[Mention]:
        """The mentions in a run: the run itself, or its end, or whatever names a headline holds."""
        words = [key(word) for word in run.words]
        for n in range(len(words)):
            person = self._full.get(" ".join(words[n:])) if len(words) - n > 1 else None
            if person:
                yield Mention(*run.span(n), person, run.titles, run.owns)
                return
        if len(words) == 2 and self._names.is_word(run.words[0]):
            run = replace(run, words=run.words[1:], places=run.places[1:])
            words = words[1:]
        if person := self._short(" ".join(words), run.titles, run.places[0]):
            yield Mention(*run.span(), person, run.titles, run.owns)
        elif len(words) > 3:
            yield from self._within(run, words)

    def _within(self, run: Run, words: list[str]) -> Iterator[Mention]:
        """The names inside a long run, a headline: full ones, and surnames of people named in full elsewhere."""
        n = 0
        while n < len(words):
            ends = [m for m in range(min(len(words), n + 4), n + 1, -1) if " ".join(words[n:m]) in self._full]
            if ends:
                yield Mention(*run.span(n, ends[0]), self._full[" ".join(words[n : ends[0]])], frozenset())
            elif person := self._headlined(words[n]):
                yield Mention(*run.span(n, n + 1), person, frozenset())
            n = ends[0] if ends else n + 1

    def _headlined(self, word: str) -> str | None:
        found = self._by_last.get(word, set())
        return next(iter(found)) if len(found) == 1 else self._famous(word, frozenset()) if not found else None

    def _short(self, word: str, titles: frozenset[str], at: int) -> str | None:
        """The person whom a surname or a first name alone means."""
        fitting = self._by_last.get(word, set())
        famous = self._famous(word, titles)
        # A son is "Roe Jr." wherever his father may be meant.
        if famous or len(fitting) > 1:
            fitting = {name for name in fitting if not suffixed(tuple(name.split()))}
        # "President Obama" is the president, in an article that names his wife alone in full.
        if famous and (not fitting or self._fits_worse(fitting, famous, titles)):
            return famous
        if fitting:
            return self._one_of(fitting, titles, at)
        if word in PLACES or word in KNOWN_BODIES:
            return None
        return self._one_of(self._by_first.get(word, set()), titles, at)

    def _fits_worse(self, fitting: set[str], famous: str, titles: frozenset[str]) -> bool:
        """Whether the titles before a surname are those of somebody whom the article does not name in full."""
        gender = gender_of(titles)
        held = {word for office in self.held if office.name == famous for word in office.role.split()}
        return famous not in fitting and (
            bool(spelled(titles) & held)
            or (bool(gender) and all(self.gender.get(n) not in ("", gender) for n in fitting))
        )

    def _famous(self, word: str, titles: frozenset[str]) -> str | None:
        """The office holder whom a surname alone means, in an article that never gives the full name."""
        gender = gender_of(titles)
        names = {
            office.name
            for office in self._famous_by_last.get(word, ())
            if (office.famous or spelled(titles) & set(office.role.split()))
            and not (gender and gender_by_name(office.name) not in ("", gender))
        }
        return names.pop() if len(names) == 1 else None

    def _one_of(self, fitting: set[str], titles: frozenset[str], at: int) -> str | None:
        """A form that several bear: by gender, else by who is famous, else the one last named."""
        gender = gender_of(titles)
        if gender and len(fitting) > 1:
            fitting = {name for name in fitting if self.gender.get(name) in (gender, "")} or fitting
        if len(fitting) <= 1:
            return next(iter(fitting), None)
        last = next((m for m in reversed(self.mentions[-200:]) if m.person in fitting), None)
        famous = {office.name for office in self.held if office.famous and office.name in fitting}
        if last is None or len(famous) != 1 or last.person in famous:
            return last.person if last else None
        (best,) = famous
        if self._told[last.person] > 2 * self._told[best]:
            return last.person
        # "Bill Roe spoke. Roe said" is Bill, however famous Ann Roe may be; "with Bill Roe. Roe said" is Ann.
        return last.person if at - last.end < NEAR and self._begins(last) else best

    def _begins(self, mention: Mention) -> bool:
        """Whether nothing but titles stands between a mention and the beginning of its sentence."""
        before = re.split(r"[.!?”\"] |\n|^", self.text[max(0, mention.start - 80) : mention.start])[-1]
        return all(word[:1].isupper() for word in before.split())


def spelled(titles: frozenset[str]) -> frozenset[str]:
    """Titles without their abbreviations."""
    return frozenset(_SPELLED.get(title, title) for title in titles)


def _last(name: str) -> str:
    return surname(tuple(name.split()))
