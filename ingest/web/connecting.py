"""One request over one connection of its own, to an address that was checked. No redirect is followed here.

The name is resolved once, every address that it has must be public, and the connection goes to one of those: what
a second resolution would give plays no part.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import anyio
import httpcore2

from ingest.web.addresses import PORTS, Address, is_allowed, is_public, numeric
from ingest.web.rules import Resolve, Rules

if TYPE_CHECKING:
    import ssl

# Addresses of one name that are tried, one after the other.
TRIED = 3
_CLOSED = "the address is not a public one"


class Unreachable(Exception):  # noqa: N818 - names what is the case; it never leaves this folder
    """No response came, or not a whole one; `again` where another try may bring one, after `wait` seconds."""

    def __init__(self, reason: str, *, again: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Response:
    """The head of a response, names in small letters, and its body as it comes."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


async def system_resolve(host: str) -> Sequence[str]:
    """As every other program on this machine resolves it."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in await anyio.getaddrinfo(host, None)))


class Connecting:
    """Opens a connection for each request, and closes it behind it."""

    def __init__(self, rules: Rules, resolve: Resolve) -> None:
        self._rules = rules
        self._backend = _Checked(rules, resolve)

    @asynccontextmanager
    async def get(self, address: Address, headers: Mapping[str, str]) -> AsyncIterator[Response]:
        """The response to a GET. Raises Unreachable, also while its body is read."""
        host = address.host.encode()
        connection = httpcore2.AsyncHTTPConnection(
            httpcore2.Origin(address.scheme.encode(), host, address.port),
            ssl_context=self._tls if address.scheme == "https" else None,
            network_backend=self._backend,
        )
        url = httpcore2.URL(
            scheme=address.scheme.encode(), host=host, port=address.port, target=address.target.encode()
        )
        sent = {"Host": address.authority, "User-Agent": self._rules.agent, "Connection": "close", **headers}
        request = httpcore2.Request(
            "GET",
            url,
            headers=[(name.encode(), value.encode("latin-1", "replace")) for name, value in sent.items()],
            extensions={"timeout": {"connect": self._rules.connect_seconds}},
        )
        try:
            response = await connection.handle_async_request(request)
            yield Response(response.status, _heads(response.headers), response.aiter_stream())
        except httpcore2.ConnectError as error:
            raise Unreachable(_why(error), again="CERTIFICATE" not in str(error)) from error
        except httpcore2.TimeoutException as error:
            raise Unreachable("no connection came about in time", again=True) from error
        except (httpcore2.NetworkError, OSError) as error:  # OSError: TLS that breaks in mid-body
            raise Unreachable("the connection broke off", again=True) from error
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise Unreachable("what the server sends is not HTTP, or breaks off", again=True) from error
        finally:
            with anyio.CancelScope(shield=True):
                await connection.aclose()

    @cached_property
    def _tls(self) -> "ssl.SSLContext":
        return httpcore2.default_ssl_context()


class _Checked(httpcore2.AsyncNetworkBackend):
    """The one place where this program opens a connection to an address from outside."""

    def __init__(self, rules: Rules, resolve: Resolve) -> None:
        self._rules = rules
        self._resolve = resolve
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        last: Exception = httpcore2.ConnectError()
        for ip in (await self._checked(host, port))[:TRIED]:
            try:
                return await self._network.connect_tcp(ip, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last

    async def _checked(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises Unreachable where there is none, or one that is not public."""
        found = [host] if numeric(host) else await self._resolved(host)
        ips = [ip for ip in map(numeric, found) if ip]
        if len(ips) < len(found) or not all(is_public(ip, self._rules.allowed) for ip in ips):
            raise Unreachable(_CLOSED)
        if port not in PORTS and not all(is_allowed(ip, self._rules.allowed) for ip in ips):
            raise Unreachable(f"nothing is fetched from port {port}")
        return [str(ip) for ip in ips]

    async def _resolved(self, host: str) -> Sequence[str]:
        try:
            with anyio.fail_after(self._rules.connect_seconds):
                found = await self._resolve(host)
        except TimeoutError:
            raise Unreachable("its name was not resolved in time", again=True) from None
        except (OSError, UnicodeError) as error:
            raise Unreachable("there is no host of this name") from error
        if not found:
            raise Unreachable("there is no host of this name")
        return found

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


def _heads(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by their names; of several with one name, all, as HTTP lists them."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _why(error: httpcore2.ConnectError) -> str:
    if "CERTIFICATE" in str(error):
        return "its certificate is not valid"
    return "the server cannot be reached"
