"""Which finds of the rules are certain enough to stand beside a learned tagger's.

Measured on the 840 training articles, content and source both right: quotations around a cue of saying 99 %,
before it 92, behind it 91; partly quoted clauses behind "that" or around the cue 87 to 90; clauses behind "that"
84 to 88, before "she said" 89, before "according to" 84. All that is taken: 92 % (content alone: 94). Left out:
clauses around the cue 66, objects of verbs ("criticized the plan") 47.
"""

import re

from ingest.statements.attribution import Attribution

_SAY = frozenset("said says say".split())
_SAYING = _SAY | frozenset(
    "told tells added adds wrote writes noted notes argued argues tweeted explained explains insisted "
    "insists warned warns acknowledged acknowledges suggested suggests adding saying arguing noting "
    "stated announced claimed confirmed declared asserted concluded contended testified predicted".split()
)
# Denied, expected or hearsay: no tagger needs to see it as said. Of 24 on the training articles the content of 23
# is right, and the source of 21.
_TOLD = frozenset(
    "say tell announce argue state declare warn explain confirm acknowledge admit reveal disclose".split()
)
_HEARSAY = re.compile(r"\b(?:said|reported|alleged|believed|thought|rumou?red|understood) to have \w+$")
_ASKING = frozenset("that whether when where why how what who if".split())
_OPEN = "“”\"'‘„«`"


def certain(text: str, attribution: Attribution) -> bool:
    """Whether the rules are sure of an attribution that they found."""
    if not attribution.cue or not attribution.source:
        return False
    cue = text[slice(*attribution.cue)].lower()
    verb = cue.split()[-1]
    before = attribution.content[-1][1] <= attribution.cue[0]
    if cue.startswith("according"):
        return before
    if _HEARSAY.search(cue) or (_carried(cue, verb) and _asks(text, attribution)):
        return True
    if verb not in _SAYING:
        return False
    return _certain(text, attribution, verb, before)


def _certain(text: str, attribution: Attribution, verb: str, before: bool) -> bool:
    quoted = [text[start] in _OPEN for start, _ in attribution.content]
    first = attribution.content[0]
    that = text[first[0] : first[0] + 5].lower() == "that "
    around = not before and first[0] < (attribution.cue or first)[0]
    return all(quoted) or that or (before and verb in _SAY) or (around and any(quoted))


def _carried(cue: str, verb: str) -> bool:
    """Whether a saying is denied or expected: `has not said`, `is expected to announce`."""
    words = cue.split()
    denied = (words[:-1] and bool({"not", "never"} & set(words))) or any(
        word.endswith(("n't", "n’t")) for word in words
    )
    return ("to" in words and verb in _TOLD) or (denied and verb in _SAYING | _TOLD)


def _asks(text: str, attribution: Attribution) -> bool:
    """Whether the content is a clause that its first word tells."""
    first = text[slice(*attribution.content[0])].split(maxsplit=1)[0].lower()
    return first in _ASKING
