"""The menu of a message ("Is this on record?"), the menu of namesakes, and the menu of a server's channels."""

from typing import Any

import discord
import pytest
from newsroom import (  # noqa: F401 - a fixture
    Newsroom,
    OpenNewsroom,
    forged,
    labels,
    last,
    open_newsroom,
    speakers,
    text,
)

_VERBATIM = "“they’re fair game, they’re fair targets”"


async def _on_record(here: Newsroom, words: str) -> Any:
    message = await here.alice.send(here.channel, words)
    return await here.alice.context_menu(here.channel, "Is this on record?", message)


def _menu(shown: Any) -> dict[str, Any]:
    (menu,) = last(shown).components[0]["components"]
    found: dict[str, Any] = menu
    return found


# ---------------------------------------------------------------- is this on record?


@pytest.mark.asyncio
@pytest.mark.parametrize("words", [f"Kirby: {_VERBATIM}", f"> **{_VERBATIM.upper()}** he said"])
async def test_a_quotation_is_found_word_for_word_whatever_its_marks(newsroom: OpenNewsroom, words: str) -> None:
    async with newsroom() as here:
        shown = await _on_record(here, words)
        assert "word for word" in text(shown)
        assert "Not on record" not in text(shown)
        assert speakers(shown) == {"John Kirby"}


@pytest.mark.asyncio
async def test_a_quotation_given_to_somebody_else_is_told_whose_it_is(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await _on_record(here, f"Starmer: {_VERBATIM}")
        assert "not from Keir Starmer" in text(shown)
        assert speakers(shown) == {"John Kirby"}


@pytest.mark.asyncio
async def test_what_nobody_said_is_not_on_record(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await _on_record(here, "Kirby said that “zeppelins shall carry all our mail by winter”.")
        assert "Not on record" in text(shown)
        assert not [line for line in text(shown).splitlines() if line.startswith(">") and "zeppelins" in line]


@pytest.mark.asyncio
async def test_a_message_without_words_is_told_so(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        picture = await here.alice.send(here.channel, attachments=[("cat.png", b"\x89PNG")])
        shown = await here.alice.context_menu(here.channel, "Is this on record?", picture)
        assert shown.ephemeral
        assert "no words" in text(shown)


@pytest.mark.asyncio
async def test_the_words_of_an_embed_count_too(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        hook = here.guild.create_webhook(here.channel)
        message = await hook.send(embed=discord.Embed(description=f"Kirby: {_VERBATIM}"))
        shown = await here.alice.context_menu(here.channel, "Is this on record?", message)
        assert speakers(shown) == {"John Kirby"}


@pytest.mark.asyncio
async def test_a_very_long_message_is_looked_at_all_the_same(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await _on_record(here, f"Kirby: {_VERBATIM} " + "“*_`[](" * 250)
        assert speakers(shown) == {"John Kirby"}
        assert "Incident" not in text(shown)


@pytest.mark.asyncio
async def test_the_menu_keeps_to_what_the_server_wants_to_be_private(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        assert not (await _on_record(here, _VERBATIM)).ephemeral
        here.servers.change(here.guild.id, private=True)
        assert (await _on_record(here, _VERBATIM)).ephemeral


# ---------------------------------------------------------------- namesakes


@pytest.mark.asyncio
@pytest.mark.parametrize(("chosen", "words"), [("Mike Turner", "North Korean"), ("Nina Turner", "student debt")])
async def test_of_namesakes_only_the_chosen_one_is_asked(newsroom: OpenNewsroom, chosen: str, words: str) -> None:
    async with newsroom() as here:
        shown = await here.ask("What did Turner say?")
        assert speakers(shown) == set()
        options = {one["label"]: one["value"] for one in _menu(shown)["options"]}
        assert set(options) == {"Mike Turner", "Nina Turner"}
        again = await here.alice.select(last(shown), [options[chosen]])
        assert speakers(again) == {chosen}
        assert words in text(again)
        assert "Passages" in labels(again)


@pytest.mark.asyncio
async def test_a_choice_keeps_the_way_of_asking_and_who_sees_it(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        given = {"person": "Turner", "private": True}
        shown = await here.alice.slash(here.channel, "positions", **given)
        options = {one["label"]: one["value"] for one in _menu(shown)["options"]}
        again = await here.alice.select(last(shown), [options["Nina Turner"]])
        assert again.ephemeral
        assert speakers(again) == {"Nina Turner"}


@pytest.mark.asyncio
@pytest.mark.parametrize("people", [("Turner", "John Kirby"), ("John Kirby", "Turner")])
async def test_of_two_who_are_compared_the_choice_is_for_the_one_with_namesakes(
    newsroom: OpenNewsroom, people: tuple[str, str]
) -> None:
    async with newsroom() as here:
        shown = await here.alice.slash(here.channel, "compare", person=people[0], other=people[1])
        options = {one["label"]: one["value"] for one in _menu(shown)["options"]}
        again = await here.alice.select(last(shown), [options["Nina Turner"]])
        assert speakers(again) == {"Nina Turner", "John Kirby"}


@pytest.mark.asyncio
async def test_of_two_with_namesakes_one_is_chosen_after_the_other(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.alice.slash(here.channel, "compare", person="Turner", other="Scott")
        for chosen in ("Mike Turner", "Tim Scott"):
            (value, *_) = [one["value"] for one in _menu(shown)["options"] if one["label"] == chosen]
            shown = await here.alice.select(last(shown), [value])
        assert speakers(shown) == {"Mike Turner", "Tim Scott"}


@pytest.mark.asyncio
@pytest.mark.parametrize("values", [[], ["999999"], ["abc"], ["1", "2"], None, [None], "51"])
async def test_a_choice_that_was_not_offered_asks_nobody(newsroom: OpenNewsroom, values: object) -> None:
    async with newsroom() as here:
        shown = await here.ask("What did Turner say?")
        of = _menu(shown)["custom_id"]
        pressed = await forged(here.alice, last(shown), of, component_type=3, values=values)
        assert speakers(pressed) == set()
        assert "Incident" not in text(pressed)


# ---------------------------------------------------------------- the channels of a server


@pytest.mark.asyncio
async def test_the_channels_that_are_chosen_are_kept_and_shown(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        news = here.guild.create_text_channel("news")
        shown = await here.manager.slash(here.channel, "settings")
        changed = await here.manager.select(last(shown), [news], custom_id="onrecord:channels:server")
        assert news.mention in text(changed)
        assert [str(one["id"]) for one in _menu(changed)["default_values"]] == [str(news.id)]
        assert here.servers.of(here.guild.id).channels == {news.id}
        assert (await here.ask()).ephemeral
        await here.restart()
        assert (await here.ask()).ephemeral
        assert not (await here.ask(channel=news)).ephemeral


@pytest.mark.asyncio
async def test_no_channel_chosen_is_every_channel(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        news = here.guild.create_text_channel("news")
        shown = await here.manager.slash(here.channel, "settings")
        await here.manager.select(last(shown), [news], custom_id="onrecord:channels:server")
        await here.manager.select(last(shown), [], custom_id="onrecord:channels:server")
        assert here.servers.of(here.guild.id).channels == frozenset()
        assert not (await here.ask()).ephemeral


@pytest.mark.asyncio
@pytest.mark.parametrize("values", [None, "12", [None], ["x", "-1"], ["0"], ["9" * 40]])
async def test_what_is_no_channel_is_not_kept(newsroom: OpenNewsroom, values: object) -> None:
    async with newsroom() as here:
        shown = await here.manager.slash(here.channel, "settings")
        of = _menu(shown)["custom_id"]
        pressed = await forged(here.manager, last(shown), of, component_type=8, values=values)
        assert here.servers.of(here.guild.id).channels == frozenset()
        assert "Incident" not in text(pressed)


@pytest.mark.asyncio
async def test_a_member_sets_no_channels(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        under = last(await here.ask())
        of, values = "onrecord:channels:server", [str(here.channel.id)]
        pressed = await forged(here.alice, under, of, component_type=8, values=values)
        assert "manage" in text(pressed)
        assert here.servers.of(here.guild.id).channels == frozenset()


@pytest.mark.asyncio
async def test_the_channel_for_corrections_is_chosen_and_taken_back(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = last(await here.manager.slash(here.channel, "settings"))
        of = "onrecord:corrections:server"
        await forged(here.alice, shown, of, component_type=8, values=[str(here.channel.id)])
        assert here.servers.of(here.guild.id).corrections is None
        changed = await forged(here.manager, shown, of, component_type=8, values=[str(here.channel.id)])
        assert here.servers.of(here.guild.id).corrections == here.channel.id
        assert here.channel.mention in text(changed)
        await forged(here.manager, shown, of, component_type=8, values=[])
        assert here.servers.of(here.guild.id).corrections is None
