"""Where an answer is shown: in reply to an interaction, or to a message that mentions the bot.

Both begin with something at once, for Discord waits no more than three seconds, and are edited from then on. What
cannot be edited for a while is left, and what follows is shown below it. Nothing that is sent here pings anybody.
"""

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import aiohttp
import discord

from bot.discord.embeds import Page

QUIET = discord.AllowedMentions.none()
LOOKING = "Looking …"
# Seconds before an edit is sent again. discord.py does not repeat what a lost connection took with it.
_AGAIN = (0.2, 1.0)
_ACKNOWLEDGED = 40060  # Discord's code: an interaction was answered before
T = TypeVar("T")


class Reply(Protocol):
    """`private`: only the asker sees it. `titled`: what was asked does not stand above it already.

    `left` is set where an edit was given up on its way: Discord may have closed that route for a while, and what
    became of the edit, nobody knows. What is shown from then on is a message of its own.
    """

    private: bool
    titled: bool
    left: bool

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

    async def tidy(self) -> None:
        """Remove what was left, at last. Never raises for Discord."""


class InteractionReply:
    """In reply to a command, a press of a button or a menu."""

    titled = True

    def __init__(self, interaction: discord.Interaction[Any], *, private: bool) -> None:
        self._interaction = interaction
        self._begun = self._answered = self.left = False
        self._first: int | None = None
        self._shown: int | None = None
        self.private = private

    async def begin(self) -> None:
        """Sent again, it does no harm: Discord says that it has it."""
        defer = self._interaction.response.defer
        try:
            begun = await _repeated(lambda: defer(thinking=True, ephemeral=self.private))
            self._first = begun.message_id if begun else None
        except discord.HTTPException as error:
            if error.code != _ACKNOWLEDGED:
                raise
        self._begun = True

    async def edit(
        self, *, content: str | None, embed: discord.Embed | None = None, view: discord.ui.View | None = None
    ) -> str:
        message = await _repeated(
            lambda: self._interaction.edit_original_response(
                content=content, embed=embed, view=view, allowed_mentions=QUIET
            )
        )
        return str(message.id)

    async def show(self, pages: Sequence[Page], view: discord.ui.View | None) -> str:
        shown = await self._show_first(pages[0], None if len(pages) > 1 else view)
        self._answered, self._shown = True, shown.id
        for n, page in enumerate(pages[1:], 2):
            shown = await self._send(page, view if n == len(pages) else None)
        return str(shown.id)

    async def _show_first(self, page: Page, view: discord.ui.View | None) -> discord.Message:
        if self.left:
            return await self._send(page, view)
        return await _repeated(
            lambda: self._interaction.edit_original_response(
                content=None, embed=page.embed, attachments=files(page), view=view, allowed_mentions=QUIET
            )
        )

    async def _send(self, page: Page, view: discord.ui.View | None) -> discord.Message:
        return await self._interaction.followup.send(
            embed=page.embed,
            files=files(page),
            ephemeral=self.private,
            allowed_mentions=QUIET,
            wait=True,
            **_optional(view),
        )

    async def tell(self, sentence: str) -> None:
        if not (self._begun or self._interaction.response.is_done()):
            await self._interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=QUIET)
        elif self._answered or self.left:
            told = await self._interaction.followup.send(
                sentence, ephemeral=self.private, allowed_mentions=QUIET, wait=True
            )
            self._shown = self._shown or told.id
        else:
            await self.edit(content=sentence)

    async def tidy(self) -> None:
        """A follow-up takes the place of "is thinking", and has its id: then nothing was left."""
        if not self.left or None in (self._first, self._shown) or self._first == self._shown:
            return
        with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            await self._interaction.delete_original_response()


class MessageReply:
    """In reply to a message, for all in the channel to see."""

    private = titled = False

    def __init__(self, message: discord.Message) -> None:
        self._asked = message
        self._first: discord.Message | None = None
        self._leaves: discord.Message | None = None
        self._answered = self.left = False

    async def begin(self) -> None:
        self._first = await self._reply(content=LOOKING)

    async def edit(
        self, *, content: str | None, embed: discord.Embed | None = None, view: discord.ui.View | None = None
    ) -> str:
        first = self._place()
        if first is None:
            self._first = await self._reply(content=content)
            return str(self._first.id)
        await _repeated(lambda: first.edit(content=content, embed=embed, view=view, allowed_mentions=QUIET))
        return str(first.id)

    async def show(self, pages: Sequence[Page], view: discord.ui.View | None) -> str:
        shown = await self._show_first(pages[0], None if len(pages) > 1 else view)
        self._answered = True
        for n, page in enumerate(pages[1:], 2):
            shown = await self._asked.channel.send(
                embed=page.embed,
                files=files(page),
                allowed_mentions=QUIET,
                **_optional(view if n == len(pages) else None),
            )
        return str(shown.id)

    async def _show_first(self, page: Page, view: discord.ui.View | None) -> discord.Message:
        first = self._place()
        if first is None:
            self._first = await self._reply(embed=page.embed, files=files(page), **_optional(view))
            return self._first
        return await _repeated(
            lambda: first.edit(
                content=None, embed=page.embed, attachments=files(page), view=view, allowed_mentions=QUIET
            )
        )

    def _place(self) -> discord.Message | None:
        """The message to edit; None where there is none, or none any more."""
        if self.left and self._leaves is None:
            self._leaves, self._first = self._first, None
        return self._first

    async def _reply(self, **shown: Any) -> discord.Message:
        return await self._asked.reply(mention_author=False, allowed_mentions=QUIET, **shown)

    async def tell(self, sentence: str) -> None:
        if self._answered:
            await self._reply(content=sentence)
        else:
            await self.edit(content=sentence)

    async def tidy(self) -> None:
        if self._leaves is None or self._first is None:
            return
        with contextlib.suppress(discord.HTTPException, aiohttp.ClientError, OSError):
            await self._leaves.delete()


async def _repeated(send: Callable[[], Awaitable[T]]) -> T:
    """Send again what may arrive twice, where the connection was lost on the way."""
    for pause in _AGAIN:
        try:
            return await send()
        except (aiohttp.ClientError, ConnectionError):
            await asyncio.sleep(pause)
    return await send()


def _optional(view: discord.ui.View | None) -> dict[str, Any]:
    return {} if view is None else {"view": view}


def files(page: Page) -> list[discord.File]:
    """The attachment of a page, for one request: a file can be sent once."""
    if page.attachment is None:
        return []
    return [discord.File(io.BytesIO(page.attachment.encode()), filename="claims.txt")]
