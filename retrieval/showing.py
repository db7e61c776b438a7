"""The passages that are shown with an answer: the surroundings of the best candidates, none of them twice.

The first are shown as whole passages of about 1,000 characters, which hold what stands before and after the words
found; later ones as a statement with a sentence on either side. On the dev questions, needs met within 4,000
characters: .936; all as whole passages .931, all as statements with their neighbours .894.
"""

from collections.abc import Iterator, Sequence

from retrieval.evidence import Candidate
from retrieval.sentences import Span
from retrieval.types import Evidence

WHOLE = 3
# Two that share so much of the shorter are one.
SAME = 0.5


def evidence(ranked: Sequence[Candidate], k: int) -> tuple[Evidence, ...]:
    """At most k passages, best first; no sentence stands in two of them."""
    shown: dict[int, list[Span]] = {}
    found: list[Evidence] = []
    for candidate in ranked:
        if len(found) == k:
            break
        taken = shown.setdefault(candidate.opened.id, [])
        if any(start <= candidate.start and candidate.end <= end for start, end in taken):
            continue
        start, end = _left(_surroundings(candidate, whole=len(found) < WHOLE), taken)
        if end - start < SAME * (candidate.end - candidate.start):
            continue
        taken.append((start, end))
        found.append(Evidence(candidate.article, start, end, candidate.score))
    return tuple(found)


def in_turn(ranked: Sequence[Candidate], asked: int) -> list[Candidate]:
    """Candidates reordered so that each of several asked has his best, then his second best; others at the end."""
    if asked < 2:
        return list(ranked)
    turns = [iter([c for c in ranked if c.asked == n]) for n in range(asked)]
    return [*_turns(turns), *(c for c in ranked if c.asked is None)]


def _turns(turns: list[Iterator[Candidate]]) -> Iterator[Candidate]:
    while turns:
        for turn in list(turns):
            candidate = next(turn, None)
            if candidate is None:
                turns.remove(turn)
            else:
                yield candidate


def _surroundings(candidate: Candidate, *, whole: bool) -> Span:
    if whole or candidate.statement is None:
        return min(candidate.start, candidate.passage.start), max(candidate.end, candidate.passage.end)
    sentences = candidate.opened.sentences
    before, after = sentences.before(candidate.start), sentences.after(candidate.end)
    return before[0] if before else candidate.start, after[1] if after else candidate.end


def _left(span: Span, taken: Sequence[Span]) -> Span:
    """What is left of a span beside what is shown already."""
    start, end = span
    for low, high in taken:
        if low < end and start < high:
            start, end = (start, min(end, low)) if start < low else (max(start, high), end)
    return start, end
