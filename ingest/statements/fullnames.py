"""The full names among the capitalised words of an article, and which of them are one person's."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.statements.naming import (
    ROLE_NOUN,
    Run,
    bodily,
    first_names,
    honours,
    key,
    lowered,
    suffixed,
    surname,
)
from retrieval.names import first_name
from retrieval.sentences import Span

# What follows a person's name and no body's: "Jo Roe, 34," and "Jo Roe, who".
_PERSONAL = re.compile(r",? \(?(?:\d\d\b|who\b)|, an? [a-z]+(?:er|or|ist|man|woman|ian|ant|ent)\b")
# "His lawyer, Jo Roe," and "Quill's press secretary in Ohio, Jo Roe,".
_WHERE = r"(?: (?:in|at|for|of) (?:[Tt]he )?[A-Z][\w.’'-]*(?: [A-Z][\w’'-]*)?)?"
_INTRODUCED = re.compile(
    rf"(?:\b(?:[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Mm]y)|\w[’']s?) (?:[\w-]+ ){{0,3}}?{ROLE_NOUN}{_WHERE}, $"
)
# What follows a speaker's name in a transcript.
_LABEL = re.compile(r"(?:, [^:\n]{1,40})?(?: ?\([^)\n]{1,40}\))?:(?=\s)")
_LABELS_BEFORE = re.compile(r"(?:[A-Z][\w.’'-]* )*")
# Labels in capitals that are no name.
_NO_SPEAKERS = frozenset(
    """unidentified male female man woman speaker speakers question answer announcer voice voiceover audience crowd
    caller narrator video clip fact facts check breaking update live editor note transcript key points line story
    related""".split()
)
# What may follow the head of a phrase that says who speaks, and what shows that a name before it is not the head.
_HEAD_ENDS = re.compile(r"\s*(?:$|[,(]|(?:of|from|who|and|in|at)\b)")
_NOT_THE_HEAD = re.compile(
    r"\b(?:of|for|to|with|by|from|about|in|at|like|including|than|on|the|behind)\s+(?:[\w.’'-]+\s+){0,2}$|[’']s?\s+$|"
    r"(?:^(?:its|his|her|their|our|my)\b|[’']s\s).*,\s*$",
    re.IGNORECASE,
)
_SMALL_WORD = re.compile(r"\b[a-z]{3,}\b")
# So many words may stand before the name of who speaks: "one of the men, Jo Roe, 70".
BEFORE_NAME = 5
Identity = tuple[str, str]
Known = dict[Identity, set[str]]


def identity(name: str) -> Identity:
    """What two forms of one person share: the surname (with its "Jr.") and the first name in one form."""
    words = tuple(name.split())
    return surname(words) + (" jr" if suffixed(words) else ""), first_name(name)


@lru_cache(4)
def known_names(table: frozenset[str]) -> Known:
    """The names of a table of offices, those of two surnames also without the first name."""
    known: Known = defaultdict(set)
    for name in table:
        known[identity(name)].add(name)
        words = name.split()
        if len(words) > 2 and len(words[1]) > 2 and not suffixed(tuple(words)):
            known[identity(" ".join(words[1:]))].add(name)
    return known


def alike(a: str, b: str) -> bool:
    """Whether two forms of one identity may be one person's: George W. and George H.W. Bush are two."""
    x, y = _middle(a), _middle(b)
    return not x or not y or x.startswith(y) or y.startswith(x)


def _middle(name: str) -> str:
    """The initials between the first name and the surname."""
    words = name.split()[1:-1]
    return "".join(
        part[0] for word in words for part in re.split(r"[.-]", word) if part and part[0].isupper()
    ).lower()


class FullNames:
    """Reads the runs of an article and gives every full form, in small letters, with the one name of its person.

    `sources` are the spans to which words are attributed there: a name that nothing else tells of is a person's if
    it speaks.
    """

    def __init__(self, text: str, found: Sequence[Run], known: Known, sources: Collection[Span]) -> None:
        self._text, self._known = text, known
        labels = [replace(run, words=_as_elsewhere(run)) for run in found if labels_a_line(text, run)]
        plain = [run for run in found if not shouted(run) and not labels_a_line(text, run)]
        written = {run.name.lower() for run in plain}
        plain += [run for run in labels if run.name.lower() not in written]
        self._counts = Counter(" ".join(run.words) for run in plain)
        self._ending: dict[str, set[str]] = defaultdict(set)
        for run in plain:
            if len(run.words) > 1:
                self._ending[run.words[-1]].add(run.name)
        self._titled = {" ".join(run.words) for run in plain if honours(run.titles)}
        self._honoured = {run.words[0] for run in plain if len(run.words) == 1 and honours(run.titles)}
        self._small = set(_SMALL_WORD.findall(text))
        self._sources = sorted(sources)
        self._spoken = {lowered(text[start:end]) for start, end in sources}
        self._persons: Counter[str] = Counter()
        self._nicks: dict[str, str] = {}
        for run in plain:
            for words in self._first(run):
                self._persons[" ".join(words)] += 1
                if run.nick:
                    self._nicks[" ".join((run.nick, *words[-1 - suffixed(words) :]))] = " ".join(words)

    def is_word(self, word: str) -> bool:
        """Whether a capital is the sentence's or the headline's, and no name's: "Injecting Roe's …"."""
        return word.lower() in self._small or word.endswith(("ing", "ly", "ed"))

    def canonical(self) -> dict[str, str]:
        """The name of each form's person: the table's, else the form used most, else the longest."""
        # "Quill Larkin" is the end of "Marta Quill Larkin", and nobody else's name.
        names = [name.split() for name in self._persons]
        ends = {" ".join(words[n:]) for words in names for n in range(1, len(words) - 1)}
        for end in ends & self._persons.keys():
            if key(end.split()[0]) not in first_names():
                del self._persons[end]
        groups: dict[Identity, list[str]] = defaultdict(list)
        proper = {identity(nick): identity(name) for nick, name in self._nicks.items()}
        for name in self._persons.keys() | self._nicks.keys():
            groups[proper.get(identity(name), identity(name))].append(name)
        return {
            " ".join(map(key, name.split())): self._one_form(name, group)
            for group in groups.values()
            for name in sorted(group)
        }

    def forms(self) -> Iterator[str]:
        """Every full form as often as it stands in the text."""
        return (" ".join(map(key, name.split())) for name in self._persons.elements())

    def _one_form(self, name: str, group: list[str]) -> str:
        same = {identity(other) for other in group}
        known = [other for one in same for other in self._known.get(one, ()) if alike(name, other)]
        if len(known) == 1:
            return known[0]
        return max(
            (other for other in group if alike(name, other)),
            key=lambda n: (self._persons[n], n not in self._nicks, len(n), n),
        )

    def _first(self, run: Run) -> list[tuple[str, ...]]:
        first = [run.words[1:]] if self._begins_with_office(run) or _described(run.words) else []
        return next(([words] for words in (*first, *tails(run)) if self._is_person(run, words)), [])

    def _begins_with_office(self, run: Run) -> bool:
        """Whether a name's first word is written small elsewhere, and the name without it: "Lockkeeper Jo Roe"."""
        first, *rest = run.words
        return (
            1 < len(rest) < 4
            and first.lower() in self._small
            and key(first) not in first_names()
            and not self._counts[first]
            # In headlines words stand before surnames, of people whose full name stands elsewhere.
            and (
                self._counts[" ".join(rest)] > 0
                or (self._counts[rest[-1]] > 0 and self._ending[rest[-1]] == {run.name})
            )
        )

    def _is_person(self, run: Run, words: tuple[str, ...]) -> bool:
        name = " ".join(words)
        if identity(name) in self._known:
            return True
        if name in self._titled:
            return key(words[0]) in first_names() or not bodily(words[-1:])
        if bodily(words) or (words[0].isupper() and len(words[0]) > 3):
            return False
        return self._looks_like_one(words) or (len(words) < 4 and self._behaves_like_one(run, words))

    def _looks_like_one(self, words: tuple[str, ...]) -> bool:
        initials = words[0].isupper() and len(words[0].replace(".", "")) <= 2 and len(words) > 2
        return key(words[0]) in first_names() or (
            initials and key(words[0]) not in ("u.s", "u.k", "eu", "un", "us")
        )

    def _behaves_like_one(self, run: Run, words: tuple[str, ...]) -> bool:
        start = run.span()[0]
        if self.is_word(words[0]) or self._text[max(0, start - 4) : start].lower() == "the ":
            return False
        name = " ".join(words)
        return (
            bool(run.nick)
            or words[-1] in self._honoured
            or words[0] in self._honoured
            or self._counts[words[-1]] > 0
            or name in self._spoken
            or self._heads_source(run, len(words))
            or _PERSONAL.match(self._text, run.span()[1]) is not None
            or _INTRODUCED.search(self._text, max(0, start - 60), start) is not None
        )

    def _heads_source(self, run: Run, words: int) -> bool:
        """Whether words are attributed to a run's last words, with who he is around: "Jo Roe of Poe, a bank,"."""
        start, end = run.span(len(run.words) - words)
        n = bisect_right(self._sources, (start, len(self._text))) - 1
        if n < 0 or self._sources[n][1] < end:
            return False
        before = self._text[self._sources[n][0] : start]
        return (
            len(before.split()) <= BEFORE_NAME
            and not _NOT_THE_HEAD.search(before)
            and _HEAD_ENDS.match(self._text[end : self._sources[n][1]]) is not None
        )


def _described(words: Sequence[str]) -> bool:
    """Whether a word that is no first name stands before a full name: "Filmmaker Jo Roe"."""
    return len(words) > 2 and key(words[0]) not in first_names() and key(words[1]) in first_names()


def labels_a_line(text: str, run: Run) -> bool:
    """Whether a run in capitals says who speaks in a transcript: "SEN. JO ROE (R-Ohio): I do."."""
    if not all(word.isupper() for word in run.words) or not _NO_SPEAKERS.isdisjoint(map(key, run.words)):
        return False
    start, end = run.span()
    begin = text.rfind("\n", max(0, start - 60), start)
    if begin < 0 and start > 60:
        return False
    return _LABELS_BEFORE.fullmatch(text, begin + 1, start) is not None and _LABEL.match(text, end) is not None


def _as_elsewhere(run: Run) -> tuple[str, ...]:
    return tuple(map(lowered, run.words))


def shouted(run: Run) -> bool:
    """Whether a run is a headline in capitals."""
    return len(run.words) > 1 and all(word.isupper() and len(word) > 2 for word in run.words)


def tails(run: Run) -> Iterator[tuple[str, ...]]:
    """A run of two words or more, then what of it begins with a first name ("Hacker John Roe")."""
    words = run.words
    if 2 <= len(words) <= 5:
        yield words
    if key(words[0]) not in first_names():
        for n in range(max(1, len(words) - 4), len(words) - 1):
            if key(words[n]) in first_names():
                yield words[n:]
