"""Words, and the units that the rules read: a sentence, or as many as one quotation holds together."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from ingest.statements.quotes import Quotation, quotations
from retrieval.sentences import paragraphs

_WORD = re.compile(
    r"''|``|\b(?:he|she|they|we|you|it|who|i)(?=[’'](?:s|ve|d|ll|re|m)\b)|[’'](?:s|ve|d|ll|re|m)\b|--+|[^\W_]+(?:[.’'&-][^\W_]+)*+(?:(?<=\b[a-z])\.(?=\s+\w))?|[^\w\s]|_",
    re.IGNORECASE,
)
_SHOUTED = ("?”", "!”", '?"', '!"', "?''", "!''")
_SPEAKER = re.compile(
    r"[A-Z][^.“”\"\n]{0,80}, (?:said|asked|wrote|shouted|added|yelled|tweeted|told)\b"
    r"(?! (?:that|he|she|they|it|the)\b)"
)
_TITLE = frozenset(
    "mr mrs ms dr sen rep gov gen col lt sgt rev st jr sr prof adm capt maj sens reps "
    "jan feb mar apr aug sep sept oct nov dec no".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark: `word` is in small letters with straight apostrophes."""

    start: int
    end: int
    word: str
    capital: bool
    quoted: bool

    @property
    def wordy(self) -> bool:
        return self.word[-1].isalnum() or self.word[0].isalnum()


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence and its words. `paragraph` counts from 0; `text[start:end]` is never empty."""

    start: int
    end: int
    paragraph: int
    tokens: list[Token]
    quotes: list[Quotation]

    @property
    def bare(self) -> bool:
        """Whether nothing but quotation stands in it."""
        return bool(self.quotes) and not any(token.wordy and not token.quoted for token in self.tokens)


def units(text: str) -> list[Unit]:
    """Every sentence of `text`; those that one closed quotation joins are one unit."""
    found = quotations(text)
    starts = [quotation.start for quotation in found]
    made: list[Unit] = []
    for number, spans in enumerate(paragraphs(text)):
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            at = bisect_right(starts, start - 1) - 1 if start else -1
            torn = at >= 0 and found[at].end > start
            if joined and (torn or _asked(text, start, end)):
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        made += [_unit(text, span, number, found, starts) for span in joined]
    return made


def _asked(text: str, start: int, end: int) -> bool:
    """Whether a sentence names the speaker of the quoted question before it: `“Why?” Miller, a nurse, asked.`"""
    before = text[max(0, start - 4) : start].rstrip()
    return before.endswith(_SHOUTED) and bool(_SPEAKER.match(text, start, min(end, start + 120)))


def _unit(text: str, span: tuple[int, int], paragraph: int, found: list[Quotation], starts: list[int]) -> Unit:
    start, end = span
    first = max(0, bisect_right(starts, start) - 1)
    inside = []
    for at in range(first, len(found)):
        quotation = found[at]
        if quotation.start >= end:
            break
        if quotation.end > start:
            inside.append(quotation)
    tokens: list[Token] = []
    at = 0
    for match in _WORD.finditer(text, start, end):
        while at < len(inside) and inside[at].end <= match.start():
            at += 1
        quoted = at < len(inside) and inside[at].start <= match.start()
        word = match[0].replace("’", "'").lower()
        tokens.append(Token(match.start(), match.end(), word, match[0][0].isupper(), quoted))
    return Unit(start, end, paragraph, _without_stops(tokens), inside)


def _without_stops(tokens: list[Token]) -> list[Token]:
    """The full stop of a title ("Rep.") is no mark of its own."""
    return [
        token
        for before, token in zip([None, *tokens], tokens, strict=False)
        if not (token.word == "." and before and before.word.rstrip(".") in _TITLE and before.capital)
    ]
