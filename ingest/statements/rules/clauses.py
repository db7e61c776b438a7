"""What the cues of one unit attribute."""

from ingest.statements.attribution import Attribution
from ingest.statements.rules import words
from ingest.statements.rules.content import content
from ingest.statements.rules.cues import find
from ingest.statements.rules.tokens import Token, Unit
from retrieval.sentences import Span

_LONGEST_PRONOUN = 8


def attributions(unit: Unit) -> list[Attribution]:
    """What the cues of `unit` attribute, in order."""
    tokens, cues = unit.tokens, find(unit.tokens)
    found = []
    for number, cue in enumerate(cues):
        spans = content(unit, cues, number)
        if spans and cue.source and not _empty(unit, spans):
            found.append(Attribution(spans, _chars(tokens, cue.source), _chars(tokens, (cue.start, cue.at + 1))))
    return found


def _empty(unit: Unit, spans: tuple[Span, ...]) -> bool:
    """Whether content is a pronoun alone: "criticized it"."""
    start, end = spans[0][0], spans[-1][1]
    if end - start > _LONGEST_PRONOUN:
        return False
    inside = [token.word for token in unit.tokens if token.wordy and start <= token.start < end]
    return len(inside) == 1 and inside[0] in words.EMPTY


def _chars(tokens: list[Token], span: Span) -> Span:
    return (tokens[span[0]].start, tokens[span[1] - 1].end)
