"""Times in a question: "in late September 2016", "since June", "last week", "between March and May 2016".

A month or a day is when it was said; papers tell of it until LATER days after. "Since the debate" has no date of
its own and restricts nothing. A month without a year is of another year in the question, else the latest that is
not after the day of asking.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

LATER = 3
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = (
    r"(?P<month{n}>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|"
    r"sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_PART = r"(?:(?P<part{n}>early|mid|late|(?:the )?(?:start|beginning|middle|end) of)[ -])?"
_YEAR = r"(?:,?\s+(?:of )?(?P<year{n}>(?:19|20)\d\d))?"
_DAY = r"(?:\s+(?P<day{n}>[0-3]?\d)(?:st|nd|rd|th)?\b)?"
_LEAD = (
    r"(?P<lead>\b(?:in|on|at|since|until|till|before|after|by|during|through|around|from|between)\s+)?"
    r"(?P<the>the\s+)?"
)


def _date(n: int) -> str:
    return (_PART + r"\b" + _MONTH + r"\b" + _DAY + _YEAR).replace("{n}", str(n))


_RANGE = re.compile(
    rf"\b(?:from|between)\s+(?:the\s+)?(?:\w+\s+)?{_date(1)}(?:\s+\w+)?\s+(?:to|and|until|through)\s+(?:the\s+)?(?:\w+\s+)?{_date(2)}",
    re.IGNORECASE,
)
_SINGLE = re.compile(_LEAD + _date(1), re.IGNORECASE)
_ISO = re.compile(r"(?P<lead>\b(?:on|since|until|before|after)\s+)?\b(?P<iso>\d{4}-\d\d-\d\d)\b", re.IGNORECASE)
_ANY_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BARE_YEAR = re.compile(
    r"\b(?P<lead>in|since|until|before|after|during|by)\s+(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\b(?:(?P<lead>since)\s+)?(?:(?P<day>today|yesterday)|(?P<which>last|past|this|previous)\s+(?:(?P<some>\w+)\s+)?(?P<unit>day|week|month|year)s?"
    r"|(?P<ago>\w+)\s+(?P<agounit>day|week|month|year)s?\s+ago)\b",
    re.IGNORECASE,
)
_NUMBERS = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten".split())} | {
    "a": 1,
    "an": 1,
    "few": 3,
    "couple": 2,
}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_OPEN_END = ("since", "after")
_OPEN_START = ("until", "till", "before", "by", "through")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both inclusive, None where it is open.

    `strict`: the question restricts itself to them ("since June", "last week", a day); a month is as often
    when the
    thing happened that is asked about.
    """

    since: date | None = None
    until: date | None = None
    strict: bool = False


def times(text: str, as_of: date) -> tuple[Period, str]:
    """The time that a question asks about, over all the times it mentions, and the question without them."""
    found: list[Period] = []

    def cut(pattern: re.Pattern[str], read: "object") -> None:
        nonlocal text
        kept, at = [], 0
        for match in pattern.finditer(text):
            period = read(match)  # type: ignore[operator]
            if period:
                found.append(period)
                kept.append(text[at : match.start()])
                at = match.end()
        text = " ".join([*kept, text[at:]]) if kept else text

    cut(_RANGE, lambda m: _range(m, as_of))
    cut(_SINGLE, lambda m: _single(m, as_of))
    cut(_ISO, _iso)
    cut(_BARE_YEAR, _year)
    cut(_RELATIVE, lambda m: _relative(m, as_of))
    if not found:
        return Period(), text
    since = None if any(p.since is None for p in found) else min(p.since for p in found if p.since)
    until = None if any(p.until is None for p in found) else max(p.until for p in found if p.until)
    return Period(since, until, any(p.strict for p in found)), " ".join(text.split())


def _range(match: re.Match[str], as_of: date) -> Period | None:
    last = _span(match, "2", as_of)
    first = _span(match, "1", last[1], year=match["year1"] or match["year2"]) if last else None
    return Period(first[0], _later(last[1])) if first and last else None


def _single(match: re.Match[str], as_of: date) -> Period | None:
    month = match["month1"]
    sure = match["lead"] or match["day1"] or match["year1"] or match["part1"]
    if not sure or (month.lower() in ("may", "march", "mar") and not month[0].isupper()):
        return None  # "May" is a name, "march" a verb
    if month == "May" and not (
        match["year1"] or match["day1"] or (match["lead"] or "").strip().lower() in ("in", "since")
    ):
        return None
    span = _span(match, "1", as_of)
    # "after the September 2016 debate": the month belongs to what happened, not to "after".
    return _opened(None if match["the"] else match["lead"], *span, strict=bool(match["day1"])) if span else None


def _span(match: re.Match[str], n: str, as_of: date, year: str | None = None) -> tuple[date, date] | None:
    month = next(
        i for i, name in enumerate(_MONTHS, 1) if name.startswith(match[f"month{n}"].lower().rstrip(".")[:3])
    )
    given = match[f"year{n}"] or year
    given = given or ((found := _ANY_YEAR.search(match.string)) and found[0])
    which = int(given) if given else as_of.year - (month > as_of.month)
    last = monthrange(which, month)[1]
    if day := match[f"day{n}"]:
        if not 1 <= int(day) <= last:
            return None
        return date(which, month, int(day)), date(which, month, int(day))
    part = (match[f"part{n}"] or "").lower()
    first, end = 1, last
    if "early" in part or "start" in part or "beginning" in part:
        end = 10
    elif "mid" in part:
        first, end = 8, 22
    elif "late" in part or "end" in part:
        first = 20
    return date(which, month, first), date(which, month, end)


def _opened(lead: str | None, first: date, last: date, *, strict: bool = False) -> Period:
    word = (lead or "").strip().lower()
    if word in _OPEN_END:
        return Period(first if word == "since" else last, None, strict=True)
    if word in _OPEN_START:
        return Period(None, first if word == "before" else last, strict=True)
    return Period(first, _later(last), strict=strict)


def _later(day: date) -> date:
    return min(day, date.max - timedelta(LATER)) + timedelta(LATER)


def _iso(match: re.Match[str]) -> Period | None:
    try:
        day = date.fromisoformat(match["iso"])
    except ValueError:
        return None
    return _opened(match["lead"], day, day, strict=True)


def _year(match: re.Match[str]) -> Period:
    year = int(match["year"])
    return _opened(match["lead"], date(year, 1, 1), date(year, 12, 31))


def _relative(match: re.Match[str], as_of: date) -> Period | None:
    if match["day"]:
        day = as_of - timedelta(match["day"].lower() == "yesterday")
        return Period(day, None if match["lead"] else day, strict=True)
    unit = _DAYS[(match["unit"] or match["agounit"]).lower()]
    count = _NUMBERS.get((match["some"] or match["ago"] or "one").lower())
    if count is None:
        digits = match["some"] or match["ago"]
        if not digits.isdigit() or len(digits) > 3:
            return None
        count = int(digits)
    back = as_of - timedelta(unit * count)
    if match["ago"]:
        slack = timedelta(unit // 3)
        return Period(back - slack, None if match["lead"] else min(as_of, back + slack), strict=True)
    if match["which"].lower() == "this":
        back = as_of - timedelta(
            {1: 0, 7: as_of.weekday(), 30: as_of.day - 1}.get(unit, as_of.timetuple().tm_yday - 1)
        )
    elif not match["some"] and unit > 1:
        # "last month" is the one before this, and as people use it also the 30 days just past
        back = as_of - timedelta(unit + (unit // 7 if unit > 7 else 4))
    return Period(back, as_of, strict=True)
