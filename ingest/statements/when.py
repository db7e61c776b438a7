"""The day on which something was said, where the text gives one.

Only the sentence of the cue is read, and of it only what stands outside the reported words: "he said on Tuesday
that the vote on Friday …" tells Tuesday. A week, a month or a year is no day.
"""

import re
from datetime import date, timedelta

from ingest.statements.attribution import Attribution
from retrieval.sentences import Span, sentences

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NUMBERS = "one two three four five six seven eight nine ten".split()
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = re.compile(
    r"\b(?:"
    rf"(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]|[-–/]\d)(?:,?\s+(?P<year>{_YEAR}))?\b"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month2>{_MONTH})(?:,?\s+(?P<year2>{_YEAR}))?(?!\w)"
    rf"|(?P<iso>{_YEAR}-\d\d-\d\d)"
    r"|(?P<last>last\s+)?(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?!s\b)"
    r"|(?P<yesterday>yesterday|last night)"
    r"|(?P<today>today|tonight|this (?:morning|afternoon|evening))"
    r"|(?P<ago>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) days? ago"
    r")",
    re.IGNORECASE,
)
# What stands before a day that is not, or not surely, that of the saying: "of Tuesday's vote", "Super Tuesday".
_OTHER = re.compile(
    r"\b(?:next|every|each|super|black|good|ash|cyber|giving|until|by|since|before|after|ago|from|previous|following|"
    r"of|about|for|through|than)\s+(?:last\s+|the\s+)?$",
    re.IGNORECASE,
)
# Between a cue and a day they tell that the day belongs to another clause.
_BARRIER = re.compile(r"[;“”\"]|\b(?:and|but|while|who|after|before|said|says|told|since|until)\b", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:will|would|plans? to|expected to|going to|scheduled to|set to)\b", re.IGNORECASE)
_SPEAKING = re.compile(r"\b(?:speaking|talking|writing|appearing|asked)\b", re.IGNORECASE)
# How far from its cue a day may stand: "Turner said at a rally with several hundred steelworkers on Monday".
NEAR = 120
_SENTENCE = 2000


def said_on(text: str, published: date | None, attribution: Attribution) -> date | None:
    """The day that the text gives for the saying; None where it gives none, or none but a week or a month.

    `published`: the article's date, which "Tuesday" is told from. Never a day after it.
    """
    cue = attribution.cue or attribution.source or attribution.content[0]
    start, end = _sentence(text, cue)
    if not published or _FUTURE.search(text, max(start, cue[0] - 25), cue[1]):
        return None
    nearest: tuple[int, date] | None = None
    for match in _DAY.finditer(text, start, end):
        away = _away(text, match.span(), cue, attribution)
        if away <= NEAR and (nearest is None or away < nearest[0]) and (day := _meant(match, published)):
            nearest = (away, day)
    return nearest and nearest[1]


def _sentence(text: str, cue: Span) -> Span:
    """The sentence of the cue, read in its own paragraph."""
    start = max(text.rfind("\n", 0, cue[0]) + 1, cue[0] - _SENTENCE)
    end = text.find("\n", cue[1])
    end = min(end if end >= 0 else len(text), cue[1] + _SENTENCE)
    for first, last in sentences(text[start:end]):
        if start + first <= cue[0] < start + last:
            return (start + first, max(start + last, cue[1]))
    return (start, end)


def _away(text: str, day: Span, cue: Span, attribution: Attribution) -> int:
    """How far a day stands from the cue in characters, content not counted; beyond reach where it is another's."""
    if any(start < day[1] and day[0] < end for start, end in attribution.content):
        return NEAR + 1
    source = attribution.source
    aside = source and source[0] <= day[0] < source[1]
    if aside and source and not _SPEAKING.search(text, source[0], day[0]):
        return NEAR + 1  # Kirby, elected on Tuesday, said
    if _OTHER.search(text, max(0, day[0] - 24), day[0]):
        return NEAR + 1
    between = _outside(text, (cue[1], day[0]) if day[0] >= cue[1] else (day[1], cue[0]), attribution.content)
    return NEAR + 1 if not aside and _BARRIER.search(between) else len(between)


def _outside(text: str, between: Span, content: tuple[Span, ...]) -> str:
    """What stands between two places and is no content, without the marks that content was quoted in."""
    low, high = between
    kept = []
    for start, end in content:
        if low < start:
            kept.append(text[low : min(start, high)].rstrip('“"'))
        low = max(low, end)
    if low < high:
        kept.append(text[low:high].lstrip('”"'))
    return "".join(kept)


def _meant(match: re.Match[str], published: date) -> date | None:
    day: date | None
    if match["weekday"]:
        back = (published.weekday() - _WEEKDAYS.index(match["weekday"].lower())) % 7
        day = published - timedelta(back or (7 if match["last"] else 0))
    elif match["yesterday"]:
        day = published - timedelta(1)
    elif match["today"]:
        day = published
    elif match["ago"]:
        ago = match["ago"].lower()
        day = published - timedelta(int(ago) if ago.isdigit() else _NUMBERS.index(ago) + 1)
    else:
        day = _dated(match, published)
    return day if day and day <= published else None


def _dated(match: re.Match[str], published: date) -> date | None:
    """A day of a month: of its year, or the last such day up to `published`."""
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        month = _MONTHS.index((match["month"] or match["month2"])[:3].lower()) + 1
        day, year = int(match["day"] or match["day2"]), match["year"] or match["year2"]
        if year:
            return date(int(year), month, day)
        this = date(published.year, month, day)
        return this if this <= published else date(published.year - 1, month, day)
    except ValueError:
        return None
