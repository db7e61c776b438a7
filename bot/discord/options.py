"""What somebody typed, as a Question, or the sentence that says what is wrong with it.

Pure. May not look anything up: who `person` is and what is on record is for the desk to say.
"""

import re
from datetime import date

from bot.text import clamp, escape
from retrieval.types import Question

LONGEST = 300  # characters of a question
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat also takes 20240531 and 2024-W22-5


class Unusable(ValueError):  # noqa: N818 - reads as what was typed
    """What was typed, or pressed, can be answered with a sentence only: `str()`, safe to show to who did it."""


def question_from(
    text: str, person: str | None = None, since: str | None = None, until: str | None = None
) -> Question:
    """Raises Unusable."""
    asked = text.strip()
    if not asked:
        raise Unusable("Please type a question.")
    if len(asked) > LONGEST:
        raise Unusable(f"Please ask in at most {LONGEST} characters.")
    return restricted(asked, person, since, until)


def restricted(text: str, person: str | None, since: str | None, until: str | None) -> Question:
    """What is asked, which may be nothing in particular, of whom and when. Raises Unusable."""
    first, last = day("since", since), day("until", until)
    if first and last and first > last:
        raise Unusable(f"`since` ({first}) is after `until` ({last}), so nothing can lie between them.")
    return Question(text.strip(), person=(person or "").strip() or None, since=first, until=last)


def day(option: str, typed: str | None) -> date | None:
    """A day as 2024-05-31. Raises Unusable."""
    written = (typed or "").strip()
    if not written:
        return None
    try:
        if _ISO_DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass  # a day that no calendar has
    raise Unusable(f"`{option}`: “{escape(clamp(written, 40))}” is not a date; write it as 2024-05-31.")
