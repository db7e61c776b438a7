"""The forms of a name across articles: which may be one name's, and which is the vaguer of two.

Letters are compared without case, accents, apostrophes and dots. A suffix tells father and son apart, so a name
with one is never a name without. Known gaps: a person who goes by a middle name, and family names that stand
first ("Xi" is not known to be Xi Jinping).
"""

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from retrieval.names import TITLES, first_name, untitled

_ROLES = frozenset(re.split(r"[|\s]", TITLES))
_PARTICLES = frozenset("van von der den de del della di da du la le dos das bin ibn al el ter ten st".split())
# What stands before "of" in the name of a body or of a post, not of somebody from there.
_NO_NAMES = frozenset(
    (
        "university college school institute office department ministry bureau bank board council court house "
        "city state church union league association society committee chamber ceo cfo coo duke duchess earl bishop"
    ).split()
)
_ASIDE = re.compile(r"\([^)]*\)?|\"[^\"]*\"?|“[^”]*”?|‘[^’]*’(?=\s)")
_SUFFIX = re.compile(r",?\s+(jr|sr|ii|iii|iv)\b\.?(?=\s*,|\s*$|\s+of\s)", re.IGNORECASE)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "‐": "-", "‑": "-", "–": "-"})

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Form:
    """A person's name taken apart, in small letters: Rep. John F. Van Hollen Jr. of Ohio is
    (("john", "f"), "van hollen", "jr", "ohio"). Without given names it is a surname alone."""

    given: tuple[str, ...]
    surname: str
    suffix: str = ""
    place: str = ""

    @property
    def initials(self) -> bool:
        """Whether a person's first names are known by their first letters only."""
        return all(len(name) == 1 for name in self.given)

    @property
    def family(self) -> str:
        """All but suffix and place: the surname of a "Van Hollen", who looks like somebody named Van."""
        return " ".join((*self.given, self.surname))

    def ends(self, other: "Form") -> bool:
        """Whether it is the surname, or the end of the surname, of a name in full."""
        alone = not self.given or self.family == other.surname
        whole = other.surname == self.family or other.surname.endswith(f" {self.family}")
        return alone and whole and self.suffix in ("", other.suffix)


@lru_cache(maxsize=20_000)
def form(name: str) -> Form:
    """Take a person's name apart."""
    words, suffix, place = _parts(name)
    given: list[str] = []
    for word in words[:-1]:
        given += _initials(word) or [first_name(fold(word)) if fold(word) else ""]
    # Particles belong to the surname, but for one that stands first and large: Al Gore, Van Jones.
    small = not words or words[0].islower()
    first = 0 if small else 1
    at = next((n for n, word in enumerate(given) if n >= first and word in _PARTICLES), len(given))
    last = re.sub(r"^(?:al|el)-", "", fold(words[-1])) if words else ""
    return Form(tuple(filter(None, given[:at])), " ".join([*given[at:], last]), suffix, place)


@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """A person's name without titles and place, as it is shown."""
    words, suffix, _ = _parts(name)
    written = {"jr": " Jr.", "sr": " Sr."}.get(suffix, f" {suffix.upper()}" if suffix else "")
    return (" ".join(words) + written) or name


def key(name: str, *, body: bool) -> str:
    """What all forms of one name share: a body's whole name without "the", the last word of a person's."""
    if body:
        return re.sub(r"^the\s+", "", " ".join(map(fold, name.split())))
    return form(name).surname.rsplit(" ", 1)[-1]


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Small letters without accents, apostrophes and dots."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’‘ʼ`.")


def vaguer(a: Form, b: Form) -> bool:
    """Whether `a` may be `b` with less said: fewer given names, or first letters of them. Never both ways."""
    if a == b or (a.surname, a.suffix) != (b.surname, b.suffix) or not 0 < len(a.given) <= len(b.given):
        return False
    if a.given == b.given:
        return False
    return all(x == y or (len(x) == 1 and y.startswith(x)) for x, y in zip(a.given, b.given, strict=False))


def fullest(keys: Iterable[Key], vaguer: Callable[[Key, Key], bool]) -> dict[Key, Key | None]:
    """For each key the one that says most of those it may be; None where there are several such."""
    found: dict[Key, Key | None] = {}
    every = list(keys)
    tops = [one for one in every if not any(vaguer(one, other) for other in every)]
    for one in every:
        fitting = [one] if one in tops else [top for top in tops if vaguer(one, top)]
        found[one] = fitting[0] if len(fitting) == 1 else None
    return found


def _parts(name: str) -> tuple[list[str], str, str]:
    """The words of a name, its suffix and its place."""
    text = _ASIDE.sub(" ", name.title() if name.isupper() and " " in name.strip() else name)
    suffix = _SUFFIX.search(text)
    text = re.sub(r"^\s*the\s+", "", _SUFFIX.sub("", text).partition(",")[0], flags=re.IGNORECASE)
    head, _, place = text.partition(" of ")
    if place and _is_post(head):
        words, place = [text], ""  # the Prince of Wales
    else:
        words = untitled(head) or head.split()
    return words, suffix[1].lower() if suffix else "", fold(" ".join(place.split()))


def _is_post(head: str) -> bool:
    words = head.split()
    return all(word.rstrip(".") in _ROLES for word in words) or words[-1].lower() in _NO_NAMES


def _initials(word: str) -> list[str]:
    """The letters of H.W. or JD; nothing for a name."""
    letters = word.replace(".", "").replace("-", "")
    if not letters.isalpha() or not (len(letters) == 1 or (letters.isupper() and len(letters) <= 3)):
        return []
    # A name in capitals has vowels; AJ and JD are known by their length.
    return list(fold(letters)) if len(letters) < 3 or "." in word else []
