"""Corrections: a reader says what is wrong with a claim, and those who keep the library review it.

From the moment that it is asked for, no answer shows the words. Who asked is told to nobody.
"""

import logging
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.discord import views
from bot.discord.desk import GONE, Desk, recalled
from bot.discord.holdings import dispute as dispute_embed
from bot.discord.options import Unusable
from bot.discord.replies import QUIET
from bot.discord.seats import manages
from bot.discord.views import Verb
from retrieval.kept import Dispute, State

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot
    from bot.discord.seats import Seat
    from bot.discord.views import Pressed

    Interaction = discord.Interaction[OnRecordBot]

_log = logging.getLogger(__name__)

_THANKS = "Thank you. I leave that statement out of my answers until it has been reviewed."
_REVIEWED = "Thank you. That was reviewed before: the statement stays as it is."
_TOO_MANY = "Too much of what you have called wrong is not reviewed yet; please wait for that."


async def wrong(bot: "OnRecordBot", interaction: "Interaction", seat: "Seat", press: "Pressed") -> None:
    """The button asks for the form, and the form, which has the button's id, for the correction."""
    form = interaction.type is discord.InteractionType.modal_submit
    await (_corrected if form else _ask_why)(bot, interaction, seat, press)


async def _ask_why(bot: "OnRecordBot", interaction: "Interaction", seat: "Seat", press: "Pressed") -> None:
    """What is shown in the form is looked up at once, for a form cannot come later."""
    kept = await bot.quickly(seat, lambda desk: recalled(desk, press.key))
    await interaction.response.send_modal(views.wrong_modal(press.key, kept.answer))


async def _corrected(bot: "OnRecordBot", interaction: "Interaction", seat: "Seat", press: "Pressed") -> None:
    values = views.modal_values(interaction.data)
    await interaction.response.defer(thinking=True, ephemeral=True)
    number = next(iter(values.get(views.CLAIM_FIELD, [])), "0")
    reason = next(iter(values.get(views.REASON_FIELD, [])), "").strip()
    disputed = await bot.work(seat, partial(_disputed, press.key, number, reason, seat.asker))
    fresh = [one for one in disputed if one.state is not State.DISMISSED]
    await interaction.edit_original_response(content=_THANKS if fresh else _REVIEWED, allowed_mentions=QUIET)
    for one in fresh:
        await _tell_reviewers(bot, seat, one)


def _disputed(key: str, number: str, reason: str, user: str, desk: Desk) -> list[Dispute]:
    """Runs on a thread. The disputes of all a claim's sources. Raises Unusable where there can be none."""
    answer = recalled(desk, key).answer
    claims = answer.claims or answer.instead
    if not (number.isdecimal() and int(number) < len(claims)):
        raise Unusable(GONE)
    if not reason:
        raise Unusable("Please say in a few words what is wrong with it.")
    claim = claims[int(number)]
    disputes = [desk.dispute(citation, claim.speaker, reason, user) for citation in claim.citations]
    standing = [one for one in disputes if one]
    if not standing:
        raise Unusable(_TOO_MANY)
    return standing


async def _tell_reviewers(bot: "OnRecordBot", seat: "Seat", dispute: Dispute) -> None:
    for guild, channel in _reviewers(bot, seat):
        embed = dispute_embed(dispute, bot.servers.of(guild).dates)
        try:
            await channel.send(embed=embed, view=views.dispute_view(dispute.id), allowed_mentions=QUIET)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            _log.warning("a correction could not be shown to those who review it: %s", lost)


def _reviewers(bot: "OnRecordBot", seat: "Seat") -> Iterator[tuple[int, discord.TextChannel]]:
    """The channels set aside for it in the servers whose managers keep the library that was asked."""
    own = bot.house.libraries.is_own
    asking = [seat.guild] if own(seat.guild) else [guild.id for guild in bot.guilds if not own(guild.id)]
    for guild in asking:
        number = bot.servers.of(guild).corrections if bot.may_maintain(guild) else None
        channel = bot.get_channel(number) if number else None
        if guild and isinstance(channel, discord.TextChannel) and channel.guild.id == guild:
            yield guild, channel


async def review(bot: "OnRecordBot", interaction: "Interaction", seat: "Seat", press: "Pressed") -> None:
    """Uphold or dismiss a dispute, and show what became of it in its place."""
    if not manages(interaction) or not bot.may_maintain(seat.guild):
        raise Unusable("Only those who manage this server's library can review corrections.")
    await interaction.response.defer()
    upheld = press.verb is Verb.UPHOLD
    settled = await bot.work(seat, lambda desk: desk.settle(int(press.key), seat.asker, upheld=upheld))
    if settled is None:
        await interaction.edit_original_response(content="That correction is gone.", view=None)
        return
    embed = dispute_embed(settled, bot.servers.of(seat.guild).dates)
    await interaction.edit_original_response(embed=embed, view=None, allowed_mentions=QUIET)
