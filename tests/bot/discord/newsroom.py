"""The bot over real libraries of the sample articles, in an in-process Discord: two of the people are namesakes.

Ingested once for all tests; each test has copies of its own, so it may store, dispute and settle as it likes. What
the bot would send to Discord is held against Discord's rules at the end.
"""

import re
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import discord
import pytest
import simcord
from conftest import bot_of, objections
from discord_answers import as_read, texts
from simcord.actors import _component_interaction

from bot.discord.client import OnRecordBot, Paces
from bot.discord.desk import Desks
from bot.discord.intake import Intake
from bot.discord.libraries import Libraries
from bot.discord.servers import Servers
from ingest.chunking import maker
from retrieval.embedding import embedder_name
from retrieval.library import Library
from retrieval.settings import Settings, load
from tests.processes.command import Onrecord

_SAMPLES = Path(__file__).parents[2] / "samples"
UNHURRIED = Paces(asks=(1000, 1.0), server=(1000, 1.0), presses=(1000, 1.0))
MANAGING = discord.Permissions(manage_guild=True)

# Somebody who says more than two answers hold.
_AT_LENGTH = """---
title: "Brandt on everything"
url: https://bay-record.example/2024/11/02/brandt-on-everything
outlet: Bay Record
published: 2024-11-02
---

# Brandt on everything

Mayor Lucia Brandt took questions on Friday.

"""
_BETWEEN = """

The clerk read out the next item on the list. It was the same as last year and the year before. Papers were handed
along the rows, and a window was opened because the hall had grown warm.

"""
_SUBJECTS = (
    "the harbor bridge",
    "the night ferry",
    "the school kitchens",
    "the old cinema",
    "the fire station",
    "the swimming pool",
    "the bus depot",
    "the town archive",
    "the fish market",
    "the north cemetery",
    "the water tower",
    "the skating rink",
    "the lighthouse",
    "the post office",
)

Shown = simcord.InteractionResult | simcord.ResponseMessage | discord.Message | None


@dataclass
class Newsroom:
    """A server with a channel, a member and a manager, and the bot in it. `library` is the shared one."""

    env: simcord.Env
    library: Library
    servers: Servers
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor
    manager: simcord.MemberActor
    another_bot: Callable[[], OnRecordBot]

    @property
    def me(self) -> str:
        """How a member mentions the bot."""
        assert self.env.bot.user is not None
        return self.env.bot.user.mention

    async def ask(self, question: str = "What did Kirby say about troops?", **options: Any) -> Any:
        return await self.alice.slash(options.pop("channel", self.channel), "ask", question=question, **options)

    async def press(self, message: Shown, label: str, who: simcord.MemberActor | None = None) -> Any:
        return await (who or self.alice).click(last(message), label=label)

    async def say(self, words: str, **options: Any) -> discord.Message | None:
        """What the bot replied to a message; None where it did not."""
        channel, who = options.pop("channel", self.channel), options.pop("who", self.alice)
        sent = await who.send(channel, words, **options)
        found: discord.Message | None = channel.last_message
        return found if found is not None and found.id != sent.id else None

    async def restart(self) -> None:
        """Another bot with what the last one left on disk."""
        await self.env.restart_bot(self.another_bot())

    def show_to_all(self, command: str) -> None:
        """What a server may do: let members see a command that is for its managers."""
        found = self.env.backend.find_command(command, self.guild.id, type=1)
        assert found is not None
        self.guild.set_command_permissions(int(found["id"]), {self.guild.default_role: True})


OpenNewsroom = Callable[..., AbstractAsyncContextManager[Newsroom]]


def messages(shown: Shown) -> Sequence[Any]:
    if isinstance(shown, simcord.InteractionResult):
        return [one for one in (shown.response, *shown.followups) if one is not None]
    return [] if shown is None else [shown]


def last(shown: Shown) -> Any:
    """The message under which the buttons are."""
    return messages(shown)[-1]


def text(shown: Shown) -> str:
    """All that a reader sees of it."""
    return as_read("\n".join(f"{one.content}\n{texts(one.embeds)}" for one in messages(shown)))


def speakers(shown: Shown) -> set[str]:
    """Under whose names it shows words."""
    found = re.findall(r"^(?:\*\*([^*\n]+)\*\*(?: ·.*)?\n> \[|### (.+)$)", text(shown), re.MULTILINE)
    return {name or heading for name, heading in found}


def labels(shown: Shown) -> list[str]:
    """What can be pressed under it."""
    rows = last(shown).components
    plain = [row if isinstance(row, dict) else row.to_dict() for row in rows]
    return [one["label"] for row in plain for one in row["components"] if "label" in one]


async def forged(who: simcord.MemberActor, under: Any, custom_id: str, **data: Any) -> simcord.InteractionResult:
    """A press of what no message of ours offers: Discord passes on whatever a changed client sends."""
    channel = under.channel.id if isinstance(under, discord.Message) else under.channel_id
    stored = who._env.backend.get_message(channel, under.id)
    return await _component_interaction(who, stored, {"custom_id": custom_id, "component_type": 2} | data)


async def attached(shown: Shown) -> str:
    (paper,) = last(shown).attachments
    return (await paper.read()).decode()


@cache
def _stock(folder: Path) -> Path:
    """The samples, ingested by the command as a user would."""
    home = folder / "newsroom" / "home"
    home.parent.mkdir()
    words = "“We will pay for {} out of the reserve,” Brandt told the council." + _BETWEEN
    spoken = [words.format(one) for one in _SUBJECTS]
    long = home.with_name("brandt.md")
    long.write_text(_AT_LENGTH + "".join(spoken))
    Onrecord(home).ok("ingest", _SAMPLES / "articles", _SAMPLES / "namesake", long, "--json")
    return home


@pytest.fixture(name="newsroom")
def open_newsroom(
    discord_rules: ModuleType | None,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenNewsroom:
    """Opens a Newsroom. `empty`: without articles; `kept_by_others`: no server's managers may change it."""
    home = tmp_path / "home"
    monkeypatch.setenv("ONRECORD_HOME", str(home))
    monkeypatch.chdir(tmp_path)

    @asynccontextmanager
    async def opened(
        *, empty: bool = False, libraries: str = "shared", kept_by_others: bool = False, **options: Any
    ) -> AsyncIterator[Newsroom]:
        monkeypatch.setenv("ONRECORD_DISCORD_LIBRARIES", libraries)
        monkeypatch.setenv("ONRECORD_DISCORD_MAINTAINERS", "1" if kept_by_others else "")
        if not empty:
            shutil.copytree(_stock(tmp_path_factory.getbasetemp()), home)
        settings = load()
        intake = options.pop("intake", None)
        with ExitStack() as held:
            shared = held.enter_context(_library(settings, None))
            servers = held.enter_context(Servers.open(home / "discord.sqlite3"))
            kept = Libraries(settings, shared, servers, partial(_library, settings))
            held.callback(kept.close)
            desks = held.enter_context(Desks(kept.using))

            def bot() -> OnRecordBot:
                house = {"libraries": kept, "servers": servers, "intake": intake or Intake()}
                house |= {"may_choose": libraries == "either"}
                return held.enter_context(bot_of(desks, tmp_path, house, **({"paces": UNHURRIED} | options)))

            async with simcord.run(bot(), settle_timeout=60.0) as env:
                guild = env.create_guild()
                editors = guild.create_role("editors", permissions=MANAGING)
                alice = guild.add_member(env.create_user("alice"))
                manager = guild.add_member(env.create_user("mary"), roles=[editors])
                room = guild.create_text_channel("general")
                yield Newsroom(env, shared, servers, guild, room, alice, manager, bot)
                problems = [p for r in env.http_requests for p in objections(discord_rules, r)]
                assert not problems

    return opened


def _library(settings: Settings, name: str | None) -> Library:
    return Library.open(settings, name, maker(embedder_name(settings)), notify=lambda _: None)
