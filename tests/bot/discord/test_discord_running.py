"""How the bot runs as a process: its first connection, its end, and what is told when neither goes well."""

import asyncio
import configparser
import gc
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from double import TOKEN, Double, Trouble, down, running

import bot.discord
from bot.discord.client import GRACE
from bot.discord.metrics import Metrics
from bot.discord.running import AT_ONCE, run
from bot.terminal.app import app
from retrieval.errors import ConfigurationError, OnrecordError
from retrieval.settings import Settings

_ROOT = Path(__file__).parents[3]
_BOT = [sys.executable, str(Path(__file__).with_name("running_bot.py"))]


class Process:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def signal(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(how)

    async def says(self, line: str, seconds: float = 30.0) -> None:
        assert self._process.stdout is not None
        said = await asyncio.wait_for(self._process.stdout.readline(), seconds)
        assert said.decode().strip() == line, (await self.end())[1]

    async def end(self, seconds: float = 30.0) -> tuple[int, str]:
        """The exit status and the standard error."""
        _, err = await asyncio.wait_for(self._process.communicate(), seconds)
        assert self._process.returncode is not None
        return self._process.returncode, err.decode()


@asynccontextmanager
async def _started(
    double: Double, folder: Path, *arguments: str, token: str = TOKEN, **variables: str
) -> AsyncIterator[Process]:
    environment = os.environ | {"DISCORD_TOKEN": token} | double.environment(folder)
    environment["PYTHONPATH"] += f"{os.pathsep}{_ROOT}"
    process = await asyncio.create_subprocess_exec(
        *_BOT,
        *arguments,
        env=environment | variables,
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _logins(double: Double, count: int) -> None:
    await double.until(lambda: len([s for s in double.sent if s.path == "/users/@me"]) >= count)


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", [down(503), Trouble(reset=True)], ids=["503", "reset"])
async def test_a_first_connection_that_fails_is_tried_again(trouble: Trouble, tmp_path: Path) -> None:
    async with running() as double, _started(double, tmp_path, "30") as bot:
        double.hinder("GET", "/users/@me", trouble)
        double.hinder("GET", "/oauth2/applications/@me", trouble)
        await bot.says("connected")
        bot.signal()
        status, written = await bot.end()
        assert (status, written) == (0, "")
        assert len([s for s in double.sent if s.status in (0, 503)]) == 2


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("shards", ["1", "2"])
async def test_a_gateway_that_does_not_let_it_in_is_one_sentence_after_the_patience(
    shards: str, tmp_path: Path
) -> None:
    async with running() as double, double.gateway.away(), _started(double, tmp_path, "3", shards) as bot:
        status, written = await bot.end()
        assert status == 3
        assert "reached" in written.strip().splitlines()[-1]
        assert "Traceback" not in written


@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_discord_that_is_nowhere_is_one_sentence_after_the_patience(tmp_path: Path) -> None:
    async with running() as double, _started(double, tmp_path, "3", DOUBLE="http://127.0.0.1:1") as bot:
        began = time.monotonic()
        status, written = await bot.end()
        assert status == 3
        assert len(written.strip().splitlines()) == 1
        assert time.monotonic() - began > 1.0  # it was tried again


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_trying_at_once(how: signal.Signals, tmp_path: Path) -> None:
    async with running() as double, _started(double, tmp_path, "60") as bot:
        double.hinder("GET", "/users/@me", *[down(503)] * 50)
        await _logins(double, 2)
        bot.signal(how)
        began = time.monotonic()
        assert await bot.end() == (0, "")
        assert time.monotonic() - began < 3.0


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("case", ["token", "rest", "intent", "sharding"])
async def test_what_no_trying_mends_is_told_at_once(case: str, tmp_path: Path) -> None:
    async with running() as double:
        if case in ("intent", "sharding"):
            double.gateway.refusals.append({"intent": 4014, "sharding": 4011}[case])
        if case == "rest":
            double.hinder("GET", "/users/@me", Trouble(403, {"message": "Forbidden", "code": 0}))
        token = "a-token-of-nobody" if case == "token" else TOKEN
        async with _started(double, tmp_path, "60", token=token) as bot:
            status, written = await bot.end(20)
    assert status == (3 if case == "rest" else 2)
    assert len(written.strip().splitlines()) == 1
    assert token not in written


@pytest.mark.slow
@pytest.mark.asyncio
async def test_it_is_drained_before_it_ends(tmp_path: Path) -> None:
    async with running() as double, _started(double, tmp_path, "30", "1", "1") as bot:
        await bot.says("connected")
        bot.signal()
        await bot.says("draining")
        await bot.says("drained")
        assert await bot.end() == (0, "")
        assert double.closed_with == [1000]


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_though_threads_are_busy(second: signal.Signals, tmp_path: Path) -> None:
    async with running() as double, _started(double, tmp_path, "30", "1", "60") as bot:
        await bot.says("connected")
        bot.signal()
        await bot.says("draining")
        bot.signal(second)
        began = time.monotonic()
        status, written = await bot.end()
        assert time.monotonic() - began < AT_ONCE + 3
        assert status == 128 + second
        assert "Traceback" not in written


class _FakeBot:
    """A client that is connected at once, keeps the loop busy for a while, and then ends as it is told to."""

    latency, guilds = 0.04, (1, 2, 3)

    def __init__(self, busy: float, error: Exception | None = None) -> None:
        self._busy, self._error = busy, error

    async def wait_for(self, event: str) -> None:
        assert event == "connect"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def start(self, token: str) -> None:
        await asyncio.sleep(0.2)
        time.sleep(self._busy)  # noqa: ASYNC251 - what must not happen, and must be seen where it does
        await asyncio.sleep(0.2)
        if self._error:
            raise self._error

    async def drain(self) -> None: ...


class _Kept(Metrics):
    def __init__(self) -> None:
        self.stalls: list[float] = []
        self.samples: list[tuple[float, int]] = []

    def stalled(self, seconds: float) -> None:
        self.stalls.append(seconds)

    def sampled(self, latency: float, servers: int) -> None:
        self.samples.append((latency, servers))


def test_a_loop_that_stands_still_is_measured_and_the_gateway_sampled() -> None:
    metrics = _Kept()
    run(lambda: _FakeBot(0.4), "token", metrics=metrics)
    assert 0.3 < max(metrics.stalls) < 2.0
    assert sorted(metrics.stalls)[len(metrics.stalls) // 2] < 0.1
    assert metrics.samples[0] == (0.04, 3)


def test_a_session_that_breaks_after_it_was_connected_is_not_begun_again() -> None:
    made: list[_FakeBot] = []

    def make() -> _FakeBot:
        made.append(_FakeBot(0, OSError("gone")))
        return made[-1]

    with pytest.raises(OnrecordError):
        run(make, "token")
    assert len(made) == 1


def test_an_error_of_our_own_keeps_its_sentence() -> None:
    with pytest.raises(ConfigurationError, match="as it is"):
        run(lambda: _FakeBot(0, ConfigurationError("as it is")), "token")


def test_what_nobody_waited_for_is_an_incident_without_the_words(caplog: pytest.LogCaptureFixture) -> None:
    class Careless(_FakeBot):
        async def start(self, token: str) -> None:
            async def ask(question: str) -> None:
                raise KeyError(question)

            asyncio.create_task(ask("a private matter"))  # noqa: RUF006 - that is what is careless
            await asyncio.sleep(0.05)
            gc.collect()

    run(lambda: Careless(0), "token")
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert re.match(r"incident [0-9a-f]{8}\b", record.getMessage())
    assert "private" not in record.getMessage()


def test_the_garbage_collector_is_left_as_it_was() -> None:
    before = gc.get_threshold(), len(gc.callbacks)
    run(lambda: _FakeBot(0), "token")
    assert (gc.get_threshold(), len(gc.callbacks)) == before
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("token", ["", "  ", "two words", "zwölf", "line\nbreak"])
def test_what_is_no_token_is_told_before_anything_is_made(token: str) -> None:
    made: list[Any] = []
    with pytest.raises(ConfigurationError):
        run(lambda: made.append(1) or _FakeBot(0), token)  # type: ignore[func-returns-value]
    assert made == []


# ---------------------------------------------------------------- as a service

_UNIT = Path(bot.discord.__file__).with_name("onrecord.service")


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    class Unit(configparser.ConfigParser):
        def optionxform(self, optionstr: str) -> str:
            return optionstr

    read = Unit(strict=False, interpolation=None)  # a key may stand several times
    read.read_string(_UNIT.read_text(encoding="utf-8"))
    return read


def test_a_wrong_configuration_is_not_started_again_and_an_outage_is(unit: configparser.ConfigParser) -> None:
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Service"]["RestartPreventExitStatus"].split() == [str(ConfigurationError.status)]
    assert OnrecordError.status not in (0, ConfigurationError.status)
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"


def test_systemd_waits_longer_than_the_bot_needs_to_end(unit: configparser.ConfigParser) -> None:
    assert int(unit["Service"]["TimeoutStopSec"]) > GRACE + 10


def test_the_unit_starts_a_command_that_there_is_with_settings_that_there_are(
    unit: configparser.ConfigParser,
) -> None:
    program, command = unit["Service"]["ExecStart"].split()
    assert Path(program).name == app.info.name
    assert command in [c.name or (c.callback and c.callback.__name__) for c in app.registered_commands]
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert set(re.findall(r"^Environment=([A-Z_]+)=", _UNIT.read_text(), re.MULTILINE)) <= known


def test_its_home_is_the_folder_that_systemd_gives_it(unit: configparser.ConfigParser) -> None:
    assert unit["Service"]["DynamicUser"] == "yes"
    state = unit["Service"]["StateDirectory"]
    assert f"Environment=ONRECORD_HOME=%S/{state}\n" in _UNIT.read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", _UNIT.read_text(), flags=re.MULTILINE)
    (tmp_path / _UNIT.name).write_text(text)
    command: Sequence[str] = ["systemd-analyze", "verify", str(tmp_path / _UNIT.name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
