"""Who asks, and where: all that the rest needs to know of an interaction or a message."""

from dataclasses import dataclass
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Seat:
    """A member in a channel of a server; without a guild, somebody who writes directly.

    `channel` is the thread's parent where it is a thread, `conversation` what earlier questions belong to, `talk`
    whether they are remembered: in threads, and directly.
    """

    guild: int | None
    channel: int
    user: int
    conversation: str
    talk: bool

    @property
    def asker(self) -> str:
        """Whom a share of what a model may cost belongs to."""
        return f"{self.guild}:{self.user}"


def seat_of(interaction: discord.Interaction[Any]) -> Seat:
    return _seat(interaction.guild_id, interaction.channel, interaction.channel_id or 0, interaction.user.id)


def seat_in(message: discord.Message) -> Seat:
    guild = message.guild.id if message.guild else None
    return _seat(guild, message.channel, message.channel.id, message.author.id)


def _seat(guild: int | None, channel: object, number: int, user: int) -> Seat:
    thread = isinstance(channel, discord.Thread)
    parent = channel.parent_id if isinstance(channel, discord.Thread) else number
    return Seat(guild, parent, user, str(number), thread or guild is None)


def manages(interaction: discord.Interaction[Any]) -> bool:
    """Whether somebody manages the server, as Discord says with each interaction."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild
