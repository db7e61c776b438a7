"""One question, from its words to its answer: searched, settled, worded by a model where there is one, verified.

What is on record is read in snapshots, and none is held while a model is asked; so the quotations of what it chose
are verified once more when it has answered.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from retrieval.answering import Settled, offered, settle
from retrieval.citing import numbered, verified, with_copies
from retrieval.evidence import Candidate
from retrieval.messages import message
from retrieval.record import Record
from retrieval.showing import evidence, in_turn
from retrieval.trace import Trace
from retrieval.types import Answer, Claim, Outcome, Question
from retrieval.understanding import Understood, leans
from retrieval.weights import weights
from retrieval.writing import Asker, Tell, Writer, Written

# The contract promises at least the ten best passages; so many hold 4,000 characters.
SHOWN = 16

Find = Callable[[Question, Sequence[str]], tuple[Understood, list[Candidate]]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a question asks, what may answer it, and the extractive answer."""

    understood: Understood
    ranked: list[Candidate]
    settled: Settled


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
            asker = self.writer.asker(_hashed(user, self.record))
            found, written = self._written(self.writer, question, before, found, asker, tell)
        with self.record.snapshot():
            settled = self._with(written, found.settled)
            answer = Answer(
                question=question.text,
                outcome=settled.outcome,
                message=message(found.understood, settled, found.ranked, self.record, written),
                claims=settled.claims,
                instead=settled.instead,
                passages=evidence(in_turn(found.ranked, len(found.understood.asked)), SHOWN),
                seconds=time.perf_counter() - started,
                model=written.model if written and (written.claims or not written.answers) else None,
            )
        return Trace(answer, found.understood, found.ranked, settled.verdicts, weights(), written)

    def _found(self, question: Question, before: Sequence[str]) -> _Found:
        with self.record.snapshot():
            understood, ranked = self.find(question, before)
            settled = settle(understood, ranked, weights())
            claims, instead = numbered(self._standing(settled.claims)), numbered(self._standing(settled.instead))
        outcome = settled.outcome
        if not claims and not instead and outcome is not Outcome.AMBIGUOUS_SPEAKER:
            outcome = Outcome.NO_EVIDENCE
        return _Found(understood, ranked, replace(settled, outcome=outcome, claims=claims, instead=instead))

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
            choice = self._standing(offered(found.understood, found.ranked, weights()))
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
        claims = tuple(self._standing(written.claims)) if written.claims else ()
        if not written.answers or (written.claims and not claims):
            return replace(settled, outcome=Outcome.NO_EVIDENCE, claims=())
        return replace(settled, claims=claims) if claims else settled

    def _standing(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims whose quotations stand in the record now, each with where else they do."""
        standing = verified(claims, cache(self.record.article))
        copies = self.record.copies([citation.url for claim in standing for citation in claim.citations])
        return with_copies(standing, copies) if copies else standing


def _hashed(user: str, record: Record) -> str:
    """Tells users of one library apart, and tells nobody who they are."""
    return hashlib.sha256(f"{record.library_id()} {user}".encode()).hexdigest()[:32] if user else ""
