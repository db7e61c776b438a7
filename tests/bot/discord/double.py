"""A stand-in for Discord on loopback: the gateway and the REST routes that the bot uses.

It knows one application with one server. May not be more lenient than Discord: a wrong token gets 401, an
unknown route 404, and each interaction can be answered once.
"""

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

APPLICATION, GUILD, CHANNEL, MEMBER = "1100000000000000001", "1200000000000000002", "1300000000000000003", "14"
TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gdouble.a-token-that-only-the-double-knows"  # noqa: S105 - not a secret

_PUBLIC = ("/interactions/", "/webhooks/")  # their paths hold the interaction's own token

# Read by Python at start-up from a folder on PYTHONPATH, so that the real entry point meets the double.
_REDIRECT = """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
import discord.gateway, discord.http, yarl
discord.http.Route.BASE = os.environ["DOUBLE"] + "/api/v10"
gateway = os.environ["DOUBLE"].replace("http", "ws") + "/gateway"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of the bot, and what it was answered."""

    method: str
    path: str
    body: Any
    status: int
    reply: Any
    at: float


@dataclass
class Double:
    """`sent` holds the REST requests in order, `identified` what the bot said of itself at the gateway.

    `troubles` are used up by the next edits, one by one: another status, body and headers than all is well with.
    """

    address: str = ""
    token: str = TOKEN
    sent: list[Sent] = field(default_factory=list)
    identified: list[dict[str, Any]] = field(default_factory=list)
    closed_with: list[int | None] = field(default_factory=list)
    troubles: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _socket: "_Socket | None" = None
    _ids: "count[int]" = field(default_factory=lambda: count(1_500_000_000_000_000_000))
    _answered: set[str] = field(default_factory=set)

    def environment(self, folder: Path) -> dict[str, str]:
        """What a process needs in its environment to take this double for Discord; writes into `folder`."""
        (folder / "sitecustomize.py").write_text(_REDIRECT)
        return {"PYTHONPATH": str(folder), "DOUBLE": self.address}

    async def ask(self, question: str, **options: str) -> str:
        """A member types /ask; returns the interaction's token."""
        number = str(next(self._ids))
        values = {"question": question} | options
        data = {"id": "77", "name": "ask", "type": 1, "options": [_option(k, v) for k, v in values.items()]}
        assert self._socket is not None
        await self._socket.dispatch("INTERACTION_CREATE", _interaction(number, data))
        return f"token-{number}"

    async def until_sent(
        self, method: str, ending: str, seconds: float = 30.0, holding: str | None = None
    ) -> Sent:
        """The first request of that kind, waited for; with `holding`, the first whose embed holds that."""
        async with asyncio.timeout(seconds):
            while True:
                for request in self.sent:
                    if (
                        request.method == method
                        and request.path.endswith(ending)
                        and _holds(request.body, holding)
                    ):
                        return request
                await asyncio.sleep(0.01)

    async def rest(self, request: web.Request) -> web.Response:
        body, path = await _body(request), request.path.removeprefix("/api/v10")
        refused = request.headers.get("Authorization") != f"Bot {self.token}" and not path.startswith(_PUBLIC)
        status, reply = (401, {"message": "401: Unauthorized", "code": 0}) if refused else self._reply(path, body)
        # Discord names no charset, and discord.py takes the body for text where one is named.
        headers = {"Content-Type": "application/json"}
        if request.method == "PATCH" and self.troubles:
            status, instead, more = self.troubles.pop(0)
            reply, headers = instead or reply, headers | more
        self.sent.append(Sent(request.method, path, body, status, reply, time.monotonic()))
        return web.Response(body=json.dumps(reply).encode(), status=status, headers=headers)

    def _reply(self, path: str, body: Any) -> tuple[int, Any]:
        match path.strip("/").split("/"):
            case ["users", "@me"]:
                return 200, _user(APPLICATION, "onrecord", bot=True) | {"mfa_enabled": False, "locale": "en-US"}
            case ["oauth2", "applications", "@me"]:
                return 200, _application()
            case ["applications", _, "commands"]:
                return 200, [_command(c, str(next(self._ids))) for c in body]
            case ["interactions", number, _, "callback"]:
                if number in self._answered:
                    return 400, {"message": "Interaction has already been acknowledged.", "code": 40060}
                self._answered.add(number)
                return 200, {"interaction": {"id": number, "type": 2}}
            case ["webhooks", _, _, *_]:
                return 200, _message(str(next(self._ids)), body)
        return 404, {"message": "404: Not Found", "code": 0}

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = _Socket(socket, compressed=request.query.get("compress") == "zlib-stream")
        await self._socket.send({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for message in socket:
            await self._heard(json.loads(message.data))
        self.closed_with.append(socket.close_code)
        return socket

    async def _heard(self, message: dict[str, Any]) -> None:
        assert self._socket is not None
        if message["op"] == 1:
            await self._socket.send({"op": 11})
        elif message["op"] == 2:
            self.identified.append(message["d"])
            if message["d"]["token"] != self.token:
                await self._socket.close(4004)
                return
            await self._socket.dispatch("READY", _ready(self.address))
            await self._socket.dispatch("GUILD_CREATE", _guild())
            self.ready.set()


class _Socket:
    """One gateway connection. Asked for zlib it sends one zlib stream, for anything else plain text."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self._socket = socket
        self._zlib = zlib.compressobj() if compressed else None
        self._sequence = count(1)

    async def dispatch(self, event: str, data: Any) -> None:
        await self.send({"op": 0, "t": event, "s": next(self._sequence), "d": data})

    async def send(self, payload: dict[str, Any]) -> None:
        text = json.dumps(payload)
        if self._zlib is None:
            await self._socket.send_str(text)
        else:
            await self._socket.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)


@asynccontextmanager
async def running() -> AsyncIterator[Double]:
    """A double that listens on a free port of loopback."""
    double = Double()
    app = web.Application()
    app.router.add_get("/gateway", double.gateway)
    app.router.add_get("/gateway/", double.gateway)
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


def _holds(body: Any, text: str | None) -> bool:
    return text is None or any(text in embed["description"] for embed in body.get("embeds") or [])


async def _body(request: web.Request) -> Any:
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type == "multipart/form-data":
        return json.loads(str((await request.post())["payload_json"]))
    return None


def _option(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "type": 3, "value": value}


def _user(number: str, name: str, *, bot: bool = False) -> dict[str, Any]:
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


def _application() -> dict[str, Any]:
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


def _command(command: dict[str, Any], number: str) -> dict[str, Any]:
    fixed = {"id": number, "application_id": APPLICATION, "version": number, "default_member_permissions": None}
    return command | fixed | {"nsfw": False}


def _ready(address: str) -> dict[str, Any]:
    return {
        "v": 10,
        "user": _user(APPLICATION, "onrecord", bot=True),
        "guilds": [{"id": GUILD, "unavailable": True}],
        "session_id": "session",
        "resume_gateway_url": address.replace("http", "ws") + "/gateway",
        "application": {"id": APPLICATION, "flags": 0},
    }


def _channel() -> dict[str, Any]:
    return {
        "id": CHANNEL,
        "type": 0,
        "name": "general",
        "position": 0,
        "permission_overwrites": [],
        "guild_id": GUILD,
    }


def _guild() -> dict[str, Any]:
    everyone = {"id": GUILD, "name": "@everyone", "permissions": "0", "position": 0, "color": 0, "hoist": False}
    return {
        "id": GUILD,
        "name": "Newsroom",
        "owner_id": MEMBER,
        "member_count": 2,
        "roles": [everyone | {"managed": False, "mentionable": False}],
        "channels": [_channel()],
        "members": [],
        "emojis": [],
        "features": [],
    }


def _interaction(number: str, data: dict[str, Any]) -> dict[str, Any]:
    member = {"user": _user(MEMBER, "alice"), "roles": [], "joined_at": "2024-01-01T00:00:00+00:00", "flags": 0}
    return {
        "id": number,
        "application_id": APPLICATION,
        "type": 2,
        "token": f"token-{number}",
        "version": 1,
        "data": data,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "channel": _channel(),
        "member": member | {"deaf": False, "mute": False, "permissions": "0"},
        "app_permissions": "0",
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10485760,
    }


def _message(number: str, body: Any) -> dict[str, Any]:
    embeds = [{"type": "rich"} | embed for embed in body.get("embeds") or []]
    return {
        "id": number,
        "channel_id": CHANNEL,
        "type": 0,
        "content": body.get("content") or "",
        "author": _user(APPLICATION, "onrecord", bot=True),
        "timestamp": "2024-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "embeds": embeds,
        "attachments": [],
        "components": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "flags": 0,
    }
