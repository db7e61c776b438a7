"""The bot as a process when Discord is troubled: lost connections, refused sessions, limits and outages.

Each question is answered, once, and no route is asked again before Discord allows it.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType

import pytest
from double import APPLICATION, BOB, PRIVILEGED, TOKEN, Double, Guild, Place, Sent, Trouble, down, limited, running

_ROOT = Path(__file__).parents[3]
_SERVE = str(Path(__file__).with_name("serve.py"))
_SECOND = Guild(str(1_300_000_000_001 << 22), "Another newsroom")  # on the other one of two shards

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]

Serving = Callable[..., AbstractAsyncContextManager[Double]]


@asynccontextmanager
async def _process(double: Double, folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = os.environ | {"DISCORD_TOKEN": TOKEN, "ONRECORD_HOME": str(folder / "home")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, _SERVE, *(arguments or ("0",))),
        cwd=_ROOT,
        env=environment | double.environment(folder),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.fixture
def serving(tmp_path: Path, discord_rules: ModuleType | None) -> Serving:
    """A double with the bot in it. At the end the bot stops cleanly, and Discord's rules were kept by both.

    `failing` is set where something is to be lost for good, and so logged.
    """

    @asynccontextmanager
    async def opened(
        *arguments: str, arrange: Callable[[Double], None] = lambda _: None, failing: bool = False
    ) -> AsyncIterator[Double]:
        async with running() as double:
            arrange(double)
            async with _process(double, tmp_path, *arguments) as process:
                gone = asyncio.create_task(process.wait())
                ready = asyncio.create_task(double.ready.wait())
                await asyncio.wait({gone, ready}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
                ready.cancel()
                if gone.done():
                    pytest.fail((await process.communicate())[1].decode())
                yield double
                process.terminate()
                _, written = await asyncio.wait_for(process.communicate(), 30)
                await gone
                assert process.returncode == 0, written.decode()
                assert failing or b"Traceback" not in written, written.decode()
            assert double.hasty == []
            assert _objections(double, discord_rules) == []

    return opened


def _objections(double: Double, rules: ModuleType | None) -> list[str]:
    found: list[str] = []
    for sent in double.sent if rules is not None else []:
        found += rules.check(sent.method, sent.path, sent.body)
        if sent.status in (200, 201):
            found += rules.check_answer(sent.method, sent.path, sent.reply)
    return found


async def _answered(double: Double, token: str, seconds: float = 20.0) -> Sent:
    return await double.until_sent("PATCH", f"/{token}/messages/@original", seconds, holding="[1] ", status=200)


def _answers(double: Double, token: str) -> list[Sent]:
    """The edits that got through."""
    path = f"/{token}/messages/@original"
    return [s for s in double.sent if s.path.endswith(path) and s.method == "PATCH" and s.status == 200]


async def _answers_once(double: Double, token: str) -> None:
    await _answered(double, token)
    await asyncio.sleep(0.3)
    assert len(_answers(double, token)) == 1
    assert len([s for s in double.sent if s.path.endswith(f"/{token}/callback")]) == 1


@pytest.mark.parametrize("code", [None, 4000, 1001])
async def test_a_question_asked_while_the_connection_is_down_is_answered_once(
    code: int | None, serving: Serving
) -> None:
    async with serving() as double:
        async with double.gateway.away(code):
            token = await double.ask("What did Turner propose?")
        await _answers_once(double, token)
        assert len(double.gateway.resumed) == 1
        assert len(double.identified) == 1


async def test_an_answer_in_the_making_outlives_a_lost_connection(serving: Serving) -> None:
    async with serving("1.5") as double:
        token = await double.ask("What did Turner propose?")
        await double.until_sent("POST", f"/{token}/callback")
        await double.gateway.drop()
        await _answers_once(double, token)
        await double.until(lambda: double.gateway.resumed)


async def test_a_mention_written_while_the_connection_is_down_is_answered_once(serving: Serving) -> None:
    async with serving() as double:
        async with double.gateway.away():
            asked = await double.says(f"<@{APPLICATION}> what did Turner propose?", at=Place(BOB))

        def replies() -> list[str]:
            others = [m for m in double.messages.values() if m["id"] != asked]
            return [m["message_reference"]["message_id"] for m in others if m["embeds"]]

        await double.until(replies)
        await asyncio.sleep(0.3)
        assert replies() == [asked]


async def test_asked_to_reconnect_it_resumes_and_answers(serving: Serving) -> None:
    async with serving() as double:
        await double.gateway.reconnect()
        await double.until(lambda: double.gateway.resumed)
        await _answers_once(double, await double.ask("What did Turner propose?"))
        assert double.gateway.paths == ["/gateway", "/gateway/resume"]
        assert len(double.identified) == 1


async def test_a_session_in_trouble_that_may_go_on_is_resumed(serving: Serving) -> None:
    async with serving() as double:
        await double.gateway.invalidate(resumable=True)
        await double.until(lambda: double.gateway.resumed)
        await _answers_once(double, await double.ask("What did Turner propose?"))
        assert len(double.identified) == 1


async def test_where_a_session_is_over_it_begins_another_and_answers(serving: Serving) -> None:
    async with serving() as double:
        await double.gateway.invalidate(resumable=False)
        await double.until(lambda: len(double.identified) == 2)
        await double.until(lambda: double.gateway.sessions)
        assert double.gateway.resumed == []
        await _answers_once(double, await double.ask("What did Turner propose?"))


async def test_a_session_that_was_lost_meanwhile_is_begun_anew(serving: Serving) -> None:
    async with serving() as double:
        async with double.gateway.away():
            double.gateway.sessions.clear()
        await double.until(lambda: len(double.identified) == 2)
        await double.until(lambda: double.gateway.sessions)
        assert len(double.gateway.resumed) == 1
        await _answers_once(double, await double.ask("What did Turner propose?"))


async def test_asked_for_a_heartbeat_it_sends_one_with_what_it_has_seen(serving: Serving) -> None:
    async with serving() as double:
        (session,) = double.gateway.sessions.values()
        before = len(double.gateway.heartbeats)
        await double.gateway.beat()
        await double.until(lambda: len(double.gateway.heartbeats) > before)
        assert double.gateway.heartbeats[-1] == len(session.log)


@pytest.mark.parametrize("code", [4004, 4013, 4014])
async def test_a_refused_connection_is_one_sentence(code: int, tmp_path: Path) -> None:
    async with running() as double:
        double.gateway.refusals.append(code)
        async with _process(double, tmp_path) as process:
            _, written = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode
    assert len(written.decode().strip().splitlines()) == 1
    assert TOKEN not in written.decode()
    assert len(double.identified) == 1


async def test_it_asks_for_no_privileged_intent(serving: Serving) -> None:
    async with serving() as double:
        assert double.gateway.intents
        assert not double.gateway.intents & PRIVILEGED


async def test_a_limit_on_the_first_answer_is_kept(serving: Serving) -> None:
    async with serving() as double:
        double.hinder("POST", "/callback", limited(1.0))
        token = await double.ask("What did Turner propose?")
        await _answered(double, token)
        assert [s.status for s in double.sent if s.path.endswith("/callback")] == [429, 200]


async def test_a_limit_on_the_answer_is_kept_and_the_answer_arrives(serving: Serving) -> None:
    async with serving() as double:
        double.hinder("PATCH", "/@original", limited(2.0), limited(1.0))
        token = await double.ask("What did Turner propose?")
        await _answered(double, token)
        edits = [s for s in double.sent if s.path.endswith(f"/{token}/messages/@original")]
        assert [s.status for s in edits] == [429, 429, 200]


async def test_a_limit_on_one_answer_does_not_keep_another_waiting(serving: Serving) -> None:
    async with serving() as double:
        double.hinder("PATCH", "/@original", limited(4.0))
        limited_one = await double.ask("What did Turner propose?")
        await double.until_sent("PATCH", f"/{limited_one}/messages/@original", status=429)
        other = await double.ask("What did Bell propose?", at=Place(BOB))
        await _answered(double, other, 3.0)
        assert _answers(double, limited_one) == []
        await _answered(double, limited_one)


@pytest.mark.parametrize("status", [500, 503])
async def test_an_answer_that_discord_fails_to_take_is_sent_again(status: int, serving: Serving) -> None:
    async with serving() as double:
        double.hinder("PATCH", "/@original", down(status))
        token = await double.ask("What did Turner propose?")
        await _answered(double, token)
        assert len(_answers(double, token)) == 1


async def test_slow_requests_keep_no_other_question_from_its_first_answer(serving: Serving) -> None:
    async with serving() as double:
        double.hinder("PATCH", "/@original", Trouble(seconds=4.0))
        slow = await double.ask("What did Turner propose?")
        await double.until_sent("PATCH", f"/{slow}/messages/@original")
        other = await double.ask("What did Bell propose?", at=Place(BOB))
        await double.until_sent("POST", f"/{other}/callback", 2.0)
        await _answered(double, other, 3.0)


async def test_one_whose_answer_is_cut_off_is_told_and_the_next_answer_is_whole(serving: Serving) -> None:
    async with serving(failing=True) as double:
        double.hinder("PATCH", "/@original", Trouble(reset=True))
        cut = await double.ask("What did Turner propose?")
        told = await double.until_sent("PATCH", f"/{cut}/messages/@original", status=200)
        assert told.body["content"] or told.body["embeds"]
        await _answered(double, await double.ask("What did Bell propose?", at=Place(BOB)))


@pytest.mark.parametrize("recommended", [1, 2])
async def test_each_server_is_answered_on_whatever_shards_discord_recommends(
    recommended: int, serving: Serving
) -> None:
    def arrange(double: Double) -> None:
        double.shards = recommended

    async with serving("0", "0", "0", arrange=arrange) as double:
        (channel,) = await double.add_guild(_SECOND, "politics")
        assert [said["shard"] for said in double.identified] == [[n, recommended] for n in range(recommended)]
        first = await double.ask("What did Turner propose?")
        second = await double.ask("What did Turner propose?", at=Place(BOB, channel))
        await _answers_once(double, first)
        await _answers_once(double, second)


async def test_a_lost_shard_is_resumed_and_the_others_stay(serving: Serving) -> None:
    def arrange(double: Double) -> None:
        double.shards = 2

    async with serving("0", "0", "0", arrange=arrange) as double:
        (channel,) = await double.add_guild(_SECOND, "politics")
        shard = int(_SECOND.id) >> 22 & 1
        await double.gateway.drop(shard=shard)
        await double.until(lambda: double.gateway.resumed)
        await _answers_once(double, await double.ask("What did Turner propose?", at=Place(BOB, channel)))
        assert Counter(double.gateway.paths) == {"/gateway": 2, "/gateway/resume": 1}
