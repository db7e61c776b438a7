"""Discord's own rules where they lie beside the checkout, and the bot inside an in-process Discord."""

import importlib.util
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import simcord

from bot.discord.client import House, OnRecordBot
from bot.discord.desk import Found
from bot.discord.metrics import Metrics
from bot.discord.servers import Servers
from retrieval.kept import Kept, Request
from retrieval.types import Answer, Claim, Question

Tell = Callable[[Claim], None]

_RULES = Path(__file__).parents[3].parent / "shared" / "discord" / "discord_spec.py"


@pytest.fixture(scope="session")
def discord_rules() -> ModuleType | None:
    """`check(method, path, body)` and `check_answer` say what is wrong; None where the rules are not at hand."""
    if not _RULES.exists():
        return None
    spec = importlib.util.spec_from_file_location("discord_spec", _RULES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class ScriptedDesk:
    """Tells what `telling` tells, then answers with what it was given, or raises it; keeps questions and users."""

    reply: Answer | Exception | Callable[[], Answer]
    telling: Callable[[Tell], None] = lambda _: None
    more: bool = False
    asked: list[Question] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    held: dict[str, Kept] = field(default_factory=dict)
    place: str = "scripted"

    def answer(self, request: Request, before: Sequence[str], *, user: str, tell: Tell) -> Found:
        self.asked.append(request.question)
        self.requests.append(request)
        self.users.append(user)
        self.telling(tell)
        if isinstance(self.reply, Exception):
            raise self.reply
        return Found(self.reply if isinstance(self.reply, Answer) else self.reply(), self.more)

    def asked_before(self, conversation: str) -> tuple[str, ...]:
        return ()

    def keep(self, kept: Kept) -> None:
        self.held[kept.key] = kept

    def kept(self, key: str) -> Kept | None:
        return self.held.get(key)

    @contextmanager
    def at(self, guild: int | None, user: int) -> Iterator["ScriptedDesk"]:
        """The desk of every server."""
        yield self


@dataclass
class Town:
    """A server with one channel and one member, and the bot in it."""

    env: simcord.Env
    bot: OnRecordBot
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor

    async def ask(self, question: str = "What did Turner propose?", **options: Any) -> simcord.InteractionResult:
        return await self.alice.slash(self.channel, "ask", question=question, **options)

    def requests(self) -> list[simcord.HttpLogEntry]:
        """What the bot sent to members."""
        return [r for r in self.env.http_requests if r.path.startswith(("/interactions/", "/webhooks/"))]

    def edits(self) -> list[Any]:
        """The bodies of all edits of the first message."""
        return [r.json for r in self.requests() if r.method == "PATCH"]


OpenTown = Callable[..., AbstractAsyncContextManager[Town]]


@contextmanager
def bot_of(desks: Any, folder: Path, house: dict[str, Any] | None = None, **options: Any) -> Iterator[OnRecordBot]:
    """A bot that is not connected; `desks` has `at`, as `Desks` has, `house` is what a House has else."""
    keeper = SimpleNamespace(may_maintain=lambda _, only: only, is_own=lambda _: False, name_of=lambda _: "x")
    with (
        Servers.open(folder / "discord.sqlite3") as servers,
        ThreadPoolExecutor(2) as pool,
        ThreadPoolExecutor(2) as quick,
    ):
        rest: dict[str, Any] = {"libraries": keeper, "servers": servers, "intake": None, "metrics": Metrics()}
        yield OnRecordBot(House(desks=desks, **rest | (house or {})), pool, quick, **options)


@pytest.fixture
def town(discord_rules: ModuleType | None, tmp_path: Path) -> OpenTown:
    """Opens a Town for a desk; at its end every request is held against Discord's rules."""

    @asynccontextmanager
    async def opened(desk: Any, house: dict[str, Any] | None = None, **options: Any) -> AsyncIterator[Town]:
        with bot_of(desk, tmp_path, house, **options) as bot:
            async with simcord.run(bot, settle_timeout=20.0) as env:
                guild = env.create_guild()
                member = guild.add_member(env.create_user("alice"))
                yield Town(env, bot, guild.create_text_channel("general"), member)
                problems = [p for r in env.http_requests for p in objections(discord_rules, r)]
                assert not problems

    return opened


def objections(rules: ModuleType | None, request: simcord.HttpLogEntry) -> list[str]:
    return [] if rules is None else rules.check(request.method, request.path, request.json)
