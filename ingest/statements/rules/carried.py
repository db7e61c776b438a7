"""Verbs of saying that another verb carries: `is expected to announce`, `is said to have called`."""

from ingest.statements.rules import words
from ingest.statements.rules.occasions import WHEN
from ingest.statements.rules.tokens import Token

_BEING = frozenset("is are was were be been being 's 're 'm am".split())
# Behind a form of "be": somebody expects it, somebody else says so, or it is to come.
_PASSIVE = frozenset(
    "expected said reported alleged believed thought rumored rumoured understood scheduled set due likely "
    "supposed going ready prepared poised unwilling reluctant unable".split()
)
_ACTIVE = frozenset(
    "declined declines decline refused refuses refuse failed fails fail plans planned intends intended "
    "hopes hoped wants wanted yet".split()
)
# Others tell their own object: "declined to endorse Turner", "plans to continue to work".
_SAYING = frozenset(
    "say tell announce argue state declare warn explain confirm acknowledge admit insist claim suggest reveal "
    "disclose report testify reply comment specify predict stress write".split()
)
# How many words may stand before the "to": "is expected on Tuesday to announce".
_BETWEEN = 3


def carrier(tokens: list[Token], at: int) -> int | None:
    """Where the verb stands that carries the verb of saying at `at`; None where that stands for itself."""
    to = at - 1
    while to > 0 and (tokens[to].word in ("have", "not") or words.adverb(tokens[to].word)):
        to -= 1
    if to < 1 or tokens[to].word != "to":
        return None
    perfect = "have" in {token.word for token in tokens[to:at]}
    if not perfect and tokens[at].word not in _SAYING:
        return None
    here = to - 1
    while here > 0 and to - here <= _BETWEEN and (tokens[here].word in WHEN or tokens[here].word == "on"):
        here -= 1
    return here if _carries(tokens, here) else None


def _carries(tokens: list[Token], at: int) -> bool:
    if tokens[at].quoted or not at:
        return False
    if tokens[at].word in _ACTIVE:
        return True
    before = {token.word for token in tokens[max(0, at - 3) : at]}
    return tokens[at].word in _PASSIVE and bool(before & _BEING)
