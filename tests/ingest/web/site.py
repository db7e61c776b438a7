"""A web site on loopback for tests, down to the bytes: pages as registered, and servers that misbehave.

What every path answers is a row of bytes and pauses, so that an answer can be wrong in any way a server can be.
It opens no connection of its own, and every text on it was written for it.
"""

import gzip
import json
import socket
import ssl
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import chain, count, islice, repeat
from math import inf
from random import Random
from threading import Event, Lock, Thread
from typing import Literal, Self
from urllib.parse import unquote


class Beneath(bytes):
    """Sent to the connection itself, beneath TLS."""


# Bytes are sent, numbers are seconds of silence.
Answer = Callable[["Asked"], Iterable[bytes | float]]
FeedKind = Literal["rss", "atom", "json", "sitemap"]

HTML = "text/html; charset=utf-8"
ALLOWS_ALL = "User-agent: *\nAllow: /\n"
ETAG, MODIFIED = '"v1"', "Tue, 05 Mar 2024 10:00:00 GMT"
# The words by which a test knows that a whole page came.
FIRST, LAST = "The ferry board met at noon.", "Nobody spoke against it."
WORDS = f"{FIRST} The café on the quay had to close, so the talks moved to the old customs house. {LAST}"
DRIP = 0.2
# Of whichever size: a block that stands for itself anywhere in a deflate stream, and makes a megabyte of zeros.
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `at` by the monotonic clock, names of headers in small letters, `nth` from 0 for each path."""

    at: float
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    nth: int = 0

    @property
    def last(self) -> str:
        """The last part of its path."""
        return unquote(self.path.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Written:
    """An article that stands on the site. `quotation` is in `text`, which is its paragraphs by blank lines."""

    path: str
    title: str
    text: str
    speaker: str
    quotation: str
    author: str
    published: date


class Site:
    """Serves from entry to exit, on a port of its own, a thread for each connection. Every answer closes it.

    `most_open` is how many connections were open at once. With `tls` it speaks TLS.

    `robots` is the text of its robots.txt, or a path whose answer is given instead; `otherwise` answers for the
    paths that are not there.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Asked] = []
        self.robots = ALLOWS_ALL
        self.otherwise = _said(b"<h1>There is no such page</h1>", HTML, 404)
        self.most_open = 0
        self._tls = tls
        self._answers: dict[str, Answer] = {}
        self._seen: Counter[str] = Counter()
        self._stopping = Event()
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        _hang_up(self._listener)
        with self._lock:
            for connection in self._open:
                _hang_up(connection)
        for thread in self._threads:
            thread.join(1.0)
        self._listener.close()

    def url(self, path: str = "/") -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt left out."""
        return [asked.path for asked in self.requests if asked.path != "/robots.txt"]

    def answer(self, path: str, answer: Answer) -> None:
        self._answers[path] = answer

    def page(
        self,
        path: str,
        body: str | bytes,
        kind: str | None = HTML,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Registers a page, and gives its address. With ETag or Last-Modified it answers 304 where it may."""
        data = body.encode() if isinstance(body, str) else body
        self._answers[path] = lambda asked: [_validated(asked, status, kind, data, dict(headers or {}))]
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """Registers a redirect. `to` is sent as it is, in UTF-8."""
        self._answers[path] = lambda _: [_head(status, None, {"Location": to, "Content-Length": "0"})]
        return self.url(path)

    def articles(self, n: int) -> list[Written]:
        """Registers n articles about as many matters."""
        found = [write(index) for index in range(n)]
        for article in found:
            self.page(article.path, page_of(article, self.url(article.path)))
        return found

    def feed(self, path: str, entries: Sequence[Written], kind: FeedKind = "rss") -> str:
        """Registers a feed of articles on the site, in their order."""
        media = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
        build = {"rss": _rss, "atom": _atom, "json": _json_feed, "sitemap": _sitemap}[kind]
        return self.page(path, build(self, entries), media.get(kind, "application/xml"))

    def _start(self, work: Callable[..., None], *given: object) -> None:
        thread = Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:  # nobody came in time, or the site is closing
                continue
            connection.settimeout(10.0)
            beneath = connection.dup()
            with self._lock:
                self._open.add(beneath)
                self.most_open = max(self.most_open, len(self._open))
            self._start(self._serve, connection, beneath)

    def _serve(self, connection: socket.socket, beneath: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            for part in self._answered(connection):
                if isinstance(part, Beneath):
                    beneath.sendall(part)
                elif isinstance(part, bytes):
                    connection.sendall(part)
                elif self._stopping.wait(None if part == inf else part):
                    return
        except OSError:  # the other side has gone, which is its right
            pass
        finally:
            connection.close()
            with self._lock:
                self._open.discard(beneath)
            beneath.close()

    def _answered(self, connection: socket.socket) -> Iterable[bytes | float]:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < 1 << 16:
            if not (piece := connection.recv(1 << 16)):
                return ()
            head += piece
            if head[0] == 0x16:  # whoever speaks TLS here is told at once, as by other servers
                return MISBEHAVIOURS["/status/*"](Asked(time.monotonic(), "/400"))
        lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        path = [*lines[0].split(" "), "", ""][1]
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in lines[1:])
        }
        with self._lock:
            asked = Asked(time.monotonic(), path, headers, self._seen[path])
            self._seen[path] += 1
            self.requests.append(asked)
        if asked.path == "/resets":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return self._answer_to(asked)

    def _answer_to(self, asked: Asked) -> Iterable[bytes | float]:
        path = asked.path.partition("?")[0]
        if path == "/robots.txt" and path not in self._answers:
            if not self.robots.startswith("/"):
                return [_whole(self.robots.encode(), "text/plain")]
            asked = Asked(asked.at, self.robots, asked.headers, asked.nth)
            path = self.robots
        for known in (self._answers, MISBEHAVIOURS):
            if answer := known.get(path) or known.get(path.rpartition("/")[0] + "/*"):
                return answer(asked)
        return self.otherwise(asked)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


def markup(words: str = WORDS, head: str = "") -> str:
    """A page of one paragraph."""
    return f"<!doctype html><html><head><title>Ferries</title>{head}</head><body><p>{words}</p></body></html>"


_PAGE = markup().encode()


def _head(status: int, kind: str | None, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} So", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if kind is not None:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


def _whole(
    body: bytes, kind: str | None = HTML, status: int = 200, headers: Mapping[str, str] | None = None
) -> bytes:
    return _head(status, kind, {"Content-Length": str(len(body)), **(headers or {})}) + body


def _validated(asked: Asked, status: int, kind: str | None, body: bytes, headers: dict[str, str]) -> bytes:
    for question, name in (("if-none-match", "ETag"), ("if-modified-since", "Last-Modified")):
        if name in headers and asked.headers.get(question) == headers[name]:
            return _head(304, None, headers)
    return _whole(body, kind, status, headers)


def _said(body: bytes = _PAGE, kind: str | None = HTML, status: int = 200, **headers: str) -> Answer:
    """One whole answer; underscores in the names of headers are hyphens."""
    whole = _whole(body, kind, status, {name.replace("_", "-"): value for name, value in headers.items()})
    return lambda _: [whole]


def _raw(*parts: bytes | float) -> Answer:
    return lambda _: parts


def _then(first: bytes, rest: Callable[[], Iterable[bytes | float]]) -> Answer:
    return lambda _: chain([first], rest())


def _drip(data: bytes) -> Iterator[bytes | float]:
    for byte in data:
        yield bytes([byte])
        yield DRIP


def _to(location: str, status: int = 302) -> Answer:
    return _raw(_head(status, None, {"Location": location, "Content-Length": "0"}))


def _chain(asked: Asked) -> list[bytes]:
    left = int(asked.last)
    to = f"/redirect/chain/{left - 1}" if left > 1 else "/article"
    return [_head(302, None, {"Location": to, "Content-Length": "0"})]


def _waits(asked: Asked) -> list[bytes]:
    """`/retry/429-5`: that status always, and a Retry-After where one is given: seconds, "soon", or any words."""
    status, _, wish = asked.last.partition("-")
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    headers = {"Retry-After": soon if wish == "soon" else wish} if wish else {}
    return [_whole(b"<h1>Not now</h1>", HTML, int(status), headers)]


def _once(asked: Asked) -> list[bytes]:
    """As above the first time, then the page."""
    return [_whole(_PAGE)] if asked.nth else _waits(asked)


def _growing(asked: Asked) -> list[bytes]:
    """Sets a cookie, twice as long each time, and sends its visitor round until the cookie comes back."""
    cookie = "a" * (1024 << min(asked.nth, 6))
    to = "/article" if "cookie" in asked.headers else "/cookies/growing"
    return [_head(302, None, {"Location": to, "Set-Cookie": f"all={cookie}", "Content-Length": "0"})]


def _zeros(wbits: int) -> Iterator[bytes]:
    """A stream that never ends, a thousandth of the size of what it unpacks to."""
    packing = zlib.compressobj(9, wbits=wbits)
    yield packing.compress(bytes(_MEGABYTE)) + packing.flush(zlib.Z_FULL_FLUSH)
    yield from repeat(packing.compress(bytes(_MEGABYTE)) + packing.flush(zlib.Z_FULL_FLUSH))


def _deflated(data: bytes, wbits: int) -> bytes:
    packing = zlib.compressobj(wbits=wbits)
    return packing.compress(data) + packing.flush()


_PACKED = gzip.compress(_PAGE)
_CHUNKED = _head(200, HTML, {"Transfer-Encoding": "chunked"})
_UNSIZED = _head(200, HTML)
_PIECE = b"<p>again and again</p>" * 2000
_FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Ferries</title></channel></rss>'

MISBEHAVIOURS: dict[str, Answer] = {
    "/article": _said(),
    "/slow/headers": lambda _: _drip(_whole(_PAGE)),
    "/slow/body": _then(_head(200, HTML, {"Content-Length": str(len(_PAGE))}), lambda: _drip(_PAGE)),
    "/endless/body": _then(_UNSIZED, lambda: repeat(_PIECE)),
    "/endless/chunks": _then(_CHUNKED, lambda: repeat(b"%x\r\n%s\r\n" % (len(_PIECE), _PIECE))),
    "/endless/one-byte-chunks": _then(_CHUNKED, lambda: repeat(b"1\r\na\r\n" * 4000)),
    "/endless/chunk-size": _then(_CHUNKED + b"5;", lambda: repeat(b"name=value;" * 1000)),
    "/endless/trailers": _then(_CHUNKED + b"0\r\n", lambda: (b"X-%d: %s\r\n" % (n, b"a" * 900) for n in count())),
    "/endless/headers": _then(
        b"HTTP/1.1 200 OK\r\n", lambda: (b"X-%d: %s\r\n" % (n, b"a" * 900) for n in count())
    ),
    "/endless/header": _then(b"HTTP/1.1 200 OK\r\nX: ", lambda: repeat(b"a" * 8192)),
    "/endless/status-line": _then(b"HTTP/1.1 200 ", lambda: repeat(b"a" * 8192)),
    "/endless/interim": lambda _: repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "/endless/hints": lambda _: repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 100),
    "/hangs": _raw(inf),
    "/hangs/in-headers": _raw(b"HTTP/1.1 200 OK\r\nContent-", inf),
    "/hangs/in-body": _raw(_head(200, HTML, {"Content-Length": "9000"}) + _PAGE, inf),
    "/closes": _raw(),
    "/closes/in-headers": _raw(b"HTTP/1.1 200 OK\r\nContent-"),
    "/closes/in-body": _raw(_head(200, HTML, {"Content-Length": str(len(_PAGE))}) + _PAGE[:50]),
    "/closes/once": lambda asked: [_whole(_PAGE)] if asked.nth else [],
    "/resets": _raw(_whole(_PAGE)[:40]),
    "/length/too-long": _raw(_head(200, HTML, {"Content-Length": str(len(_PAGE) + 50)}) + _PAGE),
    "/length/too-short": _raw(_head(200, HTML, {"Content-Length": "60"}) + _PAGE),
    "/length/negative": _raw(_head(200, HTML, {"Content-Length": "-1"}) + _PAGE),
    "/length/words": _raw(_head(200, HTML, {"Content-Length": "all of it"}) + _PAGE),
    "/length/twice": _raw(_head(200, HTML, {"Content-Length": "60", "Content-length": str(len(_PAGE))}) + _PAGE),
    "/length/with-chunks": _raw(
        _head(200, HTML, {"Transfer-Encoding": "chunked", "Content-Length": "5"})
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(_PAGE), _PAGE)
    ),
    "/length/many-digits": _raw(_head(200, HTML, {"Content-Length": "9" * 5000}) + _PAGE),
    "/chunked/good": _raw(_CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(_PAGE), _PAGE)),
    "/chunked/no-size": _raw(_CHUNKED + b"zz\r\n" + _PAGE),
    "/chunked/negative": _raw(_CHUNKED + b"-5\r\n" + _PAGE),
    "/chunked/vast": _raw(_CHUNKED + b"f" * 300 + b"\r\n" + _PAGE),
    "/chunked/cut-off": _raw(_CHUNKED + b"%x\r\n%s\r\n" % (len(_PAGE), _PAGE)),
    "/huge/declared": _then(_head(200, HTML, {"Content-Length": "5000000000"}), lambda: repeat(_PIECE)),
    "/huge/undeclared": _then(_UNSIZED, lambda: repeat(_PIECE, 64_000_000 // len(_PIECE))),
    "/gzip/good": _said(_PACKED, Content_Encoding="gzip"),
    "/gzip/bomb": _then(_head(200, HTML, {"Content-Encoding": "gzip"}), lambda: _zeros(31)),
    "/gzip/bomb-at-once": _then(
        _head(200, HTML, {"Content-Encoding": "gzip"}),
        lambda: [b"".join(islice(_zeros(31), 300))],
    ),
    "/gzip/nested": _said(gzip.compress(_PACKED), Content_Encoding="gzip"),
    "/gzip/twice": _said(gzip.compress(_PACKED), Content_Encoding="gzip, gzip"),
    "/gzip/cut-off": _said(_PACKED[:-20], Content_Encoding="gzip"),
    "/gzip/members": _said(gzip.compress(_PAGE[:99]) + gzip.compress(_PAGE[99:]), Content_Encoding="gzip"),
    "/gzip/wrong-sum": _said(_PACKED[:-8] + bytes(8), Content_Encoding="gzip"),
    "/gzip/lie": _said(Content_Encoding="gzip"),
    "/gzip/empty": _said(b"", Content_Encoding="gzip"),
    "/deflate/zlib": _said(_deflated(_PAGE, 15), Content_Encoding="deflate"),
    "/deflate/raw": _said(_deflated(_PAGE, -15), Content_Encoding="deflate"),
    "/deflate/bomb": _then(_head(200, HTML, {"Content-Encoding": "deflate"}), lambda: _zeros(15)),
    "/deflate/lie": _said(Content_Encoding="deflate"),
    "/encoding/identity": _said(Content_Encoding="identity"),
    "/encoding/br": _said(b"\x1b\x2c\x00\x00", Content_Encoding="br"),
    "/encoding/nonsense": _said(Content_Encoding="x-nonsense"),
    "/kind/image": _said(b"\x89PNG\r\n\x1a\n" + bytes(500), "image/png"),
    "/kind/video": _said(bytes(500), "video/mp4"),
    "/kind/zip": _said(b"PK\x03\x04" + bytes(500), "application/zip"),
    "/kind/octet-stream": _said(bytes(500), "application/octet-stream"),
    "/kind/none": _said(_PAGE, None),
    "/kind/none-binary": _said(b"\x89PNG\r\n\x1a\n" + bytes(500), None),
    "/kind/nonsense": _said(_PAGE, "nonsense"),
    "/kind/html-as-plain": _said(_PAGE, "text/plain"),
    "/kind/feed-as-html": _said(_FEED, HTML),
    "/kind/capitals": _said(_PAGE, "TEXT/HTML; Charset=UTF-8"),
    "/kind/quoted": _said(_PAGE, 'text/html;charset="utf-8" ; a=b'),
    "/kind/feed": _said(_FEED, "application/rss+xml"),
    "/redirect/loop": _to("/redirect/loop"),
    "/redirect/there": _to("/redirect/back"),
    "/redirect/back": _to("/redirect/there"),
    "/redirect/chain/*": _chain,
    "/redirect/relative": _to("../article?from=relative"),
    "/redirect/fragment": _to("/article#part"),
    "/redirect/nowhere": _raw(_head(302, HTML, {"Content-Length": str(len(_PAGE))}) + _PAGE),
    "/redirect/empty": _to(""),
    "/redirect/file": _to("file:///etc/passwd"),
    "/redirect/javascript": _to("javascript:alert(1)"),
    "/redirect/ftp": _to("ftp://127.0.0.1/a"),
    "/redirect/data": _to("data:text/html,<p>no</p>"),
    "/redirect/private": _to("http://10.0.0.1/"),
    "/redirect/endless-body": _then(_head(302, HTML, {"Location": "/article"}), lambda: repeat(_PIECE)),
    "/redirect/letters": _to("/artículo/é"),
    "/artículo/é": _said(),
    "/art%C3%ADculo/%C3%A9": _said(),
    "/redirect/by/*": lambda asked: [
        _head(int(asked.last), None, {"Location": "/article", "Content-Length": "0"})
    ],
    "/redirect/meta": _said(
        markup("Moved.", '<meta http-equiv="refresh" content="0; url=http://10.0.0.1/">').encode()
    ),
    "/charset/utf-8": _said(),
    "/charset/windows-1252": _said(markup().encode("cp1252"), "text/html"),
    "/charset/utf-16": _said(markup().encode("utf-16"), "text/html; charset=utf-16"),
    "/charset/wrong": _said(markup().encode("cp1252"), HTML),
    "/charset/unknown": _said(_PAGE, "text/html; charset=x-nonsense"),
    "/charset/hostile": _said(_PAGE, "text/html; charset*=utf-8'en'%00%ff; charset*0=a; charset*1*=%zz"),
    "/validated": lambda asked: [_validated(asked, 200, HTML, _PAGE, {"ETag": ETAG, "Last-Modified": MODIFIED})],
    "/dated": lambda asked: [_validated(asked, 200, HTML, _PAGE, {"Last-Modified": MODIFIED})],
    "/always-304": _raw(_head(304, None)),
    "/status/*": lambda asked: [_whole(b"<h1>No</h1>", HTML, int(asked.last))],
    "/status-line/*": lambda asked: [b"HTTP/1.1 %s\r\n\r\n" % asked.last.encode()],
    "/retry/*": _waits,
    "/once/*": _once,
    "/error-as-200": _said(markup("Sorry, the page that you are looking for does not exist.").encode()),
    "/empty": _said(b""),
    "/no-content": _raw(_head(204, None)),
    "/partial": _said(status=206, Content_Range=f"bytes 0-9/{len(_PAGE)}"),
    "/switch": _raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", inf),
    "/garbage/http-0.9": _raw(_PAGE),
    "/garbage/bytes": _raw(bytes(range(256)) * 40),
    "/garbage/tls": _raw(b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(160)),
    "/garbage/ssh": _raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "/garbage/http-2": _raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
    "/beneath/record": _raw(_UNSIZED + _PAGE[:50], Beneath(b"\x17\x03\x03\x00\x20" + bytes(32)), DRIP),
    "/beneath/words": _raw(_UNSIZED + _PAGE[:50], Beneath(b"Nobody said that this is TLS." * 9), DRIP),
    "/headers/letters": _said(X_Port="Zeebrügge", ETag='"é"'),
    "/headers/latin": _raw(_head(200, HTML, {"X-Port": "Zeebr"})[:-4] + b"\r\nX-B: \xfc\xff\r\n\r\n" + _PAGE),
    "/headers/nul": _raw(_UNSIZED[:-4] + b"\r\nX-B: a\0b\r\n\r\n" + _PAGE),
    "/headers/folded": _raw(_UNSIZED[:-4] + b"\r\nX-B: a\r\n  b\r\n\r\n" + _PAGE),
    "/headers/no-colon": _raw(_UNSIZED[:-4] + b"\r\nno colon here\r\n\r\n" + _PAGE),
    "/headers/bare-newlines": _raw(_UNSIZED.replace(b"\r\n", b"\n") + _PAGE),
    "/cookies/growing": _growing,
}


_FIRST_NAMES = (
    "Ada Bruno Clara Dmitri Elena Farid Greta Hugo Ines Jonas Katya Leon Mara Nils Olga Pavel Rosa Stefan".split()
)
_LAST_NAMES = (
    "Abbott Brandt Castell Dorsey Ekberg Falk Garrison Holm Ivers Jarvis Kessler Lund Marsh Norwood".split()
)
_TOWNS = "Aldport Brackwater Cinderford Dunmere Eastholm Fallowgate Greyhaven Hartsea Inverloch Kelby".split()
_OFFICES = "Mayor Senator Governor Commissioner Councillor Representative Treasurer Minister".split()
_MEASURES = (
    "the levy on empty shops", "free buses for pupils", "a ban on night flights", "the rent cap", "the flood wall",
    "a tax on sugary drinks", "the new tram line", "longer library hours", "the fishing quota", "cheaper day care",
    "the wind park off the coast", "a curfew for scooters", "the merger of the two clinics", "the minimum wage",
)  # fmt: skip
_REASONS = (
    "the money is there", "families have waited for years", "no other town has dared to try", "the roads are full",
    "the old rules were written for another time", "our young people move away", "prices rise faster than pay",
    "the last winter showed what we lack", "every report of the past decade says so", "the harbour brings it in",
)  # fmt: skip
_SAYINGS = (
    "We must pass {measure} before the summer, because {reason}",
    "I will vote for {measure}, and I ask every colleague to do the same, since {reason}",
    "Whoever stops {measure} now has to explain it to {town}, where {reason}",
    "I oppose {measure} as it stands; {reason}, but the bill would land on the wrong desks",
    "There is no better use of a single pound than {measure}, for {reason}",
)
# Sentences of reports of all sorts, so many that two articles have few in common, and with other words in them.
_SENTENCES = (
    "The debate in {town} lasted until after midnight, and {n} residents had put their names down to speak.",
    "An earlier draft failed in {month} by {k} votes, after two members had left the room.",
    "Officials put the cost at {n} million a year, of which the county would bear a third.",
    "{other}, who runs a bakery near the station, said that she had read about {measure} only in the paper.",
    "The committee for transport will look at the figures again in {month}.",
    "Outside the hall some {n} people held up signs, among them nurses and dockers in their working clothes.",
    "A survey by the college of {town} found {k} in ten households in favour.",
    "Critics such as {other} doubt that the plan would survive a court.",
    "Since {month} the post of the town clerk has been vacant, which slows every decision.",
    "The neighbours in {place} tried something of the kind, and gave it up after {k} years.",
    "Under the proposal, shops with fewer than {n} square metres would be left alone.",
    "The union of drivers wants {k} more weeks to study the draft.",
    "Schools in {place} would be the first to notice, and the hospital the last.",
    "{other} presented a petition with {n} hundred signatures, tied with a red ribbon.",
    "Rain came through the ceiling twice, and the clerk moved the minutes to a dry desk.",
    "The opposition left open how it will vote, and asked for the papers in full.",
    "For the coming budget {n} posts are planned, {k} of them for people who have just left school.",
    "A ferry company from {place} has threatened to go elsewhere.",
    "The measure would begin to apply in {month}, or a year later where a council asks for it.",
    "Engineers found cracks in {k} of the bridges between {town} and {place} last autumn.",
    "Until now the rule has been that each ward decides for itself.",
    "The auditors counted {n} exceptions in one year and called the system hard to explain.",
    "Not a single member asked about the interest on the loan, which runs for {n} years.",
    "The chamber of trade in {place} praised the tone of the talks, though not their result.",
    "Two amendments on the hours of work were withdrawn before anyone had read them out.",
    "Farmers on the northern bank fear for {n} hectares of pasture.",
    "{other} recalled that her grandfather had laid the first stone of the market in {place}.",
    "A judge had stopped a similar plan in {month}, for want of a hearing.",
    "The archive holds {k} letters on the matter, the oldest of them from a lighthouse keeper.",
    "Visitors would pay {k} coins a night, and children nothing.",
)
_MONTHS = "January February April June September October November".split()


def write(index: int) -> Written:
    """The article with this number: always the same one, and none like another."""
    draw = Random(index)
    town, place = draw.sample(_TOWNS, 2)
    speaker, other, author = (f"{draw.choice(_FIRST_NAMES)} {name}" for name in draw.sample(_LAST_NAMES, 3))
    measure, office = draw.choice(_MEASURES), draw.choice(_OFFICES)
    quotation = draw.choice(_SAYINGS).format(measure=measure, reason=draw.choice(_REASONS), town=town)
    paragraphs = [
        f"{office} {speaker} spoke about {measure} before the council of {town} on Tuesday.",
        f"“{quotation},” {speaker} said.",
    ]
    for sentences in _thirds(draw.sample(_SENTENCES, 9)):
        words = {"town": town, "place": place, "measure": measure, "other": other}
        paragraphs.append(
            " ".join(
                sentence.format(**words, n=draw.randint(11, 97), k=draw.randint(2, 9), month=draw.choice(_MONTHS))
                for sentence in sentences
            )
        )
    published = date(2024, 1, 1) + timedelta(days=index % 360)
    title = f"{office} {speaker.split()[1]} on {measure} in {town}"
    path = f"/{published:%Y/%m/%d}/{'-'.join(title.lower().split())}-{index + 1}"
    return Written(path, title, "\n\n".join(paragraphs), speaker, quotation, author, published)


def _thirds(sentences: Sequence[str]) -> list[Sequence[str]]:
    return [sentences[start : start + 3] for start in range(0, len(sentences), 3)]


def page_of(article: Written, url: str) -> str:
    """An article as a page, with what such pages say of themselves."""
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": f"{article.published.isoformat()}T08:00:00Z",
        "author": {"@type": "Person", "name": article.author},
        "publisher": {"@type": "Organization", "name": "The Loopback Courier"},
        "url": url,
    }
    body = "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in article.text.split("\n\n"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(article.title)}</title>'
        f'<link rel="canonical" href="{escape(url)}">'
        f'<script type="application/ld+json">{json.dumps(told)}</script></head>'
        '<body><nav><a href="/">Front page</a></nav>'
        f"<article><h1>{escape(article.title)}</h1>\n{body}</article>"
        "<footer>© The Loopback Courier</footer></body></html>"
    )


def _morning(article: Written) -> datetime:
    return datetime.combine(article.published, datetime.min.time(), UTC) + timedelta(hours=8)


def _rss(site: Site, entries: Sequence[Written]) -> str:
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{site.url(entry.path)}</link>"
        f"<guid>{site.url(entry.path)}</guid><pubDate>{format_datetime(_morning(entry))}</pubDate></item>"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Loopback Courier</title>'
        f"<link>{site.url()}</link><description>All reports</description>{items}</channel></rss>"
    )


def _atom(site: Site, entries: Sequence[Written]) -> str:
    items = "".join(
        f'<entry><title>{escape(entry.title)}</title><link href="{site.url(entry.path)}"/>'
        f"<id>{site.url(entry.path)}</id><updated>{_morning(entry).isoformat()}</updated></entry>"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>The Loopback Courier</title><id>{site.url()}</id><updated>2024-12-31T08:00:00Z</updated>"
        f"{items}</feed>"
    )


def _json_feed(site: Site, entries: Sequence[Written]) -> str:
    items = [
        {
            "id": site.url(entry.path),
            "url": site.url(entry.path),
            "title": entry.title,
            "date_published": _morning(entry).isoformat(),
        }
        for entry in entries
    ]
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "The Loopback Courier", "items": items}
    )


def _sitemap(site: Site, entries: Sequence[Written]) -> str:
    items = "".join(
        f"<url><loc>{site.url(entry.path)}</loc><lastmod>{entry.published}</lastmod></url>" for entry in entries
    )
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'
