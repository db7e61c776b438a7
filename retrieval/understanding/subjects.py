"""Whose words a question asks for, among those that it names: rules on what stands around a name.

A question is a main clause or several: a helping verb at the head of a sentence or behind its question word, and
the subject after it. Where it says whose view it wants ("according to X", "in X's view"), or sets people side by
side ("compare", "versus"), that is what counts. Of the 852 questions in tests/eval the rules find all those asked,
and nobody else, in 93 of 100; they were written looking at them, so expect less of others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.understanding.mentions import Mention
from retrieval.understanding.wording import HELPING, SAYING

_HELP = re.compile(rf"(?:{HELPING})$", re.IGNORECASE)
_SHORT = re.compile(r"(?:what|where|how|why|who|when)['’](?:s|re|d|ll)$", re.IGNORECASE)
_TOKEN = re.compile(r"⟦(?P<n>\d+)⟧(?P<own>['’]s?(?!\w))?|[^\W_][\w’'-]*|(?P<stop>[,:;.?!()—–])")
# Question words that may have a noun of their own before the verb, with so many words; and those that have none.
_WITH_NOUN, _NOUN = frozenset(("what", "which", "whose")), 12
_ALONE = frozenset(("how", "where", "why", "when", "who", "whom"))
_LINKING = frozenset(("and", "so", "but", "or", "then", "also"))
_PERSONAL = frozenset("he she they each both him her them his their".split())
# "What makes X so sure" asks X.
_MOVES = frozenset("makes made drives drove bothers worries bugs moved led prompted got".split())
# "that" and its like begin a clause of their own.
_UNDER = frozenset("that who while when if whether because since as".split())
# Those around somebody are not he.
_AROUND = re.compile(
    r"\b(?:camp|campaign|team|side|staff|office|aides?|ally|allies|supporters?|fans?|backers?|voters?|followers?|party|"
    r"people|wife|husband|sons?|daughters?|brothers?|sisters?|mother|father|family|spokes\w+|lawyers?|advis\w+|"
    r"leaders?|leadership|officials?|lobby|government|administration|neighbors?|rivals?|opponents?|critics|donors?|"
    r"friends?|boss|head|chief|president|minister|governor|mayor|manager|strategist|mate|director|police|parents?)\b"
)
_NOBODY = frozenset(
    "it you we i there that this these those anyone anybody someone somebody anything everyone nobody".split()
)
_LEFT = frozenset(
    "to at about on over that with after before when if whether into as in for from by during since".split()
)
# What stands between a helping verb and its subject describes the subject; more words are another clause.
_AHEAD = 6
# Nouns by which somebody's words and mind are called: "Turner's position", "the reaction of Turner".
_MIND = (
    r"(?:take|position|views?|stances?|reactions?|ideas?|plans?|lines?|attitude|messages?|arguments?|responses?|"
    r"problem|proposals?|opinions?|thoughts?|case|gripes?|complaints?|answers?|statements?|words|stand|remarks?|"
    r"comments?|explanation|criticism|defen[cs]e|warnings?|promises?|pledges?|advice|demands?|claims?|beef|list)"
)
_SOURCE = re.compile(
    r"\b(?:according to|per|if you ask|to hear)\s+(?=[^,:;.?!]*⟦|(?:him|her|them)\b)", re.IGNORECASE
)
_VIEW = re.compile(
    r"\b(?:in|to|by|from|through)\s+(?:(?!⟦)[\w-]+\s+){0,4}?(?:⟦\d+⟧['’]s\s+(?:(?!⟦)[\w-]+\s+){0,2}?)?"
    r"⟦(\d+)⟧['’]s?\s+(?:own\s+)?"
    r"(?:view|eyes|opinion|experience|judge?ment|telling|estimation|mind|book|assessment|reading|words|account|"
    r"perspective|analysis|estimate|thinking|version|reckoning|lights|ears)\b|"
    r"\bas\s+⟦(\d+)⟧\s+(?:sees?|tells?|puts?|describes?|recalls?|saw|told|put|described|recalled)\b",
    re.IGNORECASE,
)
_COMPARE = re.compile(
    r"(?:^|[.?!:;,]\s*)(?:please\s+)?(?:compare|contrast)\s+(?:(?!⟦)\S+\s+){0,4}?⟦(\d+)⟧|"
    r"\bdifferences? between\s+(?:(?!⟦)\S+\s+){0,4}?⟦(\d+)⟧",
    re.IGNORECASE,
)
_COMPARED_WITH = re.compile(
    r"(?:['’]s?)?\s+(?:(?!⟦)[\w-]+\s+){0,4}?(?:with|to|against)\s+(?:(?!⟦)[\w-]+\s+){0,3}?⟦(\d+)⟧", re.IGNORECASE
)
_VERSUS = re.compile(r"⟦(\d+)⟧(?:['’]s?)?\s+(?:vs?\.?|versus)\s+⟦(\d+)⟧", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:differ(?:s|ed|ent(?:ly)?)?\s+(?:from|with)|compared\s+(?:to|with)|unlike|at odds with|"
    r"(?:stack|line|match)(?:es|ed)? up (?:against|with))\s+(?:(?!⟦)\S+\s+){0,3}?⟦(\d+)⟧",
    re.IGNORECASE,
)
_WHAT = re.compile(rf"\b(?:what|how|why|where|when)\s+⟦(\d+)⟧\s+(?:\w+ly\s+)?{SAYING.pattern}", re.IGNORECASE)
_FIRST = re.compile(
    rf"^(?:in [^⟦,]*,?\s*)?(?:(?!⟦)\S+\s+){{0,4}}?⟦(\d+)⟧(?:,[^,⟦]*,)?"
    rf"(?:\s+(?:and|or|&)\s+(?:(?!⟦)\S+\s+){{0,2}}⟦\d+⟧)*(?:\s+(?:each|both|all))?"
    rf"\s+(?:{HELPING}|{SAYING.pattern[2:]}|weigh)",
    re.IGNORECASE,
)
_POSSESSED = re.compile(rf"⟦(\d+)⟧['’]s?\s+(?:\w+\s+){{0,2}}?{_MIND}\b", re.IGNORECASE)
_OF = re.compile(rf"\b{_MIND}\s+of\s+(?:the\s+)?⟦(\d+)⟧", re.IGNORECASE)
_SAYS = re.compile(rf"⟦(\d+)⟧\s+(?:\w+ly\s+)?{SAYING.pattern}", re.IGNORECASE)
# What may stand between two who are named together: "X and the RNC's Y", "X's and Y's".
_JOINED = re.compile(
    r"(?:['’]s?)?\s*,?\s+(?:and|or|&)\s+(?:(?!⟦|(?:her|his|their|how|why|what|where|does|did|do|is|was|would|will)\b)"
    r"[\w-]+\s+){0,3}?(?:⟦\d+⟧['’]s\s+)?⟦(\d+)⟧",
    re.IGNORECASE,
)
_LISTED = re.compile(r",\s+⟦(\d+)⟧(?=(?:,\s+⟦\d+⟧)*,?\s+(?:and|or|&)\s+⟦)")


NAMELESS = -1


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
    question = _Question(marked(text.replace("⟦", "[").replace("⟧", "]"), found), found)
    chosen = question.sources() or question.set_side_by_side()
    if not chosen:
        subjects = question.subjects()
        chosen = [*subjects, *(question.others() if subjects else ())]
    if not chosen and not who:
        chosen = question.fallback()
    chosen = [n for n in chosen if n != NAMELESS and (found[n].speakers or not found[n].office)]
    return sorted({m for n in chosen for m in question.with_joined(n)}, key=lambda n: found[n].start)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word in small letters, a name by its number, or a mark that ends a clause."""

    word: str
    at: int
    n: int | None = None
    own: bool = False
    stop: bool = False


class _Question:
    """A question with marks in the place of its names."""

    def __init__(self, plain: str, found: Sequence[Mention]) -> None:
        self._plain = plain
        self._found = found
        self._tokens = [
            _Token(m[0].lower(), m.start(), int(m["n"]) if m["n"] else None, bool(m["own"]), bool(m["stop"]))
            for m in _TOKEN.finditer(plain)
        ]

    def sources(self) -> list[int]:
        """Those in whose view something is so."""
        found = self._numbers(_VIEW)
        for match in _SOURCE.finditer(self._plain):
            first = next((i for i, t in enumerate(self._tokens) if t.at >= match.end()), len(self._tokens))
            if (n := self._subject(first, found)) is not None:
                found.append(n)
        return found

    def set_side_by_side(self) -> list[int]:
        """Those whom the question itself tells to compare."""
        found = self._numbers(_VERSUS)
        for match in _COMPARE.finditer(self._plain):
            first = int(match[1] or match[2])
            other = _COMPARED_WITH.match(self._plain, match.end())
            found += [first, *([int(other[1])] if other else [])]
        return found

    def subjects(self) -> list[int]:
        """The subjects of the main clauses; NAMELESS where it is somebody whom the question does not name."""
        found: list[int] = []
        for i in range(len(self._tokens)):
            if self._heads(i) and (n := self._subject(i + 1, found)) is not None:
                found.append(n)
        named = [n for n in found if n != NAMELESS]
        return named or found

    def others(self) -> list[int]:
        """Those from whom a subject is told apart."""
        return [n for n in self._numbers(_OTHER) if self._found[n].person]

    def fallback(self) -> list[int]:
        """Whose words are asked for where no clause has a subject that has a name."""
        found = self._numbers(_WHAT) or self._numbers(_FIRST)
        found = found or [*self._numbers(_POSSESSED), *self._numbers(_OF)] or self._numbers(_SAYS)
        if not found and not any(map(self._heads, range(len(self._tokens)))):
            found = [n for n, mention in enumerate(self._found) if mention.person][:1]
        return found

    def with_joined(self, number: int) -> list[int]:
        """One who is asked, with those named together with him, on either side."""
        group, at = [number], number
        while match := self._joined(at):
            if not _joins(self._found[number], self._found[int(match[1])]):
                break
            at = int(match[1])
            group.append(at)
        for before in range(number - 1, -1, -1):
            match = self._joined(before)
            if match and int(match[1]) in group and self._found[before].person:
                group.append(before)
        return group

    def _joined(self, number: int) -> re.Match[str] | None:
        end = self._plain.find(f"⟦{number}⟧") + len(f"⟦{number}⟧")
        return _JOINED.match(self._plain, end) or _LISTED.match(self._plain, end)

    def _numbers(self, pattern: re.Pattern[str]) -> list[int]:
        return [int(n) for match in pattern.finditer(self._plain) for n in match.groups() if n]

    def _heads(self, i: int) -> bool:
        """Whether a token is the helping verb of a main clause."""
        token = self._tokens[i]
        if _SHORT.match(token.word):
            return self._begins(i)
        if i and token.word in _MOVES and self._tokens[i - 1].word == "what":
            return self._begins(i - 1)
        if token.n is not None or not _HELP.match(token.word):
            return False
        if i == 0 or self._tokens[i - 1].stop or self._tokens[i - 1].word in _LINKING:
            return True
        for k in range(i - 1, max(-1, i - _NOUN), -1):
            before = self._tokens[k]
            if before.stop or _HELP.match(before.word) or (k < i - 1 and before.word in _UNDER):
                return False
            if before.word in _WITH_NOUN or (
                before.word in ("many", "much") and k and self._tokens[k - 1].word == "how"
            ):
                return self._begins(k)
            if before.word in _ALONE:
                plain = before.word == "how" and all(t.n is None for t in self._tokens[k:i])
                return (k == i - 1 or plain) and self._begins(k)
        return False

    def _begins(self, k: int) -> bool:
        """Whether a question word begins a clause: nobody is named before it, back to a stop."""
        for j in range(k - 1, max(-1, k - _AHEAD), -1):
            if self._tokens[j].stop or self._tokens[j].word in _LINKING:
                return True
            if self._tokens[j].n is not None:
                return False
        return k < _AHEAD

    def _subject(self, first: int, earlier: Sequence[int]) -> int | None:
        """Who is the subject that begins at a token: his number, NAMELESS, or None where it is nobody."""
        for k, token in enumerate(self._tokens[first : first + _AHEAD + 1], first):
            if token.n is not None:
                return self._owner(k) if token.own else token.n
            if token.word in _PERSONAL:
                return self._antecedent(token.at, earlier)
            if token.stop or token.word in _NOBODY or token.word in _LEFT or _HELP.match(token.word):
                return None if k == first or token.word in _NOBODY else NAMELESS
        return None

    def _owner(self, k: int) -> int:
        """Of "X's …": somebody named behind it ("X's Y", "X's aide Y"), or X, unless it is somebody around him."""
        words: list[str] = []
        for token in self._tokens[k + 1 : k + 5]:
            if token.n is not None and not token.own and (not words or _AROUND.search(" ".join(words))):
                return token.n
            if token.stop or token.n is not None or token.word in _LEFT or SAYING.match(token.word):
                break
            words.append(token.word)
        return NAMELESS if _AROUND.search(" ".join(words[:3])) else self._tokens[k].n or 0

    def _antecedent(self, at: int, earlier: Sequence[int]) -> int | None:
        """Whom a pronoun means: the subject of an earlier clause, else the first person named."""
        if earlier and earlier[-1] != NAMELESS:
            return earlier[-1]
        people = [t for t in self._tokens if t.n is not None and self._found[t.n].person]
        return next((t.n for t in people if t.at < at and not t.own), people[0].n if people else None)


def _joins(one: Mention, other: Mention) -> bool:
    """Whether two who are named together may both be asked: people, or one whom nobody knows, or two bodies."""
    return other.person or not one.person or (not other.speakers and " " in other.words)
