"""How far content may reach before and behind a cue."""

from ingest.statements.rules import words
from ingest.statements.rules.cues import Cue
from ingest.statements.rules.occasions import skip
from ingest.statements.rules.tokens import Token
from retrieval.sentences import Span

# How far into a unit the subject of its first clause may begin, in words.
_FIRST = 3
_BEHIND = frozenset(", . : ; ! ? — – - -- ― ) …".split())
_BEFORE = frozenset(", ? ! — -- ― - –".split())
_QUOTED_STOPS = frozenset(", ? ! .".split())
_APART = frozenset(", ; — --".split())
_JOINS = frozenset("and but while as although though whereas".split())
_LEADING = frozenset("after when while although though if since because before once until whenever".split())


def floor(tokens: list[Token], cues: list[Cue], number: int) -> int:
    """Where content before a cue may begin: behind the inverted or parenthetical cue before it."""
    for cue in reversed(cues[max(0, number - 3) : number]):
        if cue.inverted or (_mark(tokens, cue.left - 1) and _mark(tokens, cue.right)):
            return cue.right
    return 0


def ceiling(tokens: list[Token], cues: list[Cue], number: int) -> int:
    """Where content behind a cue ends at the latest: before the next cue that is not part of the content."""
    for cue in cues[number + 1 : number + 4]:
        if cue.verb == "claim" or cue.left <= cues[number].at + 1:
            continue
        left = tokens[cue.left - 1]
        if left.word == "," and _splices(tokens, cues[number], cue):
            continue
        if left.quoted or left.word in _APART:
            return cue.left - (not left.quoted)
        if left.word in _JOINS or (cue.shares and left.word in words.CONJUNCTIONS):
            return cue.left - (2 if tokens[cue.left - 2].word == "," else 1)
    return _lead(tokens, cues[number])


def _lead(tokens: list[Token], cue: Cue) -> int:
    """Where the clause ends that a unit begins with, if the cue stands in one: `If Turner said so, the vote …`."""
    if cue.left > _FIRST or not _subordinate(tokens, cue):
        return len(tokens)
    commas = (at for at in range(cue.right + 2, len(tokens)) if tokens[at].word == "," and not tokens[at].quoted)
    return next(commas, len(tokens))


def _splices(tokens: list[Token], cue: Cue, following: Cue) -> bool:
    """Whether the next cue is content: a comma alone joins no sentences (`that if it passed, he would ask …`)."""
    if _subordinate(tokens, cue) or following.shares or following.inverted:
        return False
    return not _mark(tokens, skip(tokens, following.right))


def _subordinate(tokens: list[Token], cue: Cue) -> bool:
    """Whether a cue stands in a clause that only leads to another: `After Turner said so, …`."""
    return any(token.word in _LEADING for token in tokens[max(0, cue.left - 2) : cue.left])


def parenthetical(tokens: list[Token], before: Span, at: int) -> bool:
    """Whether a cue with its source stands between marks: content may be in `before`, and `at` is what follows."""
    lowest, left = before
    if left <= lowest or not _mark(tokens, left - 1):
        return False
    if tokens[left - 1].quoted:
        return tokens[left - 2].word in _QUOTED_STOPS or at >= len(tokens) or _mark(tokens, at)
    if tokens[left - 1].word not in _BEFORE:
        return False
    if at + 1 < len(tokens) and tokens[at].word in (",", ":") and speech(tokens, at + 1):
        return False
    return at >= len(tokens) or tokens[at].word in _BEHIND


def speech(tokens: list[Token], at: int) -> bool:
    """Whether a quotation that begins a sentence of its own begins at `at`."""
    return at + 1 < len(tokens) and tokens[at].quoted and (tokens[at].capital or tokens[at + 1].capital)


def _mark(tokens: list[Token], at: int) -> bool:
    return 0 <= at < len(tokens) and (not tokens[at].wordy or tokens[at].quoted)
