"""A claim's text as a reader understands it alone: who "he" or "the senator" is stands in brackets behind it.

Only whom the statement itself is attributed to is named: what other pronouns mean is not known for sure. Without
the brackets the text is the article's, letter for letter.
"""

import re
from collections.abc import Sequence

from retrieval.types import Resolution, Statement

# A longer description says enough itself.
WORDS = 6
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|''(?:(?!'').)*(?:''|$)", re.DOTALL)


def standalone(text: str, start: int, end: int, statements: Sequence[Statement]) -> str:
    """text[start:end], with full names in brackets behind pronouns and roles that say whose words these are."""
    places: dict[int, str] = {}
    quotations = [match.span() for match in _QUOTED.finditer(text, start, end)]
    for said in sorted(statements, key=lambda s: s.source or (0, 0)):
        source, speaker = said.source, said.speaker
        if not source or not speaker or not (start <= source[0] and source[1] <= end):
            continue
        by = said.resolution in (Resolution.PRONOUN, Resolution.ROLE, Resolution.BODY)
        words = text[slice(*source)]
        if not by or len(words.split()) > WORDS or speaker.split()[-1].lower() in words.lower():
            continue
        inside = any(a <= source[0] < b for a, b in quotations)
        named = speaker in places.values() or _named(text[start : source[0]], speaker)
        if not inside and not named and not re.match(r"['’]s?\b", text[source[1] :]):
            places[source[1]] = speaker
    parts, at = [], start
    for place in sorted(places):
        parts += [text[at:place], f" [{places[place]}]"]
        at = place
    return "".join([*parts, text[at:end]])


def _named(text: str, speaker: str) -> bool:
    """Whether a text names him, outside of quotation marks."""
    return bool(re.search(rf"\b{re.escape(speaker.rsplit(maxsplit=1)[-1])}\b", _QUOTED.sub(" ", text)))
