"""Keeps the bot running: connects it, watches its event loop, and ends it in order when it is told to.

May not know what the bot answers. Errors leave as sentences of our own, and none holds the token.
"""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp
import discord

from bot.discord import incidents
from bot.discord.metrics import Metrics
from bot.logs import fields
from retrieval.errors import ConfigurationError, OnrecordError

_log = logging.getLogger(__name__)

FIRST = 60.0  # seconds in which a first connection must succeed, all tries together
_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between the tries; the last one again and again
AT_ONCE = 3.0  # seconds for a second signal to end what can be ended in order
# Seconds between two looks at the loop, and at the gateway. A look costs 0.15 ms of a core; a stall may be
# told too short by the first.
TICK, SAMPLED = 0.02, 1.0
STALL = 1.0  # seconds; a longer one is logged. Discord drops who sends no heartbeat for 40.
# A full collection goes over all that a library keeps in memory, and holds every thread. Measured on two cores
# with 2.5 million objects and two threads that make and drop others: the loop stood still for 300 ms; with what is
# old frozen 172 ms, and with these thresholds too 33 ms.
_THRESHOLDS = (50_000, 10, 10)
_SLOW = 0.05  # seconds; a full collection that took longer had things to look at that came to stay
# Discord tells by these that it wants several connections, or has been given wrong ones.
_SHARDING = (4010, 4011)


class Bot(Protocol):
    """A discord.Client that can be drained: it takes nothing new, and what is in flight ends in bounded time."""

    @property
    def latency(self) -> float: ...

    @property
    def guilds(self) -> Sequence[Any]: ...

    @property
    def wait_for(self) -> Any: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    async def start(self, token: str) -> None: ...

    async def drain(self) -> None: ...


def run(make: Callable[[], Bot], token: str, *, metrics: Metrics | None = None, patience: float = FIRST) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends it at once.

    `make` is called for each try to connect, `patience` the seconds for all of them. The threads that answer are
    the caller's: end them before what lies behind them is closed. Raises OnrecordError.
    """
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise incidents.token_missing()
    _quieten()
    try:
        with _calm():
            asyncio.run(_serve(make, token, metrics or Metrics(), patience))
    except KeyboardInterrupt:
        _log.warning("stopped at once")
    except Exception as error:
        raise _explained(error) from error


async def _serve(make: Callable[[], Bot], token: str, metrics: Metrics, patience: float) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_told)
    ends, until = _Ends(), loop.time() + patience
    _on_signals(ends)
    for pause in _pauses():
        session = _Session(make(), token, ends)
        try:
            await session.run(until, metrics)
        except Exception as error:
            if session.connected or not _may_pass(error) or loop.time() + pause >= until:
                raise
            _log.info("Discord cannot be reached; again in %d s", pause, extra=fields(error=type(error).__name__))
        else:
            return
        if await ends.within(pause):
            return


class _Ends:
    """The signals to end: the first asks for it, the second wants it at once."""

    def __init__(self) -> None:
        self.asked, self.hurried = asyncio.Event(), asyncio.Event()

    def signalled(self, number: int) -> None:
        if not self.asked.is_set():
            self.asked.set()
            return
        _log.warning("stopped at once")
        self.hurried.set()
        # Threads that answer cannot be stopped, and Python waits for them before it ends.
        last = threading.Timer(AT_ONCE, os._exit, (128 + number,))
        last.daemon = True
        last.start()

    async def within(self, seconds: float) -> bool:
        """Whether it is asked for within so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.asked.wait(), seconds)
        return self.asked.is_set()


class _Session:
    """One try to connect; where it succeeds, all that follows."""

    def __init__(self, bot: Bot, token: str, ends: _Ends) -> None:
        self._bot, self._token, self._ends = bot, token, ends
        self.connected = False

    async def run(self, until: float, metrics: Metrics) -> None:
        """Returns when it was asked to end. Raises TimeoutError where it is not connected by then."""
        async with self._bot as bot, _ended() as begin:
            session, asked = begin(bot.start(self._token)), begin(self._ends.asked.wait())
            connected = begin(bot.wait_for("connect"))
            left = until - asyncio.get_running_loop().time()
            await asyncio.wait({session, asked, connected}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if connected.done():
                self.connected = True
                gc.freeze()
                begin(_watched(bot, metrics))
                await asyncio.wait({session, asked}, return_when=asyncio.FIRST_COMPLETED)
            if session.done():
                session.result()
            elif asked.done():
                await self._drained()
            else:
                raise TimeoutError

    async def _drained(self) -> None:
        async with _ended() as begin:
            draining, hurried = begin(self._bot.drain()), begin(self._ends.hurried.wait())
            await asyncio.wait({draining, hurried}, return_when=asyncio.FIRST_COMPLETED)
            if draining.done():
                draining.result()


@contextlib.asynccontextmanager
async def _ended() -> AsyncIterator[Callable[[Any], asyncio.Task[Any]]]:
    """Begins tasks that are over when the block is."""
    tasks: list[asyncio.Task[Any]] = []

    def begin(work: Any) -> asyncio.Task[Any]:
        tasks.append(asyncio.ensure_future(work))
        return tasks[-1]

    try:
        yield begin
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watched(bot: Bot, metrics: Metrics) -> None:
    """Measure how long the loop stands still, for nobody hears a bot that does."""
    loop = asyncio.get_running_loop()
    sampled = 0.0
    while True:
        before = loop.time()
        await asyncio.sleep(TICK)
        now = loop.time()
        lag = now - before - TICK
        metrics.stalled(max(0.0, lag))
        if lag >= STALL:
            _log.warning("the event loop stood still", extra=fields(seconds=round(lag, 3)))
        if now >= sampled + SAMPLED:
            metrics.sampled(bot.latency, len(bot.guilds))
            sampled = now


@contextlib.contextmanager
def _calm() -> Iterator[None]:
    """Collect garbage seldom, and never again what has once made a collection slow."""
    before, began = gc.get_threshold(), 0.0

    def collected(phase: str, info: dict[str, int]) -> None:
        nonlocal began
        if info["generation"] != 2:  # the full one
            return
        now = time.perf_counter()
        if phase == "stop" and now > began + _SLOW:
            gc.freeze()
        began = now

    gc.set_threshold(*_THRESHOLDS)
    gc.callbacks.append(collected)
    try:
        yield
    finally:
        gc.callbacks.remove(collected)
        gc.set_threshold(*before)
        gc.unfreeze()


def _pauses() -> Iterator[float]:
    yield from _PAUSES
    while True:
        yield _PAUSES[-1]


def _may_pass(error: Exception) -> bool:
    """Whether it may go by itself: an outage does, a wrong token does not."""
    if isinstance(error, discord.ConnectionClosed | discord.LoginFailure):
        return False  # discord.py itself tries again after the codes that mean nothing more
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 429
    return isinstance(error, discord.GatewayNotFound | discord.RateLimited | aiohttp.ClientError | OSError)


def _explained(error: Exception) -> OnrecordError:
    if isinstance(error, discord.ConnectionClosed) and error.code in _SHARDING:
        return ConfigurationError(
            "Discord wants this bot to use another number of shards.", hint="Set ONRECORD_DISCORD_SHARDS=0."
        )
    return error if isinstance(error, OnrecordError) else incidents.for_operator(error)


def _told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:  # noqa: ARG001 - asyncio's own
    """What nobody waited for has failed. asyncio would print the task, and with it what was asked."""
    _log.error("incident %s: %s", secrets.token_hex(4), context["message"], exc_info=context.get("exception"))


def _on_signals(ends: _Ends) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows has no such handlers, and only a main thread may set them; Ctrl-C then cancels the task.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(name, ends.signalled, name)


def _quieten() -> None:
    """discord.py's debug log holds what people write, and its warnings about voice concern nobody here."""
    logger = logging.getLogger("discord")
    logger.setLevel(max(logger.getEffectiveLevel(), logging.INFO))
    for name in ("discord.client", "discord.shard"):
        logging.getLogger(name).addFilter(_shorten_reconnect)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def _shorten_reconnect(record: logging.LogRecord) -> bool:
    """A lost connection is routine: one line with the reason, not a traceback."""
    routine = "reconnect" in str(record.msg) or "Retrying" in str(record.msg)
    if routine and record.exc_info and record.exc_info[1]:
        record.msg, record.args = f"{record.getMessage()} ({record.exc_info[1]!r})", ()
        record.exc_info, record.exc_text = None, None
    return True
