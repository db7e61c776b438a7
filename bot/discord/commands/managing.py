"""/library, /settings, /ingest, /corrections: for those who manage the server, and nobody else.

Discord shows these commands to managers only; that is checked again here, for a server can show them to others.
"""

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands

from bot.discord import holdings, views
from bot.discord.commands.reading import looked_up
from bot.discord.dates import LANGUAGES
from bot.discord.incidents import explained, tell
from bot.discord.intake import KINDS, MOST, PATIENCE, Taken
from bot.discord.options import Unusable, day
from bot.discord.replies import QUIET, InteractionReply
from bot.discord.seats import manages, seat_of
from bot.text import clamp, escape

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot

    Interaction = discord.Interaction[OnRecordBot]

_ONLY = "Only those who manage this server can do that."
_NOT_HERE = "The library that this server asks is kept by others; only they add to it and review corrections."
# Seconds between two edits that tell how far an ingest is.
_PACE = 3.0
_REVIEWED = 5  # corrections that are shown at once
_FEW = ("No correction waits for a review.", "One correction waits for a review.")


def commands(*, may_choose: bool) -> "Iterator[app_commands.Command[Any, ..., None]]":
    yield _choosing() if may_choose else _library()
    yield _settings()
    yield _ingest()
    yield _corrections()


def _library() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="library", description="Which library this server asks, and what it holds.")
    async def library(interaction: "Interaction") -> None:
        await _show_library(interaction)

    return _for_managers(library)


def _choosing() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(
        name="library", description="Which library this server asks: its own, or the shared one."
    )
    @app_commands.describe(use="From now on, ask this one")
    async def library(interaction: "Interaction", use: Literal["own", "shared"] | None = None) -> None:
        if use and interaction.guild_id and manages(interaction):
            await asyncio.to_thread(interaction.client.servers.change, interaction.guild_id, library=use)
        await _show_library(interaction)

    return _for_managers(library)


async def _show_library(interaction: "Interaction") -> None:
    if not manages(interaction):
        await tell(interaction, _ONLY)
        return
    bot, seat = interaction.client, seat_of(interaction)
    own = bot.house.libraries.is_own(seat.guild)
    may_ingest = bot.may_maintain(seat.guild)
    dates = bot.servers.of(seat.guild).dates
    await looked_up(
        interaction, lambda desk: holdings.library(own, desk.holdings(), may_ingest, dates), private=True
    )


def _settings() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="settings", description="How the bot answers in this server.")
    @app_commands.describe(
        private="Whether only the asker sees an answer, unless the asker says otherwise",
        dates="The language of dates",
    )
    @app_commands.choices(dates=[app_commands.Choice(name=name, value=code) for code, name in LANGUAGES.items()])
    async def settings(
        interaction: "Interaction",
        private: bool | None = None,
        dates: str | None = None,
    ) -> None:
        if interaction.guild_id is None or not manages(interaction):
            await tell(interaction, _ONLY)
            return
        servers = interaction.client.servers
        given = {"private": private, "dates": dates}
        changed = {name: value for name, value in given.items() if value is not None}
        preferences = await asyncio.to_thread(partial(servers.change, interaction.guild_id, **changed))
        await interaction.response.send_message(
            embed=holdings.preferences(preferences),
            view=views.settings_view(preferences.channels, preferences.corrections),
            ephemeral=True,
            allowed_mentions=QUIET,
        )

    return _for_managers(settings)


def _ingest() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="ingest", description="Add an article to the library: an address, or a file.")
    @app_commands.describe(
        link="The article's address; with a file, where the file's article stands",
        file=f"One of {', '.join(KINDS)}",
        outlet="Who published it, where it does not say so",
        published="The day it was published, as 2024-05-31, where it does not say so",
    )
    async def ingest(
        interaction: "Interaction",
        link: app_commands.Range[str, 1, 2000] | None = None,
        file: discord.Attachment | None = None,
        outlet: app_commands.Range[str, 1, 200] | None = None,
        published: str | None = None,
    ) -> None:
        async with explained(interaction):
            given = _given(interaction, link, file, outlet, published)
            reply = InteractionReply(interaction, private=True)
            await reply.begin()
            taken = await _taken(interaction, reply, link, file, given)
            await reply.edit(content=None, embed=holdings.taken(taken))

    return _for_managers(ingest)


def _given(
    interaction: "Interaction",
    link: str | None,
    file: discord.Attachment | None,
    outlet: str | None,
    published: str | None,
) -> Mapping[str, str]:
    """What was said of the article. Raises Unusable, also where nothing may be brought at all."""
    _check_keeper(interaction)
    if link is None and file is None:
        raise Unusable("Give a `link`, or attach a `file`.")
    if link is not None and not re.match(r"https?://\S+$", link):
        raise Unusable("A `link` begins with http:// or https://.")
    if file is not None and not file.filename.lower().endswith(KINDS):
        raise Unusable(f"I read {', '.join(KINDS)}.")
    if file is not None and file.size > MOST:
        raise Unusable(f"The file is larger than {MOST // 1_000_000} MB.")
    given = {"outlet": outlet, "published": str(day("published", published) or "")}
    if file is not None:
        given |= {"url": link} if link else {"found-at": file.url.partition("?")[0]}
    return {name: value for name, value in given.items() if value}


async def _taken(
    interaction: "Interaction",
    reply: InteractionReply,
    link: str | None,
    file: discord.Attachment | None,
    given: Mapping[str, str],
) -> Taken:
    bot, last = interaction.client, time.monotonic() - _PACE

    async def told(line: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _PACE:
            last = time.monotonic()
            await reply.edit(content=f"Reading … {escape(clamp(line, 300))}")

    library = bot.house.libraries.name_of(interaction.guild_id)
    try:
        async with bot.within(PATIENCE):
            if file is None:
                return await bot.house.intake.from_web(library, link or "", told, given)
            return await bot.house.intake.from_file(library, file.filename, await file.read(), told, given)
    except TimeoutError:
        raise Unusable("I had to stop; what was stored is stored. Please try the rest again.") from None


def _corrections() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="corrections", description="Statements that readers call wrong, to be reviewed.")
    async def corrections(interaction: "Interaction") -> None:
        async with explained(interaction):
            _check_keeper(interaction)
            await _show_corrections(interaction)

    return _for_managers(corrections)


async def _show_corrections(interaction: "Interaction") -> None:
    bot, seat = interaction.client, seat_of(interaction)
    await interaction.response.defer(thinking=True, ephemeral=True)
    waiting = await bot.work(seat, lambda desk: desk.disputes())
    await interaction.edit_original_response(content=_counted(len(waiting)))
    dates = bot.servers.of(seat.guild).dates
    for dispute in waiting[:_REVIEWED]:
        await interaction.followup.send(
            embed=holdings.dispute(dispute, dates),
            view=views.dispute_view(dispute.id),
            ephemeral=True,
            allowed_mentions=QUIET,
        )


def _check_keeper(interaction: "Interaction") -> None:
    """Raises Unusable for who may not change the library that the server asks."""
    if not manages(interaction):
        raise Unusable(_ONLY)
    if not interaction.client.may_maintain(interaction.guild_id):
        raise Unusable(_NOT_HERE)


def _counted(waiting: int) -> str:
    if waiting <= _REVIEWED:
        return f"{waiting} corrections wait for a review." if waiting > 1 else _FEW[waiting]
    return f"{waiting} corrections wait for a review; here are the newest {_REVIEWED}."


def _for_managers(command: app_commands.Command[Any, ..., None]) -> app_commands.Command[Any, ..., None]:
    managers = app_commands.default_permissions(manage_guild=True)
    servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    return servers(managers(command))
