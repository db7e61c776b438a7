"""The sentences of an article with those who speak in them, from its stored statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.sentences import Span, sentences
from retrieval.types import Report, Statement


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence, and one who is reported to have said it, or part of it; None where nobody is known to."""

    start: int
    end: int
    speaker: str | None
    second_hand: bool = False


def spoken(text: str, statements: Sequence[Statement]) -> Iterator[Spoken]:
    """Every sentence of a text, in order, once for each of its speakers.

    What a speaker did not say, or may only come to say, is nobody's.
    """
    said = [s for s in statements if s.speaker and s.report is Report.SAID]
    for start, end in _sentences(text):
        here = [s for s in said if any(a < end and start < b for a, b in s.spans)]
        firsthand = {s.speaker for s in here if not s.second_hand}
        retold = {s.speaker for s in here} - firsthand
        if not here:
            yield Spoken(start, end, None)
        for speaker in dict.fromkeys(s.speaker for s in here):
            yield Spoken(start, end, speaker, speaker in retold)


@lru_cache(1024)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text))
