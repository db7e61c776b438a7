"""The one place that turns an error into a sentence: for the one who asked, and for the operator.

The asker sees one sentence and an incident id; the log has the same id with the exception. May not show a
class name, a path or a traceback, and logs nothing that was asked or answered.
"""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.discord.line import Full
from bot.discord.options import Unusable
from bot.text import clamp, escape
from retrieval.errors import ConfigurationError, OnrecordError

_log = logging.getLogger(__name__)

_WHERE = "Set DISCORD_TOKEN to the token on the Bot page of your application at discord.com/developers."
_UNREACHABLE = (discord.GatewayNotFound, discord.ConnectionClosed, aiohttp.ClientError, OSError)


def for_asker(error: BaseException) -> str:
    """A sentence that is safe to show; whatever is not the asker's own doing is logged with its incident id."""
    if isinstance(error, Unusable):
        return str(error)
    if isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
        return "This command has changed; please reload Discord and try again."
    return f"{escape(clamp(_sentence(error), 900))} Incident {_logged(error)}."


def for_operator(error: Exception) -> OnrecordError:
    """Why the bot cannot run, as an error of our own."""
    match error:
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):  # "authentication failed"
            return ConfigurationError("Discord does not accept the bot's token.", hint=_WHERE)
        case discord.PrivilegedIntentsRequired():
            return ConfigurationError("Discord refuses an intent that the bot asks for.")
    return _outage(error)


def token_missing() -> ConfigurationError:
    return ConfigurationError("The bot's token is missing or is no token.", hint=_WHERE)


@asynccontextmanager
async def explained(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """The last stop of what a command or a press does: an error in the block becomes a sentence to the asker."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - logged with its incident id
        await tell(interaction, for_asker(error))


async def tell(interaction: discord.Interaction, sentence: str) -> None:
    """Say a sentence to the one who asked, only to them where nothing was said yet. Never raises for Discord."""
    quiet = discord.AllowedMentions.none()
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=quiet)
        else:
            await interaction.edit_original_response(content=sentence, allowed_mentions=quiet)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        _log.warning("a reply could not be delivered: %s", lost)


def _sentence(error: BaseException) -> str:
    if isinstance(error, OnrecordError | Full):
        return str(error)
    if isinstance(error, TimeoutError):
        return "The answer took too long; please ask again later."
    return "Something went wrong on my side; please try again later."


def _logged(error: BaseException) -> str:
    incident = secrets.token_hex(4)
    hint = getattr(error, "hint", None)
    _log.error("incident %s%s", incident, f" ({hint})" if hint else "", exc_info=error)
    return incident


def _outage(error: Exception) -> OnrecordError:
    if isinstance(error, discord.HTTPException):
        return OnrecordError(f"Discord refused to start the bot (HTTP status {error.status}).")
    if isinstance(error, _UNREACHABLE):
        return OnrecordError("Discord cannot be reached.", hint="Check the network, then discordstatus.com.")
    return OnrecordError(f"The bot stopped for a fault of its own. Incident {_logged(error)}.")
