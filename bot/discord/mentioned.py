"""Questions in messages: one that mentions the bot, or replies to its answer with a question."""

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.discord.answers import answered
from bot.discord.options import Unusable, question_from
from bot.discord.replies import QUIET, MessageReply
from bot.discord.seats import Seat, seat_in
from retrieval.kept import Form, Request

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot

_log = logging.getLogger(__name__)


async def heard(bot: "OnRecordBot", message: discord.Message) -> None:
    """Answer a message that asks the bot; leave every other alone."""
    if message.author.bot or message.webhook_id or bot.user is None or not _asks(bot.user, message):
        return
    seat = _seat(message)
    text = " ".join(re.sub(rf"<@!?{bot.user.id}>", " ", message.content).split())
    refusal = bot.admit(seat, message.created_at.timestamp()) or _elsewhere(bot, seat)
    if refusal is not None:
        await _say(message, refusal)
        return
    try:
        question = question_from(text)
    except Unusable as wrong:
        await _say(message, f"{wrong} For example: “{bot.user.mention} what did Turner propose?”")
        return
    await answered(bot, MessageReply(message), seat, Request(Form.QUESTION, question))


def _asks(me: discord.ClientUser, message: discord.Message) -> bool:
    """A reply mentions whom it replies to without a word of it; thanks are no question."""
    named = re.search(rf"<@!?{me.id}>", message.content) is not None
    replied = me in message.mentions and "?" in message.content
    return message.guild is None or named or (message.reference is not None and replied)


def _seat(message: discord.Message) -> Seat:
    """A reply goes on from the answer that it replies to."""
    seat, replied_to = seat_in(message), message.reference and message.reference.message_id
    return replace(seat, conversation=str(replied_to), talk=True) if replied_to and not seat.talk else seat


def _elsewhere(bot: "OnRecordBot", seat: Seat) -> str | None:
    """Why a reply, which all can see, is not for this place."""
    preferences = bot.servers.of(seat.guild)
    if preferences.private:
        return "In this server I answer only in private; please use /ask."
    if not preferences.channels or seat.channel in preferences.channels:
        return None
    return f"Here I answer only in private, with /ask; in {_either(sorted(preferences.channels))} for all to see."


def _either(channels: list[int]) -> str:
    return ", ".join(f"<#{channel}>" for channel in channels[:5])


async def _say(message: discord.Message, sentence: str) -> None:
    try:
        await message.reply(sentence, mention_author=False, allowed_mentions=QUIET)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        _log.warning("a reply could not be delivered: %s", lost)
