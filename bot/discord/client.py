"""The Discord client: who may ask, on which thread the work is done, the way to each command, press and mention.

Thin: `commands` read what was typed, `pressing` what was pressed, `answers` shows, `desk` knows the libraries. May
not answer anything itself, block the event loop, or log what was asked.
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.app_commands import Command, ContextMenu

from bot.discord import incidents
from bot.discord.commands import all_commands, asking
from bot.discord.desk import Desk, Desks
from bot.discord.drafts import Draft, Show
from bot.discord.intake import Intake
from bot.discord.libraries import Libraries
from bot.discord.line import Line
from bot.discord.mentioned import heard
from bot.discord.metrics import Metrics
from bot.discord.pace import Pace
from bot.discord.pressing import pressed
from bot.discord.seats import Seat, seat_of
from bot.discord.servers import Servers
from bot.discord.syncing import forget, sync

_log = logging.getLogger(__name__)
T = TypeVar("T")

# Answers at once. Each keeps a core busy, and more end hardly sooner: with 50 askers on two cores, 4 at once ended
# at most 25 % sooner than 2, with larger stalls of the event loop. Where a model words them, they mostly wait.
WORKERS, WORKERS_WITH_MODEL = 2, 8
WAITING = 200  # at most so many in line
PATIENCE = 600.0  # seconds for one answer: Discord lets the reply be edited for 15 minutes
QUICK = 2.0  # seconds for what must be there before Discord's three are over
GRACE = 8.0  # seconds for answers in flight at shutdown: containers are killed after 10
RESTARTING = "I am being restarted; please ask again in a minute."


@dataclass(frozen=True, slots=True)
class Paces:
    """How often in how many seconds: one member may ask, one server may, and one member may press buttons."""

    asks: tuple[int, float] = (3, 10.0)
    server: tuple[int, float] = (60, 30.0)
    presses: tuple[int, float] = (10, 10.0)


@dataclass(frozen=True, slots=True)
class House:
    """What the bot is opened with.

    `may_choose`: whether a server's managers choose between a library of its own and the shared one. `direct`:
    whether direct messages are answered. `shards`: None for as many as Discord recommends. `workers`: so many
    questions are answered at once.
    """

    desks: Desks
    libraries: Libraries
    servers: Servers
    intake: Intake
    metrics: Metrics
    may_choose: bool = False
    direct: bool = False
    shards: int | None = 1
    workers: int = WORKERS


class OnRecordBot(discord.AutoShardedClient):
    """`threads` are for answers, `quick` for what must not wait behind them; `patience` in seconds for one answer.

    `drafting` makes what paces the drafts of an answer.
    """

    def __init__(
        self,
        house: House,
        threads: Executor,
        quick: Executor,
        *,
        paces: Paces = Paces(),
        patience: float = PATIENCE,
        drafting: Callable[[Show], Draft] = Draft,
    ) -> None:
        # `guilds` lets discord.py know the servers and channels; the messages are those that mention the bot, for
        # without the privileged intent Discord gives the words of no other.
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=house.direct)
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            shard_count=house.shards,
        )
        self.house = house
        self.servers, self.metrics = house.servers, house.metrics
        self.drafting = drafting
        self.line = Line(house.workers, WAITING)
        self.metrics.watch(self.line)
        self._threads, self._quick, self._patience = threads, quick, patience
        self._tasks: set[asyncio.Task[Any]] = set()
        self._limits: set[asyncio.Timeout] = set()
        self._draining = False
        self._asks, self._server, self._presses = Pace(*paces.asks), Pace(*paces.server), Pace(*paces.presses)
        self.tree = _Tree(self)
        for command in all_commands(may_choose=house.may_choose):
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        if self.application_id is not None:
            await sync(self.tree, self.application_id, self.servers)

    async def on_ready(self) -> None:
        _log.info("connected to Discord, in %d servers", len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        await heard(self, message)

    async def on_app_command_completion(self, _: object, command: Command[Any, ..., None] | ContextMenu) -> None:
        if command.module != asking.__name__:  # answers are counted with their outcome
            self.metrics.counted(command.name, "done")

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Presses, menus and forms, by their fixed ids: those from before a restart too."""
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            await pressed(self, interaction)

    # ---------------------------------------------------------------- who may

    def admit(self, seat: Seat, at: float, *, press: bool = False) -> str | None:
        """Take part in what somebody wants, or say why not. From here on a shutdown waits for it.

        Settled in memory, so that a refusal comes at once. `at` in seconds.
        """
        if self._draining:
            return RESTARTING
        if seat.guild is None and not self.house.direct:
            return "I answer in servers only, not in direct messages."
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if press:
            wait = self._presses.wait((seat.guild, seat.user), at)
        else:
            wait = self._asks.wait((seat.guild, seat.user), at) or self._server.wait(seat.guild, at)
        return f"That is too fast; please try again in {math.ceil(wait)} s." if wait else None

    def may_maintain(self, guild: int | None) -> bool:
        """Whether a server's managers may change the library that it asks."""
        return guild is not None and self.house.libraries.may_maintain(guild, len(self.guilds) == 1)

    # ---------------------------------------------------------------- where the work is done

    async def work(
        self, seat: Seat, job: Callable[[Desk], T], waiting: Callable[[int], Awaitable[None]] | None = None
    ) -> T:
        """Do a job on a thread when its turn has come; `waiting` is told the place in line until then.

        Raises what the job raises, TimeoutError, and Full where too many wait.
        """
        async with self.within(self._patience), self.line.turn(seat.guild or seat.user, waiting):
            return await self._on(self._threads, seat, job)

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Raises TimeoutError where the block takes longer, or is still there when a shutdown's grace is over."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    async def quickly(self, seat: Seat, job: Callable[[Desk], T]) -> T:
        """Do a job that takes some milliseconds, past the line. Raises TimeoutError after QUICK seconds."""
        async with asyncio.timeout(QUICK):
            return await self._on(self._quick, seat, job)

    async def _on(self, threads: Executor, seat: Seat, job: Callable[[Desk], T]) -> T:
        def done() -> T:
            with self.house.desks.at(seat.guild, seat.user) as desk:
                return job(desk)

        return await asyncio.get_running_loop().run_in_executor(threads, done)

    async def drain(self, grace: float = GRACE) -> None:
        """Take nothing new and let what is in flight finish; what has not by then is told so."""
        self._draining = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for limit in self._limits:
            limit.reschedule(asyncio.get_running_loop().time())
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)


class _Tree(app_commands.CommandTree[OnRecordBot]):
    """The commands. Where direct messages are not answered, they are offered in servers only."""

    def __init__(self, client: OnRecordBot) -> None:
        direct = client.house.direct
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=direct, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def interaction_check(self, interaction: discord.Interaction[OnRecordBot], /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            return True  # one for each key that is struck
        refusal = self.client.admit(seat_of(interaction), interaction.created_at.timestamp())
        if refusal is not None:
            await incidents.tell(interaction, refusal)
        return refusal is None

    async def on_error(
        self, interaction: discord.Interaction[OnRecordBot], error: app_commands.AppCommandError, /
    ) -> None:
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await forget(self.client.servers)
        await incidents.tell(interaction, incidents.for_asker(error))
