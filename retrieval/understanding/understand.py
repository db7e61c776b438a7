"""Reads a question: whose words it asks for, about what, said when. Rules and the library's own names; no model.

A follow-up takes what it leaves out from the questions before it: "and what about Kirby?" keeps topic and time,
"and on Ukraine?" the person, "why?" everything.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from retrieval.types import Question
from retrieval.understanding.intents import WHO, intent
from retrieval.understanding.mentions import Mention, People, corrected, mentions
from retrieval.understanding.subjects import asked
from retrieval.understanding.times import times
from retrieval.understanding.understood import Asked, Intent, Understood
from retrieval.understanding.wording import content

# Rules look at so many characters of a question, and at so many questions before it.
_READ = 1000
_BEFORE = 5
_HIM = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs)\b", re.IGNORECASE)
_ELLIPSIS = re.compile(r"^(?:and|but|or|also|what about|how about|what of)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|but|or|so|also)\b[\s,]*)?(?:(?:what|how) (?:about|of)\b)?\s*"
    r"(?:on|about|in|from|for|regarding)?\b\s*",
    re.IGNORECASE,
)
_THAT = frozenset(
    "that this it those these then so really ok okay exactly one time day date reason else thing".split()
)
_LEANING = re.compile(r"\b(?:that|this|it|those|these|there|then|same|one|ones|too|else)\b", re.IGNORECASE)
# A question of fewer words that say something may leave out what it is about.
LEAST = 2
_OUTLET = re.compile(r"\b(?:in|by|from|to|per)\s+(?:the\s+)?$", re.IGNORECASE)


def understand(question: Question, people: People, before: Sequence[str] = ()) -> Understood:
    """Read a question, with the earlier ones of its conversation, oldest first."""
    as_of = question.as_of or datetime.now(UTC).date()
    previous: Understood | None = None
    for text in before[-_BEFORE:]:
        previous = _read(text, None, people, as_of, previous)
    person = _meant(question.person, question.speaker, people) if question.person else None
    return _read(question.text, person, people, as_of, previous)


def leans(text: str) -> bool:
    """Whether a question may leave something out that the conversation before it says."""
    said = [term for term in content(text) if term not in _THAT]
    return bool(_ELLIPSIS.match(text) or _HIM.search(text) or _LEANING.search(text)) or len(said) < LEAST


def _meant(person: str, speaker: int | None, people: People) -> Asked:
    """One who is set apart from the question; of several who bear the name, him who has the id, if one has."""
    named = tuple(people.speakers_named(person))
    for one in named:
        if one.id == speaker:
            return Asked(person, one.name, (one,))
    return Asked(person, person, named)


def _read(text: str, person: Asked | None, people: People, as_of: date, previous: Understood | None) -> Understood:
    text = " ".join(text.split())
    period, rest = times(text[:_READ], as_of)
    found = mentions(rest, people, (period.since, period.until or (as_of if period.since else None)))
    outlet, found = _outlet(rest, found, people)
    chosen = [corrected(m, people) if _may_be_misspelt(m) else m for m in _chosen(rest, found)]
    who = [Asked(m.words, _called(m), m.speakers) for m in chosen]
    # The name of one whom the library does not know stays in the topic: passages may hold it.
    topic = _without(rest, [*(m for m in chosen if m.speakers), *outlet])
    if person:
        who = [person]
    names = tuple(m.words for m in found if all(m.start != c.start for c in chosen))
    one = Understood(
        text,
        intent(rest, len(who)),
        tuple(who),
        names,
        topic,
        content(topic),
        period.since,
        period.until,
        period.strict,
        outlet[0].words if outlet else None,
    )
    return _followed(one, rest, found, previous) if previous and not person else one


def _chosen(text: str, found: Sequence[Mention]) -> list[Mention]:
    return [found[n] for n in asked(text, found, who=bool(WHO.match(text)))]


def _may_be_misspelt(mention: Mention) -> bool:
    return not mention.speakers and not mention.office and len(mention.words.split()) <= 3


def _called(mention: Mention) -> str:
    if mention.office or len(mention.speakers) == 1:
        return mention.speakers[0].name
    return mention.words


def _outlet(text: str, found: Sequence[Mention], people: People) -> tuple[list[Mention], list[Mention]]:
    """The outlet to which a question restricts itself ("in the Harbor Ledger"), and the other names."""
    placed = [m for m in found if _OUTLET.search(text[: m.start])]
    known = {name.lower().removeprefix("the "): name for name in people.outlets()} if placed else {}
    for m in placed:
        if name := known.get(m.words.lower().removeprefix("the ")):
            return [replace(m, words=name)], [other for other in found if other is not m]
    return [], list(found)


def _without(text: str, cut: Sequence[Mention]) -> str:
    """The text without some names, in any place where they stand."""
    for mention in sorted(cut, key=lambda m: -m.start):
        end = mention.end + len(re.match(r"(?:['’]s?)?", text[mention.end :])[0])  # type: ignore[index]  # matches always
        text = f"{text[: mention.start]} {text[end:]}"
    for mention in cut:
        text = re.sub(rf"\b{re.escape(mention.words)}\b(?:['’]s)?", " ", text)
    return " ".join(text.split())


def _followed(one: Understood, text: str, found: Sequence[Mention], previous: Understood) -> Understood:
    """A question with what it leaves out filled in from the one before."""
    ellipsis = _ELLIPSIS.match(text)
    own = tuple(term for term in one.terms if term not in _THAT and not _HIM.fullmatch(term))
    intended = _kept(one, previous)
    kept = replace(
        one,
        intent=intended,
        since=one.since or previous.since,
        until=one.until or previous.until,
        strict=one.strict or previous.strict,
        outlet=one.outlet or previous.outlet,
    )
    same_topic = replace(kept, topic=previous.topic, terms=previous.terms, names=previous.names)
    if one.asked and ellipsis and not own:  # and what about Kirby?
        return same_topic
    if not one.asked and not found and not own:  # why? when was that? and in 2015?
        return replace(same_topic, asked=previous.asked)
    if not one.asked and (ellipsis or _HIM.search(text)):  # and on Ukraine? did she ever say so about taxes?
        topic = " ".join((_LEAD.sub("", one.topic) if ellipsis else _HIM.sub(" ", one.topic)).split())
        filled = kept if ellipsis else replace(one, intent=intended)
        return replace(filled, asked=previous.asked, topic=topic, terms=own or content(topic))
    return one


def _kept(one: Understood, previous: Understood) -> Intent:
    """The intent that a follow-up words, else that of the question before."""
    if one.intent in (Intent.FACT, Intent.POSITION, Intent.WHO):
        return previous.intent
    if one.intent is Intent.SUPPORT and previous.intent is Intent.COMPARISON:
        return previous.intent
    return one.intent
