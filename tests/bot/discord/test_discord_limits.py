"""Time limits of one answer, with the clock of the machine: a stand-in for the interaction is enough."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ScriptedDesk, Tell
from discord_answers import answer, claim

from bot.discord.client import OnRecordBot
from bot.discord.drafts import Draft
from retrieval.types import Question


def _interaction(edited: Callable[..., Any] = print) -> Any:
    async def defer(*, thinking: bool) -> None:
        pass

    async def edit_original_response(**edit: Any) -> None:
        edited(edit)

    asker = SimpleNamespace(id=2)
    response = SimpleNamespace(defer=defer)
    return SimpleNamespace(
        response=response, extras={}, guild_id=1, user=asker, edit_original_response=edit_original_response
    )


class _StuckDesk(ScriptedDesk):
    """Tells one claim; tells another and answers only when it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        super().__init__(answer(), self._tell)

    def _tell(self, tell: Tell) -> None:
        tell(claim())
        self.let_go.wait(30)
        tell(claim())


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


@pytest.mark.asyncio
async def test_drafts_end_with_an_answer_that_is_given_up() -> None:
    desk, edits = _StuckDesk(), []
    with ThreadPoolExecutor(1) as pool:
        bot = OnRecordBot(desk, pool, patience=0.2, drafting=partial(Draft, pace=0.0))
        try:
            with pytest.raises(TimeoutError):
                await bot.answer(_interaction(edits.append), Question("Why?"))
            assert len(edits) == 1
        finally:
            desk.let_go.set()
    await asyncio.sleep(0.1)
    assert len(edits) == 1
