"""What can be pressed under an answer, also after a restart, and where the answer is no longer kept."""

import asyncio
import re
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import OpenTown, ScriptedDesk
from discord_answers import answer, claim
from newsroom import (  # noqa: F401 - a fixture
    Newsroom,
    OpenNewsroom,
    attached,
    forged,
    labels,
    last,
    open_newsroom,
    text,
)

from bot.discord.client import Paces
from bot.discord.views import CLAIM_FIELD, REASON_FIELD
from retrieval.record import MOST_OPEN
from retrieval.types import Answer

_BIDEN = "What did Biden say?"
_WHY = {REASON_FIELD: "He said the opposite of it."}
_LABELS = ("Passages", "Sources", "Follow up", "This is wrong")


def _numbers(shown: Any) -> list[int]:
    return [int(n) for n in re.findall(r"^> \[(\d+)\]", text(shown), re.MULTILINE)]


def _quotations(shown: Any) -> list[str]:
    """The first words of each."""
    return re.findall(r"^> \[\d+\] (.{50})", text(shown), re.MULTILINE)


# ---------------------------------------------------------------- what each shows


@pytest.mark.asyncio
async def test_passages_show_each_quotation_in_its_place_to_the_one_who_pressed(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        pressed = await here.press(await here.ask(), "Passages", here.manager)
        assert pressed.ephemeral
        shown = text(pressed)
        assert re.search(r"\*\*[^*]*they’re fair game[^*]*\*\*", shown)
        before, after = re.split(r"\*\*[^*]*they’re fair game[^*]*\*\*", shown)
        assert len(before) > 200
        assert len(after) > 100


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("ask", {"question": "What will Brandt pay for out of the reserve?"}),
        ("positions", {"person": "Lucia Brandt"}),
    ],
)
async def test_more_goes_on_with_the_numbers_until_all_is_shown(
    newsroom: OpenNewsroom, command: str, options: dict[str, str]
) -> None:
    async with newsroom() as here:
        shown = await here.alice.slash(here.channel, command, **options)
        numbers, quoted, presses = _numbers(shown), _quotations(shown), 0
        while "More" in labels(shown):
            shown = await here.press(shown, "More")
            presses += 1
            assert shown.ephemeral
            assert _numbers(shown)
            numbers += _numbers(shown)
            quoted += _quotations(shown)
        assert presses > 1
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(set(quoted)) == len(quoted)
        assert len(quoted) > 10


@pytest.mark.asyncio
async def test_more_where_nothing_is_left_says_that_it_is_all(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask(_BIDEN)
        (button,) = [one for one in _buttons(shown) if one["label"] == "More"]
        beyond = await forged(here.alice, last(shown), f"{button['custom_id']}:500")
        assert _numbers(beyond) == []
        assert "all" in text(beyond)
        assert labels(beyond) == []


@pytest.mark.asyncio
async def test_the_file_of_sources_holds_every_citation(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask(_BIDEN)
        pressed = await here.press(shown, "Sources")
        paper = await attached(pressed)
        assert pressed.ephemeral
        assert [int(n) for n in re.findall(r"^\[(\d+)\]", paper, re.MULTILINE)] == _numbers(shown)
        assert "https://rouge-river-post.example/2023/09/27/biden-picket-line-uaw" in paper


@pytest.mark.asyncio
async def test_words_of_somebody_else_have_their_buttons_too(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        message = await here.alice.send(here.channel, "Starmer: “they’re fair game, they’re fair targets”")
        shown = await here.alice.context_menu(here.channel, "Is this on record?", message)
        assert "fair targets" in text(await here.press(shown, "Passages"))
        assert "fair targets" in await attached(await here.press(shown, "Sources"))


# ---------------------------------------------------------------- this is wrong


@pytest.mark.asyncio
async def test_a_statement_that_is_called_wrong_is_in_no_answer(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        form = await here.press(await here.ask(), "This is wrong")
        assert form.modal is not None
        told = await here.alice.submit_modal(form, _WHY)
        assert told.ephemeral
        assert "fair game" not in text(await here.ask())
        assert "fair game" not in text(await here.alice.slash(here.channel, "positions", person="John Kirby"))
        (dispute,) = here.library.record.disputes()
        assert dispute.reason == _WHY[REASON_FIELD]
        assert dispute.speaker == "John Kirby"
        assert str(here.alice.id) not in dispute.by


@pytest.mark.asyncio
async def test_of_several_statements_the_chosen_one_goes(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask(_BIDEN)
        form = await here.press(shown, "This is wrong")
        await here.alice.submit_modal(form, {CLAIM_FIELD: ["1"], **_WHY})
        first, second, *_ = _quotations(shown)
        again = _quotations(await here.ask(_BIDEN))
        assert first in again
        assert second not in again


@pytest.mark.asyncio
async def test_a_reason_of_blanks_disputes_nothing(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        form = await here.press(await here.ask(), "This is wrong")
        told = await here.alice.submit_modal(form, {REASON_FIELD: " " * 20})
        assert "no longer" not in text(told)
        assert "what is wrong" in text(told)
        assert here.library.record.disputes() == []


@pytest.mark.asyncio
async def test_somebody_with_many_open_corrections_is_asked_to_wait(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask(_BIDEN)
        told = []
        for claim_number in ("0", "1"):
            form = await here.press(shown, "This is wrong")
            told.append(text(await here.alice.submit_modal(form, {CLAIM_FIELD: [claim_number], **_WHY})))
            first, record = here.library.record.disputes()[-1], here.library.record
            for n in range(MOST_OPEN):
                place = (first.url, first.version, n, n + 1, f"words {n}")
                record.dispute(*place, None, "Because.", first.by, datetime.now(UTC))
        assert ["wait" in one for one in told] == [False, True]
        assert len(record.disputes()) == MOST_OPEN


# ---------------------------------------------------------------- what is not there any more, or never was


class _Forgetting(ScriptedDesk):
    """Has lost what it kept."""

    def kept(self, key: str) -> None:
        return None


@pytest.mark.asyncio
@pytest.mark.parametrize("label", _LABELS)
async def test_under_an_answer_that_is_no_longer_kept_a_press_says_so(town: OpenTown, label: str) -> None:
    async with town(_Forgetting(answer(claim()))) as here:
        pressed = await here.alice.click(last(await here.ask()), label=label)
        assert pressed.ephemeral
        assert "no longer" in text(pressed)
        assert labels(pressed) == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "of",
    [
        "",
        "onrecord",
        "onrecord::",
        "onrecord:fly:abcdefghijklmnop",
        "onrecord:uphold:0",
        "onrecord:uphold:abc",
        "onrecord:more:abcdefghijklmnop:-1",
        "onrecord:more:abcdefghijklmnop:0:0",
        "someone:else:entirely",
        "onrecord:passages:" + "a" * 65,
    ],
)
async def test_an_id_that_is_none_of_ours_does_nothing(
    town: OpenTown, caplog: pytest.LogCaptureFixture, of: str
) -> None:
    async with town(ScriptedDesk(answer(claim()))) as here:
        pressed = await forged(here.alice, last(await here.ask()), of)
        assert not pressed.acknowledged
    assert not [r for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")]


@pytest.mark.asyncio
async def test_an_id_of_another_servers_answer_stands_for_nothing(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        button = _buttons(await here.ask())[0]
        other = here.env.create_guild("Other")
        bob = other.add_member(here.env.create_user("bob"))
        there = other.create_text_channel("general")
        theirs = last(await bob.slash(there, "ask", question="What did Starmer say about winter fuel?"))
        pressed = await forged(bob, theirs, button["custom_id"])
        assert "no longer" in text(pressed)
        assert "fair game" not in text(pressed)


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", ["passages", "more", "sources", "follow", "wrong", "meant"])
async def test_a_key_that_no_answer_has_is_told_so(newsroom: OpenNewsroom, verb: str) -> None:
    async with newsroom() as here:
        pressed = await forged(here.alice, last(await here.ask()), f"onrecord:{verb}:abcdefghijklmnop")
        assert "no longer" in text(pressed)


# ---------------------------------------------------------------- pace, and the end


@pytest.mark.asyncio
async def test_presses_have_a_pace_of_their_own(newsroom: OpenNewsroom) -> None:
    async with newsroom(paces=Paces(asks=(1, 60.0), presses=(2, 60.0))) as here:
        shown = await here.ask()
        pressed = [await here.press(shown, "Passages") for _ in range(3)]
        assert ["too fast" in text(one) for one in pressed] == [False, False, True]
        assert "too fast" not in text(await here.press(shown, "Passages", here.manager))


@pytest.mark.asyncio
async def test_a_whole_server_has_a_pace_that_others_do_not_share(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk, paces=Paces(server=(2, 60.0))) as here:
        guild, env = here.alice.guild, here.env
        members = [guild.add_member(env.create_user(f"member{n}")) for n in range(3)]
        shown = [await who.slash(here.channel, "ask", question="Why?") for who in members]
        assert ["too fast" in text(one) for one in shown] == [False, False, True]
        other = env.create_guild("Other")
        bob = other.add_member(env.create_user("bob"))
        there = other.create_text_channel("general")
        assert "too fast" not in text(await bob.slash(there, "ask", question="Why?"))


@pytest.mark.asyncio
async def test_while_the_bot_is_stopped_presses_and_mentions_are_turned_away(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask()
        await here.env.bot.drain(0)
        for label in _LABELS:
            assert "restarted" in text(await here.press(shown, label))
        assert "restarted" in text(await here.say(f"{here.me} What did Kirby say about troops?"))
        assert here.channel.threads == []


@pytest.mark.asyncio
async def test_what_is_in_flight_when_the_bot_is_stopped_is_finished(town: OpenTown) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def slowly() -> Answer:
        begun.set()
        assert let_go.wait(20)
        return answer(claim())

    async with town(ScriptedDesk(slowly)) as here:
        asking = asyncio.create_task(here.ask())
        await asyncio.to_thread(begun.wait, 20)
        draining = asyncio.create_task(here.bot.drain(20))
        await asyncio.sleep(0)
        let_go.set()
        await draining
        assert "forty homes" in text(await asking)


# ---------------------------------------------------------------- after a restart


@pytest.mark.asyncio
async def test_buttons_from_before_a_restart_do_what_they_did(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.alice.slash(here.channel, "positions", person="Lucia Brandt")
        numbers = _numbers(shown)
        await here.restart()
        assert "took questions" in text(await here.press(shown, "Passages"))
        more = await here.press(shown, "More")
        assert _numbers(more)[0] == numbers[-1] + 1
        await here.restart()
        assert _numbers(await here.press(more, "More"))[0] == _numbers(more)[-1] + 1
        assert "[1]" in await attached(await here.press(shown, "Sources"))
        await here.press(shown, "Follow up")
        assert len(here.channel.threads) == 1


@pytest.mark.asyncio
async def test_a_form_that_was_opened_before_a_restart_can_be_sent(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        form = await here.press(await here.ask(), "This is wrong")
        await here.restart()
        await here.alice.submit_modal(form, _WHY)
        assert [one.speaker for one in here.library.record.disputes()] == ["John Kirby"]


@pytest.mark.asyncio
async def test_a_menu_of_namesakes_from_before_a_restart_can_be_chosen_from(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = last(await here.ask("What did Turner say?"))
        options = _buttons(shown)[0]["options"]
        await here.restart()
        assert "student debt" in text(await here.alice.select(shown, [options[1]["value"]]))


@pytest.mark.asyncio
async def test_a_thread_remembers_over_a_restart(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        await here.press(await here.ask("What did Biden say about the bridge?"), "Follow up")
        await here.restart()
        (thread,) = here.channel.threads
        shown = await here.say(f"{here.me} And about the strike?", channel=thread)
        assert "picket line" in text(shown)
        assert "Fain" not in text(shown)


def _buttons(shown: Any) -> list[dict[str, Any]]:
    """What can be pressed or chosen from, as it was sent."""
    return [one for row in last(shown).components for one in row["components"]]
