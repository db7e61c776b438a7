"""Time limits of one answer, with the clock of the machine: a reply that only notes what it is told is enough."""

import asyncio
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import ScriptedDesk, Tell, bot_of
from discord_answers import answer, claim

from bot.discord.answers import answered
from bot.discord.drafts import Draft
from bot.discord.seats import Seat
from retrieval.kept import Form, Request
from retrieval.types import Question

_SEAT = Seat(1, 2, 3, "2", talk=False)
_WHY = Request(Form.QUESTION, Question("Why?"))


class _Noted:
    """Where an answer would be shown."""

    private = titled = left = False

    def __init__(self) -> None:
        self.edits: list[Any] = []
        self.told: list[str] = []

    async def begin(self) -> None:
        pass

    async def edit(self, *, content: str | None, embed: Any = None, view: Any = None) -> str:
        self.edits.append(embed or content)
        return "1"

    async def show(self, pages: Sequence[Any], view: Any) -> str:
        raise AssertionError("there is no answer to show")

    async def tell(self, sentence: str) -> None:
        self.told.append(sentence)

    async def tidy(self) -> None:
        pass


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
async def test_a_desk_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    desk, reply = _StuckDesk(), _Noted()
    with bot_of(desk, tmp_path, patience=0.05) as bot:
        try:
            await answered(bot, reply, _SEAT, _WHY)
        finally:
            desk.let_go.set()
    assert ["too long" in told for told in reply.told] == [True]


@pytest.mark.asyncio
async def test_a_shutdown_gives_up_what_does_not_finish_in_its_grace(tmp_path: Path) -> None:
    desk, reply = _StuckDesk(), _Noted()
    with bot_of(desk, tmp_path) as bot:
        asking = asyncio.create_task(answered(bot, reply, _SEAT, _WHY))
        try:
            await asyncio.sleep(0.05)
            await bot.drain(grace=0.05)
            await asyncio.wait({asking}, timeout=10)
            assert asking.done()
            assert "too long" in reply.told[0]
        finally:
            desk.let_go.set()


@pytest.mark.asyncio
async def test_drafts_end_with_an_answer_that_is_given_up(tmp_path: Path) -> None:
    desk, reply = _StuckDesk(), _Noted()
    with bot_of(desk, tmp_path, patience=0.2, drafting=partial(Draft, pace=0.0)) as bot:
        try:
            await answered(bot, reply, _SEAT, _WHY)
            assert len(reply.edits) == 1
        finally:
            desk.let_go.set()
    await asyncio.sleep(0.1)
    assert len(reply.edits) == 1


@pytest.mark.asyncio
async def test_direct_messages_are_turned_away_where_the_operator_has_not_opened_them(tmp_path: Path) -> None:
    directly = Seat(None, 2, 3, "2", talk=True)
    with bot_of(ScriptedDesk(answer()), tmp_path) as bot:
        assert "servers only" in (bot.admit(directly, 0.0) or "")
    with bot_of(ScriptedDesk(answer()), tmp_path, {"direct": True}) as bot:
        assert bot.admit(directly, 0.0) is None
