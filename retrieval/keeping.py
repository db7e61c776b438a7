"""Answers that were shown, from the record and back: what was asked and said, and the places of its quotations.

No passage is kept with them, and of quotations only the places: their words are read from the version of the
article that was cited.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from retrieval.citing import cite, with_copies
from retrieval.kept import Form, Kept, Request
from retrieval.record import Record, StoredAnswer
from retrieval.types import Answer, Choice, Citation, Claim, Outcome, Question

_DAYS = ("since", "until", "as_of")


def keep(record: Record, kept: Kept, now: datetime) -> bool:
    """Keep an answer, in the place of one of the same key; those older than ANSWERS_KEPT go.

    False where it is not kept, because an article that it cites was forgotten. Raises StoreError, and ValueError
    where `now` has no time zone.
    """
    claims = (*kept.answer.claims, *kept.answer.instead)
    urls = [citation.url for claim in claims for citation in claim.citations]
    body = json.dumps(_body(kept))
    stored = StoredAnswer(kept.key, kept.place, kept.conversation, kept.message, body, urls)
    return record.put_answer(stored, now)


def kept(record: Record, key: str, place: str) -> Kept | None:
    """The answer of that key, where it was shown in that place; None for any other. Raises StoreError.

    It is without its passages, and its `seconds` are 0. What is disputed since is still in it.
    """
    with record.snapshot():
        stored = record.answer(key, place)
        if stored is None:
            return None
        body = json.loads(stored.body)
        claims, instead = (_claims(record, body[name]) for name in ("claims", "instead"))
    answer = Answer(
        question=body["question"],
        outcome=Outcome(body["outcome"]),
        message=body["message"],
        claims=claims,
        passages=(),
        seconds=0.0,
        model=body["model"],
        instead=instead,
        choices=tuple(Choice(**one) for one in body["choices"]),
    )
    request, before = _request(body["request"]), tuple(body["before"])
    return Kept(stored.key, stored.place, stored.conversation, stored.message, request, before, answer)


def _body(kept: Kept) -> Mapping[str, Any]:
    answer = kept.answer
    return {
        "request": _plain_request(kept.request),
        "before": list(kept.before),
        "question": answer.question,
        "outcome": answer.outcome.value,
        "message": answer.message,
        "model": answer.model,
        "claims": list(map(_plain_claim, answer.claims)),
        "instead": list(map(_plain_claim, answer.instead)),
        "choices": [{"speaker": c.speaker, "name": c.name, "office": c.office} for c in answer.choices],
    }


def _plain_request(request: Request) -> Mapping[str, Any]:
    asked = request.question
    question = {"text": asked.text, "person": asked.person, "speaker": asked.speaker}
    question |= {name: _iso(getattr(asked, name)) for name in _DAYS}
    return {"form": request.form.value, "question": question, "other": request.other}


def _request(plain: Mapping[str, Any]) -> Request:
    days = {name: _day(plain["question"][name]) for name in _DAYS}
    return Request(Form(plain["form"]), Question(**{**plain["question"], **days}), plain["other"])


def _plain_claim(claim: Claim) -> Mapping[str, Any]:
    return {
        "text": claim.text,
        "speaker": claim.speaker,
        "said_on": _iso(claim.said_on),
        "second_hand": claim.second_hand,
        "worded": claim.worded,
        "citations": [
            {"n": c.n, "url": c.url, "version": c.version, "start": c.start, "end": c.end} for c in claim.citations
        ],
    }


def _claims(record: Record, plain: Iterable[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """The claims all of whose articles are there."""
    article = cache(record.cited)

    def citations(claim: Mapping[str, Any]) -> Sequence[Citation]:
        places = [(one, article(one["url"], one["version"])) for one in claim["citations"]]
        return [replace(cite(whole, one["start"], one["end"]), n=one["n"]) for one, whole in places if whole]

    found = [
        Claim(
            text=one["text"],
            speaker=one["speaker"],
            said_on=_day(one["said_on"]),
            second_hand=one["second_hand"],
            citations=tuple(cited),
            worded=one["worded"],
        )
        for one in plain
        if len(cited := citations(one)) == len(one["citations"])
    ]
    return tuple(with_copies(found, record.copies([c.url for claim in found for c in claim.citations])))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
