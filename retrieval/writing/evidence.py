"""What a model sees of the record: claims as JSON lines under keys made for one request, between marker lines.

A text cannot close a JSON string, write a marker line, or name a key: marker and keys are drawn anew for every
request. Characters that nobody sees are left out, so that no text holds words that only a model reads.
"""

import json
import secrets
import unicodedata
from collections.abc import Mapping, Sequence

from retrieval.types import Claim


def keyed(claims: Sequence[Claim]) -> dict[str, Claim]:
    """Claims by keys that nobody could know before."""
    drawn: dict[str, Claim] = {}
    for claim in claims:
        key = secrets.token_hex(3)
        while key in drawn:
            key = secrets.token_hex(3)
        drawn[key] = claim
    return drawn


def fenced(evidence: Mapping[str, Claim]) -> str:
    """The evidence as a model is given it."""
    marker = f"evidence {secrets.token_hex(8)}"
    lines = [json.dumps({"key": key, **_shown(claim)}, ensure_ascii=False) for key, claim in evidence.items()]
    return "\n".join([f"----- begin {marker} -----", *lines, f"----- end {marker} -----"])


def _shown(claim: Claim) -> dict[str, object]:
    first = claim.citations[0]
    day = claim.said_on or first.published
    return {
        "speaker": visible(claim.speaker) if claim.speaker else None,
        "second_hand": claim.second_hand,
        "day": day and day.isoformat(),
        "outlet": visible(first.outlet or ""),
        "title": visible(first.title or ""),
        "text": visible(claim.text),
    }


def visible(text: str) -> str:
    """The text without characters that are not seen, in composed form, white space as single spaces."""
    text = unicodedata.normalize("NFKC", text)
    seen = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(seen).split())
