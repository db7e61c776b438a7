"""Time limits of one answer, with the clock of the machine: a stand-in for the interaction is enough."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ScriptedDesk
from discord_answers import answer

from bot.client import OnRecordBot
from retrieval.types import Answer, Question


def _interaction() -> Any:
    async def defer(*, thinking: bool) -> None:
        pass

    return SimpleNamespace(response=SimpleNamespace(defer=defer), extras={})


class _StuckDesk(ScriptedDesk):
    """Answers only when it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        super().__init__(self._wait)

    def _wait(self) -> Answer:
        self.let_go.wait(30)
        return answer()


@pytest.mark.asyncio
async def test_a_desk_that_takes_too_long_is_given_up() -> None:
    desk = _StuckDesk()
    with ThreadPoolExecutor(1) as pool:
        bot = OnRecordBot(desk, pool, patience=0.05)
        try:
            with pytest.raises(TimeoutError):
                await bot.answer(_interaction(), Question("Why?"))
        finally:
            desk.let_go.set()


@pytest.mark.asyncio
async def test_a_shutdown_gives_up_what_does_not_finish_in_its_grace() -> None:
    desk = _StuckDesk()
    with ThreadPoolExecutor(1) as pool:
        bot = OnRecordBot(desk, pool)
        asking = asyncio.create_task(bot.answer(_interaction(), Question("Why?")))
        try:
            await asyncio.sleep(0.05)
            await bot.drain(grace=0.05)
            await asyncio.wait({asking}, timeout=10)
            assert asking.done()
            assert isinstance(asking.exception(), TimeoutError)
        finally:
            desk.let_go.set()
