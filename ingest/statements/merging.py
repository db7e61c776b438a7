"""Joins what the tagger finds with what the rules are sure of: nothing twice, no turn of a transcript lost."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from ingest.statements import rules
from ingest.statements.attribution import Attribution
from ingest.statements.reporting import rightful
from retrieval.sentences import Span

# Of two finds, share of the characters of either that are in both, from which on they are one.
SAME = 0.5


def merged(text: str, tagged: Sequence[Attribution]) -> list[Attribution]:
    """The tagger's finds and the certain ones of the rules, in the order of the text.

    A find of the tagger without a source takes that of the same find of the rules. Within a turn of a transcript
    what has no source but the turn's own is the turn.
    """
    turns = rules.transcript(text)
    sure = [one for one in rules.sure(text) if one not in turns]
    tagged = [_righted(text, one) for one in tagged]
    outside = [one for one in tagged if not any(_part_of(one, turn) for turn in turns)]
    taken = sorted(span for one in outside if one.sure for span in one.content)
    added = [one for one in sure if not any(_touches(span, taken) for span in one.content)]
    covered = sorted(span for one in added for span in one.content)
    kept = [one for one in outside if one.sure or not any(_touches(span, covered) for span in one.content)]
    return sorted([*(_sourced(one, sure) for one in kept), *turns, *added], key=lambda one: one.content)


def _righted(text: str, one: Attribution) -> Attribution:
    """`Brandt said Roos told her, “I will go.”`: where only the quotation was found, it is Roos's, not Brandt's.

    Were more of the clause content, it would be Brandt's report, and right as it is: taking the inner speaker
    wherever there is one cost 1.5 points of F1 with the right source.
    """
    other = rightful(text, one)
    quoted = all(text[start] in "“\"'" for start, _ in one.content)
    outside = other.cue and not any(_overlap(other.cue, span) for span in one.content)
    return replace(other, sure=one.sure) if quoted and outside else one


def _part_of(one: Attribution, turn: Attribution) -> bool:
    if one.source and turn.source and not _overlap(one.source, turn.source):
        return False
    return any(_overlap(one.content[0], span) for span in turn.content)


def _sourced(one: Attribution, sure: Sequence[Attribution]) -> Attribution:
    if one.source:
        return one
    same = next((other for other in sure if _likeness(one, other) >= SAME), None)
    return replace(one, source=same.source, cue=one.cue or same.cue) if same else one


def _likeness(one: Attribution, other: Attribution) -> float:
    both = sum(max(0, min(b, d) - max(a, c)) for a, b in one.content for c, d in other.content)
    either = sum(b - a for a, b in (*one.content, *other.content)) - both
    return both / either if either else 0.0


def _touches(span: Span, taken: Sequence[Span]) -> bool:
    n = bisect_left(taken, span)
    return any(_overlap(span, taken[i]) for i in (n - 1, n) if 0 <= i < len(taken))


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]
