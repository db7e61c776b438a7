"""No server sees another's library: everything that can be typed, pressed or sent, walked from the server beside.

Real libraries on disk, real articles, real statements. Each word of MARKERS stands in one field of what server A
holds, and nowhere else; those who walk never type one. The same walk in server A finds them, so it can fail.
"""

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import discord
import pytest
import simcord
from conftest import bot_of, objections
from discord import app_commands
from simcord.actors import _dispatch_actor_interaction
from simcord.backend import serializers
from simcord.enums import ComponentType, InteractionType
from simcord.results import ResponseMessage

from bot.discord.client import OnRecordBot, Paces
from bot.discord.desk import Desks
from bot.discord.intake import Taken
from bot.discord.libraries import Libraries
from bot.discord.servers import Servers
from bot.discord.views import CLAIM_FIELD, REASON_FIELD, Verb, custom_id
from bot.terminal.options import open_library
from ingest.pipeline import ingest
from ingest.statements.reader import Reader
from retrieval.library import Library
from retrieval.settings import load
from retrieval.types import Article

A, B = 1 << 40, 2 << 40
MARKERS: Mapping[str, str] = {
    "address": "pelhamgazer",
    "title": "quorvane",
    "outlet": "haddlestrop",
    "author": "grendlewhite",
    "text": "dunlowick",
    "speaker": "orlabeth",
    "namesake": "pietronel",
    "quotation": "marrowlight",
    "topic": "saltmoor",
    "question": "thrumblecot",
    "correction": "wickerfault",
}
_SAID = (
    '"We will raise the marrowlight toll before the spring fair opens," said Orlabeth Kestrin, the mayor.',
    '"The saltmoor barrage is safe, and it will protect every farm," said Orlabeth Kestrin, the mayor.',
    "Orlabeth Kestrin, the mayor, said that the saltmoor barrage would cost forty million dollars.",
    '"The saltmoor barrage is a mistake," said Pietronel Dene, a senator.',
    '"Nobody asked the fishermen about the saltmoor barrage," said Pietronella Dene, the union leader.',
    *(f"Orlabeth Kestrin, the mayor, said that the {what} would close in May." for what in ("ferry", "school")),
    *(f"Orlabeth Kestrin, the mayor, said that taxes on {what} would fall." for what in ("boats", "barns")),
)
HELD_BY_A = [
    Article(
        f"https://pelhamgazer.example/{n}",
        f"FENHOLT - The Dunlowick line was late on Monday.\n\n{said}\n\nThe Dunlowick line runs again on Friday.",
        f"Quorvane council weighs a barrage, part {n}",
        "Haddlestrop Courier",
        "Ilse Grendlewhite",
        date(2024, 3, n),
    )
    for n, said in enumerate(_SAID, 1)
]


def _plain(name: str) -> list[Article]:
    """What another library holds: an article with another Kestrin."""
    text = f'HARBOUR - It rained.\n\n"Our barrage is finished," said {name} Kestrin, the engineer.'
    return [Article("https://other.example/1", text, "It is finished", "Plain Gazette", None, date(2024, 4, 1))]


HELD = {f"discord-{A}": HELD_BY_A, f"discord-{B}": _plain("Tomas"), "default": _plain("Ulrik")}
NAMESAKE = "2"  # the id in A's library of one of those called Dene
ASKED = "What did Kestrin say about the barrage?"
OWN_WORDS = "Orlabeth Kestrin said so of the thrumblecot"
# What has no word of the library in it, wherever it is walked.
SILENT = {
    "/library",
    "/settings",
    "/settings private",
    "/settings dates",
    "press channels",
    "press corrections",
    "follow up",  # the thread is named by what was typed
}


def typed(channel: Any, use: str) -> dict[str, dict[str, Any]]:
    """What is typed into every option of every command."""
    between = {"since": "2024-01-01", "until": "2024-12-31", "private": True}
    article = ("article.txt", b"Plain words.")
    return {
        "ask": {"question": ASKED, "person": "Kestrin"} | between,
        "positions": {"person": "Kestrin", "topic": "barrage"} | between,
        "compare": {"person": "Kestrin", "other": "Dene", "topic": "barrage", "private": True},
        "sources": {},
        "coverage": {"about": "barrage"},
        "help": {},
        "library": {"use": use} if use else {},
        "settings": {"private": False, "dates": "de"},
        "ingest": {"link": "https://new.example/", "file": article, "outlet": "X", "published": "2024-05-31"},
        "corrections": {},
    }


MENUS = {"Is this on record?": "Somebody said: before the spring fair opens"}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "ask": ("question",),
    "positions": ("person",),
    "compare": ("person", "other"),
    "ingest": ("link",),
}
BEGUN = ("", "kes", "d", "what did k", "what did kestrin say about ", "o", "pi", "sal", "bar", "q", "h")


@dataclass
class Walk:
    """Somebody who tries everything; `sent` is what the bot sent for it, by place."""

    env: simcord.Env
    bot: OnRecordBot
    member: Any  # a member; who writes directly is one too
    channel: simcord.ChannelHandle
    use: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[Any]] = field(default_factory=dict)

    async def step(self, place: str, doing: Awaitable[Any]) -> Any:
        requests, files = len(self.env.http_requests), set(self.env.backend.cdn._blobs)
        done = await doing
        self.said[place] = [r.json for r in self.env.http_requests[requests:]]
        said = [json.dumps([r.path, r.json], ensure_ascii=False) for r in self.env.http_requests[requests:]]
        said += [data.decode() for url, data in self.env.backend.cdn._blobs.items() if url not in files]
        assert said, f"{place} was not answered"
        self.sent[place] = "\n".join([*filter(None, [self.sent.get(place)]), *said]).lower()
        return done

    def found(self) -> dict[str, set[str]]:
        return {
            place: {name for name, marker in MARKERS.items() if marker in text}
            for place, text in self.sent.items()
        }

    # ---------------------------------------------------------------- what is typed

    async def commands(self) -> None:
        """Every command with what it needs, with each option, and with all of them."""
        table = typed(self.channel, self.use)
        for name, needed, others in _tree(self.bot, table):
            for some in ((), *((other,) for other in others), others):
                given = {option: table[name][option] for option in (*needed, *some)}
                place = f"/{name} {some[0] if len(some) == 1 else ''}".strip()
                await self.step(place, self.member.slash(self.channel, name, **given))
        for menu, words in MENUS.items():
            message = await self.member.send(self.channel, words)
            await self.step(menu, self.member.context_menu(self.channel, menu, message))

    async def completions(self) -> None:
        for command in self.bot.tree.get_commands():
            for option in command.parameters if isinstance(command, app_commands.Command) else ():
                for begun in BEGUN if option.autocomplete else ():
                    typing = self.member.autocomplete(self.channel, command.name, option.name, begun)
                    await self.step(f"completion of {command.name} {option.name}", typing)

    # ---------------------------------------------------------------- what is pressed

    async def presses(self, keys: Mapping[Verb, str]) -> None:
        """Every component by its custom id, and the form, under a message of the place itself."""
        assert set(keys) == set(Verb), "press all that can be pressed"
        under = (await self.member.slash(self.channel, "ask", question=ASKED)).response
        for verb, key in keys.items():
            for number in (None, 0, 5) if verb is Verb.MORE else (None,):
                await self.step(f"press {verb}", self.press(custom_id(verb, key, number), under, verb))
        await self.step("modal", self.fill_in(keys[Verb.WRONG]))

    async def press(self, pressed: str, under: Any, verb: Verb | None = None) -> Any:
        data: dict[str, Any] = {"custom_id": pressed, "component_type": ComponentType.BUTTON}
        if verb is Verb.MEANT:
            data |= {"component_type": ComponentType.STRING_SELECT, "values": [NAMESAKE]}
        if verb in (Verb.CHANNELS, Verb.CORRECTIONS):
            chosen = [str(self.channel.id)] if verb is Verb.CORRECTIONS else []
            data |= {"component_type": ComponentType.CHANNEL_SELECT, "values": chosen}
        stored = self.env.backend.get_message(self.channel.id, under.id)
        message = serializers.message_payload(self.env.backend, stored)
        return await _dispatch_actor_interaction(
            self.member,
            InteractionType.MESSAGE_COMPONENT,
            self.channel,
            data,
            extra={"message": dict(message)},
            source_message_id=under.id,
        )

    async def fill_in(self, key: str, reason: str = "She was not the one who said it.") -> Any:
        """The form of an answer, sent with the key of one."""
        chosen = {"type": 3, "id": 2, "custom_id": CLAIM_FIELD, "values": ["0"]}
        written = {"type": 4, "id": 4, "custom_id": REASON_FIELD, "value": reason}
        rows = [{"type": 18, "id": n, "component": one} for n, one in ((1, chosen), (3, written))]
        data = {"custom_id": custom_id(Verb.WRONG, key), "components": rows}
        return await _dispatch_actor_interaction(self.member, InteractionType.MODAL_SUBMIT, self.channel, data)

    # ---------------------------------------------------------------- what is said

    async def talk(self, replied_to: Any) -> None:
        """Mentions: in the channel, in reply to a message (of whatever server), and in a thread."""
        me = f"<@{self.env.backend.bot_user.id}>"
        await self.step("mention", self.member.send(self.channel, f"{me} {ASKED}"))
        await self.step("reply", self.reply(f"{me} And on the toll?", replied_to))
        answer = await self.member.slash(self.channel, "ask", question=ASKED)
        await self.step("follow up", self.member.click(answer.response, label="Follow up"))
        thread = self.channel.threads[-1]
        await self.step("thread", self.member.send(thread, f"{me} And what did Kestrin say about the toll?"))
        await self.step("command in a thread", self.member.slash(thread, "ask", question="And about the barrage?"))

    async def reply(self, words: str, replied_to: Any) -> None:
        """A reply to a message of whatever server, as no honest client sends it."""
        said = await self.member.send(self.channel, "…")
        stored = self.env.backend.get_message(self.channel.id, said.id)
        payload = dict(serializers.message_payload(self.env.backend, stored))
        reference = {"channel_id": str(replied_to.channel_id), "message_id": str(replied_to.id)}
        self.env.backend.emit("MESSAGE_CREATE", payload | {"content": words, "message_reference": reference})
        await self.env.settle()


def _tree(
    bot: OnRecordBot, table: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each command of the tree with what it needs and its other options; fails for what the tables lack."""
    names = {command.name for command in bot.tree.get_commands()}
    assert names == {*table, *MENUS}, "walk all that there is, and nothing else"
    for command in bot.tree.get_commands():
        if isinstance(command, app_commands.ContextMenu):
            continue
        assert isinstance(command, app_commands.Command), f"walk the group {command.name} too"
        options = [option.name for option in command.parameters]
        assert set(options) == set(table[command.name]), f"walk all options of {command.name} too"
        needed = NEEDED.get(command.name, ())
        yield command.name, needed, tuple(option for option in options if option not in needed)


# ---------------------------------------------------------------- the house


class _Intake:
    """Stores nothing; tells of the library into which it would, by what that holds."""

    def __init__(self) -> None:
        self.open: dict[str, Library] = {}
        self.asked: list[str] = []

    async def from_web(self, library: str, url: str, told: Any, more: Any) -> Taken:
        self.asked.append(library)
        return Taken(0, 0, 0, [(article.title or "", "held") for article in self.open[library].record.articles()])

    async def from_file(self, library: str, name: str, data: bytes, told: Any, more: Any) -> Taken:
        return await self.from_web(library, name, told, more)


OpenTwo = Callable[[str], AbstractAsyncContextManager["Two"]]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], object]:
    """Copies a home into a folder: the libraries of A and B, and a shared one."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("ONRECORD_HOME", str(home))
        settings, reader = load(), Reader.open(1)
        for name, held in HELD.items():
            library = stack.enter_context(open_library(settings, name, make=True))
            ingest(library, held, lambda _: None, reader)
    return lambda folder: shutil.copytree(home, folder)


@dataclass
class Two:
    """Two servers and the bot in them; `opened` opens another bot on the same libraries, as a restart does."""

    env: simcord.Env
    bot: OnRecordBot
    desks: Desks
    intake: _Intake
    guilds: Mapping[int, simcord.GuildHandle]
    opened: Callable[[], tuple[OnRecordBot, Desks, _Intake]]

    def walker(self, at: int, *, manages: bool = True) -> Walk:
        guild = self.guilds[at]
        roles = [guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))]
        member = guild.add_member(self.env.create_user("walker"), roles=roles if manages else ())
        return Walk(self.env, self.bot, member, next(iter(guild.channels.values())))

    async def restart(self) -> None:
        bot, self.desks, self.intake = self.opened()
        await self.env.restart_bot(bot)
        self.bot = bot


@pytest.fixture
def two(
    stocked: Callable[[Path], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    discord_rules: ModuleType | None,
) -> OpenTwo:
    """Opens servers A and B; at the end every request is held against Discord's rules."""
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "home"))
    stocked(tmp_path / "home")

    @asynccontextmanager
    async def opened(choice: str) -> AsyncIterator[Two]:
        monkeypatch.setenv("ONRECORD_DISCORD_LIBRARIES", choice)
        settings, times = load(), iter(range(9))
        with open_library(settings, None, make=True) as shared, ExitStack() as stack:

            def another() -> tuple[OnRecordBot, Desks, _Intake]:
                intake = _Intake()

                def open_own(name: str) -> Library:
                    intake.open[name] = open_library(settings, name, make=True)
                    return intake.open[name]

                intake.open["default"] = shared
                servers = stack.enter_context(Servers.open(tmp_path / "servers.sqlite3"))
                libraries = stack.enter_context(closing(Libraries(settings, shared, servers, open_own)))
                desks = stack.enter_context(Desks(libraries.using))
                house = {"libraries": libraries, "servers": servers, "intake": intake, "direct": True}
                house |= {"may_choose": choice == "either"}
                often = Paces((999, 1.0), (999, 1.0), (999, 1.0))
                own = tmp_path / f"bot-{next(times)}"
                return stack.enter_context(bot_of(desks, own, house, paces=often)), desks, intake

            bot, desks, intake = another()
            async with simcord.run(bot, settle_timeout=30.0) as env:
                guilds = {at: env.create_guild(id=at) for at in (A, B)}
                for guild in guilds.values():
                    guild.create_text_channel("general")
                yield Two(env, bot, desks, intake, guilds, another)
                assert not [p for r in env.http_requests for p in objections(discord_rules, r)]

    return opened


def _keys(shown: simcord.InteractionResult) -> dict[Verb, str]:
    """The keys of what can be pressed under an answer."""
    last = [shown.response, *shown.followups][-1]
    ids = [one["custom_id"] for row in last.components for one in row["components"]] if last else []
    return {Verb(name): key for _, name, key, *_ in (one.split(":") for one in ids)}


@dataclass(frozen=True)
class Lived:
    """What server A has left behind: its keys, an answer's message, and a thread."""

    keys: Mapping[Verb, str]
    answer: ResponseMessage
    thread: int
    private: Mapping[Verb, str]


async def live(here: Walk) -> Lived:
    """Ask in A in every way, also alone; call two statements wrong."""
    ask = here.member.slash
    here.bot.servers.change(here.member.guild.id, corrections=here.channel.id)
    asked = await ask(here.channel, "ask", question=f"{ASKED[:-1]}, thrumblecot?")
    positions = await ask(here.channel, "positions", person="Kestrin")
    namesakes = await ask(here.channel, "ask", question="What did Dene say about the barrage?")
    assert asked.response
    await here.member.click(asked.response, label="Follow up")
    (thread,) = here.channel.threads
    await ask(thread, "ask", question="What did Kestrin say about the toll, thrumblecot?")
    alone = await ask(thread, "ask", question="What did Kestrin say about the ferry, thrumblecot?", private=True)
    for about in ("boats", "barns"):
        shown = await ask(here.channel, "ask", question=f"What did Kestrin say about taxes on {about}?")
        await here.fill_in(_keys(shown)[Verb.WRONG], "It is a wickerfault.")
    keys = _keys(asked) | {Verb.MORE: _keys(positions)[Verb.MORE], Verb.MEANT: _keys(namesakes)[Verb.MEANT]}
    keys |= {Verb.WRONG: keys[Verb.MORE], Verb.UPHOLD: "1", Verb.DISMISS: "2"}
    keys |= {Verb.CHANNELS: "server", Verb.CORRECTIONS: "server"}
    return Lived(keys, asked.response, thread.id, _keys(alone))


async def walked(here: Walk, lived: Lived) -> dict[str, set[str]]:
    """Everything, tried; the fields of A that came to sight, by place."""
    await here.commands()
    await here.completions()
    await here.talk(lived.answer)
    await here.presses(lived.keys)
    return here.found()


def leaks(seen: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The places where something of A came to sight."""
    return {place: names for place, names in seen.items() if names}


@pytest.mark.slow
@pytest.mark.asyncio
async def test_from_one_server_nothing_of_anothers_library_comes_to_sight(two: OpenTwo) -> None:
    async with two("own") as town:
        lived = await live(town.walker(A))
        beside = town.walker(B)
        assert leaks(await walked(beside, lived)) == {}
        assert "tomas" in beside.sent["/ask"]
        assert "tomas" in beside.sent["completion of ask person"]
        assert set(town.intake.asked) == {f"discord-{B}"}
        at_home = await walked(town.walker(A), lived)
        assert {place for place, names in at_home.items() if not names} == SILENT
        assert set().union(*at_home.values()) == set(MARKERS)
        assert leaks(await walked(town.walker(B), lived)) == {}  # with all that A has just made still in memory


@pytest.mark.slow
@pytest.mark.asyncio
async def test_nor_does_it_after_a_restart_and_for_a_member_to_whom_every_command_is_shown(two: OpenTwo) -> None:
    async with two("own") as town:
        lived = await live(town.walker(A))
        await town.restart()
        at_home = town.walker(A)
        await at_home.completions()
        pressing = at_home.press(custom_id(Verb.SOURCES, lived.keys[Verb.SOURCES]), lived.answer)
        await at_home.step("press sources", pressing)
        assert all(at_home.found().values())
        member = town.walker(B, manages=False)
        for command in await town.bot.tree.fetch_commands():
            member.member.guild.set_command_permissions(command, {member.member: True})
        assert leaks(await walked(member, lived)) == {}


@pytest.mark.slow
@pytest.mark.asyncio
async def test_nor_where_managers_choose_and_whatever_they_choose(two: OpenTwo) -> None:
    async with two("either") as town:
        at_home = town.walker(A)
        at_home.use = "own"
        await at_home.member.slash(at_home.channel, "library", use="own")
        lived = await live(at_home)
        for use in ("shared", "own", "shared"):
            beside = town.walker(B)
            beside.use = use
            assert leaks(await walked(beside, lived)) == {}
            assert {"own": "tomas", "shared": "ulrik"}[use] in beside.sent["mention"]
        await at_home.commands()
        assert {"speaker", "quotation"} <= at_home.found()["/positions"]


@pytest.mark.slow
@pytest.mark.asyncio
async def test_nor_to_somebody_who_writes_directly(two: OpenTwo) -> None:
    async with two("own") as town:
        lived = await live(town.walker(A))
        walker = town.walker(A)
        user, keys = walker.member.user, [key for some in (lived.keys, lived.private) for key in some.items()]
        offered = user.available_commands()
        assert {"ask", "positions", "compare", "sources", "coverage", "help"} <= set(offered)
        for name in offered:
            given = {option: value for option, value in typed(None, "")[name].items() if value is not None}
            await walker.step(f"/{name}", user.slash(name, **given))
        for name, option in (("ask", "question"), ("ask", "person"), ("coverage", "about")):
            for begun in BEGUN:
                await walker.step(f"completion of {name}", user.autocomplete(name, option, begun))
        await walker.step("message", user.send_dm(ASKED))
        under = user.dm_channel.last_message
        for verb, key in keys:
            walker.channel, walker.member = user.dm_channel, user
            await walker.step(f"press {verb}", walker.press(custom_id(verb, key), under, verb))
        assert leaks(walker.found()) == {}


@pytest.mark.slow
@pytest.mark.asyncio
async def test_what_one_server_was_shown_of_a_shared_library_another_does_not_open(
    two: OpenTwo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_LIBRARY", f"discord-{A}")
    async with two("shared") as town:
        lived, beside = await live(town.walker(A)), town.walker(B)
        under = (await beside.member.slash(beside.channel, "ask", question=ASKED)).response
        for verb in (*lived.keys, *lived.private):
            for keys in (lived.keys, lived.private):
                if verb not in keys or keys[verb] in ("1", "2", "server"):
                    continue
                await beside.step("theirs", beside.press(custom_id(verb, keys[verb]), under, verb))
                await beside.step("of none", beside.press(custom_id(verb, "AAAAAAAAAAAAAAAA"), under, verb))
                assert beside.said.pop("theirs") == beside.said.pop("of none")
                assert leaks(beside.found()) == {}
        with town.desks.at(B, 1) as desk:
            waiting = [one.id for one in desk.disputes()]
            assert desk.asked_before(str(lived.thread)) == desk.asked_before(str(lived.answer.id)) == ()
        for keys in (lived.keys, lived.private):
            await beside.fill_in(keys[Verb.WRONG])
        for verb in (Verb.UPHOLD, Verb.DISMISS):
            await beside.press(custom_id(verb, lived.keys[verb]), under)
        with town.desks.at(A, 1) as desk:
            assert [one.id for one in desk.disputes()] == waiting
            assert len(waiting) == 2
            # The answer from which the thread was begun, and what was asked in it for all to see.
            asked = desk.asked_before(str(lived.thread))
            assert len(asked) == 2
            assert not any("ferry" in one for one in asked)
