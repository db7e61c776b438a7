"""What of an answer stands: claims verified in the record as it is now, and passages; nothing that is disputed."""

from collections.abc import Sequence
from functools import cache

from retrieval.citing import verified, with_copies
from retrieval.evidence import Candidate
from retrieval.record import Record, Withheld
from retrieval.showing import evidence
from retrieval.types import Claim, Evidence

# The contract promises at least the ten best passages; so many hold 4,000 characters.
SHOWN = 16


def standing(record: Record, claims: Sequence[Claim], withheld: Withheld) -> list[Claim]:
    """The claims whose quotations stand in the record now, undisputed, each with the copies that have it too."""
    stored = cache(record.article)
    found = verified(claims, stored)
    if withheld:
        found = [one for one in found if not withheld.cited_by(one, lambda cited: stored(cited.url))]
    copies = record.copies([citation.url for claim in found for citation in claim.citations])
    return with_copies(found, copies) if copies else found


def passages(ranked: Sequence[Candidate], withheld: Withheld) -> tuple[Evidence, ...]:
    """What is shown around candidates, best first; one of which something is withheld is left out as a whole."""
    shown = evidence(ranked, SHOWN)
    return tuple(one for one in shown if not withheld.overlaps(one.article, one.start, one.end))
