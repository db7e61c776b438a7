"""The full names among the capitalised words of an article, and which of them are one person's."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from ingest.statements.naming import Run, bodily, first_names, honours, key, suffixed, surname
from retrieval.names import first_name
from retrieval.sentences import Span

# What follows a person's name and no body's: "Jo Roe, 34," and "Jo Roe, who".
_PERSONAL = re.compile(r",? \(?(?:\d\d\b|who\b)|, an? [a-z]+(?:er|or|ist|man|woman|ian|ant|ent)\b")
_SMALL_WORD = re.compile(r"\b[a-z]{3,}\b")
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
        plain = [run for run in found if not shouted(run)]
        self._counts = Counter(" ".join(run.words) for run in plain)
        self._titled = {" ".join(run.words) for run in plain if honours(run.titles)}
        self._honoured = {run.words[0] for run in plain if len(run.words) == 1 and honours(run.titles)}
        self._small = set(_SMALL_WORD.findall(text))
        self._spoken = {text[start:end] for start, end in sources}
        self._persons: Counter[str] = Counter(" ".join(name) for run in plain for name in self._first(run))

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
        for name in self._persons:
            groups[identity(name)].append(name)
        return {
            " ".join(map(key, name.split())): self._one_form(name, group)
            for group in groups.values()
            for name in group
        }

    def forms(self) -> Iterator[str]:
        """Every full form as often as it stands in the text."""
        return (" ".join(map(key, name.split())) for name in self._persons.elements())

    def _one_form(self, name: str, group: list[str]) -> str:
        known = [other for other in self._known.get(identity(name), ()) if alike(name, other)]
        if len(known) == 1:
            return known[0]
        return max((other for other in group if alike(name, other)), key=lambda n: (self._persons[n], len(n), n))

    def _first(self, run: Run) -> list[tuple[str, ...]]:
        return next(([words] for words in tails(run) if self._is_person(run, words)), [])

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
            words[-1] in self._honoured
            or words[0] in self._honoured
            or self._counts[words[-1]] > 0
            or name in self._spoken
            or _PERSONAL.match(self._text, run.span()[1]) is not None
        )


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
