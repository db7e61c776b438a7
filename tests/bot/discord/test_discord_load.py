"""Fifty members in five servers ask the bot at once: everybody is heard in time, and answered once."""

import asyncio
import json
from pathlib import Path
from types import ModuleType

import pytest
from double import FIRST_ANSWER, Double, Guild, running
from test_discord_live import (
    SAMPLES,
    SERVE,
    check,
    empty_home,
    first_responses,
    free_port,
    home,
    scraped,
    somebody,
    started,
)

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]

__all__ = ["empty_home", "home"]  # fixtures

_SERVERS, _MEMBERS = 5, 50
# Seconds that the event loop may stand still. Measured on two quiet cores: 0.01 to 0.05, also with 100,000
# statements; when other programs take the cores 0.16, so what counts is the best of some rounds.
_STALL, _ROUNDS = 0.1, 3
_QUESTIONS = [json.loads(line)["question"] for line in (SAMPLES / "questions.jsonl").read_text().splitlines()]


async def _channels(double: Double) -> list[str]:
    guilds = [Guild(str((1300 + n) * 10**14), f"Newsroom {n}") for n in range(_SERVERS)]
    return [(await double.add_guild(guild, "politics"))[0] for guild in guilds]


async def _all_ask(double: Double, channels: list[str], seconds: float) -> list[str]:
    """Everybody asks, and has an answer within so many seconds; the interactions' tokens."""
    asked = [
        await double.ask(_QUESTIONS[n % len(_QUESTIONS)], at=somebody(channels[n % len(channels)]))
        for n in range(_MEMBERS)
    ]
    await double.until(lambda: all(_answers(double, token) for token in asked), seconds)
    return asked


def _answers(double: Double, token: str) -> int:
    """How often an interaction was answered: with more than its place in line."""
    sent = [s for s in double.sent if f"/{token}" in s.path and s.method in ("PATCH", "POST")]
    return len([s for s in sent if not s.path.endswith("/callback") and s.body.get("embeds")])


def _worst_stall(told: str) -> float:
    line = next(line for line in told.splitlines() if line.startswith("onrecord_loop_stall_seconds "))
    return float(line.split()[1])


async def test_a_real_library_answers_all_once_and_the_event_loop_never_stands_still(
    home: Path, discord_rules: ModuleType | None
) -> None:
    port, stalls = free_port(), []
    async with running() as double, started(double, home, ONRECORD_METRICS_PORT=str(port)) as bot:
        channels = await _channels(double)
        asked = []
        for _ in range(_ROUNDS):
            await asyncio.to_thread(scraped, port)  # a scrape begins the next one's worst
            asked += await _all_ask(double, channels, 60.0)
            stalls.append(_worst_stall(await asyncio.to_thread(scraped, port)))
        assert {_answers(double, token) for token in asked} == {1}
        assert first_responses(double)[-1] < FIRST_ANSWER
        print(f"first responses at most {first_responses(double)[-1]:.3f} s, worst stalls {stalls} s")
        assert 0.0 < min(stalls) < _STALL
        bot.stop()
        await bot.end()
    check(double, discord_rules)


async def test_whoever_has_to_wait_is_told_the_place_in_line_and_then_answered_once(
    empty_home: Path, discord_rules: ModuleType | None
) -> None:
    async with running() as double, started(double, empty_home, *SERVE, "0.3") as bot:
        asked = await _all_ask(double, await _channels(double), 60.0)
        assert {_answers(double, token) for token in asked} == {1}
        assert first_responses(double)[-1] < FIRST_ANSWER
        places = [s.body["content"] for s in double.sent if s.method == "PATCH" and s.body.get("content")]
        assert len(places) > _MEMBERS / 2
        assert all(double.original(token)["content"] == "" for token in asked)
        bot.stop()
        await bot.end()
    check(double, discord_rules)
