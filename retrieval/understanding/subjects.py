"""Whose words a question asks for, among those that it names: rules on what stands around a name."""

import re
from collections.abc import Sequence

from retrieval.understanding.mentions import Mention
from retrieval.understanding.wording import SAYING

_HELPING = (
    r"(?:did|does|do|has|have|had|would|could|can|will|should|might|may|is|are|was|were)(?:n['’]t)?|"
    r"can['’]t|won['’]t"
)
_MARK = re.compile(r"⟦(\d+)⟧")
# A helping verb at the beginning of a clause.
_CLAUSE = re.compile(
    rf"(?:^|[,:;.?!]\s*(?:so\s+|and\s+|but\s+)?|\b(?:and|so|but)\s+)(?:[^⟦⟧,:;.?!]*?\b(?:what|how|why|where|who|whom|when|which|whose)\b[^⟦⟧,:;.?!]*?\s+)?(?P<help>{_HELPING})\b",
    re.IGNORECASE,
)
# Nouns by which somebody's words and mind are called: "Turner's position", "the reaction of Turner".
_MIND = (
    r"(?:take|position|views?|stances?|reactions?|ideas?|plans?|lines?|attitude|messages?|arguments?|responses?|problem|"
    r"proposals?|opinions?|thoughts?|case|gripes?|complaints?|answers?|statements?|words|stand|remarks?|comments?|"
    r"explanation|criticism|defen[cs]e|warnings?|promises?|pledges?|advice|demands?|claims?|beef)"
)
_OWN = re.compile(
    r"\b(?:what|how|where)(?:['’]s|\s+(?:is|was|are|were|did|does|do))\s+⟦(\d+)⟧['’]s?\s", re.IGNORECASE
)
_POSSESSED = re.compile(rf"⟦(\d+)⟧['’]s?\s+(?:\w+\s+){{0,2}}?{_MIND}\b", re.IGNORECASE)
_OF = re.compile(rf"\b{_MIND}\s+of\s+(?:the\s+)?⟦(\d+)⟧", re.IGNORECASE)
_ACCORDING = re.compile(r"\baccording to\s+(?:(?!⟦)\S+\s+){0,4}?(⟦\d+⟧.*)", re.IGNORECASE)
_FIRST = re.compile(
    rf"^(?:in [^⟦,]*,?\s*)?(?:(?!⟦)\S+\s+){{0,4}}?⟦(\d+)⟧(?:,[^,⟦]*,)?"
    rf"(?:\s+(?:and|or|&)\s+(?:(?!⟦)\S+\s+){{0,2}}⟦\d+⟧)*(?:\s+(?:each|both|all))?"
    rf"\s+(?:{_HELPING}|{SAYING.pattern[2:]}|weigh)",
    re.IGNORECASE,
)
_SAYS = re.compile(rf"⟦(\d+)⟧\s+(?:\w+ly\s+)?{SAYING.pattern}", re.IGNORECASE)
_WHAT = re.compile(rf"\b(?:what|how|why|where|when)\s+⟦(\d+)⟧\s+(?:\w+ly\s+)?{SAYING.pattern}", re.IGNORECASE)
_VERSUS = re.compile(r"⟦(\d+)⟧(?:['’]s?)?\s+(?:vs?\.?|versus|against)\s+⟦(\d+)⟧", re.IGNORECASE)
_COMPARE = re.compile(r"\b(?:compare|contrast|differences? between)\s+(?:(?!⟦)\S+\s+){0,4}?⟦(\d+)⟧", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:differ(?:s|ed|ent)?\s+(?:from|with)|compared?\s+(?:to|with)|unlike)\s+(?:(?!⟦)\S+\s+){0,3}?⟦(\d+)⟧",
    re.IGNORECASE,
)
# What may stand between two who are named together: "X and the RNC's Y", "X's and Y's".
_JOINED = re.compile(
    r"(?:['’]s?)?\s*(?:,?\s+(?:and|or|&)|,)\s+(?:(?:the|(?!⟦)[\w-]+)\s+){0,3}?(?:⟦\d+⟧['’]s\s+)?⟦(\d+)⟧",
    re.IGNORECASE,
)
_STOPS = re.compile(
    rf"\b(?:to|at|about|on|over|that|with|after|before|when|if|whether|into|as|in|for|from|by|during|since)\b|{SAYING.pattern}(?!\w*(?:er|or)s?\b)|[,:;.?!]",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^\s*(?:s?he|they|it|you|we|i|there|that|this|anyone|anybody|someone|somebody)\b", re.IGNORECASE
)


def marked(text: str, found: Sequence[Mention]) -> str:
    """The question with a mark in the place of each name, its number in it."""
    parts, at = [], 0
    for number, mention in enumerate(found):
        parts += [text[at : mention.start], f"⟦{number}⟧"]
        at = mention.end
    return "".join([*parts, text[at:]])


def asked(text: str, found: Sequence[Mention], *, who: bool) -> list[int]:
    """The numbers of those whose words are asked for, in order; where no rule tells, the first person named.

    `who`: the question asks who said something.
    """
    plain = marked(text, found)
    chosen = _numbers(plain, (_WHAT, _VERSUS, _COMPARE, _OTHER))
    clauses = list(_CLAUSE.finditer(plain))
    for clause in clauses:
        chosen += _subject(plain[clause.end() :], found)
    if match := _ACCORDING.search(plain):
        chosen += _subject(match[1], found)
    if not chosen and not who:
        chosen = _numbers(plain, (_FIRST,))
    if not chosen or set(chosen) == set(_numbers(plain, (_OTHER,))):
        chosen += _numbers(plain, (_OWN, _POSSESSED, _OF))
    if not chosen and not who:
        chosen = _numbers(plain, (_SAYS,))
    if not chosen and not who and not clauses:
        chosen = [n for n, mention in enumerate(found) if mention.person][:1]
    people = [n for n in dict.fromkeys(chosen) if found[n].person]
    chosen = people or [n for n in dict.fromkeys(chosen) if not found[n].possessive or _is_possessed(plain, n)]
    return sorted({m for n in chosen for m in _with_joined(plain, n, found)}, key=lambda n: found[n].start)


def _numbers(plain: str, patterns: Sequence[re.Pattern[str]]) -> list[int]:
    return [int(n) for pattern in patterns for match in pattern.finditer(plain) for n in match.groups() if n]


def _joins(one: Mention, other: Mention) -> bool:
    """Whether two who are named together may both be asked: people, or one whom nobody knows, or two bodies."""
    return other.person or not one.person or (not other.speakers and " " in other.words)


def _is_possessed(plain: str, number: int) -> bool:
    return number in _numbers(plain, (_OWN, _POSSESSED))


def _subject(rest: str, found: Sequence[Mention]) -> list[int]:
    """The subject after a helping verb: the first person named before anything ends it, else the first name."""
    if _PRONOUN.match(rest):
        return []
    stop = _STOPS.search(_MARK.sub(lambda m: "⟦" + "0" * len(m[1]) + "⟧", rest))
    inner = rest[: stop.start()] if stop else rest
    numbers = [int(match[1]) for match in _MARK.finditer(inner)]
    if not numbers:
        return []
    person = next((n for n in numbers if found[n].person and not found[n].possessive), None)
    if person is None:
        person = next((n for n in numbers if not found[n].possessive), None)
    if person is None:
        return []
    # What stands between the verb and the subject describes it; many words are another clause.
    ahead = inner[: inner.index(f"⟦{person}⟧")]
    return [person] if len(_MARK.sub("", ahead).split()) <= 5 else []


def _with_joined(plain: str, number: int, found: Sequence[Mention]) -> list[int]:
    """One who is asked, with those named together with him, on either side."""
    group, at = [number], number
    while True:
        end = plain.index(f"⟦{at}⟧") + len(f"⟦{at}⟧")
        match = _JOINED.match(plain, end)
        if not match or not _joins(found[number], found[int(match[1])]):
            break
        at = int(match[1])
        group.append(at)
    for before in range(number - 1, -1, -1):
        end = plain.index(f"⟦{before}⟧") + len(f"⟦{before}⟧")
        match = _JOINED.match(plain, end)
        if match and int(match[1]) in group and found[before].person:
            group.append(before)
    return group
