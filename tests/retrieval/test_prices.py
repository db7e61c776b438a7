"""Prices: of models by their names, and what tokens cost."""

import pytest

from retrieval.prices import PUBLISHED, Price, price


def test_the_cost_is_that_of_a_million_tokens_in_proportion() -> None:
    assert Price(0.40, 1.60).cost(500_000, 250_000) == pytest.approx(0.60)
    assert Price(0.13).cost(2_000_000) == pytest.approx(0.26)
    assert Price(0.40, 1.60).cost(0, 0) == 0


def test_a_dated_snapshot_costs_what_its_model_does_and_another_model_is_not_known() -> None:
    assert price("openai:gpt-4.1-mini-2025-04-14") == price("openai:gpt-4.1-mini") == Price(0.40, 1.60)
    for unknown in ("openai:gpt-4.1-mini-tts", "gpt-4.1-mini", "azure_openai:gpt-4.1-mini", "openai:small", ""):
        assert price(unknown) is None


def test_what_is_published_names_its_provider_and_costs_something() -> None:
    for name, one in PUBLISHED.items():
        assert ":" in name
        assert one.input > 0
        assert one.output > 0 or "embedding" in name
