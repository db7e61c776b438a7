"""What models cost, as data: as published in 2026, read in November 2026. A setting overrides what is here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# "gpt-4.1-mini-2025-04-14" is a dated snapshot of "gpt-4.1-mini", and costs the same.
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens that go in, and that come out; nothing comes out of an embedding."""

    input: float
    output: float = 0.0

    def cost(self, input_tokens: int, output_tokens: int = 0) -> float:
        """Dollars."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


PUBLISHED: Mapping[str, Price] = MappingProxyType(
    {
        "openai:gpt-4.1": Price(2.00, 8.00),
        "openai:gpt-4.1-mini": Price(0.40, 1.60),
        "openai:gpt-4.1-nano": Price(0.10, 0.40),
        "openai:gpt-4o-mini": Price(0.15, 0.60),
        "openai:gpt-5-mini": Price(0.25, 2.00),
        "openai:gpt-5-nano": Price(0.05, 0.40),
        "openai:gpt-5.4-mini": Price(0.75, 4.50),
        "openai:text-embedding-3-small": Price(0.02),
        "openai:text-embedding-3-large": Price(0.13),
    }
)


def price(model: str) -> Price | None:
    """The published price of a model, given as provider:model; None where it is not known here."""
    return PUBLISHED.get(_SNAPSHOT.sub("", model))
