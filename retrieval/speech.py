"""The sentences of an article with those who speak in them, from its stored statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.sentences import Span, sentences
from retrieval.types import Report, Statement


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, and its cosine similarity to what a question is about."""

    statement: Statement
    likeness: float = 0.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence, and one who is reported to have said it, or part of it; None where nobody is known to.

    `likeness` is that of his statement there which is most like the question.
    """

    start: int
    end: int
    speaker: str | None
    second_hand: bool = False
    likeness: float = 0.0


def spoken(text: str, statements: Sequence[Said], within: Span | None = None) -> Iterator[Spoken]:
    """Every sentence of a text, or of a span of it, in order, once for each of its speakers.

    What a speaker did not say, or may only come to say, is nobody's.
    """
    said = [s for s in statements if s.statement.speaker and s.statement.report is Report.SAID]
    low, high = within or (0, len(text))
    for start, end in _sentences(text):
        if start < low or end > high:
            continue
        here = [s for s in said if any(a < end and start < b for a, b in s.statement.spans)]
        if not here:
            yield Spoken(start, end, None)
        for speaker in dict.fromkeys(s.statement.speaker for s in here):
            his = [s for s in here if s.statement.speaker == speaker]
            retold = all(s.statement.second_hand for s in his)
            yield Spoken(start, end, speaker, retold, max(s.likeness for s in his))


@lru_cache(1024)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text))
