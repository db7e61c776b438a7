"""Questions in messages: which ones are questions to the bot, and how they are answered."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import OpenTown, ScriptedDesk, Town
from discord_answers import answer, claim
from newsroom import OpenNewsroom, labels, open_newsroom, speakers, text  # noqa: F401 - a fixture

from bot.discord.client import Paces
from retrieval.errors import StoreError
from retrieval.kept import Kept


@pytest.fixture
def desk() -> Iterator[ScriptedDesk]:
    return ScriptedDesk(answer(claim()))


def _me(here: Town) -> str:
    assert here.bot.user is not None
    return here.bot.user.mention


def _replies(here: Town) -> list[Any]:
    """What the bot wrote in the channel."""
    return [m for m in here.channel.history() if here.bot.user is not None and m.author.id == here.bot.user.id]


@pytest.mark.asyncio
async def test_a_mention_with_a_question_is_answered_as_a_reply(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.say(f"{here.me} What did Kirby say about troops?")
        assert shown is not None
        assert "they’re fair game" in text(shown)
        assert shown.reference is not None
        assert "Passages" in labels(shown)
        assert "What did Kirby" not in text(shown)  # it stands right above


@pytest.mark.asyncio
async def test_the_mention_is_no_part_of_the_question(town: OpenTown, desk: ScriptedDesk) -> None:
    async with town(desk) as here:
        await here.alice.send(here.channel, f"Well, {_me(here)}\n what did   Turner propose?")
    assert [asked.text for asked in desk.asked] == ["Well, what did Turner propose?"]


@pytest.mark.asyncio
async def test_a_reply_with_a_question_goes_on_from_the_answer_and_thanks_are_no_question(
    newsroom: OpenNewsroom,
) -> None:
    async with newsroom() as here:
        first = await here.say(f"{here.me} What did Biden say about the bridge?")
        assert await here.say("Thanks!", reply_to=first) is None
        shown = await here.say("And about the strike?", reply_to=first)
        assert speakers(shown) == {"Joe Biden"}
        assert "picket line" in text(shown)


@pytest.mark.asyncio
async def test_what_does_not_ask_the_bot_is_left_alone(town: OpenTown, desk: ScriptedDesk) -> None:
    async with town(desk) as here:
        bob = here.alice.guild.add_member(here.env.create_user("bob"))
        robot = here.alice.guild.add_member(here.env.create_user("robot", bot=True))
        hook = here.alice.guild.create_webhook(here.channel)
        asked = f"{_me(here)} what did Turner propose?"
        await here.alice.send(here.channel, "What did Turner propose?")
        await here.alice.send(here.channel, f"{bob.mention} what did Turner propose?")
        await here.alice.send(here.channel, "@everyone what did Turner propose?")
        of_bob = await bob.send(here.channel, "Turner again")
        await here.alice.send(here.channel, "What did he propose?", reply_to=of_bob)
        await robot.send(here.channel, asked)
        await hook.send(asked)
        assert _replies(here) == []
    assert not desk.asked


@pytest.mark.asyncio
@pytest.mark.parametrize("words", ["", "x" * 301], ids=["nothing", "too much"])
async def test_no_question_or_too_long_a_one_is_told_so(town: OpenTown, desk: ScriptedDesk, words: str) -> None:
    async with town(desk) as here:
        await here.alice.send(here.channel, f"{_me(here)} {words}")
        (said,) = _replies(here)
        assert "For example" in said.content
    assert not desk.asked


@pytest.mark.asyncio
async def test_in_another_channel_than_the_named_ones_a_mention_is_sent_there(
    town: OpenTown, desk: ScriptedDesk
) -> None:
    async with town(desk) as here:
        named = here.alice.guild.create_text_channel("news")
        here.bot.servers.change(here.alice.guild.id, channels=frozenset({named.id}))
        await here.alice.send(here.channel, f"{_me(here)} what did Turner propose?")
        (said,) = _replies(here)
        assert named.mention in said.content
        assert not desk.asked
        await here.alice.send(named, f"{_me(here)} what did Turner propose?")
    assert len(desk.asked) == 1


@pytest.mark.asyncio
async def test_mentions_and_commands_share_one_pace(town: OpenTown, desk: ScriptedDesk) -> None:
    async with town(desk, paces=Paces(asks=(2, 60.0))) as here:
        await here.ask()
        await here.alice.send(here.channel, f"{_me(here)} what did Turner propose?")
        await here.alice.send(here.channel, f"{_me(here)} and then?")
        assert re.search(r"try again in \d+ s", _replies(here)[-1].content)
    assert len(desk.asked) == 2


@pytest.mark.asyncio
async def test_a_mention_that_fails_is_told_one_sentence_with_an_incident(
    town: OpenTown, caplog: pytest.LogCaptureFixture
) -> None:
    async with town(ScriptedDesk(StoreError("The library cannot be read."))) as here:
        await here.alice.send(here.channel, f"{_me(here)} what did Turner propose?")
        (said,) = _replies(here)
        incident = re.fullmatch(r"The library cannot be read\. Incident ([0-9a-f]{8})\.", said.content)
    assert incident is not None
    assert incident[1] in caplog.text


class _Forgetful(ScriptedDesk):
    """Keeps nothing."""

    def keep(self, kept: Kept) -> None:
        raise StoreError("The library cannot be written.")


@pytest.mark.asyncio
@pytest.mark.parametrize("mentioned", [False, True])
async def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(
    town: OpenTown, mentioned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with town(_Forgetful(answer(claim()))) as here:
        if mentioned:
            await here.alice.send(here.channel, f"{_me(here)} what did Turner propose?")
        else:
            await here.ask()
        shown = "".join(text(one) for one in _replies(here))
        assert "forty homes" in shown
        assert "cannot be written" not in shown
    assert "cannot be written" in caplog.text


@pytest.mark.asyncio
async def test_nothing_that_is_said_in_a_channel_mentions_anybody(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(claim(speaker="@everyone")))) as here:
        await here.alice.send(here.channel, f"{_me(here)} what did <@&1> and @everyone propose?")
        sent = [r.json for r in here.env.http_requests if "/messages" in r.path and r.method in ("POST", "PATCH")]
        assert sent
        for body in sent:
            allowed = body["allowed_mentions"]
            assert (allowed["parse"], allowed.get("replied_user", False)) == ([], False)


@pytest.mark.asyncio
async def test_where_answers_are_private_a_mention_is_sent_to_the_command(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk) as here:
        here.bot.servers.change(here.alice.guild.id, private=True)
        await here.alice.send(here.channel, f"{_me(here)} what did Turner propose?")
        (said,) = _replies(here)
        assert "/ask" in text(said)
    assert desk.asked == []
