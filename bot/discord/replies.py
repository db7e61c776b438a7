"""Where an answer is shown: in reply to an interaction, or to a message that mentions the bot.

Both begin with something at once, for Discord waits no more than three seconds, and are edited from then on.
Nothing that is sent here pings anybody.
"""

import io
from collections.abc import Sequence
from typing import Any, Protocol

import discord

from bot.discord.embeds import Page

QUIET = discord.AllowedMentions.none()
LOOKING = "Looking …"


class Reply(Protocol):
    """`private`: only the asker sees it. `titled`: what was asked does not stand above it already."""

    private: bool
    titled: bool

    async def begin(self) -> None:
        """Say that an answer is coming."""

    async def edit(
        self, *, content: str | None, embed: discord.Embed | None = None, view: discord.ui.View | None = None
    ) -> str:
        """Put this in the place of what stands there; the message's id."""

    async def show(self, pages: Sequence[Page], view: discord.ui.View | None) -> str:
        """Show all pages of an answer, the view under the last; that one's message id."""

    async def tell(self, sentence: str) -> None:
        """Say what went wrong, in the answer's place; to the asker alone where nothing was said yet."""


class InteractionReply:
    """In reply to a command, a press of a button or a menu."""

    titled = True

    def __init__(self, interaction: discord.Interaction[Any], *, private: bool) -> None:
        self._interaction = interaction
        self._answered = False
        self.private = private

    async def begin(self) -> None:
        await self._interaction.response.defer(thinking=True, ephemeral=self.private)

    async def edit(
        self, *, content: str | None, embed: discord.Embed | None = None, view: discord.ui.View | None = None
    ) -> str:
        message = await self._interaction.edit_original_response(
            content=content, embed=embed, view=view, allowed_mentions=QUIET
        )
        return str(message.id)

    async def show(self, pages: Sequence[Page], view: discord.ui.View | None) -> str:
        first, *others = pages
        last = None if others else view
        shown: discord.Message = await self._interaction.edit_original_response(
            content=None,
            embed=first.embed,
            attachments=files(first),
            view=last,
            allowed_mentions=QUIET,
        )
        self._answered = True
        for n, page in enumerate(others, 2):
            shown = await self._interaction.followup.send(
                embed=page.embed,
                files=files(page),
                ephemeral=self.private,
                allowed_mentions=QUIET,
                wait=True,
                **_optional(view if n == len(pages) else None),
            )
        return str(shown.id)

    async def tell(self, sentence: str) -> None:
        if not self._interaction.response.is_done():
            await self._interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=QUIET)
        elif self._answered:
            await self._interaction.followup.send(sentence, ephemeral=self.private, allowed_mentions=QUIET)
        else:
            await self.edit(content=sentence)


class MessageReply:
    """In reply to a message, for all in the channel to see."""

    private = titled = False

    def __init__(self, message: discord.Message) -> None:
        self._asked = message
        self._first: discord.Message | None = None

    async def begin(self) -> None:
        self._first = await self._asked.reply(LOOKING, mention_author=False, allowed_mentions=QUIET)

    async def edit(
        self, *, content: str | None, embed: discord.Embed | None = None, view: discord.ui.View | None = None
    ) -> str:
        if self._first is None:
            self._first = await self._asked.reply(content, mention_author=False, allowed_mentions=QUIET)
            return str(self._first.id)
        await self._first.edit(content=content, embed=embed, view=view, allowed_mentions=QUIET)
        return str(self._first.id)

    async def show(self, pages: Sequence[Page], view: discord.ui.View | None) -> str:
        first, *others = pages
        shown = self._first or await self._asked.reply(LOOKING, mention_author=False, allowed_mentions=QUIET)
        await shown.edit(
            content=None,
            embed=first.embed,
            attachments=files(first),
            view=None if others else view,
            allowed_mentions=QUIET,
        )
        for n, page in enumerate(others, 2):
            shown = await self._asked.channel.send(
                embed=page.embed,
                files=files(page),
                allowed_mentions=QUIET,
                **_optional(view if n == len(pages) else None),
            )
        return str(shown.id)

    async def tell(self, sentence: str) -> None:
        await self.edit(content=sentence)


def _optional(view: discord.ui.View | None) -> dict[str, Any]:
    return {} if view is None else {"view": view}


def files(page: Page) -> list[discord.File]:
    """The attachment of a page, for one request: a file can be sent once."""
    if page.attachment is None:
        return []
    return [discord.File(io.BytesIO(page.attachment.encode()), filename="claims.txt")]
