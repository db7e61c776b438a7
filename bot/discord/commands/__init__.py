"""The commands: what is typed into each, and what it asks for. What they do stands elsewhere."""

from typing import TYPE_CHECKING, Any

from bot.discord.commands import asking, managing, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord import app_commands


def all_commands(
    *, may_choose: bool
) -> "Iterator[app_commands.Command[Any, ..., None] | app_commands.ContextMenu]":
    """Every command; with `may_choose`, managers may choose the library."""
    yield from asking.commands()
    yield from reading.commands()
    yield from managing.commands(may_choose=may_choose)
