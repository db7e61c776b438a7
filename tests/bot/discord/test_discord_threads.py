"""Threads that go on from an answer: what is remembered in them, and what is nobody's memory."""

import discord
import pytest
import simcord
from newsroom import Newsroom, OpenNewsroom, labels, open_newsroom, speakers, text  # noqa: F401 - a fixture

_FIRST = "What did Biden say about the bridge?"
_NEXT = "And about the strike?"


async def _begun(here: Newsroom) -> simcord.ChannelHandle:
    """The thread of an answer."""
    await here.press(await here.ask(_FIRST), "Follow up")
    (thread,) = here.channel.threads
    return thread


@pytest.mark.asyncio
async def test_follow_up_begins_a_thread_and_leads_to_it(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask(_FIRST)
        pressed = await here.press(shown, "Follow up")
        (thread,) = here.channel.threads
        assert pressed.ephemeral
        assert thread.mention in text(pressed)
        assert thread.name == _FIRST
        (hint,) = thread.history()
        assert "/ask" in hint.content


@pytest.mark.asyncio
async def test_a_second_press_leads_to_the_same_thread(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask(_FIRST)
        first = text(await here.press(shown, "Follow up"))
        # As Discord does; the double begins it anew.
        here.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)
        second = text(await here.press(shown, "Follow up", here.manager))
        (thread,) = here.channel.threads
        assert thread.mention in first
        assert first == second
        assert len(thread.history()) == 1


@pytest.mark.asyncio
async def test_a_mention_in_a_thread_goes_on_from_its_questions(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        assert speakers(await here.say(f"{here.me} {_NEXT}")) != {"Joe Biden"}
        thread = await _begun(here)
        shown = await here.say(f"{here.me} {_NEXT}", channel=thread)
        assert speakers(shown) == {"Joe Biden"}
        assert "picket line" in text(shown)
        assert "Follow up" not in labels(shown)  # one is in it


@pytest.mark.asyncio
async def test_ask_in_a_thread_goes_on_from_its_questions(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        thread = await _begun(here)
        shown = await here.ask(_NEXT, channel=thread)
        assert speakers(shown) == {"Joe Biden"}
        assert "picket line" in text(shown)


@pytest.mark.asyncio
async def test_a_thread_remembers_what_was_asked_in_it_last(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        thread = await _begun(here)
        await here.ask("What did Starmer say about winter fuel?", channel=thread)
        shown = await here.say(f"{here.me} What else did he say?", channel=thread)
        assert speakers(shown) == {"Keir Starmer"}


@pytest.mark.asyncio
async def test_a_private_question_in_a_thread_is_nobodys_memory(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        thread = await _begun(here)
        private = await here.ask("What did Starmer say about winter fuel?", channel=thread, private=True)
        assert private.ephemeral
        shown = await here.say(f"{here.me} {_NEXT}", channel=thread, who=here.manager)
        assert speakers(shown) == {"Joe Biden"}


@pytest.mark.asyncio
async def test_threads_of_one_channel_remember_apart(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        await _begun(here)
        starmer = await here.ask("What did Starmer say about winter fuel?")
        await here.press(starmer, "Follow up")
        _, other = sorted(here.channel.threads, key=lambda thread: thread.id)
        shown = await here.say(f"{here.me} What else did he say?", channel=other)
        assert speakers(shown) == {"Keir Starmer"}


@pytest.mark.asyncio
async def test_a_thread_counts_as_its_channel(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        thread = await _begun(here)
        here.servers.change(here.guild.id, channels=frozenset({here.channel.id}))
        assert not (await here.ask(_NEXT, channel=thread)).ephemeral
        assert speakers(await here.say(f"{here.me} {_NEXT}", channel=thread)) == {"Joe Biden"}


@pytest.mark.asyncio
async def test_a_channel_without_the_right_to_begin_threads_is_told_in_one_sentence(
    newsroom: OpenNewsroom, caplog: pytest.LogCaptureFixture
) -> None:
    async with newsroom() as here:
        denied = discord.PermissionOverwrite(create_public_threads=False)
        closed = here.guild.create_text_channel("closed", overwrites={here.guild.default_role: denied})
        pressed = await here.press(await here.ask(_FIRST, channel=closed), "Follow up")
        assert pressed.ephemeral
        assert text(pressed).strip().count("\n") == 0
        assert "threads" in text(pressed)
        assert "Incident" not in text(pressed)
    assert not [r for r in caplog.records if r.levelname == "ERROR"]
