"""A stand-in for Discord on loopback: the gateway and the REST routes that the bot uses.

It knows one application, in as many servers, channels and shards as a test wants. May not be more lenient than
Discord: a wrong token gets 401, an unknown route 404, an interaction can be answered once, within 3 seconds and
with what fits its kind, followed up for 15 minutes, and offered is only what the bot registered or showed.
"""

import asyncio
import json
import re
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

APPLICATION, GUILD, CHANNEL, MEMBER = "1100000000000000001", "1200000000000000002", "1300000000000000003", "14"
TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gdouble.a-token-that-only-the-double-knows"  # noqa: S105 - not a secret

FIRST_ANSWER, FOLLOW_UP = 3.0, 900.0  # seconds that an interaction can be answered, and followed up
MANAGE_GUILD, ADMINISTRATOR = "32", "8"
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1, 1 << 9, 1 << 12, 1 << 15  # intents
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
VIEW, SEND, ATTACH, HISTORY, THREADS, SEND_IN_THREADS = (1 << n for n in (10, 11, 15, 16, 35, 38))
_OWN = VIEW | SEND | ATTACH | HISTORY | THREADS | SEND_IN_THREADS | 1 << 14  # 14: embed links
_EPHEMERAL, _LOADING, _V2 = 1 << 6, 1 << 7, 1 << 15  # flags of a message

_LEEWAY = 0.01  # seconds: what two clocks may differ by
_EPOCH = 1_420_070_400_000  # ms: Discord's ids count from 2015
_PUBLIC = ("/interactions/", "/webhooks/")  # their paths hold the interaction's own token
_CALLBACKS = {2: (4, 5, 9), 3: (4, 5, 6, 7, 9), 4: (8,), 5: (4, 5, 6, 7)}  # what answers which kind

# Read by Python at start-up from a folder on PYTHONPATH, so that the real entry point meets the double.
_REDIRECT = """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
import discord.gateway, discord.http, yarl
discord.http.Route.BASE = os.environ["DOUBLE"] + "/api/v10"
gateway = os.environ["DOUBLE"].replace("http", "ws") + "/gateway"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
"""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """`permissions` are those in the channel, as Discord computes them: "0", MANAGE_GUILD, ADMINISTRATOR."""

    id: str
    name: str
    permissions: str = "0"
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """`type`: 0 text, 1 direct, 11 public thread (of the channel `parent`). `with_` is whose a direct one is."""

    id: str
    name: str
    guild: str | None = GUILD
    type: int = 0
    parent: str | None = None
    with_: Member | None = None


@dataclass(frozen=True, slots=True)
class Guild:
    """`own` are the bot's permissions in every channel there."""

    id: str
    name: str
    roles: tuple[Role, ...] = ()
    own: int = _OWN


@dataclass(frozen=True, slots=True)
class File:
    """What a member attaches. `size` is what Discord says it is, where that is not the truth."""

    name: str
    content: bytes
    type: str | None = "text/plain"
    size: int | None = None


ALICE, BOB = Member(MEMBER, "alice"), Member("15", "bob")
MODERATOR = Member("16", "mo", MANAGE_GUILD)


@dataclass(frozen=True, slots=True)
class Place:
    """Who does something, and in which channel or thread."""

    member: Member = ALICE
    channel: str = CHANNEL


HERE = Place()


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of the bot, and what it was answered; status 0 where the connection was cut. `at` is monotonic."""

    method: str
    path: str
    body: Any
    status: int
    reply: Any
    at: float
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with one request. Without a status all is well but for the headers and the `seconds`.

    `seconds` pass before the answer, after the request took effect; `reset` cuts the connection instead of an
    answer. A request that is refused or cut takes no effect, unless `done`.
    """

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    reset: bool = False
    done: bool = False

    @property
    def takes_effect(self) -> bool:
        return self.done or not (self.reset or (self.status or 200) >= 400)


def limited(seconds: float) -> Trouble:
    """A 429 as Discord's own: until the seconds are over, the route is answered with it."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    headers = {"Retry-After": str(-(-seconds // 1)), "Via": "1.1 google", "X-RateLimit-Scope": "user"}
    return Trouble(429, body, headers)


def used_up(seconds: float) -> Trouble:
    """All is well, but it was the last request on its route until the seconds are over."""
    return Trouble(headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(seconds)})


def down(status: int = 502) -> Trouble:
    return Trouble(status, {"message": f"{status}: the double is down", "code": 0})


@dataclass
class Interaction:
    """One interaction and what became of it. `callback` is the type of the answer, `original` its message."""

    id: str
    token: str
    type: int
    at: Place
    data: Json
    made: float
    on: str | None = None  # the message whose component was pressed
    opened_by: "Interaction | None" = None  # the form's, where it is one
    callback: int | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    original: str | None = None
    messages: list[str] = field(default_factory=list)


class _RefusalError(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.reply = status, {"message": message, "code": code}


class _Call(NamedTuple):
    """A request's body, files and query."""

    body: Any
    files: Mapping[str, bytes]
    query: Mapping[str, str]


@dataclass
class _Session:
    """A gateway session: every event of its shard, numbered from 1, and the connection while there is one."""

    id: str
    shard: tuple[int, int]
    intents: int
    sharded: bool
    log: list[Json] = field(default_factory=list)
    socket: "_Socket | None" = None

    def concerns(self, guild: str | None) -> bool:
        return (0 if guild is None else (int(guild) >> 22) % self.shard[1]) == self.shard[0]


class _Socket:
    """One gateway connection. Asked for zlib it sends one zlib stream, for anything else plain text."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request, self._socket = request, socket
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self.session: _Session | None = None
        self.dropped = False

    async def send(self, payload: Json) -> None:
        """What does not get through is lost, as on a broken line."""
        text = json.dumps(payload)
        try:
            if self._zlib is None:
                await self._socket.send_str(text)
            else:
                whole = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                await self._socket.send_bytes(whole)
        except ConnectionError:
            pass

    async def close(self, code: int | None) -> None:
        """Without a code, the line is cut: no close frame."""
        self.dropped = True
        if code is not None:
            await self._socket.close(code=code)
        elif self._request.transport is not None:
            self._request.transport.abort()


@dataclass
class Gateway:
    """`identified` and `resumed` are what the bot said of itself, `heartbeats` the sequence numbers it had seen.

    The next IDENTIFYs are closed with `refusals`; `allowed` are the privileged intents that the bot may have.
    """

    double: "Double"
    identified: list[Json] = field(default_factory=list)
    resumed: list[Json] = field(default_factory=list)
    heartbeats: list[int | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    closed_with: list[int | None] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    allowed: int = 0
    interval: int = 41250  # ms between two heartbeats
    acknowledging: bool = True
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    sessions: dict[str, _Session] = field(default_factory=dict)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    @property
    def intents(self) -> int:
        return next((s.intents for s in self.sessions.values()), 0)

    async def dispatch(self, event: str, data: Json, guild: str | None, intent: int = 0) -> None:
        """To the shard of that server, where it has the intent; kept for a session that is away."""
        for session in list(self.sessions.values()):
            if session.concerns(guild) and (not intent or session.intents & intent):
                await _record(session, event, data)

    async def drop(self, code: int | None = None, shard: int | None = None) -> None:
        """Close the connections, with a code or without a word. The sessions can be resumed."""
        for socket in self._sockets(shard):
            await socket.close(code)

    async def reconnect(self, shard: int | None = None) -> None:
        """Ask the bot to come back (op 7)."""
        for socket in self._sockets(shard):
            await socket.send({"op": 7, "d": None})

    async def invalidate(self, *, resumable: bool, shard: int | None = None) -> None:
        """Tell the bot that its session is no good (op 9), with everything undelivered lost unless resumable."""
        for socket in self._sockets(shard):
            if not resumable and socket.session is not None:
                self.sessions.pop(socket.session.id, None)
            await socket.send({"op": 9, "d": resumable})

    async def beat(self) -> None:
        """Ask the bot for a heartbeat (op 1)."""
        for socket in self._sockets(None):
            await socket.send({"op": 1, "d": None})

    @asynccontextmanager
    async def away(self, code: int | None = None) -> AsyncIterator[None]:
        """The connections are dropped, and nobody gets through until the end of the block."""
        self._open.clear()
        try:
            await self.drop(code)
            await self.double.until(lambda: not self._sockets(None))
            yield
        finally:
            self._open.set()

    def _sockets(self, shard: int | None) -> list[_Socket]:
        wanted = [s for s in self.sessions.values() if shard in (None, s.shard[0])]
        return [s.socket for s in wanted if s.socket is not None]

    async def connection(self, request: web.Request) -> web.WebSocketResponse:
        await self._open.wait()
        self.paths.append(request.path)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = _Socket(request, socket)
        await line.send({"op": 10, "d": {"heartbeat_interval": self.interval}})
        async for message in socket:
            await self._heard(line, json.loads(message.data))
        self.closed_with.append(socket.close_code)
        self._left(line, socket.close_code)
        return socket

    def _left(self, line: _Socket, code: int | None) -> None:
        session = line.session
        if session is None or session.socket is not line:
            return
        session.socket = None
        if code in (1000, 1001) and not line.dropped:  # the bot's farewell ends the session
            self.sessions.pop(session.id, None)

    async def _heard(self, line: _Socket, message: Json) -> None:
        match message["op"]:
            case 1:
                self.heartbeats.append(message["d"])
                if self.acknowledging:
                    await line.send({"op": 11})
            case 2 if line.session is None:
                await self._identify(line, message["d"])
            case 6 if line.session is None:
                await self._resume(line, message["d"])
            case 2 | 6:
                await line.close(4005)
            case _ if line.session is None:
                await line.close(4003)

    async def _identify(self, line: _Socket, said: Json) -> None:
        self.identified.append(said)
        shard, count = said.get("shard") or (0, 1)
        refusal = self._refusal(said, shard, count)
        if refusal is not None:
            await line.close(refusal)
            return
        for old in [s for s in self.sessions.values() if s.shard[0] == shard]:
            del self.sessions[old.id]  # a test has one bot: what it says anew replaces what was
        session = _Session(f"session-{self.double.new_id()}", (shard, count), said["intents"], "shard" in said)
        line.session, session.socket = session, line
        self.sessions[session.id] = session
        await _record(session, "READY", self._welcome(session))
        for guild in self.double.guilds.values():
            if session.concerns(guild.id) and session.intents & GUILDS:
                await _record(session, "GUILD_CREATE", self.double.guild_event(guild))
        if len(self.sessions) >= count:
            self.ready.set()

    def _refusal(self, said: Json, shard: int, count: int) -> int | None:
        if said["token"] != self.double.token:
            return 4004
        if not 0 <= shard < count:
            return 4010
        if said["intents"] & PRIVILEGED & ~self.allowed:
            return 4014
        return self.refusals.pop(0) if self.refusals else None

    async def _resume(self, line: _Socket, said: Json) -> None:
        """Replays what was missed. `socket` is set last, with no await since, so that no event is sent twice."""
        self.resumed.append(said)
        session = self.sessions.get(said["session_id"])
        if session is None or said["token"] != self.double.token:
            await line.send({"op": 9, "d": False})
            return
        seen = said["seq"] or 0
        if seen > len(session.log):
            await line.close(4007)
            return
        session.socket = None
        while seen < len(session.log):
            await line.send(session.log[seen])
            seen += 1
        line.session, session.socket = session, line
        await _record(session, "RESUMED", {})

    def _welcome(self, session: _Session) -> Json:
        here = [g for g in self.double.guilds.values() if session.concerns(g.id)]
        welcome = {
            "v": 10,
            "user": _BOT,
            "guilds": [{"id": guild.id, "unavailable": True} for guild in here],
            "session_id": session.id,
            "resume_gateway_url": self.double.address.replace("http", "ws") + "/gateway/resume",
            "application": {"id": APPLICATION, "flags": 0},
        }
        return welcome | ({"shard": list(session.shard)} if session.sharded else {})


async def _record(session: _Session, event: str, data: Json) -> None:
    payload = {"op": 0, "t": event, "s": len(session.log) + 1, "d": data}
    session.log.append(payload)
    if session.socket is not None:
        await session.socket.send(payload)


@dataclass
class Double:
    """`sent` holds the REST requests in order; `hasty` those that came before a Retry-After was over.

    `messages` are all that were not deleted, by id, as Discord shows them to the bot; `commands` what the bot
    registered, by server or None; `interactions` are by token; `typing` are the channels it was seen typing in.
    """

    address: str = ""
    token: str = TOKEN
    shards: int = 1  # how many Discord recommends
    sent: list[Sent] = field(default_factory=list)
    hasty: list[Sent] = field(default_factory=list)
    guilds: dict[str, Guild] = field(default_factory=lambda: {GUILD: Guild(GUILD, "Newsroom")})
    channels: dict[str, Channel] = field(default_factory=lambda: {CHANNEL: Channel(CHANNEL, "general")})
    members: dict[str, Member] = field(default_factory=lambda: {m.id: m for m in (ALICE, BOB, MODERATOR)})
    messages: dict[str, Json] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    commands: dict[str | None, list[Json]] = field(default_factory=dict)
    typing: list[str] = field(default_factory=list)
    gateway: Gateway = field(init=False)
    _troubles: list[tuple[str, str, list[Trouble]]] = field(default_factory=list)
    _limits: dict[tuple[str, str], float] = field(default_factory=dict)
    _files: dict[str, File] = field(default_factory=dict)
    _only_for: dict[str, str] = field(default_factory=dict)  # an ephemeral message's one reader
    _due: list[tuple[str, Json, str | None, int]] = field(default_factory=list)
    _last: int = 0

    def __post_init__(self) -> None:
        self.gateway = Gateway(self)

    # ------------------------------------------------------------ what a test arranges

    @property
    def ready(self) -> asyncio.Event:
        """Set when every shard has said who it is."""
        return self.gateway.ready

    @property
    def identified(self) -> list[Json]:
        return self.gateway.identified

    @property
    def closed_with(self) -> list[int | None]:
        return self.gateway.closed_with

    def new_id(self) -> str:
        """An id of now, as Discord's: the time is in it."""
        self._last = max(self._last + 1, (int(time.time() * 1000) - _EPOCH) << 22)
        return str(self._last)

    def environment(self, folder: Path) -> dict[str, str]:
        """What a process needs in its environment to take this double for Discord; writes into `folder`."""
        (folder / "sitecustomize.py").write_text(_REDIRECT)
        return {"PYTHONPATH": str(folder), "DOUBLE": self.address}

    async def add_guild(self, guild: Guild, *channels: str) -> list[str]:
        """A server with channels of these names, joined now or before the bot came; returns the channels' ids."""
        self.guilds[guild.id] = guild
        made = [Channel(self.new_id(), name, guild.id) for name in channels]
        self.channels |= {channel.id: channel for channel in made}
        await self.gateway.dispatch("GUILD_CREATE", self.guild_event(guild), guild.id, GUILDS)
        return [channel.id for channel in made]

    async def remove_guild(self, guild: str) -> None:
        """The bot is thrown out."""
        self.guilds.pop(guild)
        for gone in [c.id for c in self.channels.values() if c.guild == guild]:
            del self.channels[gone]
        await self.gateway.dispatch("GUILD_DELETE", {"id": guild}, guild, GUILDS)

    def direct(self, member: Member) -> str:
        """The channel of this member and the bot alone."""
        self.members[member.id] = member
        for channel in self.channels.values():
            if channel.with_ is not None and channel.with_.id == member.id:
                return channel.id
        made = Channel(self.new_id(), "", None, 1, with_=member)
        self.channels[made.id] = made
        return made.id

    def hinder(self, method: str, ending: str, *troubles: Trouble) -> None:
        """The next requests of that kind meet these troubles, one each."""
        self._troubles.append((method, ending, list(troubles)))

    def age(self, token: str, seconds: float) -> None:
        """Let that much time pass for one interaction."""
        self.interactions[token].made -= seconds

    async def until(self, condition: Callable[[], Any], seconds: float = 30.0) -> Any:
        """What the condition is, as soon as it is anything."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > end:
                raise TimeoutError
            await asyncio.sleep(0.01)
        return value

    async def until_sent(
        self,
        method: str,
        ending: str,
        seconds: float = 30.0,
        holding: str | None = None,
        status: int | None = None,
    ) -> Sent:
        """The first request of that kind, waited for; with `holding`, the first whose embed holds that."""

        def fits(sent: Sent) -> bool:
            kind = sent.method == method and sent.path.endswith(ending) and status in (None, sent.status)
            return kind and _holds(sent.body, holding)

        return await self.until(lambda: next(filter(fits, self.sent), None), seconds)

    # ------------------------------------------------------------ what members do

    async def ask(self, question: str, *, at: Place = HERE, **options: Any) -> str:
        """A member types /ask; returns the interaction's token."""
        return await self.command("ask", {"question": question} | options, at=at)

    async def command(
        self, name: str, options: Json | None = None, *, at: Place = HERE, stale: bool = False
    ) -> str:
        """A slash command, "group name" for one of a group. `stale`: as the member's Discord knew it once.

        An option is a str, bool, int, Member, Channel, Role or File. Returns the interaction's token.
        """
        data = self._command_data(name, options or {}, at, stale=stale)
        return await self._interact(2, data, at)

    async def suggest(self, name: str, focused: str, options: Json, *, at: Place = HERE) -> str:
        """A member is typing the option `focused`; `choices` waits for what the bot suggests."""
        data = self._command_data(name, options, at, focused=focused)
        return await self._interact(4, data, at)

    async def choices(self, token: str, seconds: float = FIRST_ANSWER) -> list[Any]:
        """The values that the bot suggests, in order."""
        found = await self.until(lambda: self.interactions[token].choices is not None, seconds)
        assert found
        return [choice["value"] for choice in self.interactions[token].choices or []]

    async def on_message(self, name: str, message: str, *, at: Place = HERE) -> str:
        """A command of the menu of a message, which the bot gets to see whole."""
        command = next((c for c in self._offered(at) if (c["name"], c["type"]) == (name, 3)), None)
        assert command is not None, f"no message command {name!r}"
        target = self.messages[message]
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message}
        return await self._interact(2, data | {"resolved": {"messages": {message: target}}}, at)

    def parts(self, message: str) -> list[Json]:
        """The buttons and selects of a message."""
        return [part for part in _walk(self.messages[message]["components"]) if "custom_id" in part]

    async def press(self, message: str, what: str, *values: str, at: Place = HERE) -> str:
        """Press the button, or choose in the select, whose custom id or label is `what`."""
        assert self._only_for.get(message, at.member.id) == at.member.id, "it is not shown to this member"
        part = next((p for p in self.parts(message) if what in (p["custom_id"], p.get("label"))), None)
        assert part is not None, f"{what!r} is not on the message"
        assert not part.get("disabled"), f"{what!r} cannot be pressed"
        data: Json = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
        if part["type"] == 3:
            assert {o["value"] for o in part["options"]} >= set(values)
            assert part.get("min_values", 1) <= len(values) <= part.get("max_values", 1)
        if part["type"] != 2:
            data |= {"values": list(values)}
        return await self._interact(3, data, at, on=message)

    async def submit(self, opened: str, values: Mapping[str, Any]) -> str:
        """Fill the form that the bot opened in answer to the interaction `opened`, by custom id or label."""
        asked = self.interactions[opened]
        assert asked.modal is not None, "no form was opened"
        left = dict(values)
        components = [_filled(part, left, None) for part in asked.modal["components"]]
        assert not left, f"the form does not have {list(left)}"
        data = {"custom_id": asked.modal["custom_id"], "components": components}
        return await self._interact(5, data, asked.at, on=asked.on, opened_by=asked)

    async def says(self, text: str, *, at: Place = HERE, reply_to: str | None = None, pinging: bool = True) -> str:
        """A member's message; the bot sees its text only where it is mentioned. Returns the message's id."""
        message = self._written(at, text) | {"author": _user(at.member.id, at.member.name)}
        if reply_to is not None:
            self._refer(message, self.messages[reply_to], pinging=pinging)
        self.messages[message["id"]] = message
        await self._announce(message)
        return message["id"]

    def original(self, token: str) -> Json:
        """The message that an interaction was answered with."""
        return self.messages[self.interactions[token].original or ""]

    # ------------------------------------------------------------ how that reaches the bot

    def _offered(self, at: Place) -> list[Json]:
        """The commands that Discord shows there."""
        guild = self.channels[at.channel].guild
        context = 0 if guild else 1
        everywhere = [c for c in self.commands.get(None, []) if context in (c.get("contexts") or (0, 1, 2))]
        return everywhere + (self.commands.get(guild, []) if guild else [])

    def _command_data(
        self, name: str, options: Json, at: Place, *, stale: bool = False, focused: str | None = None
    ) -> Json:
        first, *path = name.split()
        command = next((c for c in self._offered(at) if (c["name"], c["type"]) == (first, 1)), None)
        assert command is not None or stale, f"no command {first!r}"
        resolved: dict[str, Json] = {}
        chosen = [self._option(key, value, resolved) for key, value in options.items()]
        if focused is not None:
            next(o for o in chosen if o["name"] == focused)["focused"] = True
        if not stale:
            _allow(_inner(command or {}, path), chosen, focused)
        for n, step in enumerate(reversed(path)):
            chosen = [{"name": step, "type": 2 if n else 1, "options": chosen}]
        data = {"id": command["id"] if command else "77", "name": first, "type": 1, "options": chosen}
        return data | ({"resolved": resolved} if resolved else {})

    def _option(self, name: str, value: Any, resolved: dict[str, Json]) -> Json:
        match value:
            case Member():
                resolved.setdefault("users", {})[value.id] = _user(value.id, value.name)
                resolved.setdefault("members", {})[value.id] = _membership(value)
                return {"name": name, "type": 6, "value": value.id}
            case Channel():
                resolved.setdefault("channels", {})[value.id] = _channel(value) | {"permissions": "0"}
                return {"name": name, "type": 7, "value": value.id}
            case Role():
                resolved.setdefault("roles", {})[value.id] = _role(value.id, value.name, 0)
                return {"name": name, "type": 8, "value": value.id}
            case File():
                attached = self._attach(value)
                resolved.setdefault("attachments", {})[attached["id"]] = attached
                return {"name": name, "type": 11, "value": attached["id"]}
        return {"name": name, "type": {bool: 5, int: 4, float: 10}.get(type(value), 3), "value": value}

    async def _interact(self, kind: int, data: Json, at: Place, **more: Any) -> str:
        assert self.gateway.sessions, "the bot was never there"
        number = self.new_id()
        made = Interaction(number, f"token-{number}", kind, at, data, time.monotonic(), **more)
        self.interactions[made.token] = made
        guild = self.guilds.get(self.channels[at.channel].guild or "")
        await self.gateway.dispatch("INTERACTION_CREATE", self._event(made, guild), guild and guild.id)
        return made.token

    def _event(self, made: Interaction, guild: Guild | None) -> Json:
        channel, who = self.channels[made.at.channel], made.at.member
        user = _user(who.id, who.name)
        event = {
            "id": made.id,
            "application_id": APPLICATION,
            "type": made.type,
            "token": made.token,
            "version": 1,
            "data": made.data,
            "channel_id": channel.id,
            "channel": _channel(channel) | {"permissions": who.permissions},
            "app_permissions": str(guild.own if guild else _OWN),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild.id if guild else "0"},
            "context": 0 if guild else 1,
            "attachment_size_limit": 10485760,
        }
        if made.on is not None:
            event["message"] = self.messages[made.on]
        if guild is None:
            return event | {"user": user}
        member = _membership(who) | {"user": user, "permissions": who.permissions}
        partial_guild = {"id": guild.id, "locale": "en-US", "features": []}
        return event | {"guild_id": guild.id, "guild": partial_guild, "guild_locale": "en-US", "member": member}

    async def _announce(self, message: Json) -> None:
        guild = self.channels[message["channel_id"]].guild
        event = self._for_bot(message) | ({"guild_id": guild} if guild else {})
        author = self.members.get(message["author"]["id"])
        if guild and author:
            event["member"] = _membership(author)
        await self.gateway.dispatch("MESSAGE_CREATE", event, guild, GUILD_MESSAGES if guild else DIRECT_MESSAGES)

    def _for_bot(self, message: Json) -> Json:
        """What the bot may read of it: without the privileged intent, what is its own or meant for it."""
        shown = dict(message)
        if shown.get("referenced_message"):
            shown["referenced_message"] = self._for_bot(shown["referenced_message"])
        concerned = APPLICATION in (message["author"]["id"], *(u["id"] for u in message["mentions"]))
        direct = self.channels[message["channel_id"]].guild is None
        if concerned or direct or self.gateway.intents & MESSAGE_CONTENT:
            return shown
        return shown | {"content": "", "embeds": [], "attachments": [], "components": []}

    def guild_event(self, guild: Guild) -> Json:
        roles = [_role(guild.id, "@everyone", guild.own), *(_role(r.id, r.name, 0) for r in guild.roles)]
        here = [c for c in self.channels.values() if c.guild == guild.id]
        me = _membership(Member(APPLICATION, "onrecord")) | {"user": _BOT}
        return {
            "id": guild.id,
            "name": guild.name,
            "owner_id": MEMBER,
            "member_count": 2,
            "roles": roles,
            "channels": [_channel(c) for c in here if c.parent is None],
            "threads": [_channel(c) for c in here if c.parent is not None],
            "members": [me],
            "emojis": [],
            "features": [],
        }

    # ------------------------------------------------------------ REST

    async def rest(self, request: web.Request) -> web.Response:
        body, files = await _body(request)
        path = request.path.removeprefix("/api/v10")
        came, trouble = time.monotonic(), self._next_trouble(request.method, path)
        status, reply = 0, None
        if trouble.takes_effect:
            refused = request.headers.get("Authorization") != f"Bot {self.token}" and not path.startswith(_PUBLIC)
            call = _Call(body, files, request.query)
            status, reply = _UNAUTHORISED if refused else self._reply(request.method, path, call)
        if trouble.status is not None and not trouble.reset:
            status, reply = trouble.status, trouble.body or reply
        done = Sent(request.method, path, body, 0 if trouble.reset else status, reply, came, files)
        self._keep(done, trouble.headers)
        await asyncio.sleep(trouble.seconds)
        if trouble.reset and request.transport is not None:
            request.transport.abort()
        await self._flush()
        if status == 204:
            return web.Response(status=204, headers=trouble.headers)
        # Discord names no charset, and discord.py takes the body for text where one is named.
        headers = {"Content-Type": "application/json"} | dict(trouble.headers)
        return web.Response(body=json.dumps(reply).encode(), status=status or 500, headers=headers)

    def _next_trouble(self, method: str, path: str) -> Trouble:
        if (wait := self._limits.get((method, path), 0.0) - time.monotonic()) > _LEEWAY:
            return limited(round(wait, 3))
        for wanted, ending, troubles in self._troubles:
            if wanted == method and path.endswith(ending) and troubles:
                return troubles.pop(0)
        return Trouble()

    def _keep(self, sent: Sent, headers: Mapping[str, str]) -> None:
        """Keep a request, and what it was told of its route: until when it is closed to the bot."""
        self.sent.append(sent)
        route = sent.method, sent.path
        if sent.at < self._limits.get(route, 0.0) - _LEEWAY:
            self.hasty.append(sent)
        elif sent.status == 429:
            self._limits[route] = time.monotonic() + float(sent.reply["retry_after"])
        elif headers.get("X-RateLimit-Remaining") == "0":
            self._limits[route] = time.monotonic() + float(headers["X-RateLimit-Reset-After"])

    async def _flush(self) -> None:
        while self._due:
            await self.gateway.dispatch(*self._due.pop(0))

    def _reply(self, method: str, path: str, call: _Call) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        for wanted, template, handler in _ROUTES:
            steps = template.split("/")
            if wanted != method or len(steps) != len(parts):
                continue
            if all(step in ("*", part) for step, part in zip(steps, parts, strict=True)):
                named = [part for step, part in zip(steps, parts, strict=True) if step == "*"]
                try:
                    return handler(self, call, *named)
                except _RefusalError as refused:
                    return refused.status, refused.reply
        return 404, {"message": "404: Not Found", "code": 0}

    def _me(self, _: _Call) -> tuple[int, Any]:
        return 200, _BOT | {"mfa_enabled": False, "locale": "en-US"}

    def _own_application(self, _: _Call) -> tuple[int, Any]:
        return 200, _application()

    def _gateway_bot(self, _: _Call) -> tuple[int, Any]:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 16}
        url = self.address.replace("http", "ws") + "/gateway"
        return 200, {"url": url, "shards": self.shards, "session_start_limit": limit}

    def _open_direct(self, call: _Call) -> tuple[int, Any]:
        member = self.members.get(str(call.body["recipient_id"]))
        if member is None:
            raise _RefusalError(400, 50033, "Invalid Recipient(s)")
        return 200, _channel(self.channels[self.direct(member)])

    def _register(self, call: _Call, guild: str | None = None) -> tuple[int, Any]:
        ids = {(c["name"], c["type"]): c["id"] for c in self.commands.get(guild, [])}
        made = [_command(c, ids.get((c["name"], c.get("type", 1))) or self.new_id()) for c in call.body]
        self.commands[guild] = made
        return 200, made

    def _registered(self, _: _Call, guild: str | None = None) -> tuple[int, Any]:
        return 200, self.commands.get(guild, [])

    def _member(self, _: _Call, guild: str, member: str) -> tuple[int, Any]:
        if guild not in self.guilds or member not in self.members:
            raise _RefusalError(404, 10007, "Unknown Member")
        found = self.members[member]
        return 200, _membership(found) | {"user": _user(found.id, found.name)}

    # ------------------------------------------------------------ REST: interactions

    def _callback(self, call: _Call, number: str, token: str) -> tuple[int, Any]:
        asked = self.interactions.get(token)
        if (
            asked is None
            or asked.id != number
            or (asked.callback is None and time.monotonic() - asked.made > FIRST_ANSWER)
        ):
            raise _RefusalError(404, 10062, "Unknown interaction")
        if asked.callback is not None:
            raise _RefusalError(400, 40060, "Interaction has already been acknowledged.")
        kind, data = call.body["type"], call.body.get("data") or {}
        if kind not in _CALLBACKS[asked.type] or (kind in (6, 7) and asked.on is None):
            raise _RefusalError(400, 50035, "Invalid Form Body")
        self._take(asked, kind, data, call.files)
        asked.callback = kind
        return self._acknowledged(asked, kind) if call.query.get("with_response") == "1" else (204, None)

    def _take(self, asked: Interaction, kind: int, data: Json, files: Mapping[str, bytes]) -> None:
        if kind == 8:
            asked.choices = data["choices"]
        elif kind == 9:
            asked.modal = data | {"components": _numbered(data["components"])}
        elif kind in (6, 7):
            asked.original = asked.on
            if kind == 7:
                self._edit(self.messages[asked.on or ""], _Call(data, files, {}))
        else:
            flags = data.get("flags", 0) & (_EPHEMERAL | _V2) | (_LOADING if kind == 5 else 0)
            asked.original = self._respond(asked, data | {"flags": flags}, files)["id"]

    def _acknowledged(self, asked: Interaction, kind: int) -> tuple[int, Any]:
        interaction: Json = {"id": asked.id, "type": asked.type}
        if kind in (8, 9):
            return 200, {"interaction": interaction}
        message = self.original(asked.token)
        interaction |= {
            "response_message_id": message["id"],
            "response_message_loading": bool(message["flags"] & _LOADING),
            "response_message_ephemeral": bool(message["flags"] & _EPHEMERAL),
        }
        reply: Json = {"interaction": interaction}
        return 200, reply | ({"resource": {"type": kind, "message": message}} if kind in (4, 7) else {})

    def _followed(self, application: str, token: str) -> Interaction:
        asked = self.interactions.get(token)
        if application != APPLICATION or asked is None or asked.callback is None:
            raise _RefusalError(404, 10015, "Unknown Webhook")
        if time.monotonic() - asked.made > FOLLOW_UP:
            raise _RefusalError(401, 50027, "Invalid Webhook Token")
        return asked

    def _follow_up(self, call: _Call, application: str, token: str) -> tuple[int, Any]:
        asked = self._followed(application, token)
        first = self.messages.get(asked.original or "")
        if first is not None and first["flags"] & _LOADING:  # the first one takes the place of "is thinking"
            self._edit(first, call)
            return 200, first
        return 200, self._respond(asked, call.body, call.files)

    def _response(self, application: str, token: str, number: str) -> Json:
        asked = self._followed(application, token)
        number = (asked.original or "") if number == "@original" else number
        if number not in self.messages or number not in (asked.original, *asked.messages):
            raise _RefusalError(404, 10008, "Unknown Message")
        return self.messages[number]

    def _read_response(self, _: _Call, application: str, token: str, number: str) -> tuple[int, Any]:
        return 200, self._response(application, token, number)

    def _edit_response(self, call: _Call, application: str, token: str, number: str) -> tuple[int, Any]:
        message = self._response(application, token, number)
        self._edit(message, call)
        return 200, message

    def _delete_response(self, _: _Call, application: str, token: str, number: str) -> tuple[int, Any]:
        del self.messages[self._response(application, token, number)["id"]]
        return 204, None

    def _respond(self, asked: Interaction, body: Json, files: Mapping[str, bytes]) -> Json:
        more = {"webhook_id": APPLICATION, "interaction_metadata": self._about(asked)}
        message = self._post(asked.at.channel, body, files, more | {"type": 20 if asked.type == 2 else 0})
        asked.messages.append(message["id"])
        if message["flags"] & _EPHEMERAL:
            self._only_for[message["id"]] = asked.at.member.id
        return message

    def _about(self, asked: Interaction) -> Json:
        owners = {"0": self.channels[asked.at.channel].guild or "0"}
        user = _user(asked.at.member.id, asked.at.member.name)
        about: Json = {"id": asked.id, "type": asked.type, "user": user, "authorizing_integration_owners": owners}
        if asked.opened_by is not None:
            about["triggering_interaction_metadata"] = self._about(asked.opened_by)
        return about | ({"interacted_message_id": asked.on} if asked.type == 3 else {})

    # ------------------------------------------------------------ REST: channels

    def _reachable(self, number: str, *needed: int) -> Channel:
        channel = self.channels.get(number)
        if channel is None:
            raise _RefusalError(404, 10003, "Unknown Channel")
        own = self.guilds[channel.guild].own if channel.guild else _OWN
        if not own & VIEW:
            raise _RefusalError(403, 50001, "Missing Access")
        if any(not own & bit for bit in needed):
            raise _RefusalError(403, 50013, "Missing Permissions")
        return channel

    def _public(self, channel: str, number: str) -> Json:
        message = self.messages.get(number)
        if message is None or message["channel_id"] != channel or message["flags"] & _EPHEMERAL:
            raise _RefusalError(404, 10008, "Unknown Message")
        return message

    def _own(self, channel: str, number: str) -> Json:
        self._reachable(channel)
        message = self._public(channel, number)
        if message["author"]["id"] != APPLICATION:
            raise _RefusalError(403, 50005, "Cannot edit a message authored by another user")
        return message

    def _read_channel(self, _: _Call, channel: str) -> tuple[int, Any]:
        return 200, _channel(self._reachable(channel))

    def _write(self, call: _Call, channel: str) -> tuple[int, Any]:
        thread = self.channels[channel].type == 11 if channel in self.channels else False
        self._reachable(channel, SEND_IN_THREADS if thread else SEND, *([ATTACH] if call.files else []))
        return 200, self._post(channel, call.body, call.files, {})

    def _history(self, call: _Call, channel: str) -> tuple[int, Any]:
        self._reachable(channel, HISTORY)
        before = int(call.query.get("before", 1 << 63))
        here = [m for m in self.messages.values() if m["channel_id"] == channel and not m["flags"] & _EPHEMERAL]
        newest = sorted((m for m in here if int(m["id"]) < before), key=lambda m: -int(m["id"]))
        return 200, [self._for_bot(m) for m in newest[: int(call.query.get("limit", 50))]]

    def _read_message(self, _: _Call, channel: str, number: str) -> tuple[int, Any]:
        self._reachable(channel, HISTORY)
        return 200, self._for_bot(self._public(channel, number))

    def _edit_message(self, call: _Call, channel: str, number: str) -> tuple[int, Any]:
        message = self._own(channel, number)
        self._edit(message, call)
        return 200, message

    def _delete_message(self, _: _Call, channel: str, number: str) -> tuple[int, Any]:
        del self.messages[self._own(channel, number)["id"]]
        return 204, None

    def _type(self, _: _Call, channel: str) -> tuple[int, Any]:
        self._reachable(channel, SEND)
        self.typing.append(channel)
        return 204, None

    def _thread(self, call: _Call, channel: str, message: str | None = None) -> tuple[int, Any]:
        parent = self._reachable(channel, THREADS)
        if parent.guild is None or parent.type == 11:
            raise _RefusalError(400, 50024, "Cannot execute action on this channel type")
        if message is not None:
            self._public(channel, message)
            if message in self.channels:
                raise _RefusalError(400, 160004, "A thread has already been created for this message")
        made = Channel(message or self.new_id(), call.body["name"], parent.guild, 11, channel)
        self.channels[made.id] = made
        self._due.append(("THREAD_CREATE", _channel(made) | {"newly_created": True}, made.guild, GUILDS))
        return 201, _channel(made)

    def _join_thread(self, _: _Call, channel: str) -> tuple[int, Any]:
        self._reachable(channel)
        return 204, None

    # ------------------------------------------------------------ messages

    def _written(self, at: Place, text: str) -> Json:
        message = _message(self.new_id(), at.channel)
        known = self.members | {at.member.id: at.member}
        named = dict.fromkeys(re.findall(r"<@!?(\d+)>", text))
        people = [
            _BOT if n == APPLICATION else _user(n, known[n].name) for n in named if n in (APPLICATION, *known)
        ]
        return message | {"content": text, "mentions": people, "mention_everyone": False}

    def _refer(self, message: Json, other: Json, *, pinging: bool) -> None:
        reference = {"type": 0, "channel_id": other["channel_id"], "message_id": other["id"]}
        guild = self.channels[other["channel_id"]].guild
        message |= {"type": 19, "message_reference": reference | ({"guild_id": guild} if guild else {})}
        message["referenced_message"] = {k: v for k, v in other.items() if k != "referenced_message"}
        if pinging and other["author"] not in message["mentions"]:
            message["mentions"] = [*message["mentions"], other["author"]]

    def _post(self, channel: str, body: Json, files: Mapping[str, bytes], more: Json) -> Json:
        """A new message of the bot's. Mentions those whom it may."""
        message = self._written(Place(channel=channel), body.get("content") or "")
        message |= {"author": _BOT, "application_id": APPLICATION, "flags": body.get("flags") or 0} | more
        allowed = body.get("allowed_mentions") or {"parse": ["users", "roles", "everyone"], "replied_user": True}
        message["mentions"] = [u for u in message["mentions"] if _may_ping(u["id"], allowed)]
        message["mention_everyone"] = "everyone" in allowed.get("parse", []) and "@everyone" in message["content"]
        if reference := body.get("message_reference"):
            other = self.messages.get(str(reference["message_id"]))
            if other is None and reference.get("fail_if_not_exists", True):
                raise _RefusalError(400, 50035, "Invalid Form Body")
            if other is not None:
                self._refer(message, other, pinging=allowed.get("replied_user", False))
        self._fill(message, body, files)
        self.messages[message["id"]] = message
        guild = self.channels[channel].guild
        if not message["flags"] & (_EPHEMERAL | _LOADING):
            event = message | ({"guild_id": guild} if guild else {})
            self._due.append(("MESSAGE_CREATE", event, guild, GUILD_MESSAGES if guild else DIRECT_MESSAGES))
        return message

    def _edit(self, message: Json, call: _Call) -> None:
        changed = dict(message)
        if changed["flags"] & _LOADING:
            changed["flags"] &= ~_LOADING
        else:
            changed["edited_timestamp"] = _now()
        if "flags" in call.body:
            changed["flags"] |= (call.body["flags"] or 0) & _V2
        if "content" in call.body:
            changed["content"] = call.body["content"] or ""
        self._fill(changed, call.body, call.files)
        message.clear()
        message.update(changed)

    def _fill(self, message: Json, body: Json, files: Mapping[str, bytes]) -> None:
        if body.get("embeds") is not None:
            message["embeds"] = [{"type": "rich"} | embed for embed in body["embeds"]]
        if body.get("components") is not None:
            message["components"] = _numbered(body["components"])
        if body.get("attachments") is not None:
            kept = {str(a["id"]) for a in body["attachments"]}
            message["attachments"] = [a for a in message["attachments"] if a["id"] in kept]
        message["attachments"] = message["attachments"] + [self._attach(File(n, c)) for n, c in files.items()]
        shown = ("content", "embeds", "components", "attachments")
        if not message["flags"] & _LOADING and not any(message[key] for key in shown):
            raise _RefusalError(400, 50006, "Cannot send an empty message")

    def _attach(self, file: File) -> Json:
        number = self.new_id()
        self._files[number] = file
        url = f"{self.address}/attachments/{number}/{file.name}"
        size = len(file.content) if file.size is None else file.size
        attached = {"id": number, "filename": file.name, "size": size, "url": url, "proxy_url": url}
        return attached | ({"content_type": file.type} if file.type else {})

    async def download(self, request: web.Request) -> web.Response:
        """What the attachment's address leads to: no token is asked for."""
        file = self._files.get(request.match_info["number"])
        if file is None or file.name != request.match_info["name"]:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.type or "application/octet-stream")


_Handler = Callable[..., tuple[int, Any]]
_ROUTES: tuple[tuple[str, str, _Handler], ...] = (
    ("GET", "users/@me", Double._me),
    ("POST", "users/@me/channels", Double._open_direct),
    ("GET", "oauth2/applications/@me", Double._own_application),
    ("GET", "gateway/bot", Double._gateway_bot),
    ("GET", f"applications/{APPLICATION}/commands", Double._registered),
    ("PUT", f"applications/{APPLICATION}/commands", Double._register),
    ("GET", f"applications/{APPLICATION}/guilds/*/commands", Double._registered),
    ("PUT", f"applications/{APPLICATION}/guilds/*/commands", Double._register),
    ("GET", "guilds/*/members/*", Double._member),
    ("POST", "interactions/*/*/callback", Double._callback),
    ("POST", "webhooks/*/*", Double._follow_up),
    ("GET", "webhooks/*/*/messages/*", Double._read_response),
    ("PATCH", "webhooks/*/*/messages/*", Double._edit_response),
    ("DELETE", "webhooks/*/*/messages/*", Double._delete_response),
    ("GET", "channels/*", Double._read_channel),
    ("GET", "channels/*/messages", Double._history),
    ("POST", "channels/*/messages", Double._write),
    ("GET", "channels/*/messages/*", Double._read_message),
    ("PATCH", "channels/*/messages/*", Double._edit_message),
    ("DELETE", "channels/*/messages/*", Double._delete_message),
    ("POST", "channels/*/messages/*/threads", Double._thread),
    ("POST", "channels/*/threads", Double._thread),
    ("PUT", "channels/*/thread-members/@me", Double._join_thread),
    ("POST", "channels/*/typing", Double._type),
)
_UNAUTHORISED = (401, {"message": "401: Unauthorized", "code": 0})


@asynccontextmanager
async def running() -> AsyncIterator[Double]:
    """A double that listens on a free port of loopback."""
    double = Double()
    app = web.Application(client_max_size=32 << 20)
    for path in ("/gateway", "/gateway/", "/gateway/resume", "/gateway/resume/"):
        app.router.add_get(path, double.gateway.connection)
    app.router.add_get("/attachments/{number}/{name}", double.download)
    app.router.add_route("*", "/api/v10/{path:.*}", double.rest)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    double.address = "http://{}:{}".format(*runner.addresses[0])
    try:
        yield double
    finally:
        await runner.cleanup()


async def _body(request: web.Request) -> tuple[Any, Mapping[str, bytes]]:
    if request.content_type == "application/json":
        return await request.json(), {}
    if request.content_type != "multipart/form-data":
        return None, {}
    form = await request.post()
    parts = [form[name] for name in form if name.startswith("files[")]
    files = {part.filename: part.file.read() for part in parts if isinstance(part, web.FileField)}
    return json.loads(str(form["payload_json"])), files


def _holds(body: Any, text: str | None) -> bool:
    return text is None or any(text in (embed.get("description") or "") for embed in body.get("embeds") or [])


def _walk(components: list[Json]) -> Iterator[Json]:
    """Every component, also those inside others."""
    for part in components:
        yield part
        inner = [part[key] for key in ("accessory", "component") if key in part]
        yield from _walk([*part.get("components", []), *inner])


def _numbered(components: list[Json]) -> list[Json]:
    """The components as Discord keeps them: each with a number, and with what is left out by default."""
    kept: list[Json] = json.loads(json.dumps(components))
    taken = {part["id"] for part in _walk(kept) if part.get("id")}
    free = (n for n in range(1, 1 << 31) if n not in taken)
    for part in _walk(kept):
        part["id"] = part.get("id") or next(free)
        for key, value in _DEFAULTS.get(part["type"], {}).items():
            part.setdefault(key, value)
    return kept


_DEFAULTS: dict[int, Json] = {
    3: {"min_values": 1, "max_values": 1},
    14: {"divider": True, "spacing": 1},
    17: {"accent_color": None, "spoiler": False},
}


def _filled(part: Json, values: dict[str, Any], label: str | None) -> Json:
    """A form's component as it is sent back; takes what it holds out of `values`."""
    kept: Json = {"type": part["type"], "id": part["id"]}
    if part["type"] == 18:
        return kept | {"component": _filled(part["component"], values, part.get("label"))}
    if part["type"] == 1:
        return kept | {"components": [_filled(p, values, p.get("label")) for p in part["components"]]}
    if "custom_id" not in part:
        return kept
    key = part["custom_id"] if part["custom_id"] in values else label or ""
    given = values.pop(key, None)
    assert given or not part.get("required", True), f"{label or part['custom_id']!r} must be filled"
    kept["custom_id"] = part["custom_id"]
    if part["type"] == 4:
        assert part.get("min_length", 0) * bool(given) <= len(given or "") <= part.get("max_length", 4000)
        return kept | {"value": given or ""}
    if part["type"] in (21, 23):
        return kept | {"value": given}
    return kept | {"values": [given] if isinstance(given, str) else list(given or [])}


def _inner(command: Json, path: list[str]) -> Json:
    """The subcommand at the path."""
    for step in path:
        found = next((o for o in command.get("options") or [] if o["name"] == step and o["type"] in (1, 2)), None)
        assert found is not None, f"no subcommand {step!r} of {command['name']!r}"
        command = found
    return command


def _allow(command: Json, chosen: list[Json], focused: str | None) -> None:
    """Discord lets a member send only what the command asks for."""
    known = {o["name"]: o for o in command.get("options") or []}
    for option in chosen:
        declared = known.get(option["name"])
        assert declared is not None, f"no option {option['name']!r}"
        if option["name"] == focused:
            assert declared.get("autocomplete"), f"{focused!r} does not suggest anything"
            continue
        assert declared["type"] == option["type"], f"{option['name']!r} is of another type"
        choices = [c["value"] for c in declared.get("choices") or []]
        assert not choices or option["value"] in choices, f"{option['value']!r} is not a choice"
        if option["type"] == 3:
            low, high = declared.get("min_length") or 0, declared.get("max_length") or 6000
            assert low <= len(option["value"]) <= high, f"{option['name']!r} is too long or too short"
    missing = {name for name, o in known.items() if o.get("required")} - {o["name"] for o in chosen}
    assert focused or not missing, f"{missing} must be given"


def _may_ping(user: str, allowed: Json) -> bool:
    return "users" in allowed.get("parse", []) or user in [str(u) for u in allowed.get("users", [])]


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _user(number: str, name: str, *, bot: bool = False) -> Json:
    return {
        "id": number,
        "username": name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "bot": bot,
    }


_BOT = _user(APPLICATION, "onrecord", bot=True)


def _application() -> Json:
    return {
        "id": APPLICATION,
        "name": "onrecord",
        "icon": None,
        "description": "",
        "type": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "owner": _user(MEMBER, "owner"),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }


def _command(command: Json, number: str) -> Json:
    fixed: Json = {"id": number, "application_id": APPLICATION, "version": number}
    assumed = {"type": 1, "description": "", "nsfw": False}
    needed = command.get("default_member_permissions")
    fixed["default_member_permissions"] = None if needed is None else str(needed)
    fixed["integration_types"] = command.get("integration_types") or [0]
    return assumed | command | fixed


def _channel(channel: Channel) -> Json:
    shown: Json = {"id": channel.id, "type": channel.type, "flags": 0}
    if channel.with_ is not None:
        return shown | {"recipients": [_user(channel.with_.id, channel.with_.name)]}
    shown |= {"guild_id": channel.guild, "name": channel.name}
    if channel.parent is None:
        return shown | {"position": 0, "permission_overwrites": []}
    state = {"archived": False, "archive_timestamp": _now(), "auto_archive_duration": 1440, "locked": False}
    counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0}
    return shown | counts | {"parent_id": channel.parent, "owner_id": APPLICATION, "thread_metadata": state}


def _role(number: str, name: str, permissions: int) -> Json:
    return {
        "id": number,
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
    }


def _membership(member: Member) -> Json:
    return {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": list(member.roles),
        "joined_at": "2024-01-01T00:00:00+00:00",
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "flags": 0,
        "deaf": False,
        "mute": False,
    }


def _message(number: str, channel: str) -> Json:
    return {
        "id": number,
        "channel_id": channel,
        "type": 0,
        "content": "",
        "timestamp": _now(),
        "edited_timestamp": None,
        "embeds": [],
        "attachments": [],
        "components": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "flags": 0,
    }
