"""Extractive answers: the statements that answer, word for word, or why there are none.

Where somebody's words are asked for, only what he says, or writes as an article's author, becomes a claim;
another's is never given to him. What is shown is always a span of the stored text.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from retrieval.citing import cite
from retrieval.copies import Telling, grouped
from retrieval.evidence import Candidate
from retrieval.names import same_name
from retrieval.record import StoredSpeaker, Withheld
from retrieval.runs import authored, narrated, run
from retrieval.sentences import Span
from retrieval.standalone import standalone
from retrieval.types import Claim, Outcome
from retrieval.understanding import Asked, Intent, Understood
from retrieval.weights import Weights

# Five at most were promised. A fifth meets none of the dev questions' needs (.764 either way); where nobody is
# asked, more than two meet .01 of them, and cost as much in claims that hit.
CLAIMS, CLAIMS_OF_ANYBODY = 4, 2
# One statement is told with so many of its sources.
SOURCES = 5
# A name that several bear means him who speaks in so many times as many articles as any other of them.
KNOWN = 4
# What answers where nobody is asked, and another's words that may have been meant, need so much fit: .93 of 49
# questions who said something have such a statement, .88 of the right ones are such.
ALONE = 0.5
# A topic of so few words asks for all that is on record about it, down to so far below the best score.
BARE, BELOW = 2, 3.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many claims there are at most, where somebody is asked and where nobody is.

    `looked_at` are the candidates that are looked at for claims, of each one asked; with `each`, only those that
    would be answered with alone.
    """

    claims: int
    of_anybody: int
    looked_at: int = 15
    each: bool = False


SHOWN = Limits(CLAIMS, CLAIMS_OF_ANYBODY)
# What a model may choose among: whatever its chance of being right is, for the model reads it.
OFFERED = Limits(8, 8)
# What a reader may turn the pages of.
FURTHER = Limits(24, 24, looked_at=100, each=True)
_NOTHING = Withheld()


@dataclass(frozen=True, slots=True)
class Piece:
    """A candidate with the sentences that a claim would show, and the claim's speaker."""

    candidate: Candidate
    span: Span
    speaker: str | None

    @property
    def text(self) -> str:
        return self.candidate.article.text[slice(*self.span)]

    @property
    def day(self) -> date | None:
        said = self.candidate.statement and self.candidate.statement.statement.said_on
        return said or self.candidate.article.published

    @property
    def second_hand(self) -> bool:
        return bool(self.candidate.statement and self.candidate.statement.statement.second_hand)


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer is made of.

    `instead` is who is on record with it where the outcome is WRONG_SPEAKER; `choices` are the people whom an
    ambiguous name may mean; `silent` those asked of whom nothing fits; `verdicts` tell what became of
    candidates, by their place in the ranking, and why.
    """

    outcome: Outcome
    claims: tuple[Claim, ...] = ()
    instead: tuple[Claim, ...] = ()
    choices: tuple[StoredSpeaker, ...] = ()
    silent: tuple[Asked, ...] = ()
    verdicts: dict[int, str] = field(default_factory=dict)


def unwithheld(ranked: Iterable[Candidate], withheld: Withheld) -> list[Candidate]:
    """The candidates without the statements whose words may not be shown.

    A passage stays, for other sentences of it may be shown.
    """
    if not withheld:
        return list(ranked)
    return [c for c in ranked if c.statement is None or not withheld.overlaps(c.article, c.start, c.end)]


def settle(
    understood: Understood, ranked: Sequence[Candidate], weights: Weights, withheld: Withheld = _NOTHING
) -> Settled:
    """Choose the claims among the candidates, or say why there are none; `ranked` is `unwithheld` already."""
    return _Settling(understood, ranked, weights, withheld).settled()


def offered(
    understood: Understood, ranked: Sequence[Candidate], weights: Weights, withheld: Withheld = _NOTHING
) -> tuple[Claim, ...]:
    """More claims than are shown, best first, for a model to choose among; none where none would be shown."""
    return _Settling(understood, ranked, replace(weights, worth=0.0), withheld, OFFERED).settled().claims


def further(
    understood: Understood, ranked: Sequence[Candidate], weights: Weights, withheld: Withheld = _NOTHING
) -> tuple[Claim, ...]:
    """All claims that answer, best first, the first ones among them; none where none would be shown."""
    return _Settling(understood, ranked, replace(weights, worth=0.0), withheld, FURTHER).settled().claims


class _Settling:
    def __init__(
        self,
        understood: Understood,
        ranked: Sequence[Candidate],
        weights: Weights,
        withheld: Withheld,
        limits: Limits = SHOWN,
    ) -> None:
        self._understood = understood
        self._ranked = ranked
        self._weights = weights
        self._withheld = withheld
        self._limits = limits
        self._place = {id(candidate): n for n, candidate in enumerate(ranked)}
        self._verdicts: dict[int, str] = {}

    def settled(self) -> Settled:
        if not self._understood.asked:
            pieces = self._take(self._anybodys(), self._limits.of_anybody)
            return self._answer([pieces] if pieces else [])
        taken, silent, on_time = [], [], self._on_time()
        for n, one in enumerate(self._understood.asked):
            mine = [c for c in on_time if c.asked == n]
            choices = self._fitting(one, mine)
            if len(choices) > 1:
                return Settled(Outcome.AMBIGUOUS_SPEAKER, choices=choices, verdicts=self._verdicts)
            mine = [
                c for c in mine if not choices or c.statement is None or c.statement.speaker_id in _ids(choices)
            ]
            pieces = self._of_one(mine)
            (taken.append(pieces) if pieces else silent.append(one))
        if not taken and (other := self._others()):
            self._tell(other[0][0].candidate, "told as another's words")
            return Settled(
                Outcome.WRONG_SPEAKER,
                instead=tuple(map(_claim, other)),
                silent=tuple(silent),
                verdicts=self._verdicts,
            )
        return self._answer(taken, silent)

    def _answer(self, taken: list[list[list[Piece]]], silent: Iterable[Asked] = ()) -> Settled:
        if not taken:
            return Settled(Outcome.NO_EVIDENCE, silent=tuple(silent), verdicts=self._verdicts)
        each = max(1, self._limits.claims // len(taken))
        groups = [group for pieces in taken for group in pieces[:each]]
        if self._understood.intent is Intent.CHANGE:
            groups.sort(key=lambda group: group[0].day or date.max)
        for group in groups:
            self._tell(group[0].candidate, "shown")
        claims = tuple(map(_claim, groups))
        return Settled(Outcome.ANSWERED, claims, silent=tuple(silent), verdicts=self._verdicts)

    def _on_time(self) -> list[Candidate]:
        """The candidates of the time that is asked about, where the question restricts itself to it."""
        if not self._understood.strict:
            return list(self._ranked)
        self._tell_all((c for c in self._ranked if c.features.off), "outside the time that is asked about")
        return [c for c in self._ranked if not c.features.off]

    def _fitting(self, one: Asked, mine: Sequence[Candidate]) -> tuple[StoredSpeaker, ...]:
        """Whom a name means, of several who bear it: those with evidence, or him who is far better known."""
        if len(one.speakers) < 2:
            return one.speakers
        heard = {c.statement.speaker_id for c in mine if c.statement and c.features.fit >= ALONE}
        able = [speaker for speaker in one.speakers if speaker.id in heard] or list(one.speakers)
        first = able[0]
        others = [s for s in able[1:] if s.name == first.name or not same_name(s.name, first.name)]
        return (first,) if all(first.articles >= KNOWN * other.articles for other in others) else tuple(able)

    def _of_one(self, mine: Sequence[Candidate]) -> list[list[Piece]]:
        """Groups of tellings that answer, of one who is asked."""
        if not mine or not self._understood.terms:  # without a topic, all that he says answers
            return self._take(mine, self._limits.claims) if mine else []
        fit = max(c.features.fit for c in mine)
        needed = self._weights.needed(self._best_of_others())
        if fit < needed:
            self._tell_all(mine, f"too far from the topic: a fit of {fit:.2f} at best, {needed:.2f} needed")
            return []
        if self._limits.each:
            mine = [c for c in mine if c.features.fit >= needed]
        return self._take(mine, self._limits.claims)

    def _best_of_others(self) -> float:
        return max((c.features.fit for c in self._ranked if c.statement and c.asked is None), default=0.0)

    def _anybodys(self) -> list[Candidate]:
        """What answers where nobody's words are asked for."""
        on_time = self._on_time()
        said = [c for c in on_time if c.statement and c.features.fit >= ALONE]
        return said or [c for c in on_time if c.statement is None and narrated(c, self._understood)]

    def _take(self, mine: Sequence[Candidate], most: int) -> list[list[Piece]]:
        """The best pieces, each with its other tellings, down to what is worth showing."""
        pieces = [piece for c in mine[: self._limits.looked_at] if (piece := self._piece(c))]
        worth = self._least_worth(mine)
        found: list[list[Piece]] = []
        taken: list[tuple[int, Span]] = []
        for numbers in grouped([Telling(n, p.speaker or "", p.text) for n, p in enumerate(pieces)]):
            group = [pieces[n] for n in numbers]
            best = group[0].candidate
            if found and best.score < worth:
                self._tell_all((p.candidate for p in group), "too small a chance of being right beside the first")
            elif any(
                a == best.opened.id and span[0] < group[0].span[1] and group[0].span[0] < span[1]
                for a, span in taken
            ):
                self._tell_all((p.candidate for p in group), "part of what is shown")
            elif len(found) == most:
                self._tell_all((p.candidate for p in group), f"more than {most} claims")
            else:
                found.append(_sources(group))
                taken += [(p.candidate.opened.id, p.span) for p in group]
                self._tell_all((p.candidate for p in group), "another telling of what is shown")
        return found

    def _least_worth(self, mine: Sequence[Candidate]) -> float:
        """The least score that is worth showing beside the best of what one says."""
        if not mine or not self._weights.worth:
            return -math.inf
        best = mine[0].score
        if self._understood.intent is Intent.CHANGE or len(self._understood.terms) <= BARE:
            return best - BELOW
        chances = sum(math.exp(one.score - best) for one in mine)
        return best + math.log(self._weights.worth * chances)

    def _piece(self, candidate: Candidate) -> Piece | None:
        if candidate.statement:
            span = run(candidate)
            if self._withheld.overlaps(candidate.article, *span):
                span = candidate.start, candidate.end  # what he says beside it may be shown
            return Piece(candidate, span, candidate.speaker)
        asked = candidate.asked is not None
        best = authored(candidate, self._understood) if asked else narrated(candidate, self._understood)
        if best is None or self._withheld.overlaps(candidate.article, *best):
            return None
        return Piece(candidate, best, candidate.article.author if asked else None)

    def _others(self) -> list[list[Piece]]:
        """Another's words, where they are as near as an answer must be."""
        words = [c for c in self._ranked if c.statement and c.asked is None and c.features.fit >= ALONE]
        return self._take(words, 1)

    def _tell(self, candidate: Candidate, verdict: str) -> None:
        self._verdicts[self._place[id(candidate)]] = verdict

    def _tell_all(self, candidates: Iterable[Candidate], verdict: str) -> None:
        for candidate in candidates:
            self._tell(candidate, verdict)


def _ids(speakers: Iterable[StoredSpeaker]) -> set[int]:
    return {speaker.id for speaker in speakers}


def _sources(group: Sequence[Piece]) -> list[Piece]:
    """Tellings of one statement from different articles, the earliest first."""
    first: dict[str, Piece] = {}
    for piece in group:
        first.setdefault(piece.candidate.article.url, piece)
    earliest = sorted(first.values(), key=lambda p: p.candidate.article.published or date.max)
    return earliest[:SOURCES]


def _claim(group: Sequence[Piece]) -> Claim:
    """One claim with a citation of each telling; its words are those of the earliest."""
    piece = group[0]
    opened = piece.candidate.opened
    text = standalone(opened.article.text, *piece.span, [s.statement for s in opened.statements.values()])
    citations = tuple(cite(p.candidate.article, *p.span) for p in group)
    day = piece.day if piece.speaker else None
    return Claim(text, piece.speaker, day, piece.second_hand, citations)
