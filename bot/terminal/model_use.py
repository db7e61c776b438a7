"""Shows what was used of language models, today (UTC) and in all."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from retrieval.record import ModelUse, Record

    Uses = Mapping[str, Sequence[ModelUse]]


def used(record: "Record") -> "Uses":
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with record.snapshot():
        return {"today": record.used(midnight), "all": record.used()}


def as_json(uses: "Uses") -> dict[str, list[dict[str, object]]]:
    return {when: [asdict(one) for one in found] for when, found in uses.items()}


def table(uses: "Uses") -> "Table":
    """A line for each model of each span of time; tokens that are set aside stand apart, where there are any."""
    from rich.table import Table
    from rich.text import Text

    from bot.text import shown

    reserved = any(one.reserved for found in uses.values() for one in found)
    names = ["model use", "model", "answers", "tokens in", "tokens out", "cost", *["set aside"] * reserved]
    made = Table(*names, box=None, pad_edge=False)
    for when, found in uses.items():
        for one in found:
            counts = [f"{n:,}" for n in (one.answers, one.input_tokens, one.output_tokens)]
            aside = [f"{one.reserved:,}"] * reserved
            made.add_row("in all" if when == "all" else when, Text(shown(one.model)), *counts, _cost(one), *aside)
    return made


def _cost(one: "ModelUse") -> str:
    if not one.answers:
        return "–"
    if one.cost is None:
        return "price not known"
    # An answer of a small model costs a hundredth of a cent.
    known = f"${one.cost:,.4f}"
    return f"{known}, price of {one.unpriced:,} not known" if one.unpriced else known
