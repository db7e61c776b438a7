"""The Discord client: takes /ask, has the desk answer it on a thread, shows the answer, and drafts of it before.

Thin: what was typed is read in `options`, an answer is laid out in `embeds`, `drafts` says when a draft is
shown, an error becomes a sentence in `incidents`. May not answer anything itself, block the event loop, or log
what was asked.
"""

import asyncio
import contextlib
import io
import logging
import math
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands

from bot.discord import incidents
from bot.discord.drafts import Draft, Show
from bot.discord.embeds import Page, draft, pages
from bot.discord.options import Unusable, question_from
from bot.discord.pace import Pace
from retrieval.types import Answer, Claim, Question

_log = logging.getLogger(__name__)

WORKERS = 4  # answers at once; others wait their turn in the pool
PATIENCE = 600.0  # seconds for one answer: Discord lets the reply be edited for 15 minutes
# Seconds for one draft: an edit takes a fraction of one. Longer, and discord.py is sleeping before it tries again
# (1 s, 3 s, ... after a 5xx, as long as Discord asks after a 429), with the answer waiting behind the draft.
DRAFT_PATIENCE = 5.0
GRACE = 8.0  # seconds for answers in flight at shutdown: containers are killed after 10


class Desk(Protocol):
    """What answers: blocking, and called from several threads at once.

    `user` tells askers apart. `tell` may be called on any thread, with each claim as soon as it stands.
    """

    def ask(self, question: Question, *, user: str, tell: Callable[[Claim], None]) -> Answer: ...


class OnRecordBot(discord.Client):
    """`cooldown` is how many questions one member of one server may ask in how many seconds.

    `patience` are the seconds for one answer, `drafting` makes what paces its drafts.
    """

    def __init__(
        self,
        desk: Desk,
        pool: Executor,
        *,
        cooldown: tuple[int, float] = (3, 10.0),
        patience: float = PATIENCE,
        drafting: Callable[[Show], Draft] = Draft,
    ) -> None:
        # Slash commands need no intent; `guilds` lets discord.py know the servers and channels they come from.
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), max_messages=None)
        self._desk, self._pool, self._patience = desk, pool, patience
        self._tasks: set[asyncio.Task[Any]] = set()
        self._limits: set[asyncio.Timeout] = set()
        self._draining = False
        self._pace = Pace(*cooldown)
        self._drafting = drafting
        self.tree = _Tree(self)
        self.tree.add_command(_ask_command())

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        _log.info("connected to Discord, in %d servers", len(self.guilds))

    def admit(self, interaction: discord.Interaction[Any]) -> str | None:
        """Take part in this interaction, or say why not. From here on a shutdown waits for it.

        Settled in memory, so that the refusal comes at once and for the asker's eyes only.
        """
        if self._draining:
            return "I am being restarted; please ask again in a minute."
        if interaction.guild_id is None:
            return "I answer in servers only, not in direct messages."
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        wait = self._pace.wait((interaction.guild_id, interaction.user.id), interaction.created_at.timestamp())
        return f"That is too fast; please ask again in {math.ceil(wait)} s." if wait else None

    async def answer(self, interaction: discord.Interaction[Any], question: Question) -> None:
        """Reply to a question; raises what the desk raises, TimeoutError and Discord's own errors."""
        await interaction.response.defer(thinking=True)  # first of all: Discord waits no more than 3 seconds
        async with self._drafting(partial(_sketch, interaction, question.text)) as drafted:
            user = f"{interaction.guild_id}:{interaction.user.id}"
            messages = await self._worked_out(partial(self._laid_out, question, user, drafted.tell))
        await _show(interaction, messages)

    async def _worked_out(self, work: Callable[[], tuple[Page, ...]]) -> tuple[Page, ...]:
        async with asyncio.timeout(self._patience) as limit:
            self._limits.add(limit)
            try:
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
            finally:
                self._limits.discard(limit)

    def _laid_out(self, question: Question, user: str, tell: Callable[[Claim], None]) -> tuple[Page, ...]:
        """Runs on a thread, the layout too: escaping a long answer takes its time."""
        return pages(self._desk.ask(question, user=user, tell=tell))

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
    """The commands, all of them for servers only: what one server holds is no other's, and nobody's alone."""

    def __init__(self, client: OnRecordBot) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def interaction_check(self, interaction: discord.Interaction[OnRecordBot], /) -> bool:
        refusal = self.client.admit(interaction)
        if refusal is not None:
            await incidents.tell(interaction, refusal)
        return refusal is None

    async def on_error(
        self, interaction: discord.Interaction[OnRecordBot], error: app_commands.AppCommandError, /
    ) -> None:
        await incidents.tell(interaction, incidents.for_asker(error))


def _ask_command() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="ask", description="Who said what on a policy, with the passage.")
    @app_commands.describe(
        question="What do you want to know? For example: what did Turner propose?",
        person="Only what this person said",
        since="Only from this day on, as 2024-05-31",
        until="Only up to this day, as 2024-05-31",
    )
    async def ask(
        interaction: discord.Interaction[OnRecordBot],
        question: app_commands.Range[str, 1, 300],
        person: app_commands.Range[str, 1, 100] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> None:
        try:
            await interaction.client.answer(interaction, question_from(question, person, since, until))
        except Unusable as wrong:
            await incidents.tell(interaction, str(wrong))
        except Exception as error:  # noqa: BLE001 - the last stop: logged with its incident id
            await incidents.tell(interaction, incidents.for_asker(error))
            await _withdraw(interaction)

    return ask


async def _sketch(interaction: discord.Interaction[Any], question: str, claims: Sequence[Claim]) -> None:
    """Show a draft. It is an extra: where Discord does not take it soon, it is left out."""
    embed = await asyncio.to_thread(draft, question, claims)  # in the pool it would wait for other answers
    interaction.extras["drafted"] = True
    await _try_to_edit(interaction, embed)


async def _withdraw(interaction: discord.Interaction[Any]) -> None:
    """Take a draft away from where an error is told: there is no answer that it is the beginning of."""
    if interaction.extras.get("drafted") and not interaction.extras.get("answered"):
        await _try_to_edit(interaction, None)


async def _try_to_edit(interaction: discord.Interaction[Any], embed: discord.Embed | None) -> None:
    try:
        async with asyncio.timeout(DRAFT_PATIENCE):
            await interaction.edit_original_response(embed=embed, allowed_mentions=discord.AllowedMentions.none())
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:  # TimeoutError is an OSError
        _log.debug("a draft was left out: %r", lost)


async def _show(interaction: discord.Interaction[Any], messages: Sequence[Page]) -> None:
    quiet = discord.AllowedMentions.none()
    first, *others = messages
    await interaction.edit_original_response(embed=first.embed, attachments=_files(first), allowed_mentions=quiet)
    interaction.extras["answered"] = True
    for page in others:
        await interaction.followup.send(embed=page.embed, files=_files(page), allowed_mentions=quiet)


def _files(page: Page) -> list[discord.File]:
    if page.attachment is None:
        return []
    return [discord.File(io.BytesIO(page.attachment.encode()), filename="claims.txt")]


def run(desk: Desk, token: str) -> None:
    """Serve until SIGTERM or SIGINT. Raises OnrecordError, whose sentence never holds the token.

    Returns when no thread uses the desk any more, so the caller may close what lies behind it.
    """
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise incidents.token_missing()
    _quieten()
    try:
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="desk") as pool:
            asyncio.run(_serve(OnRecordBot(desk, pool), token))
    except KeyboardInterrupt:
        _log.warning("stopped at once")
    except Exception as error:
        raise incidents.for_operator(error) from error


async def _serve(bot: OnRecordBot, token: str) -> None:
    stop = asyncio.Event()
    _on_signals(stop.set)
    async with bot:
        session, stopped = asyncio.create_task(bot.start(token)), asyncio.create_task(stop.wait())
        await asyncio.wait({session, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if session.done():
            session.result()
            return
        await bot.drain()
        session.cancel()
        await asyncio.gather(session, return_exceptions=True)


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows has no such handlers, and only a main thread may set them; Ctrl-C then cancels the task.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(name, stop)


def _quieten() -> None:
    """discord.py's debug log holds what people write, and its warnings about voice concern nobody here."""
    logger = logging.getLogger("discord")
    logger.setLevel(max(logger.getEffectiveLevel(), logging.INFO))
    logging.getLogger("discord.client").addFilter(_shorten_reconnect)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def _shorten_reconnect(record: logging.LogRecord) -> bool:
    """A lost connection is routine: one line with the reason, not a traceback."""
    if record.exc_info and record.exc_info[1] and "reconnect" in str(record.msg):
        record.msg, record.args = f"{record.getMessage()} ({record.exc_info[1]!r})", ()
        record.exc_info, record.exc_text = None, None
    return True
