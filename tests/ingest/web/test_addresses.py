"""Addresses that must not be fetched are refused before a packet leaves, given as they are or behind a redirect.

The forms are in `addresses.jsonl`: those to "refuse" (the usual), to "allow", and names that move between two
answers, with which a connection may "stay" at the address that was checked. The rules are those of production: no
network is allowed. Public addresses are asked for in earnest; the sockets are led to a site on loopback.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ingest.extract.draft import Refusal
from ingest.web import addresses
from ingest.web.fetch import Fetcher
from ingest.web.rules import Page, Rules
from retrieval.types import Rejection
from tests.ingest.web.names import Names
from tests.ingest.web.site import ALLOWS_ALL, Site

PUBLIC = "93.184.216.34"
FORMS = [json.loads(line) for line in Path(__file__).with_name("addresses.jsonl").read_text("utf-8").splitlines()]
RULES = Rules(agent="onrecord-test", seconds=5.0, connect_seconds=3.0, tries=1, pause=0.0)


@dataclass
class Wire:
    """What tries to leave. `led` are public addresses that the site on loopback stands for, `fine` its own."""

    led: frozenset[str] = frozenset()
    fine: set[int] = field(default_factory=set)
    reached: list[tuple[str, int]] = field(default_factory=list)
    stray: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = args[1]
            ours = isinstance(address, tuple) and address[0] == "127.0.0.1" and address[1] in self.fine
            if not ours and args[0].getsockname()[1] not in self.fine:  # the name server answers from its port
                self.stray.append((event, address))
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen"):
            self.stray.append((event, args[0]))


_watching: list[Wire] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _watching:
        _watching[-1].note(event, args)


# From below every socket, whoever opens it. A hook cannot be taken back; without a test it sees nothing.
sys.addaudithook(_hook)


def _with(verdict: str) -> list[Any]:
    forms = [form for form in FORMS if form.get("must", "refuse") == verdict]
    return [
        pytest.param(form, id=f"{form['why']}: {form['url'][:40]}".encode("unicode_escape").decode())
        for form in forms
    ]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def wire(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    watched = Wire(fine={site.port})
    connect = socket.socket.connect

    def led(self: socket.socket, address: Any) -> None:
        host, port = (*address, None, None)[:2] if isinstance(address, tuple) else (address, None)
        if host not in watched.led:
            watched.note("socket.connect", (self, address))  # another hook may refuse it before ours is asked
            return connect(self, address)
        watched.reached.append((host, port))
        if self.family != socket.AF_INET:
            raise ConnectionRefusedError
        return connect(self, ("127.0.0.1", site.port))

    monkeypatch.setattr(socket.socket, "connect", led)
    site.requests.clear()
    _watching.append(watched)
    yield watched
    _watching.pop()


def known(form: dict[str, Any]) -> dict[str, Any]:
    return {host: given for host, given in form.get("resolves", {}).items() if given is not None}


def fetched(url: str, names: Names, wire: Wire, rules: Rules = RULES) -> Page | Rejection:
    wire.fine.add(names.port)
    return asyncio.run(Fetcher(rules, names.resolve).fetch(url))


@pytest.mark.parametrize("form", _with("refuse"))
def test_a_refused_address_is_a_rejection_and_no_packet_leaves(form: dict[str, Any], wire: Wire) -> None:
    with Names(known(form)) as names:
        outcome = fetched(form["url"], names, wire)
        assert isinstance(outcome, Rejection)
        assert outcome.source == form["url"]
        assert outcome.reason
        assert (wire.stray, wire.reached) == ([], [])
        # A name with closed addresses was resolved, and no other: the rest is seen without a resolver.
        assert set(names.queries) == set(list(form.get("resolves", {}))[:1])


def test_a_redirect_to_a_refused_address_is_a_rejection_and_is_not_followed(site: Site, wire: Wire) -> None:
    wire.led = frozenset((PUBLIC,))
    followed = []
    for form in (value.values[0] for value in _with("refuse")):
        site.redirect("/away", form["url"].encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
        wire.reached.clear()
        with Names({"start.example": [PUBLIC], **known(form)}) as names:
            outcome = fetched("http://start.example/away", names, wire)
        there = {(asked.headers["host"], asked.path) for asked in site.requests} - {
            ("start.example", "/robots.txt")
        }
        # What is no address of its own is a path beside the page, `http:127.0.0.1` too: on the site, or nowhere.
        if not isinstance(outcome, Rejection) or {host for host, _ in there} != {"start.example"}:
            followed.append((form["url"], outcome, there))
        assert set(wire.reached) == {(PUBLIC, 80)}, form
        assert wire.stray == [], form
        site.requests.clear()
    assert followed == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_kind_of_redirect_leads_into_a_house(status: int, site: Site, wire: Wire) -> None:
    wire.led = frozenset((PUBLIC,))
    site.redirect("/away", "http://trap.example/secret", status)
    with Names({"start.example": [PUBLIC], "trap.example": ["127.0.0.1"]}) as names:
        assert isinstance(fetched("http://start.example/away", names, wire), Rejection)
        assert "trap.example" in names.queries
    assert site.paths() == ["/away"]
    assert wire.stray == []


def test_a_robots_txt_that_redirects_into_a_house_is_not_followed_there(site: Site, wire: Wire) -> None:
    wire.led = frozenset((PUBLIC,))
    site.redirect("/robots.txt", "http://127.0.0.1:8080/robots.txt")
    try:
        with Names({"start.example": [PUBLIC]}) as names:
            fetched("http://start.example/article", names, wire)
    finally:
        site.page("/robots.txt", ALLOWS_ALL, "text/plain")
    assert set(wire.reached) == {(PUBLIC, 80)}
    assert wire.stray == []


@pytest.mark.parametrize("form", _with("stay"))
def test_a_name_that_moves_leads_to_the_address_that_was_checked_or_to_none(
    form: dict[str, Any], wire: Wire
) -> None:
    wire.led = frozenset((PUBLIC,))
    with Names(known(form)) as names:
        for again in range(3):
            fetched(f"{form['url']}article?{again}", names, wire)
    assert set(wire.reached) == {(PUBLIC, 80)}  # the first answer was public, and used
    assert wire.stray == []


@pytest.mark.parametrize("form", _with("allow"))
def test_an_allowed_address_is_asked_for_at_its_own_port(form: dict[str, Any], site: Site, wire: Wire) -> None:
    address = addresses.read(form["url"])
    assert isinstance(address, addresses.Address)
    ips = {ip for given in known(form).values() if isinstance(given, list) for ip in given}
    wire.led = frozenset(ips or {str(ip_address(address.host))})
    site.otherwise = lambda _: [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Here it is.</p>"]
    with Names(known(form)) as names:
        outcome = fetched(form["url"], names, wire)
        assert set(names.queries) == ({address.host} if known(form) else set())
    assert wire.stray == []
    assert wire.reached
    assert {port for _, port in wire.reached} == {address.port}
    if address.scheme == "http" and any("." in ip for ip in wire.led):  # the site speaks no TLS and no IPv6
        assert isinstance(outcome, Page), outcome
        assert [asked.headers["host"] for asked in site.requests] == [address.authority] * len(site.requests)
        assert site.paths() == [address.target]


def test_a_network_that_is_allowed_opens_none_beside_it(site: Site, wire: Wire) -> None:
    rules = Rules(agent="t", tries=1, pause=0.0, connect_seconds=1.0, allowed=(ip_network("127.0.0.1/32"),))
    others = ["127.0.0.2", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.2", "0.0.0.0"]
    inside = {f"n{number}.example": [ip] for number, ip in enumerate(others)}
    with Names(inside | {"mixed.example": ["127.0.0.1", "10.0.0.1"], "own": ["127.0.0.1"]}) as names:
        literal = [f"http://[{ip}]/" if ":" in ip else f"http://{ip}/" for ip in others]
        for url in (*literal, *(f"http://{host}/" for host in (*inside, "mixed.example"))):
            assert isinstance(fetched(url, names, wire, rules), Rejection), url
        for host in ("127.0.0.1", "own"):
            assert isinstance(fetched(f"http://{host}:{site.port}/article", names, wire, rules), Page)
    assert wire.stray == []


def test_ports_of_public_hosts_stay_closed_where_a_network_is_allowed(wire: Wire) -> None:
    wire.led = frozenset((PUBLIC,))
    rules = Rules(agent="t", tries=1, pause=0.0, connect_seconds=1.0, allowed=(ip_network("127.0.0.0/8"),))
    with Names({"news.example": [PUBLIC]}) as names:
        for url in (f"http://{PUBLIC}:22/", "http://news.example:6379/", "http://news.example:25/"):
            assert isinstance(fetched(url, names, wire, rules), Rejection), url
    assert (wire.reached, wire.stray) == ([], [])


@pytest.mark.parametrize(
    "given",
    [
        ["not an address"],
        [""],
        ["93.184.216.34 "],
        ["93.184.216.34", "2130706433"],
        ["fe80::1%eth0"],
        ["93.184.216.034"],
    ],
)
def test_what_a_resolver_gives_that_is_no_public_address_is_refused(given: list[str], wire: Wire) -> None:
    async def resolve(host: str) -> list[str]:
        return given

    assert isinstance(asyncio.run(Fetcher(RULES, resolve).fetch("http://news.example/")), Rejection)
    assert (wire.reached, wire.stray) == ([], [])


def test_a_resolver_that_fails_or_hangs_is_a_rejection_in_time(wire: Wire) -> None:
    async def hangs(host: str) -> list[str]:
        await asyncio.sleep(60)
        return [PUBLIC]

    async def fails(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "again")

    rules = Rules(agent="t", tries=1, pause=0.0, connect_seconds=0.2)
    for resolve in (hangs, fails):
        outcome = asyncio.run(asyncio.wait_for(Fetcher(rules, resolve).fetch("http://news.example/"), 5.0))
        assert isinstance(outcome, Rejection)
    assert (wire.reached, wire.stray) == ([], [])


def test_every_address_of_the_closed_networks_is_closed() -> None:
    draw = Random(1)
    blocks = (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "::/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 "
        "fec0::/10 ff00::/8"
    )
    for network in map(ip_network, blocks.split()):
        inside = [int(network[0]), int(network[-1])]
        inside += [draw.randint(*inside) for _ in range(20)]
        for ip in (
            ip_address(number) if network.version == 4 else ip_network((number, 128))[0] for number in inside
        ):
            assert not addresses.is_public(ip), ip
            if ip.version == 4:
                mapped, translated = ip_address(f"::ffff:{ip}"), ip_address(f"64:ff9b::{ip}")
                assert not addresses.is_public(mapped), mapped
                assert not addresses.is_public(translated), translated


def test_no_text_makes_reading_raise_and_what_is_read_reads_the_same_again() -> None:
    draw = Random(2)
    plain = "http:// https:// news.example 127.0.0.1 [::1] :80 : / // @ \\ % # ? xn-- xn--a . - _ [ ] 0x %25"
    pieces = [*plain.split(), *"éß①。٣²🐟ￜﷺİÅ", "\ud800", "\udfff", "\x00", "\n", "\u00ad", "\u202e", "a" * 70]
    for _ in range(20_000):
        url = draw.choice(["http://", "https://news.example", ""]) + "".join(
            draw.choices(pieces, k=draw.randint(0, 7))
        )
        found = addresses.read(url)
        if isinstance(found, Refusal):
            continue
        assert str(found).isascii(), url
        assert str(found).isprintable(), url
        assert addresses.read(str(found)) == found, url
        assert isinstance(addresses.joined(found, url), str)


def test_a_long_address_takes_no_time() -> None:
    for body in ("a." * 10**6, "%" * 10**6, "[" * 10**6, "ä" * 2000, "1." * 1000, "ä." * 1000, "/../" * 500):
        assert isinstance(addresses.read(f"http://{body}.example/"), addresses.Address | Refusal)
