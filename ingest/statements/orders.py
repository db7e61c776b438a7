"""Orders to say something: "Say that Turner resigned" reports of nobody that he said so, nor that he did.

An order stands at the beginning of a sentence, in the base form and without a subject, and what it wants said
follows "that" or a colon. "Note that …", "Remember that …" and "Consider that …" are no such orders: who writes
them holds what follows for true.
"""

import re

from ingest.statements.attribution import Attribution
from retrieval.sentences import sentences

# How far before an attribution its sentence is looked for; an order that begins earlier is not seen.
_REACH = 400
# Enough behind it to tell whether a full stop there ends the sentence.
_AHEAD = 20
_WORD = r" [\w.’'-]+"
# Whom the order speaks to, or when it is to be followed. A comma needs the "if": after others it ends a clause, as
# in "Officials, who declined to be named, say that …".
_BEFORE = r"(?:[^\n:;!?“”\"]{1,80}: |(?:if|when|whenever|where|wherever|once|should) [^\n,:;!?“”\"]{1,80}, )?"
_LEAD = (
    r"(?:(?:please|now|then|also|always|just|only|instead|next|first|and|but|so|or|do not|don[’']t|never"
    r"|you (?:must|should|shall|will|are to)),? ){0,3}"
)
_SAY = (
    r"(?:say|answer|reply|respond|report|write|state|claim|declare|announce|assert|confirm|repeat|insist|conclude"
    r"|pretend)"
)
_HOW = rf"(?: (?:in|with|to|as|again|instead|of (?=(?:him|her|it|them)\b)){_WORD}(?:{_WORD}){{0,5}}?)"
_THAT = r",? that\b(?! (?:again|to)\b)"
_ORDER = re.compile(
    rf"{_BEFORE}{_LEAD}(?P<verb>{_SAY}{_HOW}{{0,2}}{_THAT}"
    # "Answer:" heads the second half of a question and answer, and "Claim:" what is checked for its truth.
    rf"|(?:say|write){_HOW}{{0,2}}:|{_SAY}{_HOW}{{1,2}}:"
    rf"|(?:tell|inform)(?:{_WORD}){{1,4}}?(?:{_THAT}|:)"
    rf"|(?:quote|cite)(?:{_WORD}){{1,4}}? as (?:saying|having said)\b)",
    re.IGNORECASE,
)


def ordered(text: str, attribution: Attribution) -> bool:
    """Whether an attribution stands in what an order wants said."""
    starts = [span[0] for span in (attribution.source, attribution.cue, attribution.content[0]) if span]
    low = _sentence(text, min(starts))
    order = _ORDER.match(text, low) if low is not None else None
    # An order in somebody's words is his: "Say that it fell, Turner told them."
    return order is not None and attribution.content[0][0] > order.start("verb")


def _sentence(text: str, at: int) -> int | None:
    """Where the sentence begins that holds a character; None where that is too far before it."""
    cut = max(0, at - _REACH)
    start = max(cut + begin for begin, _ in sentences(text[cut : at + _AHEAD]) if cut + begin <= at)
    return start if start > cut or not cut else None
