"""The subject that opens a sentence: whom a cue without a subject of its own names."""

from ingest.statements.rules import sources, words
from ingest.statements.rules.occasions import WHEN
from ingest.statements.rules.tokens import Token
from retrieval.sentences import Span

_ADVERBIAL = words.LINKS | words.STOPS | WHEN
_JOINS = frozenset("but and yet while when as then".split())
_PASTS = frozenset("threw took made came went got gave met won lost led held".split())
# How long an adverbial before the subject may be, and the subject itself, in words.
_LEAD, _LONGEST = 20, 12


def opening(tokens: list[Token], limit: int) -> Span | None:
    """The phrase that a unit opens with, behind its adverbials, if it ends before `limit`."""
    at = 1 if tokens[0].word in _JOINS else 0
    if at < len(tokens) and (tokens[at].word in _ADVERBIAL or tokens[at].word.endswith("ing")):
        commas = (n for n in range(at, min(limit - 1, at + _LEAD)) if tokens[n].word == ",")
        at = next(commas, at - 1) + 1
    if at >= len(tokens) or tokens[at].quoted:
        return None
    found = sources.after(tokens, at)
    if not found or found[1] >= limit or found[1] - found[0] >= _LONGEST:
        return None
    return None if tokens[found[0]].word in WHEN | {"here", "there"} else _bounded(tokens, found)


def _bounded(tokens: list[Token], phrase: Span) -> Span:
    """Of a phrase that may run on into its verb: the name that it begins with, or what stands before the verb."""
    start, end = phrase
    for at in range(start + 1, end):
        word = tokens[at].word
        verb = word.endswith("ed") or word in _PASTS
        named = tokens[start].capital and tokens[at - 1].capital and not tokens[at].capital
        article = tokens[start].word in words.DETERMINERS
        if (named and not article and word not in words.LINKS) or (verb and (named or at > start + 1)):
            return (start, at)
    return phrase
