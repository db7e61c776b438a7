"""/ask, /positions, /compare, and the menu of a message: "Is this on record?"."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.discord.answers import answered
from bot.discord.commands.suggesting import people, questions, topics
from bot.discord.incidents import explained
from bot.discord.options import Unusable, question_from, restricted
from bot.discord.replies import InteractionReply
from bot.discord.seats import Seat, seat_of
from retrieval.kept import Form, Request
from retrieval.types import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.discord.client import OnRecordBot

    Interaction = discord.Interaction[OnRecordBot]

_NAME = app_commands.Range[str, 1, 100]
_SINCE = "Only from this day on, as 2024-05-31"
_UNTIL = "Only up to this day, as 2024-05-31"
_PRIVATE = "Only you see the answer"


def commands() -> "Iterator[app_commands.Command[Any, ..., None] | app_commands.ContextMenu]":
    yield _ask()
    yield _positions()
    yield _compare()
    yield _is_this_on_record()


def _ask() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="ask", description="Who said what on a policy, with the passage.")
    @app_commands.describe(
        question="What do you want to know? For example: what did Turner propose?",
        person="Only what this person said",
        since=_SINCE,
        until=_UNTIL,
        private=_PRIVATE,
    )
    @app_commands.autocomplete(question=questions, person=people)
    async def ask(
        interaction: "Interaction",
        question: app_commands.Range[str, 1, 300],
        person: _NAME | None = None,
        since: str | None = None,
        until: str | None = None,
        private: bool | None = None,
    ) -> None:
        async with explained(interaction):
            asked = question_from(question, person, since, until)
            await _asked(interaction, Request(Form.QUESTION, asked), private)

    return ask


def _positions() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="positions", description="What somebody is on record with, on a topic or on any.")
    @app_commands.describe(person="Whose words", topic="On what", since=_SINCE, until=_UNTIL, private=_PRIVATE)
    @app_commands.autocomplete(person=people, topic=topics)
    async def positions(
        interaction: "Interaction",
        person: _NAME,
        topic: _NAME | None = None,
        since: str | None = None,
        until: str | None = None,
        private: bool | None = None,
    ) -> None:
        async with explained(interaction):
            asked = restricted(topic or "", person, since, until)
            await _asked(interaction, Request(Form.POSITIONS, asked), private)

    return positions


def _compare() -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name="compare", description="What two people are on record with, side by side.")
    @app_commands.describe(person="The first", other="The second", topic="On what", private=_PRIVATE)
    @app_commands.autocomplete(person=people, other=people, topic=topics)
    async def compare(
        interaction: "Interaction",
        person: _NAME,
        other: _NAME,
        topic: _NAME | None = None,
        private: bool | None = None,
    ) -> None:
        asked = restricted(topic or "", person, None, None)
        await _asked(interaction, Request(Form.COMPARISON, asked, other.strip()), private)

    return compare


def _is_this_on_record() -> app_commands.ContextMenu:
    @app_commands.context_menu(name="Is this on record?")
    async def is_this_on_record(interaction: "Interaction", message: discord.Message) -> None:
        words = "\n".join(filter(None, [message.content, *(embed.description for embed in message.embeds)]))
        async with explained(interaction):
            if not words.strip():
                raise Unusable("There are no words in this message that I could look for.")
            await _asked(interaction, Request(Form.CLAIM, Question(words[:_LOOKED_FOR])), None)

    return is_this_on_record


_LOOKED_FOR = 1000  # characters of a message


async def _asked(interaction: "Interaction", request: Request, private: bool | None) -> None:
    bot, seat = interaction.client, seat_of(interaction)
    reply = InteractionReply(interaction, private=privately(bot, seat, private))
    await answered(bot, reply, seat, request)


def privately(bot: "OnRecordBot", seat: Seat, wanted: bool | None) -> bool:
    """Whether an answer is for the asker's eyes only: always outside the channels that a server has named."""
    preferences = bot.servers.of(seat.guild)
    if preferences.channels and seat.channel not in preferences.channels:
        return True
    return preferences.private if wanted is None else wanted
