"""Each command over the sample articles: what it answers, to whom, and what is suggested while it is typed."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import OpenTown, ScriptedDesk, bot_of
from discord_answers import answer
from newsroom import MANAGING, OpenNewsroom, labels, open_newsroom, speakers, text  # noqa: F401 - a fixture

from bot.discord.client import OnRecordBot, Paces
from bot.discord.commands.suggesting import people
from retrieval.errors import StoreError

_COMMANDS = {
    "ask": {"question": "What did Turner propose?"},
    "positions": {"person": "Turner"},
    "compare": {"person": "Turner", "other": "Kirby"},
    "sources": {},
    "coverage": {"about": "Ukraine"},
    "help": {},
    "library": {},
    "corrections": {},
}
_KIRBY, _STARMER = "they’re fair game", "I didn’t want to means-test"


# ---------------------------------------------------------------- /ask


@pytest.mark.asyncio
async def test_ask_answers_with_the_words_and_their_source(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask()
        assert not shown.ephemeral
        assert _KIRBY in text(shown)
        assert "John Kirby" in text(shown)
        assert "harbor-ledger.example" in text(shown)
        assert labels(shown) == ["Passages", "Sources", "Follow up", "This is wrong"]


@pytest.mark.asyncio
async def test_ask_of_a_person_gives_nobody_elses_words(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        for person in ("John Kirby", "Volodymyr Zelenskyy"):
            assert speakers(await here.ask("What about North Korean troops?", person=person)) == {person}


@pytest.mark.asyncio
async def test_ask_keeps_to_the_days_that_are_given(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        whole = text(await here.ask("What did Biden say?"))
        assert {"2023-09-27", "2024-01-26"} <= set(re.findall(r"said (\S+)", whole))
        late = text(await here.ask("What did Biden say?", since="2024-01-01"))
        assert all(day >= "2024-01-01" for day in re.findall(r"said (20\S+)", late))
        early = text(await here.ask("What did Biden say?", until="2023-12-31"))
        days = re.findall(r"said (20\S+)", early)
        assert days
        assert all(day <= "2023-12-31" for day in days)


@pytest.mark.asyncio
async def test_an_answer_is_private_as_the_asker_wants_else_as_the_server_does(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        assert (await here.ask(private=True)).ephemeral
        assert not (await here.ask()).ephemeral
        await here.manager.slash(here.channel, "settings", private=True)
        assert (await here.ask()).ephemeral
        assert not (await here.ask(private=False)).ephemeral


@pytest.mark.asyncio
async def test_a_private_answer_begins_no_thread(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        assert "Follow up" not in labels(await here.ask(private=True))


@pytest.mark.asyncio
async def test_outside_the_named_channels_every_answer_is_private(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        there = here.guild.create_text_channel("news")
        here.servers.change(here.guild.id, channels=frozenset({there.id}))
        assert (await here.ask()).ephemeral
        assert (await here.ask(private=False)).ephemeral
        assert (await here.alice.slash(here.channel, "coverage")).ephemeral
        assert not (await here.ask(channel=there)).ephemeral


@pytest.mark.asyncio
async def test_nothing_on_record_is_said_with_what_is_held_and_without_buttons(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.ask("What did Taylor Swift say about taxes?")
        assert "16 articles" in text(shown)
        assert labels(shown) == []


# ---------------------------------------------------------------- autocomplete


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("command", "option", "typed", "wanted"),
    [
        ("ask", "person", "Tur", "Mike Turner"),
        ("ask", "question", "What did Mike Tur", "What did Mike Turner"),
        ("positions", "person", "kirb", "John Kirby"),
        ("positions", "topic", "border", "border bill"),
        ("compare", "other", "starm", "Keir Starmer"),
        ("coverage", "about", "border", "border bill"),
    ],
)
async def test_names_topics_and_questions_of_the_library_are_suggested(
    newsroom: OpenNewsroom, command: str, option: str, typed: str, wanted: str
) -> None:
    async with newsroom() as here:
        await here.alice.slash(here.channel, "help")  # by then the names are made
        offered = await here.alice.autocomplete(here.channel, command, option, typed)
        assert wanted in [one["value"] for one in offered]
        assert len(offered) <= 25
        assert await here.alice.autocomplete(here.channel, command, option, "zzqx") == []


@pytest.mark.asyncio
async def test_suggestions_are_not_counted_as_questions(newsroom: OpenNewsroom) -> None:
    async with newsroom(paces=Paces()) as here:
        for typed in ("T", "Tu", "Tur", "Turn", "Turne"):
            await here.alice.autocomplete(here.channel, "ask", "person", typed)
        assert _KIRBY in text(await here.ask())


@pytest.mark.asyncio
@pytest.mark.parametrize(("direct", "wanted"), [(False, []), (True, ["Mike Turner"])])
async def test_direct_messages_get_suggestions_only_where_they_are_answered(
    tmp_path: Path, direct: bool, wanted: list[str]
) -> None:
    with bot_of(_Knowing(), tmp_path, {"direct": direct}) as bot:
        assert [one.value for one in await people(_typing(bot), "Tur")] == wanted


@pytest.mark.asyncio
async def test_suggestions_that_come_too_late_are_none(tmp_path: Path) -> None:
    with bot_of(_Knowing(seconds=0.6), tmp_path, {"direct": True}) as bot:
        began = time.monotonic()
        assert await people(_typing(bot), "Tur") == []
        assert time.monotonic() - began < 0.5


@pytest.mark.asyncio
async def test_an_error_while_typing_suggests_nothing(town: OpenTown, caplog: pytest.LogCaptureFixture) -> None:
    async with town(_Unopened(StoreError("The library cannot be read."))) as here:
        assert await here.alice.autocomplete(here.channel, "ask", "person", "Tur") == []
    assert "cannot be read" in caplog.text


def _typing(bot: OnRecordBot) -> Any:
    """Somebody who writes directly."""
    return SimpleNamespace(client=bot, guild_id=None, channel=None, channel_id=1, user=SimpleNamespace(id=2))


class _Knowing(ScriptedDesk):
    """Suggests one name, after some seconds; the others are none that Discord takes."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(answer())
        self._seconds = seconds

    def directory(self, patience: float | None = None) -> Any:
        time.sleep(self._seconds)
        return SimpleNamespace(people=lambda _: ["Mike Turner", "", "x" * 101])


# ---------------------------------------------------------------- /positions, /compare


@pytest.mark.asyncio
async def test_positions_are_one_persons_alone(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        result = await here.alice.slash(here.channel, "positions", person="Keir Starmer")
        assert _STARMER in text(result)
        assert speakers(result) == {"Keir Starmer"}


@pytest.mark.asyncio
async def test_positions_on_a_topic_begin_with_what_is_nearest_to_it(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        for topic, words in (("TikTok", "TikTok"), ("border", "blame it on me")):
            shown = text(await here.alice.slash(here.channel, "positions", person="Donald Trump", topic=topic))
            assert words in re.split(r"\[[12]\]", shown)[1]


@pytest.mark.asyncio
async def test_positions_keep_to_the_days_that_are_given(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        given = {"person": "Joe Biden", "since": "2023-09-01", "until": "2023-09-30"}
        days = re.findall(r"said (\S+)", text(await here.alice.slash(here.channel, "positions", **given)))
        assert days
        assert all(day.startswith("2023-09") for day in days)
        wrong = await here.alice.slash(here.channel, "positions", person="Joe Biden", since="May")
        assert wrong.ephemeral
        assert "May" in text(wrong)


@pytest.mark.asyncio
async def test_positions_of_somebody_unknown_are_none(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = await here.alice.slash(here.channel, "positions", person="Taylor Swift")
        assert "[1]" not in text(shown)
        assert labels(shown) == []


@pytest.mark.asyncio
async def test_a_comparison_puts_each_under_their_own_name(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        people = {"person": "John Kirby", "other": "Keir Starmer"}
        shown = text(await here.alice.slash(here.channel, "compare", **people))
        kirby, starmer = shown.index("### John Kirby"), shown.index("### Keir Starmer")
        assert kirby < shown.index(_KIRBY) < starmer < shown.index(_STARMER)


@pytest.mark.asyncio
async def test_a_comparison_says_who_of_two_is_silent(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        people = {"person": "John Kirby", "other": "Taylor Swift", "private": True}
        result = await here.alice.slash(here.channel, "compare", **people)
        shown = text(result)
        assert result.ephemeral
        assert _KIRBY in shown
        assert shown.count("Taylor Swift") == 2  # in the question, and who is silent
        assert speakers(result) == {"John Kirby"}


# ---------------------------------------------------------------- what is held


@pytest.mark.asyncio
async def test_sources_name_each_outlet_with_its_articles_and_days(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = text(await here.alice.slash(here.channel, "sources"))
        assert "**Harbor Ledger** · 1 article · 2024-10-23" in shown
        assert "**Cuyahoga Dispatch** · 1 article · 2023-07-01" in shown


@pytest.mark.asyncio
async def test_coverage_counts_the_articles_and_those_with_some_words(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        assert "16 articles" in text(await here.alice.slash(here.channel, "coverage"))
        for words, count in (("Ukraine", 3), ("zeppelin", 0)):
            shown = text(await here.alice.slash(here.channel, "coverage", about=words))
            assert re.search(rf"^\W*{count} articles\W* with “{words}”", shown, re.MULTILINE)


@pytest.mark.asyncio
async def test_help_is_for_the_asker_alone_and_tells_managers_more(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        member, manager = [await who.slash(here.channel, "help") for who in (here.alice, here.manager)]
        assert member.ephemeral
        assert "/ingest" not in text(member)
        assert "/ingest" in text(manager)


@pytest.mark.asyncio
async def test_the_examples_of_help_are_answered(newsroom: OpenNewsroom) -> None:
    async with newsroom() as here:
        shown = text(await here.alice.slash(here.channel, "help"))
        examples = re.findall(r"^• (.+)$", shown, re.MULTILINE)
        assert len(examples) >= 3
        for example in examples:
            assert "Passages" in labels(await here.ask(example)), example


@pytest.mark.asyncio
async def test_an_empty_library_says_how_it_is_filled(newsroom: OpenNewsroom) -> None:
    async with newsroom(empty=True) as here:
        for command in ("coverage", "help"):
            assert (await here.alice.slash(here.channel, command)).response is not None
        assert "/ingest" in text(await here.alice.slash(here.channel, "coverage"))
        assert "/ingest" in text(await here.manager.slash(here.channel, "library"))
        assert "No article" in text(await here.alice.slash(here.channel, "sources"))
        for command in ("ask", "positions", "compare"):
            shown = await here.alice.slash(here.channel, command, **_COMMANDS[command])
            assert shown.response is not None
            assert labels(shown) == []
        assert await here.alice.autocomplete(here.channel, "ask", "person", "Tur") == []


@pytest.mark.asyncio
async def test_an_empty_library_that_others_keep_does_not_send_to_ingest(newsroom: OpenNewsroom) -> None:
    async with newsroom(empty=True, kept_by_others=True) as here:
        assert "/ingest" not in text(await here.alice.slash(here.channel, "coverage"))


# ---------------------------------------------------------------- errors


class _Unopened(ScriptedDesk):
    """A library that cannot be opened."""

    def __init__(self, error: Exception) -> None:
        super().__init__(answer())
        self._error = error

    @contextmanager
    def at(self, guild: int | None, user: int) -> Iterator[ScriptedDesk]:
        raise self._error
        yield self


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [StoreError("The library cannot be read."), KeyError("/srv/secret")], ids=type)
async def test_whatever_fails_is_one_sentence_with_an_id_that_the_log_has(
    town: OpenTown, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    async with town(_Unopened(error)) as here:
        guild = here.alice.guild
        manager = guild.add_member(
            here.env.create_user("mary"), roles=[guild.create_role("editors", permissions=MANAGING)]
        )
        for command, options in _COMMANDS.items():
            shown = text(await manager.slash(here.channel, command, **options)).strip()
            (incident,) = re.findall(r"Incident ([0-9a-f]{8})\.$", shown)
            assert "\n" not in shown, command
            assert "secret" not in shown, command
            assert ("cannot be read" in shown) == isinstance(error, StoreError), command
            assert f"incident {incident}" in caplog.text, command
            await here.env.advance_time(11)
