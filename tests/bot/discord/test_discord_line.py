"""The line: who has a turn when, what one who waits is told, and that no place is lost or kept for nobody."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.discord.line import Full, Line

pytestmark = pytest.mark.asyncio

Tell = Callable[[int], Awaitable[None]]


async def _turns(times: int = 20) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


class Counter:
    """Those who come to a line, in the order in which their turns come; each leaves when it is let go."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.served: list[str] = []
        self._gone: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str, tell: Tell | None = None) -> None:
        """`name` is the group's letter and a number."""
        self._gone[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._use(name, tell))
        await _turns()

    async def _use(self, name: str, tell: Tell | None) -> None:
        async with self.line.turn(name[0], tell):
            self.served.append(name)
            await self._gone[name].wait()

    async def let_go(self, name: str) -> None:
        self._gone[name].set()
        await _turns()

    async def finish(self) -> None:
        """Let everybody go, one after the other."""
        for _ in range(len(self.tasks)):
            for name in self.served:
                await self.let_go(name)
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        assert (self.line.busy, self.line.waiting) == (0, 0)
        assert not self.line._groups


async def test_no_more_than_the_slots_have_their_turn_at_once() -> None:
    counter = Counter(Line(2, 10))
    for name in ("a1", "a2", "a3"):
        await counter.come(name)
    assert counter.served == ["a1", "a2"]
    assert (counter.line.busy, counter.line.waiting) == (2, 1)
    await counter.let_go("a1")
    assert counter.served == ["a1", "a2", "a3"]
    await counter.finish()


async def test_a_server_with_many_questions_does_not_keep_anothers_one_waiting() -> None:
    counter = Counter(Line(1, 100))
    for number in range(40):
        await counter.come(f"a{number}")
    await counter.come("b0")
    await counter.finish()
    assert counter.served.index("b0") <= 2


async def test_turns_go_round_the_groups_and_first_come_first_served_within_one() -> None:
    counter = Counter(Line(1, 100))
    for name in ("a0", "a1", "a2", "a3", "b1", "b2", "c1"):
        await counter.come(name)
    await counter.finish()
    assert counter.served == ["a0", "a1", "b1", "c1", "a2", "b2", "a3"]


async def test_who_comes_when_too_many_wait_is_turned_away_at_once() -> None:
    counter = Counter(Line(1, 1))
    for name in ("a1", "a2"):
        await counter.come(name)
    with pytest.raises(Full):
        async with counter.line.turn("b"):
            pytest.fail("it had no turn")
    await counter.finish()


async def test_the_place_is_the_one_in_which_turns_really_come() -> None:
    line = Line(1, 100, patience=0.0, pace=100.0)
    counter, told = Counter(line), dict[str, int]()

    def telling(name: str) -> Tell:
        async def tell(place: int) -> None:
            told[name] = place

        return tell

    for name in ("a0", "a1", "b1", "a2", "c1", "a3", "c2", "a4", "d1", "d2", "d3"):
        line._patience = 0.05  # all have come before the first is told
        await counter.come(name, telling(name))
    await asyncio.sleep(0.2)
    await counter.finish()
    assert [told[name] for name in counter.served[1:]] == list(range(1, 11))


@pytest.mark.parametrize("told_first", [False, True])
async def test_one_who_gives_up_leaves_the_line(told_first: bool) -> None:
    counter = Counter(Line(1, 2, patience=0.0 if told_first else 9.0))

    async def tell(place: int) -> None:
        pass

    for name in ("a1", "b1", "c1"):
        await counter.come(name, tell)
    await asyncio.sleep(0.01)
    counter.tasks["b1"].cancel()
    await _turns()
    assert counter.line.waiting == 1
    await counter.come("d1")
    await counter.finish()
    assert counter.served == ["a1", "c1", "d1"]


async def test_one_whose_time_is_over_leaves_the_line() -> None:
    counter = Counter(Line(1, 5))
    await counter.come("a1")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), counter.line.turn("b"):
            pytest.fail("it had no turn")
    await counter.finish()


async def test_one_who_gives_up_in_the_moment_his_turn_comes_passes_it_on() -> None:
    counter = Counter(Line(1, 5))
    for name in ("a1", "b1", "c1"):
        await counter.come(name)
    counter._gone["a1"].set()
    await asyncio.sleep(0)  # a1's turn is over, and b1 has not run yet
    assert (counter.served, counter.line.waiting) == (["a1"], 1)
    counter.tasks["b1"].cancel()
    await _turns()
    assert counter.served == ["a1", "c1"]
    await counter.finish()


async def test_a_turn_that_fails_is_given_back() -> None:
    line = Line(1, 5)
    with pytest.raises(ZeroDivisionError):
        async with line.turn("a"):
            raise ZeroDivisionError
    async with line.turn("b"):
        assert line.busy == 1
    assert line.busy == 0


async def test_who_waits_no_longer_than_the_patience_is_told_nothing() -> None:
    counter, told = Counter(Line(1, 5, patience=0.2)), list[int]()

    async def tell(place: int) -> None:
        told.append(place)

    await counter.come("a1")
    await counter.come("b1", tell)
    await counter.finish()
    await asyncio.sleep(0.3)
    assert told == []


async def test_a_place_is_told_when_it_changes_and_not_more_often_than_the_pace() -> None:
    counter, told = Counter(Line(1, 20, patience=0.01, pace=0.1)), list[int]()

    async def tell(place: int) -> None:
        told.append(place)

    for number in range(6):
        await counter.come(f"a{number}")
    await counter.come("a9", tell)
    await asyncio.sleep(0.35)
    assert told == [6]
    for number in range(3):  # three places at once are told as one
        await counter.let_go(f"a{number}")
    await asyncio.sleep(0.2)
    assert told == [6, 3]
    await counter.finish()
    await asyncio.sleep(0.2)
    assert told == [6, 3]


async def test_a_turn_waits_for_what_is_being_told_and_nothing_is_told_after() -> None:
    counter, events = Counter(Line(1, 5, patience=0.0, pace=0.0)), list[str]()
    go = asyncio.Event()

    async def tell(place: int) -> None:
        events.append("telling")
        await go.wait()
        events.append("told")

    await counter.come("a1")
    await counter.come("b1", tell)
    await asyncio.sleep(0.01)
    await counter.let_go("a1")
    assert (events, counter.served) == (["telling"], ["a1"])
    go.set()
    await _turns()
    assert (events, counter.served) == (["telling", "told"], ["a1", "b1"])
    await counter.finish()


async def test_one_who_gives_up_twice_while_he_is_told_gives_his_turn_back() -> None:
    counter = Counter(Line(1, 5, patience=0.0))

    async def tell(place: int) -> None:
        await asyncio.Event().wait()

    await counter.come("a1")
    await counter.come("b1", tell)
    await asyncio.sleep(0.01)
    await counter.let_go("a1")  # the turn is b1's, who is still being told
    for _ in range(2):
        counter.tasks["b1"].cancel()
        await _turns()
    await counter.finish()
    assert counter.served == ["a1"]


async def test_what_cannot_be_told_costs_nobody_the_turn(caplog: pytest.LogCaptureFixture) -> None:
    counter = Counter(Line(1, 5, patience=0.0, pace=0.0))

    async def tell(place: int) -> None:
        raise OSError("no way out")

    await counter.come("a1")
    await counter.come("b1", tell)
    await asyncio.sleep(0.02)
    await counter.finish()
    assert counter.served == ["a1", "b1"]
    assert len(caplog.records) == 1
