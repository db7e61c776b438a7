"""Words what stands beside a citation wherever it is shown: its copies, and what its article says of itself.

Nothing in it is escaped for Discord.
"""

import re

from bot.text import clamp, domain, link, shown
from retrieval.types import Citation, Claim, Copy, Remark

_NAMED = 5  # outlets that have a copy; the others are counted
_NAME = 200  # characters of an outlet's name
# What a remark is headed with, and how one begins that has such a heading of its own.
_REMARKS = {
    "correction": ("Correction", re.compile(r"[\W_]*correct(?:ions?|ed)\b", re.IGNORECASE)),
    "clarification": ("Clarification", re.compile(r"[\W_]*clarifi(?:cations?|ed)\b", re.IGNORECASE)),
    "retraction": ("Retracted", re.compile(r"[\W_]*retract(?:ions?|ed)\b", re.IGNORECASE)),
}


def also_in(citation: Citation, most: int = _NAME) -> str:
    """Where the copies of a citation's text stand: each outlet once, by at most `most` characters of its name.

    Only for a citation that has copies.
    """
    names = list(dict.fromkeys(_outlet(copy, most) for copy in citation.also_in))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    copies = "1 copy" if len(citation.also_in) == 1 else f"{len(citation.also_in)} copies"
    return f"also in: {', '.join(names[:_NAMED])}{more} ({copies} of the same text)"


def outlets(claim: Claim) -> int:
    """How many outlets have what was said: those of its citations and of their copies, each once.

    An outlet without a name is known by its domain; one that has neither does not count.
    """
    places: list[Citation | Copy] = list(claim.citations)
    places += [copy for citation in claim.citations for copy in citation.also_in]
    return len({name.casefold() for name in map(_known_as, places) if name})


def _outlet(copy: Copy, most: int) -> str:
    return clamp(_known_as(copy), most) or "unknown outlet"


def _known_as(place: Citation | Copy) -> str:
    """An outlet's name on one line, else its domain, else nothing."""
    target = link(place.url)
    return " ".join(shown(place.outlet or "").split()) or (domain(target) if target else "")


def remark(found: Remark, most: int | None = None) -> str:
    """What an article says of its being corrected or retracted, on one line, headed by what it is.

    At most `most` characters of the article's words, which stand alone where they begin with such a heading.
    """
    words = shown(" ".join(found.text.split()) if most is None else clamp(found.text, most))
    heading, own = _REMARKS.get(found.kind, (found.kind.capitalize(), None))
    return words if own and own.match(words) else f"{heading}: {words}"
