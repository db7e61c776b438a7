"""Whether a claim says the opposite of its evidence: "raise" where that has "cut", next to the same words."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from retrieval.writing.wording import Wording, key

_Sides = tuple[frozenset[str], frozenset[str]]


def opposite(word: str, claim: Wording, said: Wording) -> bool:
    """Whether a text says, next to the same words, the opposite of what a claim's word says, and not the like."""
    near = claim.beside(word)
    for beside, against in _sides().get(word, ()):
        if any(near & said.beside(one) for one in beside & said.stems):
            continue
        turned = [one for one in against & said.stems if near & said.beside(one)]
        if any((one in said.negated.surely) == (word in claim.negated.surely) for one in turned):
            return True
    return False


@cache
def _sides() -> Mapping[str, Sequence[_Sides]]:
    """For each word, by stem, what says the like, and what says the opposite."""
    found: dict[str, list[_Sides]] = {}
    for row in (files("retrieval.writing") / "opposites.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("#"):
            continue
        left, right = (frozenset(map(key, side.split())) for side in row.split(" | "))
        for beside, against in ((left, right), (right, left)):
            for word in beside:
                found.setdefault(word, []).append((beside, against))
    return found
