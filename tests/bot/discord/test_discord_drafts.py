"""Drafts of an answer: when they are shown, that they are escaped, and that the answer has the last word."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from conftest import OpenTown, ScriptedDesk, Tell, Town
from discord_answers import HOSTILE, answer, as_read, citation, claim, live

from bot.discord.drafts import Draft
from bot.discord.embeds import WRITING
from retrieval.types import Answer, Claim

_CLAIMS = [claim(citation(n), text=f"Turner proposed {n} homes.", worded=True) for n in range(1, 51)]


class _Clock:
    """Time that passes when it is told to. (In simcord, no time passes while a thread of the bot works.)"""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        woken = asyncio.Event()
        self._sleepers.append((self.now + seconds, woken))
        await woken.wait()

    def set(self, now: float) -> None:
        self.now = now
        for at, woken in self._sleepers:
            if at <= now:
                woken.set()

    async def until(self, now: float) -> None:
        self.set(now)
        await _turns()


async def _turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class _Reader:
    """Keeps when which claims were shown."""

    def __init__(self) -> None:
        self.clock = _Clock()
        self.seen: list[tuple[float, int]] = []

    async def show(self, claims: Sequence[Claim]) -> None:
        assert list(claims) == _CLAIMS[: len(claims)]
        self.seen.append((self.clock.now, len(claims)))

    def draft(self) -> Draft:
        return Draft(self.show, pace=2.0, sleep=self.clock.sleep)


@pytest.mark.asyncio
async def test_the_first_claim_is_shown_at_once_and_the_next_ones_at_the_pace() -> None:
    reader = _Reader()
    async with reader.draft() as draft:
        draft.tell(_CLAIMS[0])
        await reader.clock.until(0.0)
        for now, told in ((0.5, 1), (1.0, 2), (1.9, 3)):
            draft.tell(_CLAIMS[told])
            await reader.clock.until(now)
        assert reader.seen == [(0.0, 1)]
        await reader.clock.until(2.0)
        await reader.clock.until(4.0)
        await reader.clock.until(9.0)
        assert reader.seen == [(0.0, 1), (2.0, 4)]
        draft.tell(_CLAIMS[4])
        await reader.clock.until(9.1)
    assert reader.seen == [(0.0, 1), (2.0, 4), (9.1, 5)]


@pytest.mark.asyncio
async def test_where_nothing_is_told_nothing_is_shown() -> None:
    reader = _Reader()
    async with reader.draft():
        await reader.clock.until(100.0)
    assert not reader.seen


@pytest.mark.asyncio
async def test_what_is_told_when_the_answer_is_there_is_not_shown() -> None:
    reader = _Reader()
    async with reader.draft() as draft:
        draft.tell(_CLAIMS[0])
        await _turns()
        draft.tell(_CLAIMS[1])
    draft.tell(_CLAIMS[2])
    await reader.clock.until(100.0)
    assert reader.seen == [(0.0, 1)]


@pytest.mark.asyncio
async def test_the_answer_waits_for_a_draft_that_is_on_its_way_and_for_no_other() -> None:
    begun, let_go, shown = asyncio.Event(), asyncio.Event(), []

    async def show(claims: Sequence[Claim]) -> None:
        begun.set()
        await let_go.wait()
        shown.append(len(claims))

    async def write() -> None:
        async with Draft(show, pace=0.0) as draft:
            draft.tell(_CLAIMS[0])
            await begun.wait()
            draft.tell(_CLAIMS[1])

    writing = asyncio.create_task(write())
    await begun.wait()
    await _turns()
    assert not writing.done()
    let_go.set()
    await asyncio.wait_for(writing, 10)
    await _turns()
    assert shown == [1]


@pytest.mark.asyncio
async def test_who_is_cancelled_waits_for_no_draft() -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def show(_: Sequence[Claim]) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def write() -> None:
        async with Draft(show) as draft:
            draft.tell(_CLAIMS[0])
            await begun.wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    await _turns()
    writing.cancel()
    await asyncio.wait({writing}, timeout=10)
    assert writing.cancelled()
    await asyncio.wait_for(stopped.wait(), 10)


@pytest.mark.asyncio
async def test_a_draft_that_fails_is_logged_and_the_next_one_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    shown = []

    async def show(claims: Sequence[Claim]) -> None:
        shown.append(len(claims))
        if len(claims) == 1:
            raise KeyError("a fault")

    async with Draft(show, pace=0.0) as draft:
        for one in _CLAIMS[:2]:
            draft.tell(one)
            await _turns()
    assert shown == [1, 2]
    assert "a draft could not be shown" in caplog.text


def test_telling_never_raises_even_when_the_loop_is_closed() -> None:
    async def begin() -> Draft:
        async with _Reader().draft() as draft:
            return draft

    asyncio.run(begin()).tell(_CLAIMS[0])


def _numbers(body: Any) -> list[int]:
    """The numbers of the citations that an edit shows."""
    (embed,) = body["embeds"]
    return [int(n) for n in re.findall(r"^> \[(\d+)\] “", as_read(embed["description"]), re.MULTILINE)]


def _until(fulfilled: Callable[[], bool]) -> None:
    """Wait on a thread."""
    end = time.monotonic() + 10
    while not fulfilled():
        assert time.monotonic() < end
        time.sleep(0.005)


class _TownDesk(ScriptedDesk):
    """A desk that sees what its Town was sent, and has a clock for the pace of drafts."""

    def __init__(self, reply: Answer | Exception, telling: Callable[[Tell], None]) -> None:
        super().__init__(reply, telling)
        self.clock = _Clock()

    @asynccontextmanager
    async def opened(self, town: OpenTown, pace: float = 2.0) -> AsyncIterator[Town]:
        self._loop = asyncio.get_running_loop()
        async with town(self, drafting=partial(Draft, pace=pace, sleep=self.clock.sleep)) as here:
            self._town = here
            yield here

    def edits(self) -> int:
        return len(self._town.edits())

    def until_edits(self, n: int) -> None:
        _until(lambda: self.edits() >= n)

    def set_clock(self, now: float) -> None:
        self._loop.call_soon_threadsafe(self.clock.set, now)
        time.sleep(0.1)  # whatever was waiting for it has begun


@asynccontextmanager
async def _gaps() -> AsyncIterator[list[float]]:
    """Seconds between two ticks of the event loop."""
    gaps: list[float] = []

    async def tick() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    ticker = asyncio.create_task(tick())
    try:
        yield gaps
    finally:
        ticker.cancel()


@pytest.mark.asyncio
async def test_claims_that_come_in_pieces_are_shown_in_order_and_the_answer_last(town: OpenTown) -> None:
    def telling(tell: Tell) -> None:
        tell(_CLAIMS[0])
        desk.until_edits(1)
        for one in _CLAIMS[1:3]:
            tell(one)
        desk.set_clock(1.9)
        assert desk.edits() == 1
        desk.set_clock(2.0)
        desk.until_edits(2)
        desk.set_clock(10.0)
        assert desk.edits() == 2
        tell(_CLAIMS[3])
        desk.until_edits(3)

    desk = _TownDesk(answer(*_CLAIMS[:5]), telling)
    async with desk.opened(town) as here:
        result = await here.ask()
        assert [_numbers(body) for body in here.edits()] == [[1], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5]]
        *drafts, final = [body["embeds"][0]["description"] for body in here.edits()]
        assert all(WRITING in text for text in drafts)
        assert WRITING not in final
        assert result.response is not None
        assert result.response.embeds[0].description == final
        assert not result.followups


@pytest.mark.asyncio
async def test_where_no_claims_are_told_there_is_one_edit(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(*_CLAIMS[:2]))) as here:
        await here.ask()
        assert [_numbers(body) for body in here.edits()] == [[1, 2]]


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_a_draft_that_discord_does_not_take_costs_nothing_but_itself(
    town: OpenTown, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def telling(tell: Tell) -> None:
        tell(_CLAIMS[0])
        desk.until_edits(1)

    desk = _TownDesk(answer(*_CLAIMS[:2]), telling)
    async with desk.opened(town) as here:
        here.env.inject_error("PATCH", "/webhooks/*", status=status)
        result = await here.ask()
        assert [_numbers(body) for body in here.edits()] == [[1], [1, 2]]
        assert result.response is not None
        assert not result.response.content
        assert WRITING not in (result.response.embeds[0].description or "")
    assert not [r for r in caplog.records if r.name.startswith("bot")]


@pytest.mark.asyncio
async def test_words_in_a_draft_show_but_do_not_act(town: OpenTown) -> None:
    hostile = [
        claim(citation(n, quote=text, title=text), text=f"Turner {text}", speaker=text, worded=True)
        for n, text in enumerate(HOSTILE, 1)
    ]

    def telling(tell: Tell) -> None:
        for n, one in enumerate(hostile, 1):
            tell(one)
            desk.until_edits(n)

    desk = _TownDesk(answer(), telling)
    async with desk.opened(town, pace=0.0) as here:
        await here.ask("@everyone")
        *drafts, _ = here.edits()
        assert len(drafts) == len(hostile)
        assert all(body["allowed_mentions"] == {"parse": []} for body in drafts)
        shown = drafts[-1]["embeds"][0]["description"]
    assert all(f"Turner {text}" in as_read(shown) for text in HOSTILE)
    ours = re.sub(
        r"\*\*|\[\d+\] |\[open\]\(https://news\.example\.org/\d#:~:text=We%20will,spring\)", "", live(shown)
    )
    assert not re.search(r"[`*_~|<>\[\]()#@]|://", ours)


@pytest.mark.asyncio
async def test_an_error_takes_the_place_of_a_draft(town: OpenTown) -> None:
    def telling(tell: Tell) -> None:
        tell(_CLAIMS[0])
        desk.until_edits(1)

    desk = _TownDesk(KeyError("a fault"), telling)
    async with desk.opened(town) as here:
        result = await here.ask()
        assert result.response is not None
        assert "Incident" in result.response.content
        assert not result.response.embeds


@pytest.mark.asyncio
async def test_fifty_claims_at_once_neither_stall_the_event_loop_nor_flood_the_channel(town: OpenTown) -> None:
    long = [claim(citation(n, quote="*word* " * 400), text=f"Turner, {n}.", worded=True) for n in range(1, 51)]
    took = []

    def telling(tell: Tell) -> None:
        begun = time.perf_counter()
        for one in long:
            tell(one)
        took.append(time.perf_counter() - begun)
        desk.until_edits(1)
        desk.set_clock(2.0)
        desk.set_clock(4.0)

    desk = _TownDesk(answer(*long[:2]), telling)
    async with desk.opened(town) as here, _gaps() as gaps:
        await here.ask()
        assert 2 <= len(here.edits()) <= 3  # all in one draft, or the first before the others
        assert WRITING not in here.edits()[-1]["embeds"][0]["description"]
    assert took[0] < 0.5
    assert len(gaps) > 20
    assert max(gaps) < 0.5  # the rest is room for a busy machine
