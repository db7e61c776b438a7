"""What somebody is on record with, on a topic or on anything; and the same of two people side by side.

Only what was said counts, in the speaker's own name. What fits a topic, whom a name means and what is disputed is
for `retrieval.answering` to say. May not word anything: claims are the stored sentences, verified in the record.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from retrieval.answering import FURTHER, Settled, further, settle, unwithheld
from retrieval.citing import numbered
from retrieval.evidence import Candidate, Features
from retrieval.messages import choices, message
from retrieval.names import same_name
from retrieval.sentences import Span
from retrieval.shelf import LEAST_WORDS, Shelf
from retrieval.standing import SHOWN, standing
from retrieval.standing import passages as around
from retrieval.types import Answer, Choice, Claim, Evidence, Outcome, Question
from retrieval.understanding import Understood, understand
from retrieval.weights import weights

if TYPE_CHECKING:
    from retrieval.library import Library

# `answering.FURTHER` bounds them too.
MOST, MOST_EACH = 24, 4
# So many characters of a topic, and of a name, are looked at.
READ, NAME = 500, 200
UNWEIGHED = Features(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_LEAD = re.compile(r"^(?:on|about|regarding)\s+", re.IGNORECASE)
_WHEN = re.compile(r"^(?:in|since|before|after|during|until|from|between|last|this)\b", re.IGNORECASE)


def positions(library: "Library", question: Question, most: int = MOST) -> Answer:
    """What `question.person` is on record with, on the topic that `question.text` is, or on anything.

    At most `most` claims: the best first on a topic, else the latest first. The outcome is AMBIGUOUS_SPEAKER where
    the name means several and `question.speaker` does not say who of them. Raises OnrecordError.
    """
    started = time.perf_counter()
    with library.record.snapshot():
        held = _held(library, question, question.person, most)
    return Answer(
        question=_titled([held.name], question.text),
        outcome=held.outcome,
        message=held.message or _counted(held),
        claims=numbered(held.claims),
        passages=held.passages,
        seconds=time.perf_counter() - started,
        choices=held.choices,
    )


def comparison(library: "Library", question: Question, other: str, most_each: int = MOST_EACH) -> Answer:
    """`positions` of two: what `question.person` says, then what `other` does, at most `most_each` of each.

    `question.speaker` may tell either's namesakes apart. The message says who is silent. Raises OnrecordError.
    """
    started = time.perf_counter()
    with library.record.snapshot():
        both = [_held(library, question, name, most_each) for name in (question.person, other)]
    if both[0].name == both[1].name:
        both = both[:1]
    unclear = [held for held in both if held.choices]
    claims = () if unclear else numbered(claim for held in both for claim in held.claims)
    if unclear:
        outcome, told = Outcome.AMBIGUOUS_SPEAKER, unclear[0].message
    elif claims:
        outcome, told = Outcome.ANSWERED, _compared(both)
    else:
        outcome, told = Outcome.NO_EVIDENCE, " ".join(held.message for held in both)
    return Answer(
        question=_titled([held.name for held in both], question.text),
        outcome=outcome,
        message=told,
        claims=claims,
        passages=() if unclear else tuple(one for held in both for one in held.passages)[:SHOWN],
        seconds=time.perf_counter() - started,
        choices=unclear[0].choices if unclear else (),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What one person is on record with; without claims, `message` says why there are none."""

    name: str
    outcome: Outcome
    message: str = ""
    claims: tuple[Claim, ...] = ()
    passages: tuple[Evidence, ...] = ()
    choices: tuple[Choice, ...] = ()
    topical: bool = False


def _held(library: "Library", question: Question, typed: str | None, most: int) -> _Held:
    name = _line(typed or "", NAME)
    if not name:
        return _Held("", Outcome.NO_EVIDENCE, "Say whose statements are wanted.")
    record, withheld = library.record, library.record.withheld()
    understood, ranked = _found(library, question, name)
    ranked = unwithheld(ranked, withheld)
    settled = settle(understood, ranked, weights(), withheld)
    if settled.outcome is Outcome.AMBIGUOUS_SPEAKER:
        told = message(understood, settled, ranked, record)
        return _Held(name, settled.outcome, told, choices=choices(settled, record))
    claims: Sequence[Claim] = ()
    if settled.outcome is Outcome.ANSWERED:
        claims = standing(record, further(understood, ranked, weights(), withheld), withheld)
    if not understood.terms:
        claims = sorted(claims, key=lambda claim: claim.said_on or date.min, reverse=True)
    name = _called(name, understood, claims)
    if not claims:
        nothing = Settled(Outcome.NO_EVIDENCE)
        return _Held(name, Outcome.NO_EVIDENCE, message(understood, nothing, ranked, record))
    passages = around([c for c in ranked if c.asked is not None], withheld)
    return _Held(name, Outcome.ANSWERED, "", tuple(claims[:most]), passages, topical=bool(understood.terms))


def _found(library: "Library", question: Question, name: str) -> tuple[Understood, list[Candidate]]:
    """What is asked of one person, and what may answer it, best first; without a topic, the latest first.

    The name stands before the topic, for a topic that is a name alone would be taken for him who is asked.
    """
    topic = _LEAD.sub("", _line(question.text, READ))
    asked = replace(question, text=f"{name} on {topic}" if topic else "", person=name)
    understood = understand(asked, library.record)
    if understood.terms:
        return library.search(asked)
    return understood, _latest(library, question, understood)


def _latest(library: "Library", question: Question, understood: Understood) -> list[Candidate]:
    """What somebody said last, of that which says something."""
    since = max((day for day in (question.since, understood.since) if day), default=None)
    until = min((day for day in (question.until, understood.until) if day), default=None)
    speakers = {speaker.id for speaker in understood.asked[0].speakers}
    ids = library.record.said_by(speakers, since, until, FURTHER.looked_at) if speakers else []
    opened = Shelf(library.record).holding(ids, (), library.index.follow()) if ids else {}
    where = {i: one for one in opened.values() for i in one.statements}
    found = []
    for i in ids:
        told = where[i].told(i) if i in where else None
        if told and _says(where[i].article.text, told.statement.statement.spans):
            found.append(Candidate(where[i], told.parent, *told.span, told.statement, 0, UNWEIGHED, 0.0))
    return found


def _says(text: str, spans: Sequence[Span]) -> bool:
    return sum(len(text[start:end].split()) for start, end in spans) >= LEAST_WORDS


def _line(text: str, most: int) -> str:
    """The beginning of what was typed, without white space beside it and halves of characters in it."""
    return " ".join(text[:most].encode("utf-8", "ignore").decode().split())


def _called(name: str, understood: Understood, claims: Sequence[Claim]) -> str:
    """The full name of him who is meant, where that is sure."""
    speakers = understood.asked[0].speakers
    if len(speakers) == 1:
        return speakers[0].name
    said_by = claims[0].speaker if claims else None
    return next((one.name for one in speakers if said_by and same_name(one.name, said_by)), name)


def _titled(names: Sequence[str], topic: str) -> str:
    """What was asked, as a plain sentence."""
    words = _LEAD.sub("", _line(topic, READ)).rstrip("?!. ")
    who = " and ".join(filter(None, names)) or "Nobody"
    return " ".join(filter(None, [who, "" if not words or _WHEN.match(words) else "on", words]))


def _counted(held: _Held) -> str:
    n = len(held.claims)
    if n == 1:
        return f"One statement of {held.name} is on record here."
    return f"{n} statements of {held.name}, {'the nearest to the topic' if held.topical else 'the latest'} first."


def _compared(both: Sequence[_Held]) -> str:
    told = " and ".join(f"{len(held.claims)} of {held.name}" for held in both if held.claims)
    silent = " or ".join(held.name for held in both if not held.claims)
    rest = f" Nothing that fits is on record from {silent}." if silent else ""
    return f"On record: {told}.{rest}"
