"""Measures the statements that were read of articles against known ones. All figures are shares of 1.

Both sides come as JSON: what was read as `onrecord statements` prints it, what is known as a line of
tests/eval/statements.jsonl. Two statements are the same where they share half of all letters of their contents; a
source is right where the two share a word at the same place, or where both are absent.

    overlap         statements of persons, by words of saying: F1 of those found
    with_source     the same, of those found with the right source
    direct …        statements wholly in quotation marks, whoever speaks; indirect …: without any; all …: every one
    speaker         found statements of judged speakers: exactly the right ones, or rightly none
    report, second_hand, via, said_on
                    found statements of which that is judged: right
    reports         what speakers report of others, within their own statements: found
    false_first_hand
                    statements that were not said, or that the writer has from another: 1 less the share that comes
                    out as said and first-hand, so 1 is none

The first eight, and `speaker` where each signs alone, equal those of the data set's own measure (PolNeAR).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ingest.statements.comparing import ENOUGH, Row, Said, gathered, likeness, paired

Count = Callable[[str, float, float], None]

# What a figure counts, by its name: statements of all these sorts.
_VIEWS = {
    "overlap": frozenset(("person", "speech")),
    "direct": frozenset(("direct",)),
    "indirect": frozenset(("indirect",)),
    "all": frozenset[str](),
}
_JUDGED = ("report", "second_hand", "via", "said_on")


def read_known(path: Path) -> list[dict[str, Any]]:
    """Articles with known statements, in JSON lines: {"id", "text", "persons", "attributions"}.

    An attribution has spans of "content", "source" and "cue"; "speech" is false for other cues than of saying; its
    "reports" are attributions within it. "speaker" is a name, several, or [] where nobody should be named; without
    it or any other field that is judged, it is not. "case" and "reads" are for people.
    """
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measure(pairs: Iterable[tuple[Row, Sequence[Row]]]) -> dict[str, float]:
    """The figures of a run, from each known line and the statements that were read of its article."""
    parts: dict[str, float] = defaultdict(float)
    wholes: dict[str, float] = defaultdict(float)

    def count(name: str, part: float, whole: float) -> None:
        parts[name] += part
        wholes[name] += whole

    for line, statements in pairs:
        known, read = gathered(line, line["attributions"]), gathered(line, statements)
        retold, reread = gathered(line, _reports(line["attributions"])), gathered(line, _reports(statements))
        met = paired(known, read)
        _count_found(known, read, met, count)
        left = [said for said in read if all(said is not other for _, other in met)]
        inner = paired(retold, left + reread)
        count("reports", len(inner), len(retold))
        for one, other in met + inner:
            _judge(one, other, count)
        for one in known + retold:
            if not _is_first_hand(one):
                count("false_first_hand", not any(_takes_for_said(one, other) for other in read + reread), 1)
    return {name: parts[name] / whole for name, whole in wholes.items() if whole}


def _reports(rows: Iterable[Row]) -> list[Row]:
    return [inner for row in rows for inner in row.get("reports", ())]


def _count_found(
    known: Sequence[Said], read: Sequence[Said], met: Sequence[tuple[Said, Said]], count: Count
) -> None:
    """F1 is twice the pairs over the statements of both sides. What is paired counts where its partner does."""
    partner = {id(other): one for one, other in met}
    for name, wanted in _VIEWS.items():
        whole = sum(wanted <= one.sorts for one in known)
        whole += sum(wanted <= partner.get(id(other), other).sorts for other in read)
        found = [(one, other) for one, other in met if wanted <= one.sorts]
        count(name, 2 * len(found), whole)
        sourced = "with_source" if name == "overlap" else f"{name}_with_source"
        count(sourced, 2 * sum(one.same_source(other) for one, other in found), whole)


def _judge(known: Said, read: Said, count: Count) -> None:
    if known.rows[0].get("speaker") is not None:
        count("speaker", known.signers == read.signers, 1)
    for name in _JUDGED:
        if name in known.rows[0]:
            count(name, known.rows[0][name] == read.rows[0].get(name), 1)


def _is_first_hand(said: Said) -> bool:
    row = said.rows[0]
    return not row.get("second_hand") and row.get("report", "said") == "said"


def _takes_for_said(known: Said, read: Said) -> bool:
    """Whether the known words come out as said and first-hand: half of them among other words of their speaker, or
    by themselves of nobody.
    """
    if not _is_first_hand(read):
        return False
    if known.source & read.source or known.signers & read.signers:
        return len(known.letters & read.letters) >= ENOUGH * len(known.letters)
    return not (read.source or read.signers) and likeness(known, read) >= ENOUGH
