"""What a press of a button, a choice from a menu and a filled-in form do. By fixed ids, so after a restart too.

Whatever is pressed, the server is the interaction's own: an id that stands for another server's answer stands for
nothing here.
"""

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

import aiohttp
import discord

from bot.discord import incidents, views
from bot.discord.answers import answered
from bot.discord.commands.asking import privately
from bot.discord.desk import Desk, More
from bot.discord.embeds import Page, further, passages
from bot.discord.holdings import dispute as dispute_embed
from bot.discord.holdings import preferences as preferences_embed
from bot.discord.papers import sources
from bot.discord.replies import QUIET, InteractionReply
from bot.discord.seats import Seat, manages, seat_of
from bot.discord.views import Pressed, Verb
from bot.text import clamp
from retrieval.kept import Dispute, Form, Request
from retrieval.names import same_name
from retrieval.types import Choice

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot

    Interaction = discord.Interaction[OnRecordBot]

_log = logging.getLogger(__name__)

_GONE = "I no longer have that answer; please ask again."
_HINT = "Go on here: mention me, or use `/ask`. I go by the questions of this thread."
_EXISTS = 160004  # Discord's code: a thread has been begun from this message already


async def pressed(bot: "OnRecordBot", interaction: "Interaction") -> None:
    """Do what a component or form stands for; one that is none of ours is left alone."""
    press = views.pressed(str(_data(interaction).get("custom_id", "")))
    if press is None:
        return
    seat = seat_of(interaction)
    refusal = bot.admit(seat, interaction.created_at.timestamp(), press=True)
    if refusal is not None:
        await incidents.tell(interaction, refusal)
        return
    try:
        await _DOERS[press.verb](bot, interaction, seat, press)
    except Exception as error:  # noqa: BLE001 - the last stop: logged with its incident id
        await incidents.tell(interaction, incidents.for_asker(error))


def _data(interaction: "Interaction") -> Mapping[str, object]:
    return cast("Mapping[str, object]", interaction.data or {})


async def _passages(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    dates = bot.servers.of(seat.guild).dates

    def look(desk: Desk) -> tuple[Page, ...] | None:
        kept = desk.kept(press.key)
        return passages(desk.passages(kept), dates) if kept else None

    await _show(bot, interaction, seat, look)


async def _more(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    dates, after = bot.servers.of(seat.guild).dates, press.number or 0
    found: list[More] = []

    def look(desk: Desk) -> tuple[Page, ...] | None:
        kept = desk.kept(press.key)
        if kept is None:
            return None
        found.append(desk.more(kept, after))
        return further(found[0].claims, "That is all." if not found[0].claims else "", dates)

    def view() -> discord.ui.View | None:
        return views.more_view(press.key, after + len(found[0].claims)) if found and found[0].left else None

    await _show(bot, interaction, seat, look, view)


async def _sources(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    await interaction.response.defer(thinking=True, ephemeral=True)
    kept = await bot.work(seat, lambda desk: desk.kept(press.key))
    if kept is None:
        await incidents.tell(interaction, _GONE)
        return
    paper = io.BytesIO(sources(kept.answer).encode())
    await interaction.edit_original_response(
        attachments=[discord.File(paper, filename="sources.txt")], allowed_mentions=QUIET
    )


async def _show(
    bot: "OnRecordBot",
    interaction: "Interaction",
    seat: Seat,
    look: Callable[[Desk], tuple[Page, ...] | None],
    view: Callable[[], discord.ui.View | None] = lambda: None,
) -> None:
    """Show pages to the one who pressed."""
    reply = InteractionReply(interaction, private=True)
    await reply.begin()
    found = await bot.work(seat, look)
    if not found:
        await reply.tell(_GONE)
        return
    await reply.show(found, view())


async def _follow_up(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """Begin a thread from the answer; its id is the message's, by which its first question is known."""
    await interaction.response.defer(thinking=True, ephemeral=True)
    kept = await bot.work(seat, lambda desk: desk.kept(press.key))
    message = interaction.message
    if kept is None or message is None:
        await incidents.tell(interaction, _GONE)
        return
    try:
        thread = await message.create_thread(name=clamp(kept.answer.question, 90) or "Follow-up")
        await thread.send(_HINT, allowed_mentions=QUIET)
    except discord.Forbidden:
        await incidents.tell(interaction, "I may not begin threads in this channel; ask here, and mention me.")
        return
    except discord.HTTPException as error:
        if error.code != _EXISTS:
            raise
    await interaction.edit_original_response(content=f"Go on in <#{message.id}>.", allowed_mentions=QUIET)


async def _choose(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """Ask again, of the one of several namesakes who was chosen."""
    chosen = _data(interaction).get("values")
    kept = await bot.quickly(seat, lambda desk: desk.kept(press.key))
    choices = kept.answer.choices if kept else ()
    choice = next((one for one in choices if [str(one.speaker)] == chosen), None)
    if kept is None or choice is None:
        await incidents.tell(interaction, _GONE)
        return
    hidden = interaction.message is not None and interaction.message.flags.ephemeral
    reply = InteractionReply(interaction, private=hidden or privately(bot, seat, None))
    await answered(bot, reply, seat, _meant(kept.request, choice))


def _meant(request: Request, choice: Choice) -> Request:
    """The same asked of the one who was chosen; of two who are compared, in the place of the one who may be he."""
    question = replace(request.question, speaker=choice.speaker)
    if request.form is not Form.COMPARISON or same_name(question.person or "", choice.name):
        return replace(request, question=replace(question, person=choice.name))
    other = choice.name if same_name(request.other or "", choice.name) else request.other
    return replace(request, question=question, other=other)


async def _wrong(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """The form first: what is shown in it is looked up at once, for a form cannot come later."""
    kept = await bot.quickly(seat, lambda desk: desk.kept(press.key))
    if kept is None:
        await incidents.tell(interaction, _GONE)
        return
    await interaction.response.send_modal(views.wrong_modal(press.key, kept.answer))


async def _corrected(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """A filled-in form: the claim is disputed from now on, and whoever reviews it is told."""
    values = views.modal_values(interaction.data)
    await interaction.response.defer(thinking=True, ephemeral=True)
    number = next(iter(values.get(views.CLAIM_FIELD, [])), "0")
    reason = next(iter(values.get(views.REASON_FIELD, [])), "").strip()
    disputed = await bot.work(seat, partial(_disputed, press.key, number, reason, seat.asker))
    if isinstance(disputed, str):
        await incidents.tell(interaction, disputed)
        return
    await interaction.edit_original_response(
        content="Thank you. I leave that statement out of my answers until it has been reviewed.",
        allowed_mentions=QUIET,
    )
    await _tell_reviewers(bot, seat, disputed)


def _disputed(key: str, number: str, reason: str, user: str, desk: Desk) -> Dispute | str:
    """Runs on a thread. The dispute of a claim's first source, or a sentence that says why there is none."""
    kept = desk.kept(key)
    claims = (kept.answer.claims or kept.answer.instead) if kept else ()
    claim = claims[int(number)] if number.isdecimal() and int(number) < len(claims) else None
    if claim is None:
        return _GONE
    if not reason:
        return "Please say in a few words what is wrong with it."
    disputes = [desk.dispute(citation, claim.speaker, reason, user) for citation in claim.citations]
    if disputes[0] is None:
        return "You have called several statements wrong that are not reviewed yet; please wait for that."
    return disputes[0]


async def _tell_reviewers(bot: "OnRecordBot", seat: Seat, dispute: Dispute) -> None:
    """In the channel that a server has set aside for it, if its managers are those who review."""
    preferences = bot.servers.of(seat.guild)
    channel = bot.get_channel(preferences.corrections) if preferences.corrections else None
    if not isinstance(channel, discord.TextChannel) or channel.guild.id != seat.guild:
        return
    if not bot.may_maintain(seat.guild):
        return
    try:
        await channel.send(
            embed=dispute_embed(dispute, preferences.dates),
            view=views.dispute_view(dispute.id),
            allowed_mentions=QUIET,
        )
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        _log.warning("a correction could not be shown to those who review it: %s", lost)


async def _review(
    bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed, *, upheld: bool
) -> None:
    if not manages(interaction) or not bot.may_maintain(seat.guild):
        await incidents.tell(interaction, "Only those who manage this server's library can review corrections.")
        return
    await interaction.response.defer()
    settled = await bot.work(seat, lambda desk: desk.settle(int(press.key), seat.asker, upheld=upheld))
    if settled is None:
        await interaction.edit_original_response(content="That correction is gone.", view=None)
        return
    dates = bot.servers.of(seat.guild).dates
    await interaction.edit_original_response(
        embed=dispute_embed(settled, dates), view=None, allowed_mentions=QUIET
    )


async def _set_channels(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:  # noqa: ARG001
    """In which channels the bot answers for all to see; none chosen are all."""
    if seat.guild is None or not manages(interaction):
        await incidents.tell(interaction, "Only those who manage this server can do that.")
        return
    values = _data(interaction).get("values")
    if not isinstance(values, list):
        return
    chosen = frozenset(int(one) for one in values if re.fullmatch("[1-9][0-9]{0,18}", str(one)))
    preferences = await asyncio.to_thread(bot.servers.change, seat.guild, channels=chosen)
    await interaction.response.edit_message(
        embed=preferences_embed(preferences),
        view=views.channels_view(preferences.channels),
        allowed_mentions=QUIET,
    )


async def _press_wrong(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """The button asks for the form, and the form has the button's id."""
    form = interaction.type is discord.InteractionType.modal_submit
    await (_corrected if form else _wrong)(bot, interaction, seat, press)


_DOERS: Mapping[Verb, Callable[["OnRecordBot", "Interaction", Seat, Pressed], Awaitable[None]]] = {
    Verb.PASSAGES: _passages,
    Verb.MORE: _more,
    Verb.SOURCES: _sources,
    Verb.FOLLOW_UP: _follow_up,
    Verb.WRONG: _press_wrong,
    Verb.MEANT: _choose,
    Verb.CHANNELS: _set_channels,
    Verb.UPHOLD: partial(_review, upheld=True),
    Verb.DISMISS: partial(_review, upheld=False),
}
