"""Measures which articles are found to be copies of one text, on articles of which that is known. Shares of 1.

Articles come one after another, as they are ingested: each is a copy of the first original that it is found to be
one text with, else an original. What is counted are pairs of articles.

    precision       pairs that were found, and are copies of one text
    recall          pairs of copies that were found
    shuffled …      the least of the same figures where the articles come in other orders
    even …, odd …   of the pairs with an article of a story with such a number. Thresholds were chosen on those
                    with an even one, and the others were left alone
"""

import json
import random
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

from ingest.stories import Originals

SHUFFLES = (0, 1, 2)

# Each article's story, and the number of the original that it was found to be of.
Found = list[tuple[str, int]]


def read_known(path: Path) -> list[dict[str, Any]]:
    """Articles of known stories, in JSON lines, as tests/eval/copies/stories.jsonl has them."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measure(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The figures of a run over articles of known stories; one that nothing was counted for is left out."""
    figures = _figures(found := _found(rows))
    shuffled = [_figures(_found(_shuffled(rows, seed))) for seed in SHUFFLES]
    figures |= {f"shuffled {name}": min(one.get(name, 0.0) for one in shuffled) for name in figures}
    for half, number in (("even", 0), ("odd", 1)):
        other = [_number(story) % 2 != number for story, _ in found]
        figures |= {f"{half} {name}": value for name, value in _figures(found, compress(found, other)).items()}
    return figures


def originals(texts: Sequence[str]) -> list[int]:
    """Of each text the place of its original, which is its own where it is a copy of none before it."""
    known = Originals()
    return [known.of(text, place) for place, text in enumerate(texts)]


def _found(rows: Sequence[Mapping[str, Any]]) -> Found:
    return list(zip((row["story"] for row in rows), originals([row["text"] for row in rows]), strict=True))


def _shuffled(rows: Sequence[Mapping[str, Any]], seed: int) -> Sequence[Mapping[str, Any]]:
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order that is the same every time
    return mixed


def _figures(found: Found, but: Iterable[tuple[str, int]] = ()) -> dict[str, float]:
    """Precision and recall over all pairs, but those among `but`."""
    left = list(but)
    both = _pairs(found) - _pairs(left)
    counted = {
        "precision": _pairs(original for _, original in found) - _pairs(original for _, original in left),
        "recall": _pairs(story for story, _ in found) - _pairs(story for story, _ in left),
    }
    return {name: both / whole for name, whole in counted.items() if whole}


def _pairs(labels: Iterable[Hashable]) -> int:
    """How many pairs have one label."""
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def _number(story: str) -> int:
    return int(story.removeprefix("s"))
