"""How well the checks tell true claims from false ones, on claims whose truth is known. Figures are shares of 1.

honest shown        claims that say faithfully what their evidence says, and pass
false stopped       claims that do not, and fail; and the same of each kind of falsehood
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.types import Citation, Claim
from retrieval.writing.checks import fault


def measure(path: Path) -> dict[str, float]:
    """The figures of a file in JSON lines, as tests/eval/claims.jsonl has them."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    values: dict[str, list[bool]] = defaultdict(list)
    for name, right in (judged for row in rows for judged in _judged(row)):
        values[name].append(right)
    return {name: sum(found) / len(found) for name, found in values.items()}


def _judged(row: Mapping[str, Any]) -> Iterable[tuple[str, bool]]:
    evidence = [_evidence(row)]
    for text in row["honest"]:
        yield "honest shown", not fault(text, evidence)
    for false in row["false"]:
        stopped = bool(fault(false["text"], evidence))
        yield "false stopped", stopped
        yield f"false stopped: {false['kind'].replace('_', ' ')}", stopped


def _evidence(row: Mapping[str, Any]) -> Claim:
    text, day = row["text"], date.fromisoformat(row["said_on"])
    citation = Citation(1, "", row["title"], row["outlet"], None, day, text, 0, len(text), "")
    return Claim(text, row["speaker"], day, row["second_hand"], (citation,))
