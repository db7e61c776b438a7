"""Joins what the tagger finds with what the rules are sure of: nothing twice, no turn of a transcript lost."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from ingest.statements import rules
from ingest.statements.attribution import Attribution
from ingest.statements.mending import SAME, likeness, mended
from ingest.statements.rules.nested import overlap
from retrieval.sentences import Span


def merged(text: str, tagged: Sequence[Attribution]) -> list[Attribution]:
    """The tagger's finds and the certain ones of the rules, in the order of the text.

    A find of the tagger without a source takes that of the same find of the rules. Within a turn of a transcript
    what has no source but the turn's own is the turn.
    """
    turns = rules.transcript(text)
    everything = rules.attributions(text)
    sure = [one for one in rules.sure(text, everything) if one not in turns]
    tagged = mended(text, tagged, everything, sure)
    outside = [one for one in tagged if not any(_part_of(one, turn) for turn in turns)]
    taken = sorted(span for one in outside if one.sure for span in one.content)
    added = [one for one in sure if not any(_touches(span, taken) for span in one.content)]
    covered = sorted(span for one in added for span in one.content)
    kept = [one for one in outside if one.sure or not any(_touches(span, covered) for span in one.content)]
    return sorted([*(_sourced(one, sure) for one in kept), *turns, *added], key=lambda one: one.content)


def _part_of(one: Attribution, turn: Attribution) -> bool:
    if one.source and turn.source and not overlap(one.source, turn.source):
        return False
    return any(overlap(one.content[0], span) for span in turn.content)


def _sourced(one: Attribution, sure: Sequence[Attribution]) -> Attribution:
    if one.source:
        return one
    same = next((other for other in sure if likeness(one, other) >= SAME), None)
    return replace(one, source=same.source, cue=one.cue or same.cue) if same else one


def _touches(span: Span, taken: Sequence[Span]) -> bool:
    n = bisect_left(taken, span)
    return any(overlap(span, taken[i]) for i in (n - 1, n) if 0 <= i < len(taken))
