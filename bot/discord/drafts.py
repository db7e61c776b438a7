"""Shows the claims of an answer while it is written: the first at once, the next ones at a humane pace.

Knows when a draft is shown; not what it looks like, nor where it goes. What fails here is lost and breaks
nothing: the answer comes after it, whole.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

from retrieval.types import Claim

_log = logging.getLogger(__name__)

# Seconds between two drafts. Discord allows about 5 edits in 5 seconds in a channel; at this pace two answers that
# are written there at once stay below it, and the answers themselves find room.
PACE = 2.0

Show = Callable[[Sequence[Claim]], Awaitable[None]]
Sleep = Callable[[float], Awaitable[object]]


class Draft:
    """What is told of one answer, used in an `async with` block: after it, nothing more is shown.

    `show` gets all claims so far, is never called twice at once or for nothing new, and must bound its own time:
    the end of the block waits for it, so that no draft can overtake the answer.
    """

    def __init__(self, show: Show, *, pace: float = PACE, sleep: Sleep = asyncio.sleep) -> None:
        self._show, self._pace, self._sleep = show, pace, sleep
        self._claims: list[Claim] = []
        self._new = asyncio.Event()
        self._showing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with self._showing:  # a request is waited for: what becomes of a cancelled one, nobody knows
                pass
        finally:
            self._task.cancel()
        await asyncio.wait({self._task})

    def tell(self, claim: Claim) -> None:
        """From any thread and at any time, without waiting; a claim that comes too late is not shown."""
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            self._loop.call_soon_threadsafe(self._add, claim)

    def _add(self, claim: Claim) -> None:
        self._claims.append(claim)
        self._new.set()

    async def _run(self) -> None:
        while True:
            await self._new.wait()
            async with self._showing:
                self._new.clear()
                try:
                    await self._show(tuple(self._claims))
                except Exception:  # noqa: BLE001 - a fault of ours is logged, and no reason to lose the answer
                    _log.exception("a draft could not be shown")
            await self._sleep(self._pace)
