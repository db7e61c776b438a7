"""The real `onrecord bot` with a real library: restarts, ingests, a slow search, what it logs and counts.

A bot is a process of its own that takes the double for Discord. What starts one, and what looks at what it did, is
here too, also for `test_discord_load`.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from double import (
    APPLICATION,
    BOB,
    CHANNEL,
    FIRST_ANSWER,
    HERE,
    MODERATOR,
    TOKEN,
    Double,
    File,
    Guild,
    Member,
    Place,
    Trouble,
    limited,
    running,
    used_up,
)

from bot.discord.answers import DRAFT_PATIENCE
from bot.discord.embeds import WRITING
from tests.processes.command import ONRECORD, Onrecord

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "samples"
BOT = (str(ONRECORD), "bot")
SERVE = (sys.executable, str(Path(__file__).with_name("serve.py")))

_LOADING = 1 << 7  # a message that says "is thinking"

_FERRY = b"""---
title: "A bridge by June"
url: https://bay-record.example/2024/11/02/bridge
outlet: Bay Record
published: 2024-11-02
---

Mayor Lucia Brandt said on Friday that the town would rebuild the harbor bridge. "We will open the harbor bridge
by June," Brandt told the council.
"""
_STOPPED = 10.0  # seconds: then containers are killed


@dataclass(frozen=True, slots=True)
class Bot:
    """A started bot. Standard error goes to a file, so that no full pipe holds it up."""

    process: asyncio.subprocess.Process
    errors: Path

    @property
    def written(self) -> str:
        return self.errors.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)

    async def end(self, seconds: float = 30.0) -> None:
        """Until it has ended in order, when it was told to."""
        status = await asyncio.wait_for(self.process.wait(), seconds)
        assert status == 0, self.written
        assert "Traceback" not in self.written, self.written

    def family(self) -> list[int]:
        """The processes that it has begun, and those that they have."""
        found = [self.process.pid]
        for one in found:
            found += [pid for pid, parent, _ in _processes() if parent == one]
        return found[1:]


def alive(processes: list[int]) -> list[int]:
    """Those that still run; one that has ended and waits for its parent to notice does not."""
    return [pid for pid, _, state in _processes() if pid in processes and not state.startswith("Z")]


def _processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    return [(int(pid), int(parent), state) for pid, parent, state in rows]


@asynccontextmanager
async def started(
    double: Double, home: Path, *command: str, token: str = TOKEN, **variables: str
) -> AsyncIterator[Bot]:
    """The bot, at the gateway and with its commands registered; killed at the end where it still runs."""
    beside = home.parent / "beside"
    beside.mkdir(exist_ok=True)
    double.ready.clear()
    environment = Onrecord(home).environment({"DISCORD_TOKEN": token} | double.environment(beside) | variables)
    errors = beside / f"errors-{time.monotonic_ns()}"
    with errors.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *(command or BOT), cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=written
        )
    bot = Bot(process, errors)
    try:
        await _serving(double, bot)
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _serving(double: Double, bot: Bot) -> None:
    ready, ended = asyncio.create_task(double.ready.wait()), asyncio.create_task(bot.process.wait())
    await asyncio.wait({ready, ended}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    for waiting in (ready, ended):
        waiting.cancel()
    assert double.ready.is_set(), bot.written


@cache
def _stock(folder: Path) -> Path:
    home = folder / "live" / "home"
    home.parent.mkdir()
    Onrecord(home).ok("ingest", SAMPLES / "articles", SAMPLES / "namesake", "--json")
    return home


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a library of the samples, ingested once for all tests."""
    copied = tmp_path / "home"
    shutil.copytree(_stock(tmp_path_factory.getbasetemp()), copied)
    return copied


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def somebody(channel: str = CHANNEL) -> Place:
    """Another member each time: nobody asks too fast."""
    number = str(10**17 + time.monotonic_ns())
    return Place(Member(number, f"member-{number}"), channel)


async def shown(double: Double, token: str, seconds: float = 60.0) -> dict[str, Any]:
    """The message in which an interaction was answered, when something else than "is thinking" stands there."""

    def there() -> bool:
        message = double.messages.get(double.interactions[token].original or "")
        return message is not None and not message["flags"] & _LOADING

    await double.until(there, seconds)
    return double.original(token)


async def reply_to(double: Double, message: str, seconds: float = 60.0) -> dict[str, Any]:
    """What the bot has answered a message with: an embed, in the end."""

    def answered() -> dict[str, Any] | None:
        replies = (m for m in double.messages.values() if m["author"]["id"] == APPLICATION)
        mine = [m for m in replies if (m.get("message_reference") or {}).get("message_id") == message]
        return next((m for m in mine if m["embeds"]), None)

    found: dict[str, Any] = await double.until(answered, seconds)
    return found


def text(message: dict[str, Any]) -> str:
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields") or []]
    return "\n".join(parts)


def first_responses(double: Double) -> list[float]:
    """Seconds from each interaction to its first response, the shortest first."""
    came = {s.path.split("/")[-2]: s.at for s in double.sent if s.path.endswith("/callback") and s.status < 300}
    return sorted(came[one.token] - one.made for one in double.interactions.values())


def check(double: Double, rules: ModuleType | None) -> None:
    """Discord would take each request and answer as the double did, and no route was asked too soon."""
    assert double.hasty == []
    for sent in double.sent if rules is not None else []:
        assert rules.check(sent.method, sent.path, sent.body) == []
        if sent.status in (200, 201):
            assert rules.check_answer(sent.method, sent.path, sent.reply) == []


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
    return port


def scraped(port: int) -> str:
    """What the bot tells Prometheus."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as told:
        read: bytes = told.read()
    return read.decode()


@contextmanager
def busy(count: int = 2) -> Iterator[None]:
    """So many processes that want a core each."""
    loop = "while True: pass"
    held = [subprocess.Popen([sys.executable, "-c", loop], env=dict(os.environ)) for _ in range(count)]
    try:
        yield
    finally:
        for one in held:
            one.kill()
            one.wait()


Serving = Callable[..., AbstractAsyncContextManager[tuple[Double, Bot]]]


@pytest.fixture
def serving(discord_rules: ModuleType | None) -> Serving:
    """A double with a bot in it, which stops cleanly at the end; Discord's rules were kept by both."""

    @asynccontextmanager
    async def opened(home: Path, *command: str, **variables: str) -> AsyncIterator[tuple[Double, Bot]]:
        async with running() as double:
            async with started(double, home, *command, **variables) as bot:
                yield double, bot
                if bot.process.returncode is None:
                    bot.stop()
                await bot.end()
            check(double, discord_rules)

    return opened


# ---------------------------------------------------------------- three seconds


@pytest.mark.parametrize("others", [0, 2])
async def test_everybody_gets_a_first_response_in_time_while_searches_are_slow(
    others: int, empty_home: Path, serving: Serving
) -> None:
    """Also on a machine on which other programs want every core."""
    async with serving(empty_home, *SERVE, "5") as (double, _):
        with busy(others):
            asked = [await double.ask("What did Turner propose?", at=somebody()) for _ in range(4)]
            asked.append(await double.says(f"<@{APPLICATION}> what did Turner propose?", at=somebody()))
            answers = [await shown(double, token) for token in asked[:4]]
        assert all(answer["embeds"] or "in line" in answer["content"] for answer in answers)
        assert (await reply_to(double, asked[4]))["embeds"]
        await double.until(lambda: all(double.original(token)["embeds"] for token in asked[:4]))
        assert first_responses(double)[-1] < FIRST_ANSWER


async def test_names_are_suggested_at_once(home: Path, serving: Serving) -> None:
    async with serving(home) as (double, _):
        await shown(double, await double.ask("What did Kirby say about the troops?", at=somebody()))
        for name in ("person", "question"):
            typed = {"question": "what did tur", "person": "tur"}
            token = await double.suggest("ask", name, typed, at=somebody())
            assert any("Turner" in choice for choice in await double.choices(token))
        assert first_responses(double)[0] < 0.3


async def test_whoever_types_gets_suggestions_in_time_while_all_are_busy(home: Path, serving: Serving) -> None:
    async with serving(home) as (double, _):
        with busy():
            asked = [await double.ask(f"What did Biden say, {n}?", at=somebody()) for n in range(12)]
            for _ in range(6):
                token = await double.suggest("positions", "person", {"person": "tur"}, at=somebody())
                assert all("Turner" in choice for choice in await double.choices(token))
            for token in asked:
                await shown(double, token)
        assert first_responses(double)[-1] < FIRST_ANSWER


# ---------------------------------------------------------------- after a restart


async def _ask(double: Double, question: str) -> dict[str, Any]:
    return await shown(double, await double.ask(question, at=somebody()))


async def test_what_was_shown_before_a_restart_still_works(home: Path, discord_rules: ModuleType | None) -> None:
    async with running() as double:
        async with started(double, home) as bot:
            answer = await _ask(double, "What did Mike Turner propose about North Korean troops?")
            whole = await shown(double, await double.command("positions", {"person": "Joe Biden"}, at=somebody()))
            namesakes = await _ask(double, "What did Turner say?")
            form = await double.press(answer["id"], "This is wrong")
            await double.until(lambda: double.interactions[form].modal)
            await shown(double, await double.press(answer["id"], "Follow up"))
            (thread,) = (channel.id for channel in double.channels.values() if channel.type == 11)
            bot.stop()
            await bot.end()
        async with started(double, home) as bot:
            passages = text(await shown(double, await double.press(answer["id"], "Passages", at=somebody())))
            assert "seriously consider taking direct military action" in passages
            sources = await double.press(answer["id"], "Sources", at=somebody())
            assert [file["filename"] for file in (await shown(double, sources))["attachments"]]
            more = text(await shown(double, await double.press(whole["id"], "More", at=somebody())))
            assert "**Joe Biden**" in more
            assert not set(_quotes(more)) & set(_quotes(text(whole)))
            nina = next(o for p in double.parts(namesakes["id"]) for o in p["options"] if "Nina" in o["label"])
            menu = double.parts(namesakes["id"])[0]["custom_id"]
            chosen = await shown(double, await double.press(namesakes["id"], menu, nina["value"], at=somebody()))
            assert "**Nina Turner**" in text(chosen)
            asked = await double.says(f"<@{APPLICATION}> And about American weapons?", at=Place(BOB, thread))
            assert "**Mike Turner**" in text(await reply_to(double, asked))
            claim = double.interactions[form].modal
            sent = await double.submit(form, _filled_in(claim))
            await shown(double, sent)
            bot.stop()
            await bot.end()
        disputed = Onrecord(home).ok("corrections", "list", "--json").out
        assert "These are not the words." in disputed
    check(double, discord_rules)


def _quotes(shown: str) -> list[str]:
    return [line for line in shown.splitlines() if line.startswith("> ")]


def _filled_in(form: Any) -> dict[str, str]:
    """The first claim of the form, and a reason."""
    parts = [part["component"] for part in form["components"] if "component" in part]
    values = {part["custom_id"]: "These are not the words." for part in parts if part["type"] == 4}
    return values | {part["custom_id"]: part["options"][0]["value"] for part in parts if part.get("options")}


async def test_commands_are_registered_once_for_a_home(home: Path, tmp_path: Path) -> None:
    async def put(at: Path) -> int:
        async with started(double, at) as bot:
            bot.stop()
            await bot.end()
        return len([s for s in double.sent if s.method == "PUT"])

    async with running() as double:
        assert [await put(home), await put(home), await put(tmp_path / "another")] == [1, 1, 2]


async def test_it_serves_on_as_many_shards_as_it_is_told(home: Path, serving: Serving) -> None:
    async with serving(home, ONRECORD_DISCORD_SHARDS="2") as (double, _):
        assert sorted(said["shard"] for said in double.identified) == [[0, 2], [1, 2]]
        (channel,) = await double.add_guild(Guild(str(1_300_000_000_001 << 22), "Another"), "politics")
        for where in (HERE.channel, channel):
            token = await double.ask("What did Kirby say about the troops?", at=somebody(where))
            assert "**John Kirby**" in text(await shown(double, token))


# ---------------------------------------------------------------- articles that members bring


async def test_an_article_that_is_attached_answers_questions(home: Path, serving: Serving) -> None:
    async with serving(home) as (double, _):
        before = await _ask(double, "What did Lucia Brandt say about the harbor bridge?")
        assert "by June" not in text(before)
        given = {"file": File("bridge.md", _FERRY, "text/markdown")}
        token = await double.command("ingest", given, at=Place(MODERATOR))
        await shown(double, token)
        await double.until(lambda: "1 article" in text(double.original(token)), 60)
        after = await _ask(double, "What did Lucia Brandt say about the harbor bridge?")
        assert "We will open the harbor bridge" in text(after)


async def test_it_stops_in_time_in_the_middle_of_an_ingest_and_leaves_nothing_behind(
    home: Path, serving: Serving
) -> None:
    articles = [
        {
            "url": f"https://bay-record.example/2024/{n}",
            "text": _said(n),
            "title": f"Harbor {n}",
            "published": "2024-11-02",
        }
        for n in range(3000)
    ]
    many = "\n".join(map(json.dumps, articles)).encode()
    async with serving(home) as (double, bot):
        token = await double.command("ingest", {"file": File("many.jsonl", many)}, at=Place(MODERATOR))
        await double.until_sent("PATCH", f"/{token}/messages/@original")
        family = await asyncio.to_thread(bot.family)
        assert family
        await asyncio.sleep(1.0)
        bot.stop()
        await bot.end(_STOPPED)
        assert not await asyncio.to_thread(alive, family)
    Onrecord(home).ok("doctor")
    assert Onrecord(home).ok("ask", "--json", "What did John Kirby say about the troops?").json["answer"]["claims"]


def _said(n: int) -> str:
    return (
        f'Mayor Lucia Brandt spoke on Friday. "We will open harbor number {n} by June," Brandt told the council.'
    )


# ---------------------------------------------------------------- what it tells of itself

_PRIVATE = ("Turner", "Kirby", "North Korean", "military action", "zanzibar")


async def test_metrics_count_questions_and_hold_no_word_of_them(home: Path, serving: Serving) -> None:
    port = free_port()
    async with serving(home, ONRECORD_METRICS_PORT=str(port)) as (double, _):
        await _ask(double, "What did Mike Turner propose about North Korean troops?")
        await _ask(double, "What did John Kirby say about the zanzibar?")
        told = await asyncio.to_thread(scraped, port)
    counted = [line for line in told.splitlines() if line.startswith("onrecord_interactions_total")]
    assert sum(float(line.split()[-1]) for line in counted) == 2.0
    assert "onrecord_first_response_seconds_count 2.0" in told
    assert not [word for word in _PRIVATE if word.lower() in told.lower()]


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_each_line_of_the_log_is_json_and_tells_no_secret(level: str, home: Path, serving: Serving) -> None:
    async with serving(home, ONRECORD_LOG_FORMAT="json", ONRECORD_LOG_LEVEL=level) as (double, bot):
        await _ask(double, "What did Mike Turner propose about North Korean troops?")
        answer = await _ask(double, "What did John Kirby say about the zanzibar?")
        await shown(
            double, await double.ask("What did Kirby say?", person="Kirby", since="zanzibar", at=somebody())
        )
        for part in double.parts(answer["id"])[:1]:
            await shown(double, await double.press(answer["id"], part["custom_id"]))
        await double.choices(await double.suggest("ask", "person", {"person": "turner", "question": "x"}))
        await double.gateway.drop()
        await double.until(lambda: double.gateway.resumed)
    lines = [json.loads(line) for line in bot.written.splitlines()]
    assert [line for line in lines if line["message"] == "asked"]
    tokens = [one.token for one in double.interactions.values()]
    assert not [word for word in (*_PRIVATE, TOKEN, *tokens) if word.lower() in bot.written.lower()]


# ---------------------------------------------------------------- troubles on the way of an answer

_WAYS = ["command", "mention"]


async def _asked(double: Double, way: str) -> Callable[[], list[dict[str, Any]]]:
    """Ask; what looks for the bot's messages since then."""
    known = set(double.messages)
    if way == "command":
        await double.ask("What did Turner propose?", at=somebody())
    else:
        known.add(await double.says(f"<@{APPLICATION}> what did Turner propose?", at=somebody()))
    return lambda: [message for number, message in double.messages.items() if number not in known]


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("done", [False, True])
async def test_an_answer_outlives_a_connection_that_is_cut(
    way: str, done: bool, empty_home: Path, serving: Serving
) -> None:
    """Whether Discord had it by then, or not."""
    async with serving(empty_home, *SERVE, "0") as (double, _):
        double.hinder("PATCH", "", *[Trouble(reset=True, done=done)] * 2)
        messages = await _asked(double, way)
        await double.until(lambda: [s for s in double.sent if s.method == "PATCH" and s.status == 200])
        assert ["[1] " in text(message) for message in messages()] == [True]


async def test_a_first_response_outlives_a_connection_that_is_cut(empty_home: Path, serving: Serving) -> None:
    async with serving(empty_home, *SERVE, "0") as (double, _):
        double.hinder("POST", "/callback", Trouble(reset=True, done=True))
        messages = await _asked(double, "command")
        await double.until(lambda: [m for m in messages() if "[1] " in text(m)])


@pytest.mark.parametrize(
    ("way", "trouble"), [("command", limited(9.0)), ("command", used_up(9.0)), ("mention", limited(9.0))]
)
async def test_an_answer_neither_waits_for_a_limited_draft_nor_breaks_the_limit(
    way: str, trouble: Trouble, empty_home: Path, serving: Serving
) -> None:
    async with serving(empty_home, *SERVE, "0.5", "1") as (double, _):
        double.hinder("PATCH", "", trouble)
        messages = await _asked(double, way)
        await double.until(lambda: [m for m in messages() if "[2] " in text(m)], DRAFT_PATIENCE + 3.0)
        await double.until(lambda: len(messages()) == 1)
        assert WRITING not in text(messages()[0])
        pressed = await double.press(messages()[0]["id"], "Sources")
        assert (await shown(double, pressed))["attachments"]
