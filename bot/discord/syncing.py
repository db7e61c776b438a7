"""Registers the commands with Discord, and only where they are others than it has.

Discord allows some registrations a day, and each makes the commands of every member load again. What was
registered last is remembered as a hash. May not stop the bot: the commands that Discord has go on working.
"""

import asyncio
import hashlib
import json
import logging
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands

from retrieval.errors import StoreError

_log = logging.getLogger(__name__)

REGISTERED = "commands"  # the fact under which the hash is remembered
# Seconds. Where Discord limits registrations, discord.py would sleep as long as it is told to: up to a day.
PATIENCE = 30.0


class Facts(Protocol):
    """What outlives the process: `bot.discord.servers.Servers`."""

    def fact(self, name: str) -> str | None: ...

    def remember(self, name: str, value: str) -> None: ...


async def sync(tree: app_commands.CommandTree[Any], application_id: int, remember: Facts) -> bool:
    """Register the global commands where they have changed; whether they were sent and taken.

    Where they were not taken, why is logged, and it is tried again the next time.
    """
    current = await _hash(tree, application_id)
    if await _remembered(remember) == current:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await tree.sync()
    except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        _log.error("the commands could not be registered: %s. %s", _reason(error), _advice(error))
        return False
    await _remember(remember, current)
    return True


async def forget(remember: Facts) -> None:
    """Discord has turned out to have other commands: the next `sync` sends them."""
    await _remember(remember, "")


async def _hash(tree: app_commands.CommandTree[Any], application_id: int) -> str:
    """Of what `tree.sync` would send; the order of the commands, and of the keys in one, means nothing."""
    commands, translator = tree.get_commands(), tree.translator
    if translator:
        payload = [await command.get_translated_payload(tree, translator) for command in commands]
    else:
        payload = [command.to_dict(tree) for command in commands]
    lines = sorted(json.dumps(command, sort_keys=True) for command in payload)
    return hashlib.sha256("\n".join([str(application_id), *lines]).encode()).hexdigest()


async def _remembered(facts: Facts) -> str | None:
    try:
        return await asyncio.to_thread(facts.fact, REGISTERED)
    except StoreError as error:
        _log.warning("%s The commands are registered again.", error)
        return None


async def _remember(facts: Facts, value: str) -> None:
    try:
        await asyncio.to_thread(facts.remember, REGISTERED, value)
    except StoreError as error:
        _log.warning("%s The commands are registered again at the next start.", error)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:1000] or type(error).__name__


def _advice(error: Exception) -> str:
    match error:
        case discord.RateLimited() | TimeoutError() | discord.HTTPException(status=429):
            return "Discord takes no more of them now; start the bot again later."
        case discord.HTTPException(status=401 | 403):
            return "Check that DISCORD_TOKEN belongs to this application."
        case discord.HTTPException(status=status) if status < 500:
            return "This version's commands are at fault; go back to the one before, and report it."
    return "Start the bot again when Discord can be reached; see discordstatus.com."
