"""Which finds of the rules are certain enough to stand beside a learned tagger's.

Measured on the 840 training articles, content and source both right: quotations around a cue of saying 99 %,
before it 92, behind it 91; partly quoted clauses behind "that" or around the cue 87 to 90; clauses behind "that"
84 to 88, before "she said" 89, before "according to" 84. All that is taken: 92 % (content alone: 94). Left out:
clauses around the cue 66, objects of verbs ("criticized the plan") 47.
"""

from ingest.statements.attribution import Attribution

_SAY = frozenset("said says say".split())
_SAYING = _SAY | frozenset(
    "told tells added adds wrote writes noted notes argued argues tweeted explained explains insisted "
    "insists warned warns acknowledged acknowledges suggested suggests adding saying arguing noting "
    "stated announced claimed confirmed declared asserted concluded contended testified predicted".split()
)
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
    if verb not in _SAYING:
        return False
    return _certain(text, attribution, verb, before)


def _certain(text: str, attribution: Attribution, verb: str, before: bool) -> bool:
    quoted = [text[start] in _OPEN for start, _ in attribution.content]
    first = attribution.content[0]
    that = text[first[0] : first[0] + 5].lower() == "that "
    around = not before and first[0] < (attribution.cue or first)[0]
    return all(quoted) or that or (before and verb in _SAY) or (around and any(quoted))
