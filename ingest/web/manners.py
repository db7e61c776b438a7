"""Whom we may ask when: one request at a time to a host, a pause between two, and none to one that is silent."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from ingest.web.connecting import Unreachable

# So many failures on end, and a host is left alone for so many seconds.
FAILURES, LEFT_ALONE = 3, 600.0


@dataclass(slots=True)
class _Host:
    turn: anyio.Lock = field(default_factory=anyio.Lock)
    free: float = 0.0
    failures: int = 0
    silent_until: float = 0.0


class Manners:
    """Keeps count of every host that was asked. For one event loop."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, pause: float | None) -> AsyncIterator[None]:
        """Our turn with a host. Raises Unreachable where it is silent.

        The next turn comes `pause` seconds later, if that is more than our own pause; at once where it is None.
        """
        known = self._hosts.setdefault(host, _Host())
        async with known.turn:
            if time.monotonic() < known.silent_until:
                raise Unreachable("the host has not answered several times; it is left alone for a while")
            await anyio.sleep(max(0.0, known.free - time.monotonic()))
            try:
                yield
            finally:
                if pause is not None:
                    known.free = max(known.free, time.monotonic() + max(self._pause, pause))

    def hold(self, host: str, seconds: float) -> None:
        """The host asks for so long a rest."""
        known = self._hosts.setdefault(host, _Host())
        known.free = max(known.free, time.monotonic() + seconds)

    def answered(self, host: str, *, well: bool) -> None:
        """Whether a host gave an answer, of whatever kind, or none."""
        known = self._hosts.setdefault(host, _Host())
        known.failures = 0 if well else known.failures + 1
        if known.failures >= FAILURES:
            known.failures, known.silent_until = 0, time.monotonic() + LEFT_ALONE
