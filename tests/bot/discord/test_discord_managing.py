"""What those who manage a server can do: settings, the choice of a library, the review of corrections."""

from datetime import UTC, datetime
from typing import Any

import pytest
import simcord
from newsroom import (  # noqa: F401 - a fixture
    Newsroom,
    OpenNewsroom,
    forged,
    labels,
    last,
    messages,
    open_newsroom,
    text,
)

from bot.discord.views import REASON_FIELD

_MANAGED = ("library", "settings", "ingest", "corrections")
_REASON = "He said the opposite of it."


async def _disputed(here: Newsroom) -> None:
    form = await here.press(await here.ask(), "This is wrong")
    await here.alice.submit_modal(form, {REASON_FIELD: _REASON})


async def _waiting(here: Newsroom) -> Any:
    """What a manager sees of the corrections that wait."""
    return await here.manager.slash(here.channel, "corrections")


@pytest.mark.asyncio
@pytest.mark.parametrize("command", _MANAGED)
async def test_discord_offers_it_to_managers_and_a_member_who_sees_it_is_refused(
    newsroom: OpenNewsroom, command: str
) -> None:
    async with newsroom(libraries="either") as here:
        with pytest.raises(simcord.SetupError, match="permissions"):
            await here.alice.slash(here.channel, command)
        here.show_to_all(command)
        before = here.servers.of(here.guild.id)
        options = {"library": {"use": "own"}, "settings": {"private": True}}.get(command, {})
        refused = await here.alice.slash(here.channel, command, **options)
        assert refused.ephemeral
        assert "manage" in text(refused)
        assert here.servers.of(here.guild.id) == before


# ---------------------------------------------------------------- /settings


@pytest.mark.asyncio
async def test_the_language_of_dates_is_that_of_the_next_answer_and_outlives_a_restart(
    newsroom: OpenNewsroom,
) -> None:
    async with newsroom() as here:
        assert "2024-10-23" in text(await here.ask())
        shown = await here.manager.slash(here.channel, "settings", dates="de")
        assert shown.ephemeral
        assert "31.05.2024" in text(shown)
        await here.restart()
        answer = text(await here.ask())
        assert "23.10.2024" in answer
        assert "2024-10-23 ·" not in answer
        for command, day in (("sources", "23.10.2024"), ("coverage", "31.05.2023")):
            assert day in text(await here.alice.slash(here.channel, command))


@pytest.mark.asyncio
async def test_settings_change_only_what_is_given(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        await here.manager.slash(here.channel, "settings", private=True)
        await here.manager.slash(here.channel, "settings", dates="fr")
        here.servers.change(here.guild.id, corrections=here.channel.id)
        shown = text(await here.manager.slash(here.channel, "settings"))
        kept = here.servers.of(here.guild.id)
        assert (kept.private, kept.dates, kept.corrections) == (True, "fr", here.channel.id)
        assert here.channel.mention in shown


@pytest.mark.asyncio
async def test_one_servers_settings_are_no_other_ones(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        other = here.env.create_guild("Other")
        bob = other.add_member(here.env.create_user("bob"))
        there = other.create_text_channel("general")
        await here.manager.slash(here.channel, "settings", private=True, dates="de")
        shown = await bob.slash(there, "ask", question="What did Kirby say about troops?")
        assert not shown.ephemeral
        assert "2024-10-23" in text(shown)


# ---------------------------------------------------------------- /library


@pytest.mark.asyncio
async def test_library_shows_what_is_held_and_offers_no_choice_that_there_is_not(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.manager.slash(here.channel, "library")
        assert shown.ephemeral
        assert "16 articles" in text(shown)
        assert "shared" in text(shown)
        with pytest.raises(simcord.OptionError):
            await here.manager.slash(here.channel, "library", use="own")


@pytest.mark.asyncio
async def test_where_servers_have_their_own_library_it_begins_empty(newsroom: OpenNewsroom) -> None:
    async with newsroom(libraries="own") as here:
        assert "16 articles" not in text(await here.manager.slash(here.channel, "library"))
        assert "fair game" not in text(await here.ask())


@pytest.mark.asyncio
async def test_where_managers_may_choose_the_choice_is_that_of_the_next_answer(newsroom: OpenNewsroom) -> None:
    async with newsroom(libraries="either") as here:
        assert "fair game" in text(await here.ask())
        chosen = text(await here.manager.slash(here.channel, "library", use="own"))
        assert "16 articles" not in chosen
        assert "/ingest" in chosen
        assert "fair game" not in text(await here.ask())
        await here.restart()
        assert "fair game" not in text(await here.ask())
        await here.manager.slash(here.channel, "library", use="shared")
        assert "fair game" in text(await here.ask())


@pytest.mark.asyncio
async def test_an_answer_of_the_shared_library_is_not_kept_in_the_own_one(newsroom: OpenNewsroom) -> None:
    async with newsroom(libraries="either") as here:
        shown = await here.ask()
        await here.manager.slash(here.channel, "library", use="own")
        assert "no longer" in text(await here.press(shown, "Passages"))
        await here.manager.slash(here.channel, "library", use="shared")
        assert "fair game" in text(await here.press(shown, "Passages"))


# ---------------------------------------------------------------- corrections


@pytest.mark.asyncio
async def test_without_corrections_it_is_said_that_none_waits(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await _waiting(here)
        assert shown.ephemeral
        assert labels(shown) == []


@pytest.mark.asyncio
async def test_a_correction_shows_managers_the_words_and_the_reason_and_not_who_asked(
    newsroom: OpenNewsroom,
) -> None:
    async with newsroom() as here:
        await _disputed(here)
        shown = await _waiting(here)
        assert shown.ephemeral
        assert "fair game" in text(shown)
        assert _REASON in text(shown)
        assert str(here.alice.id) not in text(shown)
        assert here.alice.name not in text(shown)
        assert labels(shown) == ["Uphold", "Dismiss"]


@pytest.mark.asyncio
@pytest.mark.parametrize(("label", "back"), [("Dismiss", True), ("Uphold", False)])
async def test_what_is_dismissed_is_back_in_answers_and_what_is_upheld_stays_out(
    newsroom: OpenNewsroom, label: str, back: bool
) -> None:
    async with newsroom() as here:
        await _disputed(here)
        settled = await here.press(await _waiting(here), label, here.manager)
        assert settled.acknowledged
        assert labels(await _waiting(here)) == []
        assert ("fair game" in text(await here.ask())) == back
        assert here.library.record.disputes() == []


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", ["uphold", "dismiss"])
async def test_a_member_settles_nothing(newsroom: OpenNewsroom, verb: str) -> None:
    async with newsroom() as here:
        await _disputed(here)
        (dispute,) = here.library.record.disputes()
        pressed = await forged(here.alice, here.channel.history()[-1], f"onrecord:{verb}:{dispute.id}")
        assert "manage" in text(pressed)
        assert [one.id for one in here.library.record.disputes()] == [dispute.id]


@pytest.mark.asyncio
async def test_a_correction_that_there_is_not_is_gone(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        await _disputed(here)
        under = last(await _waiting(here))
        pressed = await forged(here.manager, under, f"onrecord:uphold:{10**17}")
        assert "gone" in text(pressed)
        assert len(here.library.record.disputes()) == 1


@pytest.mark.asyncio
async def test_a_correction_goes_to_the_channel_that_is_set_aside_for_it(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        desk = here.guild.create_text_channel("corrections-desk")
        here.servers.change(here.guild.id, corrections=desk.id)
        await _disputed(here)
        (sent,) = desk.history()
        assert _REASON in text(sent)
        await here.restart()
        await here.manager.click(sent, label="Dismiss")
        assert "fair game" in text(await here.ask())
        assert labels(desk.history()[-1]) == []


@pytest.mark.asyncio
async def test_a_channel_that_cannot_be_written_to_loses_no_correction(
    newsroom: OpenNewsroom, caplog: pytest.LogCaptureFixture
) -> None:
    async with newsroom() as here:
        desk = here.guild.create_text_channel("corrections-desk")
        here.servers.change(here.guild.id, corrections=desk.id)
        here.env.inject_error("POST", f"/channels/{desk.id}/messages", status=403, code=50013)
        await _disputed(here)
        assert len(here.library.record.disputes()) == 1
        assert "review" in caplog.text


@pytest.mark.asyncio
async def test_several_corrections_are_shown_each_with_its_buttons(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        for question in ("What did Biden say?", "What did Trump say?", "What did Starmer say?"):
            form = await here.press(await here.ask(question), "This is wrong")
            menu = {"claim": ["0"]} if len((form.modal or {})["components"]) > 1 else {}
            await here.alice.submit_modal(form, {**menu, REASON_FIELD: _REASON})
        shown = [one for one in messages(await _waiting(here)) if one.embeds]
        assert len(shown) == len(here.library.record.disputes()) == 3
        assert all(labels(one) == ["Uphold", "Dismiss"] for one in shown)


@pytest.mark.asyncio
async def test_in_a_library_that_others_keep_nobody_here_reviews(newsroom: OpenNewsroom) -> None:
    async with newsroom(kept_by_others=True) as here:
        desk = here.guild.create_text_channel("corrections-desk")
        here.servers.change(here.guild.id, corrections=desk.id)
        await _disputed(here)
        assert "fair game" not in text(await here.ask())
        assert desk.history() == []
        assert "others" in text(await _waiting(here))
        (dispute,) = here.library.record.disputes()
        pressed = await forged(here.manager, here.channel.history()[-1], f"onrecord:dismiss:{dispute.id}")
        assert "manage" in text(pressed)
        assert len(here.library.record.disputes()) == 1


@pytest.mark.asyncio
async def test_what_was_dismissed_stays_though_its_reader_calls_it_wrong_again(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        await _disputed(here)
        (dispute,) = here.library.record.disputes()
        here.library.record.settle_dispute(dispute.id, False, "reviewer", datetime.now(UTC))
        await _disputed(here)
        assert here.library.record.disputes() == []
        assert "fair game" in text(await here.ask())
