"""The bot in an in-process Discord: what it sends for a question, in which order, and to whom."""

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import Callable
from types import ModuleType

import pytest
from conftest import OpenTown, ScriptedDesk, Town
from discord_answers import HOSTILE, QUOTE, answer, as_read, citation, claim

from bot.discord.client import Paces
from retrieval.errors import StoreError
from retrieval.types import Answer

_DEFERRED, _MESSAGE, _EPHEMERAL = 5, 4, 64


def _first_response(town: Town) -> tuple[int, int]:
    """The kind and the flags of the first thing the bot said."""
    first = town.requests()[0]
    assert first.path.endswith("/callback")
    return first.json["type"], (first.json.get("data") or {}).get("flags", 0)


@pytest.mark.asyncio
async def test_an_answer_is_deferred_first_and_then_shown_to_all(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(claim()))) as here:
        result = await here.ask()
        assert _first_response(here) == (_DEFERRED, 0)
        assert result.response is not None
        (embed,) = result.response.embeds
        assert f"“{QUOTE}”" in as_read(embed.description or "")


@pytest.mark.asyncio
async def test_the_desk_is_asked_what_was_typed(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk) as here:
        await here.ask("Why?", person="Turner", since="2024-01-01", until="2024-02-01")
        assert desk.users == [f"{here.alice.guild.id}:{here.alice.id}"]
    (asked,) = desk.asked
    assert (asked.text, asked.person, str(asked.since), str(asked.until)) == (
        "Why?",
        "Turner",
        "2024-01-01",
        "2024-02-01",
    )


@pytest.mark.asyncio
async def test_no_evidence_is_said_in_an_embed(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer())) as here:
        result = await here.ask()
        assert result.response is not None
        assert "Nothing on record" in (result.response.embeds[0].description or "")


@pytest.mark.asyncio
async def test_a_long_answer_takes_several_messages_and_a_file(town: OpenTown) -> None:
    claims = [claim(citation(n, quote=f"{n}: " + "word " * 150)) for n in range(1, 60)]
    async with town(ScriptedDesk(answer(*claims))) as here:
        result = await here.ask()
        assert len(result.followups) == 4
        assert [a.filename for a in result.followups[-1].attachments] == ["claims.txt"]


@pytest.mark.asyncio
async def test_a_single_message_can_carry_the_file(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(claim(citation(quote="word " * 2000))))) as here:
        result = await here.ask()
        assert result.response is not None
        assert [a.filename for a in result.response.attachments] == ["claims.txt"]


@pytest.mark.asyncio
async def test_no_message_may_mention_anyone(town: OpenTown) -> None:
    hostile = [claim(citation(n, quote=text, title=text), speaker=text) for n, text in enumerate(HOSTILE * 3, 1)]
    async with town(ScriptedDesk(answer(*hostile))) as here:
        await here.ask("@everyone")
        said = [r.json for r in here.requests() if not r.path.endswith("/callback")]
        assert len(said) > 1
        assert all(body["allowed_mentions"] == {"parse": []} for body in said)


@pytest.mark.asyncio
async def test_a_wrong_date_is_told_to_the_asker_alone_and_costs_no_search(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk) as here:
        result = await here.ask(since="last week")
        assert _first_response(here) == (_MESSAGE, _EPHEMERAL)
        assert result.response is not None
        assert "last week" in result.response.content
    assert not desk.asked


@pytest.mark.asyncio
async def test_a_fourth_question_in_ten_seconds_waits(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk) as here:
        for _ in range(3):
            await here.ask()
        refused = await here.ask()
        assert refused.ephemeral
        assert len(desk.asked) == 3
        await here.env.advance_time(11)
        await here.ask()
        assert len(desk.asked) == 4


@pytest.mark.asyncio
async def test_one_member_does_not_use_up_the_questions_of_another(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk, paces=Paces(asks=(1, 60.0))) as here:
        bob = here.alice.guild.add_member(here.env.create_user("bob"))
        await here.ask()
        result = await bob.slash(here.channel, "ask", question="And now?")
        assert not result.ephemeral
    assert len(desk.asked) == 2


@pytest.mark.asyncio
async def test_an_error_shows_one_sentence_and_the_id_that_the_log_repeats(
    town: OpenTown, caplog: pytest.LogCaptureFixture
) -> None:
    async with town(ScriptedDesk(KeyError("/srv/secret/path"))) as here:
        result = await here.ask("a private matter")
        assert result.response is not None
        shown = result.response.content
    incident = re.search(r"Incident ([0-9a-f]{8})\.", shown)
    assert incident is not None
    assert "KeyError" not in shown
    assert "/srv" not in shown
    (record,) = [r for r in caplog.records if incident[1] in r.getMessage()]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)
    assert "a private matter" not in caplog.text


@pytest.mark.asyncio
async def test_an_error_of_our_own_shows_its_sentence(town: OpenTown, caplog: pytest.LogCaptureFixture) -> None:
    error = StoreError("The library cannot be read.", hint="run doctor")
    async with town(ScriptedDesk(error)) as here:
        result = await here.ask()
        assert result.response is not None
        assert result.response.content.startswith("The library cannot be read. Incident ")
    assert "run doctor" in caplog.text


@pytest.mark.asyncio
async def test_questions_and_answers_are_not_logged(town: OpenTown, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    async with town(ScriptedDesk(answer(claim()))) as here:
        await here.ask("a private matter")
    logged = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot"))
    assert "private" not in logged
    assert QUOTE not in logged


@pytest.mark.asyncio
async def test_the_command_is_offered_in_servers_only_and_refused_elsewhere(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(claim()))) as here:
        (sync,) = [r for r in here.env.http_requests if r.method == "PUT" and r.path.endswith("/commands")]
        assert all((c["contexts"], c["integration_types"]) == ([0], [0]) for c in sync.json)
        (command,) = [c for c in sync.json if c["name"] == "ask"]
        options = {o["name"]: o for o in command["options"]}
        assert options["question"]["required"]
        assert options["question"]["max_length"] == 300
        others = [o["name"] for o in command["options"] if not o.get("required")]
        assert others == ["person", "since", "until", "private"]


@pytest.mark.asyncio
async def test_no_privileged_intent_is_asked_for(town: OpenTown) -> None:
    async with town(ScriptedDesk(answer(claim()))) as here:
        assert [name for name, on in here.bot.intents if on] == ["guilds", "guild_messages"]


@pytest.mark.asyncio
async def test_shutting_down_turns_new_questions_away(town: OpenTown) -> None:
    desk = ScriptedDesk(answer(claim()))
    async with town(desk) as here:
        await here.bot.drain(0)
        result = await here.ask()
        assert result.ephemeral
    assert not desk.asked


@pytest.mark.asyncio
async def test_discord_would_accept_every_request(town: OpenTown, discord_rules: ModuleType | None) -> None:
    if discord_rules is None:
        pytest.skip("Discord's rules are not beside this checkout")
    hostile = [
        claim(citation(n, quote=text * 9, title=text * 99), speaker=text) for n, text in enumerate(HOSTILE * 9)
    ]
    async with town(ScriptedDesk(answer(*hostile))) as here:
        await here.ask("*" * 300)
        sent = {(r.method, r.path.rsplit("/", 1)[-1]) for r in here.env.http_requests}
        assert {("PUT", "commands"), ("POST", "callback"), ("PATCH", "@original")} <= sent


def _after(seconds: float, wait: Callable[[float], None]) -> Callable[[], Answer]:
    def reply() -> Answer:
        wait(seconds)
        return answer(claim())

    return reply


def _compute(seconds: float) -> None:
    """Pure Python: the interpreter's lock is wanted all the time."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(1000))


def _hash(seconds: float) -> None:
    """A C extension, in long calls."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        hashlib.pbkdf2_hmac("sha256", b"x", b"y", 100_000)


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("wait", [time.sleep, _compute, _hash])
async def test_the_event_loop_never_stalls_while_the_desk_works(
    town: OpenTown, wait: Callable[[float], None]
) -> None:
    gaps: list[float] = []

    async def tick() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.01)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    async with town(ScriptedDesk(_after(2.0, wait))) as here:
        ticker = asyncio.create_task(tick())
        await here.ask()
        ticker.cancel()
    assert len(gaps) > 20
    assert max(gaps) < 0.5  # a desk on the loop would make it 2 s; the rest is room for a busy machine
