"""From what somebody asks to what is shown: begun at once, waited for in line, drafted, laid out, kept.

The one way that all questions go, whether typed as a command, in a message, or chosen from a menu. What fails on
it ends in one sentence to the asker, in the answer's place.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.discord import incidents
from bot.discord.desk import Desk
from bot.discord.embeds import Page, draft, pages
from bot.discord.replies import Reply
from bot.discord.seats import Seat
from bot.discord.views import answer_view
from bot.logs import fields
from retrieval.errors import OnrecordError
from retrieval.kept import Form, Kept, Request
from retrieval.types import Answer, Claim

if TYPE_CHECKING:
    from bot.discord.client import OnRecordBot

_log = logging.getLogger(__name__)

# Seconds for one draft: an edit takes a fraction of one. Longer, and discord.py is sleeping before it tries again
# (1 s, 3 s, ... after a 5xx, as long as Discord asks after a 429), with the answer waiting behind the draft. The
# answer then goes another way, for this one may still be closed.
DRAFT_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is to be shown, and to be kept of it."""

    answer: Answer
    before: tuple[str, ...]
    pages: Sequence[Page]
    more: bool


async def answered(bot: "OnRecordBot", reply: Reply, seat: Seat, request: Request) -> None:
    """Answer a request. Never raises for what goes wrong with it: the asker is told."""
    started = time.perf_counter()
    outcome = "failed"
    try:
        await reply.begin()
        bot.metrics.responded(time.perf_counter() - started)
        outcome = await _answered(bot, reply, seat, request)
    except Exception as error:  # noqa: BLE001 - the last stop: logged with its incident id
        await told(reply, incidents.for_asker(error))
    seconds = time.perf_counter() - started
    bot.metrics.answered(request.form.value, outcome, seconds)
    _log.info(
        "asked", extra=fields(form=request.form, guild=seat.guild, outcome=outcome, seconds=round(seconds, 3))
    )
    await reply.tidy()


async def _answered(bot: "OnRecordBot", reply: Reply, seat: Seat, request: Request) -> str:
    language = bot.servers.of(seat.guild).dates
    sketch = partial(_sketch, reply, request.question.text if reply.titled else None, language)
    async with bot.drafting(sketch) as drafted:
        job = partial(_worked_out, seat, request, drafted.tell, partial(_laid_out, reply, request, language))
        ready = await bot.work(seat, job, partial(_place, reply))
    key = secrets.token_urlsafe(12)
    open_air = seat.guild is not None and not seat.talk and not reply.private
    view = answer_view(key, ready.answer, more=ready.more, follow_up=open_air)
    message = await reply.show(ready.pages, view)
    # What is asked in private is nobody's memory.
    conversation = "" if reply.private else seat.conversation
    try:
        await bot.quickly(seat, lambda desk: desk.keep(_kept(desk, key, conversation, message, request, ready)))
    except (OnrecordError, TimeoutError):
        # It was answered; what is pressed under it will find nothing, and say so.
        _log.exception("an answer could not be kept")
    return ready.answer.outcome.value


def _kept(desk: Desk, key: str, conversation: str, message: str, request: Request, ready: _Ready) -> Kept:
    return Kept(key, desk.place, conversation, message, request, ready.before, ready.answer)


def _worked_out(
    seat: Seat,
    request: Request,
    tell: Callable[[Claim], None],
    lay_out: Callable[[Answer], Sequence[Page]],
    desk: Desk,
) -> _Ready:
    """Runs on a thread, the layout too: escaping a long answer takes its time."""
    before = desk.asked_before(seat.conversation) if seat.talk and request.form is Form.QUESTION else ()
    found = desk.answer(request, before, user=seat.asker, tell=tell)
    return _Ready(found.answer, before, lay_out(found.answer), found.more)


def _laid_out(reply: Reply, request: Request, language: str, answer: Answer) -> tuple[Page, ...]:
    grouped = request.form is Form.COMPARISON
    return pages(answer, language=language, question=reply.titled, grouped=grouped)


async def _place(reply: Reply, place: int) -> None:
    """Tell one who waits where he stands."""
    await _try_to_edit(reply, content=f"Many are asking just now: you are number {place} in line.", embed=None)


async def _sketch(reply: Reply, question: str | None, language: str, claims: Sequence[Claim]) -> None:
    """Show a draft. It is an extra: where Discord does not take it soon, it is left out."""
    # In the pool it would wait for other answers.
    embed = await asyncio.to_thread(draft, question, claims, language=language)
    await _try_to_edit(reply, content=None, embed=embed)


async def _try_to_edit(reply: Reply, *, content: str | None, embed: discord.Embed | None) -> None:
    if reply.left:
        return
    try:
        async with asyncio.timeout(DRAFT_PATIENCE):
            await reply.edit(content=content, embed=embed)
    except TimeoutError:
        reply.left = True
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        _log.debug("a draft was left out: %r", lost)


async def told(reply: Reply, sentence: str) -> None:
    """Say a sentence in the place of an answer. Never raises for Discord."""
    try:
        await reply.tell(sentence)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
        _log.warning("a reply could not be delivered: %s", lost)
