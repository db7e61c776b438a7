"""Autocomplete: names and topics of the server's own library, or nothing where they are not there in time."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.discord.seats import seat_of
from retrieval.errors import OnrecordError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.discord.client import OnRecordBot
    from retrieval.directory import Directory

_log = logging.getLogger(__name__)

# Seconds: a person types a letter in less, and Discord throws away what comes after the next one.
PATIENCE, MADE = 0.25, 0.15  # the second: for names and topics to be made, where the library has changed
# Discord's: so many characters of a choice.
LONGEST = 100

Choices = list[app_commands.Choice[str]]


async def people(interaction: "discord.Interaction[OnRecordBot]", typed: str) -> Choices:
    return await _suggested(interaction, lambda directory: directory.people(typed))


async def topics(interaction: "discord.Interaction[OnRecordBot]", typed: str) -> Choices:
    return await _suggested(interaction, lambda directory: directory.topics(typed))


async def questions(interaction: "discord.Interaction[OnRecordBot]", typed: str) -> Choices:
    return await _suggested(interaction, lambda directory: directory.questions(typed))


async def _suggested(interaction: discord.Interaction[Any], find: "Callable[[Directory], list[str]]") -> Choices:
    bot: OnRecordBot = interaction.client
    seat = seat_of(interaction)
    if seat.guild is None and not bot.house.direct:
        return []
    try:
        async with asyncio.timeout(PATIENCE):
            found = await bot.quickly(seat, lambda desk: find(desk.directory(MADE)))
    except TimeoutError:
        return []
    except OnrecordError as error:
        _log.warning("no suggestions: %s", error)
        return []
    return [app_commands.Choice(name=one, value=one) for one in found[:25] if 0 < len(one) <= LONGEST]
