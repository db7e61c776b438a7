"""Reads the day of publication from whatever a source writes. Never guesses a part that is not written."""

import re
from contextlib import suppress
from datetime import date, datetime

# dateutil fills what is missing from a default: two of them that share no part show whether anything was.
_DEFAULTS = (datetime(2001, 1, 1), datetime(2004, 12, 31))  # noqa: DTZ001 - only their calendar parts are used
_LONGEST = 100
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d{8}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")

_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<between>[/-]?)(?P<month>\d\d)(?P=between)(?P<day>\d\d)(?!\d)"
)


def in_address(url: str) -> date | None:
    """The day that an article's address holds ("/2024/10/23/"), as many outlets write it, where it is just one."""
    found = set()
    for match in _IN_ADDRESS.finditer(url):
        with suppress(ValueError):
            found.add(date(int(match["year"]), int(match["month"]), int(match["day"])))
    return found.pop() if len(found) == 1 else None


def day(written: str) -> date | None:
    """The calendar day as it is written, in the writer's own time zone; None where it is not a whole date.

    An all-number date with slashes is read month first, as American outlets write it.
    """
    written = written.strip()
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        pass
    if len(written) > _LONGEST or not _YEAR.search(written):
        return None
    days = {_parsed(written, default) for default in _DEFAULTS}
    return days.pop() if len(days) == 1 else None


def _parsed(written: str, default: datetime) -> date | None:
    from dateutil import parser

    try:
        # Names of time zones are ignored: the day counts, and dateutil warns about those that it does not know.
        return parser.parse(written, default=default, ignoretz=True).date()
    except (ValueError, OverflowError, TypeError, AttributeError, ArithmeticError):
        return None
