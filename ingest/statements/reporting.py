"""How an attribution is reported: as said, not said, or only possible; and whether the writer has it from another.

Words that somebody else than the writer reports are second-hand. Taking one for first-hand is the worse error, so
whatever stands inside another's statement is second-hand, as well as what "reportedly" was said. What somebody is
told to say is only possible.
"""

import re
from dataclasses import dataclass

from ingest.statements.attribution import Attribution
from ingest.statements.orders import ordered
from ingest.statements.rules.nested import FIRST, around, holds, overlap, quoted, reported_within, rightful
from retrieval.sentences import Span
from retrieval.types import Report

__all__ = ["SecondHand", "report", "reported_within", "rightful", "second_hand"]

# Before the cue, how far its auxiliaries reach.
_REACH = 60
_NOT = re.compile(
    r"\bno comment\b|\b(?:neither|nor|without)\b"
    r"|(?:\b(?:not|never)|n[’']t)\b(?! (?:only|just|merely|simply|hesitat))"
    r"|\bcannot\b|\b(?:declin|refus)(?:e[ds]?|ing)\b|\bfail(?:s|ed|ing)? to\b"
    r"|\b(?:unwilling|reluctant|yet|unable) to\b"
    r"|\bstop(?:s|ped) short of\b|\b(?:avoid|dodg|sidestep)\w*\b"
    r"|\bden(?:y|ies|ied|ying) (?:having |ever )*(?:said|saying|told|telling)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\bden(?:y|ies|ied|ying)$", re.IGNORECASE)
_SAYING = re.compile(
    r"(?:having |ever |that \w+ (?:had |has |have )?(?:ever )?)*(?:said|saying|told|telling)\b", re.IGNORECASE
)
# A double negation tells what was said.
_YET_SAID = re.compile(r"(?:\bnever|\bnot|n[’']t) (?:stop|tire|cease|fail|help|shy|miss)\w*\b", re.IGNORECASE)
_NOBODY = re.compile(r"(?:no one|nobody|none|neither|no [a-z]+)\b", re.IGNORECASE)
_LATER = re.compile(
    r"\b(?:would|will) (?:later|eventually|subsequently|often|always|sometimes|repeatedly|go on to)\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"\b(?:would|could|may|might|should|will|can|must|shall|won[’']t)\b|[’'](?:ll|d)\b|\bwere to\b"
    r"|\b(?:expect|plan|schedul|hop|intend|want|prepar|need|try|tri|threaten|urg|ask|encourag)\w*\b[^.;]{0,25}\bto\b"
    r"|\b(?:likely|set|about|going|ready|due|able|free|supposed) to\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;:!?\n“”\"]|, (?!\w+ly,)|\b(?:and|but|who)\b")
_CARRIED = re.compile(
    r"\b(?:to|not|n[’']t|never|will|would|may|might|could|can|should) (?:\w+ly )?"
    r"(?:say|tell|announce|argue|declare|state|warn|promise|claim|insist|confirm|call for)\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|whether|unless|suppose|imagine|in case|as though|should)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_QUESTION = re.compile(
    r"(?:and |but |so )?(?:did|does|do|has|have|had|will|would|could|can|should|is|are|was|were)(?:n[’']t)?\s",
    re.IGNORECASE,
)
_HEARSAY = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|rumou?red)\b"
    r"|\b(?:is|are|was|were|been) (?:also |widely )?(?:said|reported|alleged|believed|thought|quoted|overheard|"
    r"heard|understood)\b",
    re.IGNORECASE,
)
# Before the source: "heard Turner say", "quoted Turner as saying", "reports that Turner said".
_RETOLD = re.compile(
    r"\b(?:(?:over)?hear[ds]?|hearing|quot(?:es?|ed|ing)|cit(?:es?|ed|ing)|accus(?:es?|ed|ing)|"
    r"recall(?:s|ed|ing)?|remember(?:s|ed|ing)?)\s+(?:\w+\s+){0,2}$"
    r"|\b(?:it (?:is|was|has been) (?:said|claimed|reported|alleged|rumou?red)|reports?|rumou?rs?|claims|"
    r"allegations|gossip|hearsay) that\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_HEARD = frozenset("say saying tell telling promise promising threaten threatening".split())
# What is written down or recorded bears witness itself; nobody retells it.
_RECORD = re.compile(
    r"\b(?:transcripts?|recordings?|videos?|audio|footage|tapes?|excerpts?|copy|copies|(?:prepared|advance) "
    r"(?:remarks|text))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SecondHand:
    """Somebody else than the writer reports the words; `via` is where he stands, None where nobody is named."""

    via: Span | None


def report(text: str, attribution: Attribution) -> Report:
    """Whether the text reports that something was said, was not, or may be."""
    if attribution.cue is None:
        how = _uncued(text, attribution)
        return Report.CONDITIONAL if how is Report.SAID and ordered(text, attribution) else how
    group = _group(text, attribution)
    source = text[slice(*attribution.source)] if attribution.source else ""
    denied = _DENIED.search(group) and _SAYING.match(text, attribution.content[0][0])
    if denied or (_NOT.search(group) and not _YET_SAID.search(group)) or _NOBODY.match(source):
        return Report.NOT_SAID
    if _supposed(text, attribution) or ordered(text, attribution):
        return Report.CONDITIONAL
    if source.lower() in FIRST:
        return Report.SAID  # "I would say" says it
    if _MAY.search(group) and not _LATER.search(group):
        return Report.CONDITIONAL
    return Report.SAID


def _uncued(text: str, attribution: Attribution) -> Report:
    """Where no cue was found: by the verb that stands directly before the words, if one does."""
    start = attribution.content[0][0]
    before = _CLAUSE_END.split(text[max(0, start - _REACH) : start])[-1]
    if not _CARRIED.search(before) or _LATER.search(before):
        return Report.SAID
    if _NOT.search(before) and not _YET_SAID.search(before):
        return Report.NOT_SAID
    return Report.CONDITIONAL if _MAY.search(before) else Report.SAID


def _group(text: str, attribution: Attribution) -> str:
    """The cue and the auxiliaries before it: what stands behind the source, or else the clause, and no content."""
    cue = attribution.cue or (0, 0)
    start = max(0, cue[0] - _REACH)
    if attribution.source and attribution.source[1] <= cue[0]:
        start = max(start, attribution.source[1])
    for _, end in attribution.content:
        if end <= cue[0]:
            start = max(start, end)
    before = _CLAUSE_END.split(text[start : cue[0]])[-1]
    # "is expected" may be all of the cue that was found, and "to announce that …" the content.
    carried = (
        _CARRIED.match(text, *attribution.content[0]) if text[cue[1] : attribution.content[0][0]] == " " else None
    )
    return before + text[slice(*cue)] + (f" {carried[0]}" if carried else "")


def _supposed(text: str, attribution: Attribution) -> bool:
    """Behind "if" or "whether", or asked."""
    cue = attribution.cue or (0, 0)
    first = min(cue[0], attribution.source[0]) if attribution.source else cue[0]
    if _IF.search(text, max(0, first - 30), first):
        return True
    low = max(text.rfind(mark, max(0, first - 300), first) for mark in '.!?\n“”"') + 1
    asked = _QUESTION.match(text[low : first + 12].lstrip())
    end = max(cue[1], *(stop for _, stop in attribution.content))
    return bool(asked) and text[end : end + 3].lstrip(" ”\"'").startswith("?")


def second_hand(text: str, attribution: Attribution, found: list[Attribution]) -> SecondHand | None:
    """Through whom the writer has these words; None where the writer reports them himself.

    `found`: all attributions of the text, this one too; what the rules find beside it counts as well. "Turner said
    he promised it" is second-hand through Turner here: who knows that "he" is Turner takes that back.
    """
    if attribution.source and text[slice(*attribution.source)].lower() in FIRST:
        return None
    holding = [other for other in found if holds(other, attribution)] + around(text, attribution)
    outer = [
        other for other in holding if other.source and not _same(attribution, other) and not _record(text, other)
    ]
    if not outer:
        return SecondHand(None) if _hearsay(text, attribution) or quoted(text, attribution) else None
    nearest = min(outer, key=lambda other: sum(end - start for start, end in other.content))
    return SecondHand(nearest.source)


def _hearsay(text: str, attribution: Attribution) -> bool:
    if not attribution.cue:
        return False
    group, source = _group(text, attribution), attribution.source
    before = text[max(0, source[0] - 60) : source[0]] if source else ""
    retold = _RETOLD.search(before)
    told = retold and (
        before[retold.start() :].rstrip().lower().find("that") >= 0 or _HEARD & set(group.lower().split())
    )
    return bool(_HEARSAY.search(group) or told)


def _same(inner: Attribution, outer: Attribution) -> bool:
    return bool(inner.source and outer.source and overlap(inner.source, outer.source))


def _record(text: str, other: Attribution) -> bool:
    return bool(other.source and _RECORD.search(text, *other.source))
