"""Has a model put an answer into words: it may only choose among claims on record, and word them.

What comes back is checked against its evidence before anybody sees it. A claim whose wording fails is shown as its
bare quotation where the model pointed at evidence of the right speaker, and dropped where it did not. Where
nothing is left, or the model fails, the extractive answer stands: nothing that may be charged is asked for twice.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from prompts.prompt import Prompt
from retrieval.citing import numbered
from retrieval.types import Claim
from retrieval.writing.checks import fault, same_speaker, says_nothing_new
from retrieval.writing.evidence import fenced, keyed
from retrieval.writing.failures import Failure, Unanswered
from retrieval.writing.metered import Asker, Metered
from retrieval.writing.output import Returned, Rewritten, Worded, returned, rewritten, so_far
from retrieval.writing.written import Fate, Judged, Written

# Claims of an answer, as the prompt tells the model; citations of one claim.
MOST, SOURCES = 4, 5

Tell = Callable[[Claim], None]


class Writer:
    """Writes answers with one model. Safe to use from several threads; close it."""

    def __init__(self, model: Metered, seconds: float) -> None:
        """An answer may take so many seconds in all."""
        self._model = model
        self._seconds = seconds
        self._answer, self._rewrite = Prompt.load("answer"), Prompt.load("rewrite")

    @property
    def model(self) -> str:
        return self._model.model

    def asker(self, user: str) -> Asker:
        """For whom an answer is written, from now on."""
        return Asker(user, time.monotonic() + self._seconds)

    def close(self) -> None:
        self._model.close()

    def write(
        self,
        question: str,
        before: Sequence[str],
        offered: Sequence[Claim],
        asker: Asker,
        tell: Tell | None = None,
    ) -> Written:
        """An answer from claims on record, best first, whose quotations are verified already.

        With `tell`, the answer is streamed: it is called with each claim that has stood its check.
        """
        evidence, given = self._fitting(question, before, offered)
        written = Written(self.model, (self._answer.version,))
        if not evidence:
            return replace(written, failure=Failure.TOO_LONG)
        taking = _Taking(evidence, tell)
        hear = taking.hear if tell else None
        try:
            text, request = self._model.ask(self._answer, given, Returned, asker, hear)
        except Unanswered as nothing:
            return taking.ended(written, nothing.failure)
        return taking.ended(replace(written, requests=(request,)), taking.all_of(text))

    def rewrite(self, question: str, before: Sequence[str], asker: Asker) -> Written:
        """A follow-up as a question that can be understood alone, as `rewritten`.

        None where the model fails, changes nothing, or uses words that stand nowhere in the conversation.
        """
        written = Written(self.model, (self._rewrite.version,))
        given = self._rewrite.filled(before=_lines(before), question=_line(question))
        try:
            text, request = self._model.ask(self._rewrite, given, Rewritten, asker)
        except Unanswered as nothing:
            return replace(written, failure=nothing.failure)
        written, found = replace(written, requests=(request,)), rewritten(text)
        if found is None or found.question.split() == question.split():
            return written
        sound = says_nothing_new(found.question, [question, *before])
        return replace(written, rewritten=found.question) if sound else written

    def _fitting(
        self, question: str, before: Sequence[str], offered: Sequence[Claim]
    ) -> tuple[Mapping[str, Claim], str]:
        """As much of the evidence as an answer's tokens allow, by its keys, and what the model is given."""
        evidence = keyed(offered)
        while evidence:
            given = self._answer.filled(before=_lines(before), question=_line(question), evidence=fenced(evidence))
            if self._model.fits(self._answer, given, Returned):
                return evidence, given
            evidence.popitem()
        return {}, ""


def _line(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(map(_line, texts)) or "none"


class _Taking:
    """Takes a model's claims as they come, each once, and judges them."""

    def __init__(self, evidence: Mapping[str, Claim], tell: Tell | None) -> None:
        self._evidence = evidence
        self._tell = tell
        self._claims: list[Claim] = []
        self._judged: list[Judged] = []
        self._used: set[str] = set()

    def hear(self, text: str) -> None:
        """All of the answer so far."""
        self._take_all(so_far(text))

    def all_of(self, text: str) -> Failure | None:
        """The whole answer. What is wrong with it as a whole."""
        found = returned(text)
        if found is None:
            return Failure.MALFORMED
        if found.answers:
            self._take_all(found.claims)
        if self._claims:
            return None
        return Failure.UNSUPPORTED if found.answers else Failure.NOT_ANSWERED

    def ended(self, written: Written, failure: Failure | None) -> Written:
        refused = failure is Failure.NOT_ANSWERED
        return replace(
            written,
            answers=not refused,
            claims=tuple(self._claims),
            judged=tuple(self._judged),
            failure=None if refused else failure,
        )

    def _take_all(self, claims: Sequence[Worded]) -> None:
        for worded in claims[len(self._judged) :]:
            self._judged.append(self._taken(worded))

    def _taken(self, worded: Worded) -> Judged:
        keys = [key for key in dict.fromkeys(worded.evidence) if key in self._evidence][:SOURCES]
        evidence = [self._evidence[key] for key in keys]
        if not evidence:
            return Judged(worded.text, Fate.DROPPED, "its evidence was not given")
        if not same_speaker(worded.speaker, evidence):
            return Judged(worded.text, Fate.DROPPED, "its speaker is not its evidence's")
        if len(self._claims) == MOST:
            return Judged(worded.text, Fate.DROPPED, f"more than {MOST} claims")
        why = fault(worded.text, evidence)
        if not why:
            self._show(_worded(worded.text, evidence), keys)
            return Judged(worded.text, Fate.SHOWN)
        if keys[0] in self._used:
            return Judged(worded.text, Fate.DROPPED, f"{why}; its quotation is shown already")
        self._show(evidence[0], keys[:1])
        return Judged(worded.text, Fate.QUOTED, why)

    def _show(self, claim: Claim, keys: Sequence[str]) -> None:
        """Numbered on from the claims before."""
        self._claims += numbered([claim], sum(len(one.citations) for one in self._claims))
        self._used.update(keys)
        if self._tell:
            self._tell(self._claims[-1])


def _worded(text: str, evidence: Sequence[Claim]) -> Claim:
    """A claim in the model's words, with the citations of all its evidence."""
    first = evidence[0]
    places = {(c.url, c.start, c.end): c for one in evidence for c in one.citations}
    days = {one.said_on for one in evidence}
    return Claim(
        text.strip(),
        first.speaker,
        first.said_on if len(days) == 1 else None,
        any(one.second_hand for one in evidence),
        tuple(list(places.values())[:SOURCES]),
        worded=True,
    )
