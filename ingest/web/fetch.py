"""The one function that fetches: everything from the web comes through `Fetcher.fetch`.

http(s) only, to public addresses that were checked for each connection, with every redirect checked like the first
address; bounded in time, size and redirects; with robots.txt obeyed, hosts asked politely, and a try again where
that may help. What comes back is a page, or a rejection with its reason: nothing is raised.
"""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from ingest.extract.charset import media_type
from ingest.extract.draft import Refusal
from ingest.extract.walls import REASONS, Signs, wall
from ingest.web import addresses, robots, unpacking
from ingest.web.addresses import Address
from ingest.web.connecting import Connecting, Response, Unreachable, system_resolve
from ingest.web.manners import Manners
from ingest.web.rules import PAGES, Page, Resolve, Rules, Validators
from retrieval.types import Rejection
from retrieval.waiting import retry_after

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_STATUS = {
    401: "the page asks for a password",
    402: "the page is only for those who pay",
    403: "the server does not let us read it",
    404: "there is no such page",
    410: "the page is gone",
    429: "the server asks for fewer requests",
    451: "the page is withheld for legal reasons",
}
# Of an error page so much is read, to tell a bot check from a plain refusal.
_ERROR_PAGE = 100_000
_ACCEPT = {
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
_NO_VALIDATORS = Validators()


@dataclass(slots=True)
class _Left:
    """How much of an attempt's time is left."""

    seconds: float


class Fetcher:
    """Fetches pages for one event loop; remembers robots.txt files and when each host was asked last."""

    def __init__(self, rules: Rules, resolve: Resolve = system_resolve) -> None:
        self._rules = rules
        self._connecting = Connecting(rules, resolve)
        self._manners = Manners(rules.pause)
        self._robots: dict[str, tuple[float, robots.Robots]] = {}
        self._reading: dict[str, anyio.Lock] = {}

    async def fetch(
        self, url: str, known: Validators = _NO_VALIDATORS, kinds: frozenset[str] = PAGES
    ) -> Page | Rejection:
        """The page at an address, if it is of one of the kinds and has changed since `known` was given with it."""
        tries = 0
        while True:
            tries += 1
            try:
                return await self._followed(url, known, kinds)
            except Unreachable as failure:
                wait = max(failure.wait, self._rules.backoff * 4 ** (tries - 1))
                if not failure.again or tries >= self._rules.tries or wait > self._rules.patience:
                    return Rejection(url, failure.reason)
            await anyio.sleep(wait)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's site names."""
        address = addresses.read(url, self._rules.allowed)
        if isinstance(address, Refusal):
            return ()
        try:
            return (await self._robots_of(address)).sitemaps()
        except Unreachable:
            return ()

    async def _followed(self, url: str, known: Validators, kinds: frozenset[str]) -> Page:
        """Through redirects to a page. Raises Unreachable."""
        address, left = self._checked(url), _Left(self._rules.seconds)
        for _ in range(self._rules.redirects + 1):
            rules = await self._robots_of(address)
            if refusal := rules.refusal(str(address)):
                raise Unreachable(refusal)
            async with self._asked(address, _conditions(known), rules.pause(), left) as response:
                if response.status not in _REDIRECTS:
                    return await self._page(url, address, response, known, kinds)
                address = self._checked(_target(address, response))
        raise Unreachable(f"more than {self._rules.redirects} redirects")

    def _checked(self, url: str) -> Address:
        address = addresses.read(url, self._rules.allowed)
        if isinstance(address, Refusal):
            raise Unreachable(address.reason)
        return address

    @asynccontextmanager
    async def _asked(
        self, address: Address, headers: Mapping[str, str], pause: float | None, left: _Left
    ) -> AsyncIterator[Response]:
        """A response, when it is our turn, within the time that is left. Raises Unreachable."""
        answered = False
        async with self._manners.turn(address.authority, pause):
            begun = time.monotonic()
            try:
                with anyio.fail_after(left.seconds):
                    async with self._connecting.get(address, _ACCEPT | dict(headers)) as response:
                        answered = True
                        yield response
            except TimeoutError:
                answered = False
                raise Unreachable(f"not all of it came within {self._rules.seconds:g} seconds") from None
            finally:
                left.seconds -= time.monotonic() - begun
                self._manners.answered(address.authority, well=answered)

    async def _page(
        self, url: str, address: Address, response: Response, known: Validators, kinds: frozenset[str]
    ) -> Page:
        if response.status == 304 and known:
            return Page(str(address), "", None, b"", known, fresh=False)
        if response.status != 200:
            raise await self._failure(url, address, response)
        kind, charset = media_type(response.headers.get("content-type", ""))
        if kind not in kinds and kind:
            raise Unreachable(f"it is {kind}, not {'an article' if kinds is PAGES else 'a feed'}")
        data = await self._body(response, self._rules.max_bytes)
        if not kind:
            kind = "text/html" if data.lstrip()[:1] == b"<" else "text/plain"
        validators = Validators(response.headers.get("etag"), response.headers.get("last-modified"))
        return Page(str(address), kind, charset, data, validators)

    async def _body(self, response: Response, most: int) -> bytes:
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > most:
            raise _too_large(most)
        try:
            return await unpacking.unpacked(response.chunks, response.headers.get("content-encoding", ""), most)
        except unpacking.TooLarge:
            raise _too_large(most) from None
        except unpacking.Broken:
            raise Unreachable("its compression is broken, or not one that was asked for") from None

    async def _failure(self, url: str, address: Address, response: Response) -> Unreachable:
        """What a status that is no page means, and whether to ask again."""
        status = response.status
        wait = retry_after(response.headers.get("retry-after")) or 0.0
        if wait:
            self._manners.hold(address.authority, min(wait, self._rules.patience))
        if status in _AGAIN:
            reason = _STATUS.get(status, "the server has an error of its own")
            wished = f", and to wait {wait:.0f} seconds" if wait > self._rules.patience else ""
            return Unreachable(f"{reason} (HTTP {status}){wished}", again=True, wait=wait)
        try:
            page = (await self._body(response, _ERROR_PAGE)).decode("utf-8", "replace")
        except Unreachable:
            page = ""
        walled = wall(None, (), Signs(status, url, str(address), response.headers, page))
        if walled == REASONS["robot-check"]:
            return Unreachable(walled)
        return Unreachable(f"{_STATUS.get(status, 'the server refuses')} (HTTP {status})")

    async def _robots_of(self, address: Address) -> robots.Robots:
        """The robots.txt of a site, read once a day. Raises Unreachable."""
        async with self._reading.setdefault(address.site, anyio.Lock()):
            read_at, found = self._robots.get(address.site, (-robots.KEPT, None))
            if found is None or time.monotonic() - read_at > robots.KEPT:
                found = await self._read_robots(address)
                if not found.closed:
                    self._robots[address.site] = time.monotonic(), found
            return found

    async def _read_robots(self, address: Address) -> robots.Robots:
        at, left = Address(address.scheme, address.host, address.port, "/robots.txt"), _Left(self._rules.seconds)
        for _ in range(self._rules.redirects + 1):
            async with self._asked(at, {}, None, left) as response:
                if response.status in _REDIRECTS:
                    at = self._checked(_target(at, response))
                elif response.status == 200:
                    return robots.read(await _start(response, robots.MOST))
                elif response.status == 429 or response.status >= 500:
                    return robots.Robots(closed=f"the site’s robots.txt cannot be read (HTTP {response.status})")
                else:
                    return robots.Robots()
        return robots.Robots()


def _too_large(most: int) -> Unreachable:
    return Unreachable(f"it is larger than {most / 1e6:g} MB")


async def _start(response: Response, most: int) -> bytes:
    """The first bytes of a body; of one that cannot be unpacked, none."""
    found = bytearray()
    try:
        async for piece in unpacking.pieces(response.chunks, response.headers.get("content-encoding", "")):
            found += piece
            if len(found) >= most:
                break
    except unpacking.Broken:
        return b""
    return bytes(found)


def _conditions(known: Validators) -> dict[str, str]:
    wanted = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: value for name, value in wanted.items() if value}


def _target(address: Address, response: Response) -> str:
    """Where a redirect leads. Raises Unreachable where it does not say."""
    link = response.headers.get("location")
    if not link:
        raise Unreachable("a redirect that leads nowhere")
    return addresses.joined(address, link.encode("latin-1", "replace").decode("utf-8", "replace"))
