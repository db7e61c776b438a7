"""What somebody typed into /ask, as a Question, or the sentence that says what is wrong with it.

Pure. May not look anything up: who `person` is and what is on record is for the desk to say.
"""

import re
from datetime import date

from bot.text import clamp, escape
from retrieval.types import Question

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat also takes 20240531 and 2024-W22-5


class Unusable(ValueError):  # noqa: N818 - reads as what was typed
    """What was typed cannot be asked. `str()` is a sentence for the one who typed it, safe to show."""


def question_from(text: str, person: str | None, since: str | None, until: str | None) -> Question:
    """Raises Unusable."""
    asked = text.strip()
    if not asked:
        raise Unusable("Please type a question.")
    first, last = _day("since", since), _day("until", until)
    if first and last and first > last:
        raise Unusable(f"`since` ({first}) is after `until` ({last}), so nothing can lie between them.")
    return Question(asked, person=(person or "").strip() or None, since=first, until=last)


def _day(option: str, typed: str | None) -> date | None:
    day = (typed or "").strip()
    if not day:
        return None
    try:
        if _ISO_DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass  # a day that no calendar has
    raise Unusable(f"`{option}`: “{escape(clamp(day, 40))}” is not a date; write it as 2024-05-31.")
