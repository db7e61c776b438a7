"""Who held, or stood for, which office on which day: a small table of our own that users extend.

`offices.csv` has one row for each term: `name,role,place,party,since,until`. The role is in small letters as a
reporter writes it ("senator", "prime minister", "presidential nominee", "former governor"); the place, where
there is one, is the state, the country or the body, its other forms behind slashes ("Britain / British / U.K.");
the party is its adjective ("Republican"); days are ISO dates, and `until`, the first day out of office, stays
empty for one who is still in it. Lines that begin with # are remarks. A user's own file has the same form and is
read after ours. The table gives a name to "the president", and settles who "Clinton" is where the article does
not say; an article that introduces somebody by the same title goes before it.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from retrieval.errors import ConfigurationError

_COLUMNS = ["name", "role", "place", "party", "since", "until"]
_OURS = Path(__file__).with_name("offices.csv")
# Those whom a newspaper may name by surname alone and never introduce. A senator is always introduced.
_FAMOUS = frozenset(("president", "presidential", "chancellor", "pope", "secretary-general", "minister"))


@dataclass(frozen=True, slots=True)
class Office:
    """One term: who was what, where, for which party, from a day on and until another (that day excluded)."""

    name: str
    role: str
    place: str
    party: str
    since: date
    until: date | None

    def held(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def former(self) -> bool:
        return self.role.startswith("former ")

    @property
    def famous(self) -> bool:
        """Whether the surname alone may mean this holder in an article that never gives the full name."""
        return not self.former and not _FAMOUS.isdisjoint(self.role.split())


class Offices:
    """A table of offices. `names` are all who stand in it."""

    def __init__(self, terms: Sequence[Office]) -> None:
        self.terms = tuple(terms)
        self.names = frozenset(office.name for office in terms)
        self._on: dict[date, list[Office]] = {}

    def on(self, day: date | None) -> Sequence[Office]:
        """The offices held on a day; all of them where no day is known."""
        if day is None:
            return self.terms
        if day not in self._on:
            # Articles come in runs of one day; the days of a library are too many to keep.
            self._on = {day: [office for office in self.terms if office.held(day)]}
        return self._on[day]


def offices(extra: Path | None = None) -> Offices:
    """Our table, and after it the rows of the file `extra` where that exists. It is read once: keep what you get.

    Raises ConfigurationError, naming the line, where a row cannot be read.
    """
    if extra is None or not extra.is_file():
        return _shipped()
    return Offices((*_shipped().terms, *_read(extra)))


@lru_cache(1)
def _shipped() -> Offices:
    return Offices(_read(_OURS))


def _read(path: Path) -> tuple[Office, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"The table of offices {path} cannot be read as UTF-8 text.") from exc
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = [(n, next(csv.reader([line]))) for n, line in numbered]
    if rows and [cell.strip() for cell in rows[0][1]] == _COLUMNS:
        rows = rows[1:]
    return tuple(_office(row, f"{path}, line {n}") for n, row in rows)


def _office(row: list[str], where: str) -> Office:
    cells = [re.sub(r"\s+", " ", cell).strip() for cell in row]
    if len(cells) != len(_COLUMNS):
        raise ConfigurationError(
            f"{where}: a row has the six cells {','.join(_COLUMNS)}, this one has {len(cells)}."
        )
    name, role, place, party, since, until = cells
    if not name or not role:
        raise ConfigurationError(f"{where}: a row needs a name and a role.")
    begins, ends = _day(since, where), _day(until, where) if until else None
    if ends is not None and ends <= begins:
        raise ConfigurationError(f"{where}: the term of {name} ends ({until}) before it begins ({since}).")
    return Office(name, role.lower(), place, party, begins, ends)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise ConfigurationError(f"{where}: {text!r} is not a day written as 2016-11-08.") from exc
