"""Quotations without a cue of their own: whose they are, from the sentences and paragraphs around them.

One goes on from the attribution before it in its paragraph, or belongs to the one that follows there; a paragraph
of nothing but quotation goes on from the paragraph before, as one statement with it where that left its quotation
open or ended with a colon, else as another of the same source.
"""

from dataclasses import replace

from ingest.statements.attribution import Attribution
from ingest.statements.rules import clauses, sources, subjects
from ingest.statements.rules.tokens import Unit
from retrieval.sentences import Span

# Shorter ones are words quoted for their oddity.
SHORTEST = 4


def joined(text: str, units: list[Unit]) -> list[Attribution]:
    """The attributions of all units, bare quotations given to whoever speaks beside them."""
    reading = _Reading(text)
    for unit in units:
        reading.add(unit)
    reading.settle()
    return reading.found


class _Reading:
    """What was found so far, who spoke last and where, and the quotations that wait for their cue."""

    def __init__(self, text: str) -> None:
        self.found: list[Attribution] = []
        self._text = text
        self._last = -1  # whose turn it is: a place in `found`
        self._paragraph = -1  # where he spoke
        self._open = False  # and whether his quotation was left open
        self._waiting: list[Unit] = []  # bare quotations that begin a paragraph
        self._introduced: tuple[Span, int] | None = None  # the subject of a unit that ends with a colon, and where

    def add(self, unit: Unit) -> None:
        if self._waiting and self._waiting[0].paragraph != unit.paragraph:
            self.settle()
        if unit.bare:
            self._bare(unit)
            return
        own = clauses.attributions(unit) or _introduced(unit)
        if self._waiting and own and _takes(unit, own[0]):
            own[0] = replace(own[0], content=(_span(self._waiting), *own[0].content))
            self._waiting = []
        self.settle()
        if own:
            self.found += own
            self._speaks(len(self.found) - len(own) + _speaking(own), unit)
        elif self._paragraph != unit.paragraph:
            self._last = -1
        subject = None if own or unit.tokens[-1].word != ":" else subjects.opening(unit.tokens, len(unit.tokens))
        self._introduced = (_chars(unit, subject), unit.paragraph) if subject else None

    def settle(self) -> None:
        """Gives a paragraph of nothing but quotation to whoever spoke in the paragraph before."""
        waiting, self._waiting = self._waiting, []
        if waiting and self._introduced and waiting[0].paragraph - self._introduced[1] == 1:
            self.found.append(Attribution((_span(waiting),), self._introduced[0], None))
            self._speaks(len(self.found) - 1, waiting[-1])
            return
        if not waiting or self._last < 0 or waiting[0].paragraph - self._paragraph > 1:
            return
        before = self.found[self._last]
        if self._open or self._text[max(0, waiting[0].start - 9) : waiting[0].start].rstrip().endswith(":"):
            self.found[self._last] = replace(before, content=(*before.content, _span(waiting)))
        else:
            self.found.append(Attribution((_span(waiting),), before.source, None))
            self._last = len(self.found) - 1
        self._speaks(self._last, waiting[-1])

    def _bare(self, unit: Unit) -> None:
        if self._last >= 0 and self._paragraph == unit.paragraph and not self._waiting:
            before = self.found[self._last]
            self.found[self._last] = replace(before, content=(*before.content, (unit.start, unit.end)))
            self._speaks(self._last, unit)
        elif sum(token.wordy for token in unit.tokens) >= SHORTEST:
            self._waiting.append(unit)

    def _speaks(self, place: int, unit: Unit) -> None:
        self._last, self._paragraph = place, unit.paragraph
        self._open = bool(unit.quotes) and not unit.quotes[-1].closed and unit.quotes[-1].end >= unit.end


def _span(units: list[Unit]) -> Span:
    return (units[0].start, units[-1].end)


def _chars(unit: Unit, span: Span) -> Span:
    return (unit.tokens[span[0]].start, unit.tokens[span[1] - 1].end)


def _takes(unit: Unit, first: Attribution) -> bool:
    """Whether the quotation before a unit belongs to its first attribution: it opens with quotation itself."""
    return unit.tokens[0].quoted and first.content[0][0] <= unit.tokens[0].end


def _speaking(own: list[Attribution]) -> int:
    """Which of a unit's attributions a quotation behind it goes on from: the last one not within another."""
    last = len(own) - 1
    for place in range(last, max(-1, last - 8), -1):
        source = own[place].source or own[place].content[0]
        others = (span for other in own[max(0, last - 8) :] if other is not own[place] for span in other.content)
        if not any(start <= source[0] < end for start, end in others):
            return place
    return last


def _introduced(unit: Unit) -> list[Attribution]:
    """`Turner was blunt: “…”`: the subject of a sentence says what stands behind its colon."""
    tokens = unit.tokens
    colons = (n for n in range(1, len(tokens) - SHORTEST) if tokens[n].word == ":" and not tokens[n].quoted)
    for at in colons:
        if tokens[at + 1].quoted:
            source = sources.after(tokens, 0)
            if not source or source[1] > at:
                return []
            return [Attribution(((tokens[at + 1].start, tokens[-1].end),), _chars(unit, source), None)]
    return []
