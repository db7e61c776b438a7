"""/sources, /coverage, /help: what a library holds, and how to ask it."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.discord import holdings
from bot.discord.commands.asking import privately
from bot.discord.commands.suggesting import topics
from bot.discord.incidents import explained
from bot.discord.replies import QUIET
from bot.discord.seats import manages, seat_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.discord.client import OnRecordBot
    from bot.discord.desk import Desk

    Interaction = discord.Interaction[OnRecordBot]


def commands() -> "Iterator[app_commands.Command[Any, ..., None]]":
    yield _sources()
    yield _coverage()
    yield _help()


def _sources() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="sources", description="Which outlets are in the library, and of which days.")
    async def sources(interaction: "Interaction") -> None:
        bot, seat = interaction.client, seat_of(interaction)
        dates = bot.servers.of(seat.guild).dates
        await looked_up(interaction, lambda desk: holdings.outlets(desk.outlets(), dates))

    return sources


def _coverage() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="coverage", description="What the library holds: how much, of when, about whom.")
    @app_commands.describe(about="A person or a topic: how many articles mention it")
    @app_commands.autocomplete(about=topics)
    async def coverage(interaction: "Interaction", about: app_commands.Range[str, 1, 100] | None = None) -> None:
        bot, seat = interaction.client, seat_of(interaction)
        dates, may_ingest = bot.servers.of(seat.guild).dates, bot.may_maintain(seat.guild)

        def held(desk: "Desk") -> discord.Embed:
            mentioning = desk.mentioning(about) if about else None
            return holdings.coverage(desk.holdings(), about, mentioning, dates, may_ingest=may_ingest)

        await looked_up(interaction, held)

    return coverage


def _help() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="help", description="How to ask, with examples from this library.")
    async def help_(interaction: "Interaction") -> None:
        manager = manages(interaction)
        await looked_up(
            interaction, lambda desk: holdings.helped(desk.directory().examples(), manager), private=True
        )

    return help_


async def looked_up(
    interaction: "Interaction", job: "Callable[[Desk], discord.Embed]", *, private: bool | None = None
) -> None:
    """Show what a look into the library gives."""
    bot, seat = interaction.client, seat_of(interaction)
    async with explained(interaction):
        await interaction.response.defer(thinking=True, ephemeral=privately(bot, seat, private))
        embed = await bot.work(seat, job)
        await interaction.edit_original_response(embed=embed, allowed_mentions=QUIET)
