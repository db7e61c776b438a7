"""One question, from its words to its answer: searched, settled, worded by a model where there is one, verified.

What is on record is read in snapshots, and none is held while a model is asked; so the quotations of what it chose
are verified once more when it has answered. What is disputed is in none of it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from retrieval.answering import Settled, further, offered, settle, unwithheld
from retrieval.citing import numbered
from retrieval.evidence import Candidate
from retrieval.messages import choices, message
from retrieval.record import Record, Withheld
from retrieval.showing import in_turn
from retrieval.standing import passages, standing
from retrieval.trace import Trace
from retrieval.types import Answer, Citation, Claim, Outcome, Question
from retrieval.understanding import Understood, leans
from retrieval.weights import weights
from retrieval.writing import Asker, Tell, Writer, Written

Find = Callable[[Question, Sequence[str]], tuple[Understood, list[Candidate]]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a question asks, what may answer it, the extractive answer, and what was withheld from it."""

    understood: Understood
    ranked: list[Candidate]
    settled: Settled
    withheld: Withheld


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers questions from a record: `find` gives what a question asks, and its candidates."""

    record: Record
    find: Find
    writer: Writer | None

    def trace(self, question: Question, before: Sequence[str], user: str, tell: Tell | None) -> Trace:
        """An answer, and why. Raises OnrecordError."""
        started = time.perf_counter()
        found, written = self._found(question, before), None
        if self.writer:
            asker = self.writer.asker(self.record.hashed(user))
            found, written = self._written(self.writer, question, before, found, asker, tell)
        with self.record.snapshot():
            settled = self._with(written, found.settled)
            answer = Answer(
                question=question.text,
                outcome=settled.outcome,
                message=message(found.understood, settled, found.ranked, self.record, written),
                claims=settled.claims,
                instead=settled.instead,
                choices=choices(settled, self.record),
                passages=passages(in_turn(found.ranked, len(found.understood.asked)), found.withheld),
                seconds=time.perf_counter() - started,
                model=written.model if written and (written.claims or not written.answers) else None,
            )
        return Trace(answer, found.understood, found.ranked, settled.verdicts, weights(), written)

    def more(self, question: Question, before: Sequence[str], beyond: Sequence[Claim]) -> tuple[Claim, ...]:
        """The claims that answer besides those shown, numbered on from them. No model. Raises OnrecordError."""
        with self.record.snapshot():
            return self._further(*self.find(question, before), beyond)

    def beyond(self, trace: Trace) -> tuple[Claim, ...]:
        """The same of a question that was just answered, without searching again. Raises StoreError."""
        with self.record.snapshot():
            return self._further(trace.understood, trace.candidates, trace.answer.claims)

    def _further(
        self, understood: Understood, ranked: Sequence[Candidate], beyond: Sequence[Claim]
    ) -> tuple[Claim, ...]:
        withheld = self.record.withheld()
        found = further(understood, unwithheld(ranked, withheld), weights(), withheld)
        shown = [citation for claim in beyond for citation in claim.citations]
        fresh = [claim for claim in found if not _shares(claim, shown)]
        return numbered(standing(self.record, fresh, withheld), max((one.n for one in shown), default=0))

    def _found(self, question: Question, before: Sequence[str]) -> _Found:
        with self.record.snapshot():
            withheld = self.record.withheld()
            understood, ranked = self.find(question, before)
            ranked = unwithheld(ranked, withheld)
            settled = settle(understood, ranked, weights(), withheld)
            claims, instead = (
                numbered(standing(self.record, some, withheld)) for some in (settled.claims, settled.instead)
            )
        outcome = settled.outcome
        if not claims and not instead and outcome is not Outcome.AMBIGUOUS_SPEAKER:
            outcome = Outcome.NO_EVIDENCE
        settled = replace(settled, outcome=outcome, claims=claims, instead=instead)
        return _Found(understood, ranked, settled, withheld)

    def _written(
        self,
        writer: Writer,
        question: Question,
        before: Sequence[str],
        found: _Found,
        asker: Asker,
        tell: Tell | None,
    ) -> tuple[_Found, Written | None]:
        """What a model makes of it; where rules cannot tell what a follow-up means, it is asked for that first."""
        rewriting = None
        if before and found.settled.outcome is Outcome.NO_EVIDENCE and leans(question.text):
            rewriting = writer.rewrite(question.text, before, asker)
            if rewriting.rewritten:
                found = self._found(replace(question, text=rewriting.rewritten), ())
        if found.settled.outcome is not Outcome.ANSWERED:
            return found, rewriting
        with self.record.snapshot():
            withheld = found.withheld
            choice = standing(self.record, offered(found.understood, found.ranked, weights(), withheld), withheld)
        written = writer.write(question.text, before, choice, asker, tell)
        if rewriting:
            written = replace(
                written,
                rewritten=rewriting.rewritten,
                prompts=rewriting.prompts + written.prompts,
                requests=rewriting.requests + written.requests,
            )
        return found, written

    def _with(self, written: Written | None, settled: Settled) -> Settled:
        """The extractive answer with what the model made of it in its place."""
        if written is None or settled.outcome is not Outcome.ANSWERED:
            return settled
        claims = tuple(standing(self.record, written.claims, self.record.withheld())) if written.claims else ()
        if not written.answers or (written.claims and not claims):
            return replace(settled, outcome=Outcome.NO_EVIDENCE, claims=())
        return replace(settled, claims=claims) if claims else settled


def _shares(claim: Claim, shown: Sequence[Citation]) -> bool:
    """Whether a claim cites a place that is cited already; in another version, words that are."""
    return any(
        mine.start < other.end and other.start < mine.end
        if mine.version == other.version
        else mine.quote in other.quote or other.quote in mine.quote
        for mine in claim.citations
        for other in shown
        if mine.url == other.url
    )
