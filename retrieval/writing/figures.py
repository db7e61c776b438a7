"""Numbers and days in a text's tokens, however they are written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
)
_NUMBERS: Mapping[str, float] = {
    **{word: n for n, word in enumerate(_UNITS)},
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    **{word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)},
}
_SCALES: Mapping[str, float] = {
    "dozen": 12,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "bn": 1e9,
    "tn": 1e12,
}
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS, _YEARS = range(1, 32), range(1800, 2200)


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a part of one, as a text names it."""

    month: int
    day: int | None
    year: int | None

    def means(self, other: "Day") -> bool:
        """Whether all that it says is said by another, or left open there."""
        days = self.day is None or self.day == other.day
        return self.month == other.month and days and (None in (self.year, other.year) or self.year == other.year)


def days(tokens: Sequence[str]) -> Iterator[tuple[Day, frozenset[float]]]:
    """The days that a text names, each with the numbers that name it. Months stand in full."""
    for at, token in enumerate(tokens):
        if token not in _MONTHS:
            continue
        after = [t for t in tokens[at + 1 : at + 4] if t not in (",", ".")]
        day = next((n for t in (*tokens[max(0, at - 1) : at], *after[:1]) if (n := _whole(t)) in _DAYS), None)
        year = next((n for t in after[:2] if (n := _whole(t)) in _YEARS), None)
        yield Day(_MONTHS.index(token) + 1, day, year), frozenset(float(n) for n in (day, year) if n is not None)


def numbers(tokens: Sequence[str]) -> Iterator[list[float]]:
    """Every number, in figures or in words, as it is built up: 2 and 2,000,000 of "two million"."""
    run: list[float] = []
    for token in tokens:
        low = token.lower()
        n = _number(low)
        if low in _SCALES:
            run.append(_SCALES[low] * (run[-1] if run else 1.0))
        elif n is not None and run and low in _NUMBERS and run[-1] >= 20 and n < 10:  # twenty-two
            run.append(run[-1] + n)
        else:
            if run:
                yield run
            run = [n] if n is not None else []
    if run:
        yield run


def _number(low: str) -> float | None:
    if low[0].isdigit():
        return float(low.replace(",", ""))
    return _NUMBERS.get(low)


def _whole(token: str) -> int | None:
    return int(token) if token.isascii() and token.isdigit() and len(token) < 5 else None
