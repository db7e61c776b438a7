"""The bot as a process that talks to a stand-in for Discord: connects, answers, stops, explains itself."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import pytest
from double import TOKEN, Double, down, limited, running, used_up

from bot.discord.answers import DRAFT_PATIENCE
from bot.discord.client import GRACE
from bot.discord.embeds import WRITING

_ROOT = Path(__file__).parents[3]
_SERVE = [sys.executable, str(Path(__file__).with_name("serve.py"))]

pytestmark = pytest.mark.slow


class Process:
    """A started bot, and what it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def serving(self, double: Double) -> None:
        """Until the bot is at the gateway; fails with what it wrote where it ends before."""
        ready, ended = asyncio.create_task(double.ready.wait()), asyncio.create_task(self._process.wait())
        await asyncio.wait({ready, ended}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (ready, ended):
            waiting.cancel()
        assert double.ready.is_set(), (await self.end())[1]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(how)

    async def end(self, seconds: float = 30.0) -> tuple[int, str]:
        """The exit status and the standard error."""
        _, err = await asyncio.wait_for(self._process.communicate(), seconds)
        assert self._process.returncode is not None
        return self._process.returncode, err.decode()


@asynccontextmanager
async def _started(
    command: list[str], double: Double, folder: Path, token: str = TOKEN, **variables: str
) -> AsyncIterator[Process]:
    environment = os.environ | {"DISCORD_TOKEN": token, "ONRECORD_HOME": str(folder / "home")}
    environment |= double.environment(folder) | variables
    process = await asyncio.create_subprocess_exec(
        *command, cwd=_ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def _check(double: Double, rules: ModuleType | None) -> None:
    """Discord would accept each request, and would answer as the double did."""
    if rules is None:
        return
    for sent in double.sent:
        assert rules.check(sent.method, sent.path, sent.body) == []
        if sent.status == 200:
            assert rules.check_answer(sent.method, sent.path, sent.reply) == []


@pytest.mark.asyncio
async def test_it_connects_answers_and_stops_cleanly(tmp_path: Path, discord_rules: ModuleType | None) -> None:
    async with running() as double, _started([*_SERVE, "0"], double, tmp_path) as bot:
        await bot.serving(double)
        synced = await double.until_sent("PUT", "/commands")
        assert "ask" in [c["name"] for c in synced.body]
        assert double.identified[0]["token"] == TOKEN
        token = await double.ask("What did Turner propose?")
        callback = await double.until_sent("POST", f"/{token}/callback")
        assert callback.body["type"] == 5
        edit = await double.until_sent("PATCH", f"/{token}/messages/@original", 60)
        assert edit.body["embeds"][0]["description"]
        assert edit.body["allowed_mentions"] == {"parse": []}
        bot.stop()
        status, written = await bot.end()
        assert status == 0
        assert "Traceback" not in written
        assert double.closed_with == [1000]
    _check(double, discord_rules)


@pytest.mark.asyncio
async def test_the_command_serves_what_another_command_ingested(
    tmp_path: Path, discord_rules: ModuleType | None
) -> None:
    onrecord = str(Path(sys.executable).with_name("onrecord"))
    article = _ROOT / "tests" / "samples" / "articles" / "turner-north-korea.html"
    environment = os.environ | {"ONRECORD_HOME": str(tmp_path / "home")}
    command = [onrecord, "ingest", str(article)]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, env=environment)
    async with running() as double, _started([onrecord, "bot"], double, tmp_path) as bot:
        await bot.serving(double)
        token = await double.ask("What did Turner propose?")
        edit = await double.until_sent("PATCH", f"/{token}/messages/@original", 60)
        assert "seriously consider taking direct military action" in edit.body["embeds"][0]["description"]
        assert "**Mike Turner**" in edit.body["embeds"][0]["description"]
        bot.stop()
        status, written = await bot.end()
        assert (status, "Traceback" in written) == (0, False)
    _check(double, discord_rules)


@pytest.mark.asyncio
async def test_a_command_without_a_token_says_where_to_get_one(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("onrecord")), "bot"]
    async with running() as double, _started(command, double, tmp_path, token="") as bot:
        status, written = await bot.end(60)
    assert status == 2
    assert "DISCORD_TOKEN" in written


@pytest.mark.asyncio
async def test_it_defers_within_three_seconds_while_every_thread_is_busy(tmp_path: Path) -> None:
    async with running() as double, _started([*_SERVE, "3"], double, tmp_path) as bot:
        await bot.serving(double)
        for asked in range(3):
            token = await double.ask(f"Question {asked}?")
            await double.until_sent("POST", f"/{token}/callback", 3.0)
        assert not [s for s in double.sent if s.method == "PATCH"]
        bot.stop()
        assert (await bot.end())[0] == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_finishes_what_is_in_flight_before_it_stops(how: signal.Signals, tmp_path: Path) -> None:
    async with running() as double, _started([*_SERVE, "1.5"], double, tmp_path) as bot:
        await bot.serving(double)
        token = await double.ask("What did Turner propose?")
        await double.until_sent("POST", f"/{token}/callback")
        bot.stop(how)
        edit = await double.until_sent("PATCH", f"/{token}/messages/@original")
        assert edit.body["embeds"]
        status, written = await bot.end()
        assert (status, "Traceback" in written) == (0, False)


_TROUBLES = {"down": [down(503)] * 3, "limited": [limited(3.0)], "used up": [used_up(3.0)]}


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", _TROUBLES)
async def test_the_answer_does_not_wait_until_a_draft_gets_through(
    trouble: str, tmp_path: Path, discord_rules: ModuleType | None
) -> None:
    """discord.py tries again for 25 s after a 5xx, sleeps as long as it is asked to, and holds its lock."""
    async with running() as double, _started([*_SERVE, "0.5", "1"], double, tmp_path) as bot:
        double.hinder("PATCH", "/@original", *_TROUBLES[trouble])
        await bot.serving(double)
        token = await double.ask("What did Turner propose?")
        await double.until_sent("PATCH", f"/{token}/messages/@original", holding=WRITING)
        method, path = ("POST", f"/{token}") if trouble == "down" else ("PATCH", f"/{token}/messages/@original")
        final = await double.until_sent(method, path, DRAFT_PATIENCE + 5, holding="[2] ")
        assert final is double.sent[-1]
        assert final.status == 200
        assert WRITING not in double.original(token)["embeds"][0]["description"]
        assert double.hasty == []
        bot.stop()
        status, written = await bot.end()
        assert (status, "Traceback" in written) == (0, False)
    _check(double, discord_rules)


@pytest.mark.asyncio
async def test_a_draft_does_not_stay_when_the_bot_stops_before_the_answer(
    tmp_path: Path, discord_rules: ModuleType | None
) -> None:
    async with running() as double, _started([*_SERVE, str(GRACE + 4), "1"], double, tmp_path) as bot:
        await bot.serving(double)
        token = await double.ask("What did Turner propose?")
        await double.until_sent("PATCH", f"/{token}/messages/@original", holding=WRITING)
        bot.stop()
        assert (await bot.end())[0] == 0
        assert "took too long" in double.original(token)["content"]
        assert double.original(token)["embeds"] == []
    _check(double, discord_rules)


@pytest.mark.asyncio
@pytest.mark.parametrize("token", ["a-wrong-token-of-somebody", "two words", "zwölf", ""])
async def test_a_wrong_token_is_one_sentence_and_is_not_shown(token: str, tmp_path: Path) -> None:
    async with running() as double, _started([*_SERVE, "0"], double, tmp_path, token) as bot:
        status, written = await bot.end(60)
    assert status == 2
    assert len(written.strip().splitlines()) == 1
    assert not token or token not in written


@pytest.mark.asyncio
async def test_a_discord_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    async with running() as double, _started([*_SERVE, "0"], double, tmp_path, DOUBLE=nowhere) as bot:
        status, written = await bot.end(60)
    assert status == 3
    assert len(written.strip().splitlines()) == 1


@pytest.mark.asyncio
async def test_nothing_asked_is_logged_even_at_debug_level(tmp_path: Path) -> None:
    (tmp_path / "verbose.py").write_text(
        "import logging, runpy, sys\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "sys.argv.pop(0)\n"
        "sys.path.insert(0, __import__('os').path.dirname(sys.argv[0]))\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    command = [sys.executable, str(tmp_path / "verbose.py"), *_SERVE[1:], "0"]
    async with running() as double, _started(command, double, tmp_path) as bot:
        await bot.serving(double)
        token = await double.ask("a private matter")
        await double.until_sent("PATCH", f"/{token}/messages/@original")
        bot.stop()
        status, written = await bot.end()
    assert status == 0
    assert "DEBUG" in written
    for secret in ("private", TOKEN, token, "Mill Lane"):
        assert secret not in written
