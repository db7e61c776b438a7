"""What a press of a button, a choice from a menu and a filled-in form do. By fixed ids, so after a restart too.

Whatever is pressed, the server is the interaction's own: an id that stands for another server's answer stands for
nothing here.
"""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

import discord

from bot.discord import correcting, incidents, views
from bot.discord.answers import answered
from bot.discord.commands.asking import privately
from bot.discord.desk import GONE, Desk, More, recalled
from bot.discord.embeds import Page, further, passages
from bot.discord.holdings import preferences as preferences_embed
from bot.discord.options import Unusable
from bot.discord.papers import sources
from bot.discord.replies import QUIET, InteractionReply
from bot.discord.seats import Seat, manages, seat_of
from bot.discord.views import Pressed, Verb
from bot.text import clamp
from retrieval.kept import Form, Request
from retrieval.names import same_name
from retrieval.types import Choice

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot

    Interaction = discord.Interaction[OnRecordBot]

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
    async with incidents.explained(interaction):
        await _DOERS[press.verb](bot, interaction, seat, press)
        bot.metrics.counted(press.verb, "done")


def _data(interaction: "Interaction") -> Mapping[str, object]:
    return cast("Mapping[str, object]", interaction.data or {})


async def _passages(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    dates = bot.servers.of(seat.guild).dates

    def look(desk: Desk) -> tuple[Page, ...]:
        kept = recalled(desk, press.key)
        return passages(desk.passages(kept), dates)

    await _show(bot, interaction, seat, look)


async def _more(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    dates, after = bot.servers.of(seat.guild).dates, press.number or 0
    found: list[More] = []

    def look(desk: Desk) -> tuple[Page, ...]:
        kept = recalled(desk, press.key)
        found.append(desk.more(kept, after))
        return further(found[0].claims, "That is all." if not found[0].claims else "", dates)

    def view() -> discord.ui.View | None:
        return views.more_view(press.key, after + len(found[0].claims)) if found and found[0].left else None

    await _show(bot, interaction, seat, look, view)


async def _sources(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    await interaction.response.defer(thinking=True, ephemeral=True)
    kept = await bot.work(seat, lambda desk: recalled(desk, press.key))
    paper = io.BytesIO(sources(kept.answer).encode())
    await interaction.edit_original_response(
        attachments=[discord.File(paper, filename="sources.txt")], allowed_mentions=QUIET
    )


async def _show(
    bot: "OnRecordBot",
    interaction: "Interaction",
    seat: Seat,
    look: Callable[[Desk], tuple[Page, ...]],
    view: Callable[[], discord.ui.View | None] = lambda: None,
) -> None:
    """Show pages to the one who pressed."""
    reply = InteractionReply(interaction, private=True)
    await reply.begin()
    found = await bot.work(seat, look)
    await reply.show(found, view())


async def _follow_up(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """Begin a thread from the answer; its id is the message's, by which its first question is known."""
    await interaction.response.defer(thinking=True, ephemeral=True)
    kept = await bot.work(seat, lambda desk: recalled(desk, press.key))
    message = interaction.message
    if message is None:
        raise Unusable(GONE)
    try:
        thread = await message.create_thread(name=_named(kept.answer.question))
    except discord.Forbidden:
        raise Unusable("I may not begin threads in this channel; ask here, and mention me.") from None
    except discord.HTTPException as error:
        if error.code != _EXISTS:
            raise
    else:
        with suppress(discord.Forbidden):  # a thread without the hint is one all the same
            await thread.send(_HINT, allowed_mentions=QUIET)
    await interaction.edit_original_response(content=f"Go on in <#{message.id}>.", allowed_mentions=QUIET)


def _named(question: str) -> str:
    """A thread's name: nothing in it mentions or formats, though Discord does neither there."""
    return clamp(re.sub(r"[@<>#`*_~|\\]", "", question), 90) or "Follow-up"


async def _choose(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """Ask again, of the one of several namesakes who was chosen."""
    chosen = _data(interaction).get("values")
    kept = await bot.quickly(seat, lambda desk: recalled(desk, press.key))
    choice = next((one for one in kept.answer.choices if [str(one.speaker)] == chosen), None)
    if choice is None:
        raise Unusable(GONE)
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


async def _set_channels(bot: "OnRecordBot", interaction: "Interaction", seat: Seat, press: Pressed) -> None:
    """In which channels the bot answers for all to see, none chosen are all; or where corrections are reviewed."""
    if seat.guild is None or not manages(interaction):
        raise Unusable("Only those who manage this server can do that.")
    values = _data(interaction).get("values")
    if not isinstance(values, list):
        return
    chosen = frozenset(int(one) for one in values if re.fullmatch("[1-9][0-9]{0,18}", str(one)))
    chosen_for = (
        {"channels": chosen} if press.verb is Verb.CHANNELS else {"corrections": min(chosen, default=None)}
    )
    preferences = await asyncio.to_thread(partial(bot.servers.change, seat.guild, **chosen_for))
    await interaction.response.edit_message(
        embed=preferences_embed(preferences),
        view=views.settings_view(preferences.channels, preferences.corrections),
        allowed_mentions=QUIET,
    )


_DOERS: Mapping[Verb, Callable[["OnRecordBot", "Interaction", Seat, Pressed], Awaitable[None]]] = {
    Verb.PASSAGES: _passages,
    Verb.MORE: _more,
    Verb.SOURCES: _sources,
    Verb.FOLLOW_UP: _follow_up,
    Verb.WRONG: correcting.wrong,
    Verb.MEANT: _choose,
    Verb.CHANNELS: _set_channels,
    Verb.CORRECTIONS: _set_channels,
    Verb.UPHOLD: correcting.review,
    Verb.DISMISS: correcting.review,
}
