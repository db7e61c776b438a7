"""The pairs of a corpus that are most likely copies of one text, with the verdict on each, for a person to read.

    python -m tests.eval.copies_listed --articles FILE.jsonl [--top 50]

Pairs come in the order of what they share: of the shorter's runs of four words, the part that stands in the other
too. That is counted apart from the detector, so a copy that it misses is listed as well. "unseen" is a copy that
ingestion would not look at, because the two have too few hashes in common.
"""

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.reading import read
from ingest.stories import one_text, sketch
from retrieval.record.stories import SHARED
from retrieval.types import Article

RUN = 4
# A run that more articles have is a phrase of everybody's, or of a page's frame.
COMMON = 100
WIDTH = 160


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles by their places in the corpus, and the share of the shorter's runs that both have."""

    first: int
    second: int
    share: float


def pairs(texts: Sequence[str], top: int) -> list[Pair]:
    """The pairs that share the most, at most `top`; those that share nothing are left out."""
    runs = [_runs(text) for text in texts]
    holding: dict[str, list[int]] = {}
    for number, its in enumerate(runs):
        for run in its:
            holding.setdefault(run, []).append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holding.values():
        if 1 < len(numbers) <= COMMON:
            shared.update(combinations(numbers, 2))
    found = [Pair(a, b, n / min(len(runs[a]), len(runs[b]))) for (a, b), n in shared.items()]
    return sorted(found, key=lambda pair: (-pair.share, pair.first, pair.second))[:top]


def verdict(one: str, other: str) -> str:
    """ "copy", "unseen" or nothing, by the rules of ingestion."""
    if not one_text(one, other):
        return ""
    here, there = sketch(one), sketch(other)
    return "copy" if len({*here} & {*there}) >= min(SHARED, len(here), len(there)) else "unseen"


def _runs(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return {" ".join(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1))}


def _side(article: Article) -> str:
    where = ", ".join(str(part) for part in (article.outlet, article.published) if part)
    return f"{article.title or article.url}\n{where}, {len(article.text.split())} words"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--top", type=int, default=50)
    asked = parser.parse_args()
    articles = [one for one in read([str(asked.articles)], max_bytes=10**9) if isinstance(one, Article)]
    table = Table("", "shared", "verdict", "one", "other", show_lines=True)
    counted: Counter[str] = Counter()
    for number, pair in enumerate(pairs([one.text for one in articles], asked.top), 1):
        one, other = articles[pair.first], articles[pair.second]
        said = verdict(one.text, other.text)
        counted[said] += 1
        table.add_row(str(number), f"{pair.share:.2f}", said, _side(one), _side(other))
    console = Console(width=WIDTH, markup=False, highlight=False)
    console.print(table)
    console.print(f"{counted.total()} pairs listed: {counted['copy']} copies, {counted['unseen']} unseen.")


if __name__ == "__main__":
    main()
