"""The line before the desk: at most so many questions at once, and the servers in turn.

A server with forty questions keeps no other's one waiting: turns go round the servers, and within a server to who
came first. On the event loop alone, without threads. May not know what a turn is used for.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)

# Seconds until one who waits is told so, and between two times. Most waits are shorter than the first; Discord
# allows about 5 edits in 5 seconds in a channel, where several may wait at once.
PATIENCE, PACE = 1.0, 5.0

Tell = Callable[[int], Awaitable[None]]


class Full(Exception):  # noqa: N818 - says what is the matter
    """As many wait as may. `str()` is a sentence for the one who is turned away."""


@dataclass(eq=False, slots=True)
class _Waiter:
    group: Hashable
    came: asyncio.Event = field(default_factory=asyncio.Event)
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)


class Line:
    """`slots` have their turn at once, `most` wait beside them."""

    def __init__(self, slots: int, most: int, *, patience: float = PATIENCE, pace: float = PACE) -> None:
        if slots < 1:
            raise ValueError("a line without a slot never moves")
        self._slots, self._most = slots, most
        self._patience, self._pace = patience, pace
        self._groups: OrderedDict[Hashable, deque[_Waiter]] = OrderedDict()  # whose turn is next, first
        self._waiting = self._busy = 0

    @property
    def waiting(self) -> int:
        return self._waiting

    @property
    def busy(self) -> int:
        return self._busy

    @asynccontextmanager
    async def turn(self, group: Hashable, tell: Tell | None = None) -> AsyncIterator[None]:
        """The block runs when its turn has come. Raises Full at once where too many wait.

        `tell` gets the place in line, 1 for the next, after some patience and then at a pace while it changes. It
        must bound its own time: the block, and who stops waiting, wait for it, so that nothing that was told can
        overtake what comes after. What it raises is logged and breaks nothing.
        """
        waiter = self._join(group)
        try:
            if not waiter.came.is_set():
                await self._wait(waiter, tell)
            yield
        finally:
            self._leave(waiter)

    def _join(self, group: Hashable) -> _Waiter:
        waiter = _Waiter(group)
        if self._busy < self._slots:  # then nobody waits: a slot that is given back is passed on at once
            self._busy += 1
            waiter.came.set()
        elif self._waiting >= self._most:
            raise Full("Too many are asking just now; please try again in a minute.")
        else:
            self._groups.setdefault(group, deque()).append(waiter)
            self._waiting += 1
        return waiter

    def _leave(self, waiter: _Waiter) -> None:
        if waiter.came.is_set():
            self._busy -= 1
            self._pass_on()
            return
        queue = self._groups[waiter.group]
        queue.remove(waiter)
        self._waiting -= 1
        if not queue:
            del self._groups[waiter.group]

    def _pass_on(self) -> None:
        if not self._groups:
            return
        group, queue = self._groups.popitem(last=False)
        waiter = queue.popleft()
        if queue:
            self._groups[group] = queue  # at the end: the others first
        self._waiting -= 1
        self._busy += 1
        waiter.came.set()

    def _place(self, waiter: _Waiter) -> int:
        """How manieth turn from now it is, if nobody comes or goes: before it, each server has its rounds."""
        rounds = self._groups[waiter.group].index(waiter)
        before, passed = 0, False
        for group, queue in self._groups.items():
            passed = passed or group == waiter.group
            before += min(len(queue), rounds if passed else rounds + 1)
        return before + 1

    async def _wait(self, waiter: _Waiter, tell: Tell | None) -> None:
        if tell is None:
            await waiter.came.wait()
            return
        teller = asyncio.create_task(self._keep_telling(waiter, tell))
        try:
            await waiter.came.wait()
        finally:
            try:
                async with waiter.telling:  # what becomes of a cancelled request, nobody knows
                    pass
            finally:
                teller.cancel()
                await asyncio.wait({teller})

    async def _keep_telling(self, waiter: _Waiter, tell: Tell) -> None:
        await asyncio.sleep(self._patience)
        told = None
        while not waiter.came.is_set():
            place = self._place(waiter)
            if place != told:
                async with waiter.telling:
                    try:
                        await tell(place)
                    except Exception:  # noqa: BLE001 - no reason to lose the turn
                        _log.exception("a place in line could not be told")
                told = place
            await asyncio.sleep(self._pace)
