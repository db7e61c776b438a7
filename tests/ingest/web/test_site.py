"""The web site and the name server that other tests lean on: what they serve is what they say they serve."""

import asyncio
import gzip
import json
import socket
import time
import zlib
from contextlib import suppress
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from ingest.extract import webpage
from ingest.extract.draft import Draft
from tests.ingest.web.names import Known, Names
from tests.ingest.web.site import ETAG, MISBEHAVIOURS, WORDS, FeedKind, Site

# What sends without end, is slow on purpose, or says nothing.
_UNENDING = (
    "/endless/",
    "/slow/",
    "/hangs",
    "/huge/",
    "/gzip/bomb",
    "/deflate/bomb",
    "/switch",
    "/redirect/endless",
)


def asked(site: Site, path: str, *headers: str, wait: float = 5.0, most: int = 1 << 22) -> bytes:
    """What comes back within a time, up to a size."""
    until, found = time.monotonic() + wait, b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=wait) as connection:
        connection.sendall("\r\n".join([f"GET {path} HTTP/1.1", "Host: a", *headers, "", ""]).encode())
        try:
            while len(found) < most and time.monotonic() < until:
                if not (piece := connection.recv(1 << 16)):
                    break
                found += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return found


def test_a_page_comes_back_as_it_was_registered_and_the_request_is_on_record() -> None:
    with Site() as site:
        assert site.page("/a", "Grüße", "text/plain; charset=utf-8", 203, {"X-A": "b"}) == site.url("/a")
        head, _, body = asked(site, "/a?q=1", "X-Asked: yes").partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 203 ")
        assert {b"X-A: b", b"Content-Type: text/plain; charset=utf-8"} <= set(head.split(b"\r\n"))
        assert body.decode() == "Grüße"
        assert asked(site, "/nowhere").startswith(b"HTTP/1.1 404 ")
        assert [(one.path, one.headers.get("x-asked"), one.nth) for one in site.requests] == [
            ("/a?q=1", "yes", 0),
            ("/nowhere", None, 0),
        ]


@pytest.mark.parametrize("path", [path for path in MISBEHAVIOURS if not path.startswith(_UNENDING)])
def test_every_answer_that_has_an_end_comes_to_it_soon(path: str) -> None:
    with Site() as site:
        started = time.monotonic()
        asked(site, path.replace("/*", "/301"))
        assert time.monotonic() - started < 2.0


@pytest.mark.parametrize("path", [path for path in MISBEHAVIOURS if path.startswith(("/slow/", "/hangs"))])
def test_what_is_slow_or_hangs_has_not_ended_after_a_while(path: str) -> None:
    with Site() as site, socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        connection.settimeout(0.1)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            with suppress(TimeoutError):
                assert connection.recv(1 << 16)  # it is empty where the other side has closed


@pytest.mark.parametrize("path", [path for path in MISBEHAVIOURS if path.startswith("/endless/")])
def test_what_is_endless_goes_on_for_longer_than_anyone_reads(path: str) -> None:
    with Site() as site:
        assert len(asked(site, path)) >= 1 << 22


def test_a_bomb_is_small_on_the_wire_and_vast_behind_it() -> None:
    with Site() as site:
        packed = asked(site, "/gzip/bomb", most=100_000).partition(b"\r\n\r\n")[2]
        assert len(zlib.decompressobj(31).decompress(packed)) > 500 * len(packed)


def test_nested_and_bare_compression_are_what_they_are_called() -> None:
    with Site() as site:
        nested, bare = (asked(site, path).partition(b"\r\n\r\n")[2] for path in ("/gzip/nested", "/deflate/raw"))
        assert WORDS in gzip.decompress(gzip.decompress(nested)).decode()
        assert WORDS in zlib.decompress(bare, -15).decode()


def test_a_page_with_validators_answers_304_to_those_who_have_it() -> None:
    with Site() as site:
        site.page("/v", WORDS, headers={"ETag": '"7"'})
        assert asked(site, "/v", 'If-None-Match: "7"').startswith(b"HTTP/1.1 304 ")
        assert asked(site, "/v", 'If-None-Match: "6"').startswith(b"HTTP/1.1 200 ")
        assert asked(site, "/validated", f"If-None-Match: {ETAG}").startswith(b"HTTP/1.1 304 ")


def test_robots_txt_is_a_text_or_the_answer_of_any_path() -> None:
    with Site() as site:
        assert b"Allow: /" in asked(site, "/robots.txt")
        site.robots = "User-agent: *\nDisallow: /a"
        assert b"Disallow: /a" in asked(site, "/robots.txt")
        site.robots = "/status/500"
        assert asked(site, "/robots.txt").startswith(b"HTTP/1.1 500 ")


def test_a_failure_that_happens_once_is_followed_by_the_page() -> None:
    with Site() as site:
        first, second = asked(site, "/once/503-2"), asked(site, "/once/503-2")
        assert first.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 2\r\n" in first
        assert second.startswith(b"HTTP/1.1 200 ")


def test_it_stops_within_a_second_whatever_is_going_on() -> None:
    with Site() as site:
        held = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(4)]
        for connection, path in zip(held, ("/hangs", "/endless/body", "/slow/body", ""), strict=True):
            connection.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode() if path else b"GET")
        time.sleep(0.2)
        stopped = time.monotonic()
    assert time.monotonic() - stopped < 1.0
    for connection in held:
        connection.close()


def test_articles_are_real_to_our_own_reader_and_have_little_in_common() -> None:
    with Site() as site:
        articles = site.articles(60)
        drafts = [webpage.extract(asked(site, one.path).partition(b"\r\n\r\n")[2]) for one in articles[:5]]
        for article, draft in zip(articles, drafts, strict=False):
            assert isinstance(draft, Draft)
            assert (draft.text, draft.title) == (article.text, article.title)
            assert (draft.author, draft.published) == (article.author, article.published)
            assert draft.url == site.url(article.path)
    assert len({article.path for article in articles}) == len(articles)
    for article in articles:
        assert len(article.text.split()) >= 120
        assert f"“{article.quotation},” {article.speaker} said." in article.text
    for one, next_one in pairwise(articles):
        theirs = set(next_one.text.replace("\n\n", " ").split(". "))
        assert len(theirs & set(one.text.replace("\n\n", " ").split(". "))) <= 2


@pytest.mark.parametrize("kind", ["rss", "atom", "sitemap"])
def test_a_feed_names_its_articles_in_order(kind: FeedKind) -> None:
    with Site() as site:
        articles = site.articles(3)
        site.feed("/feed", articles, kind)
        tree = ElementTree.fromstring(asked(site, "/feed").partition(b"\r\n\r\n")[2])  # noqa: S314 - our own text
        links = [text for one in tree.iter() for text in (one.get("href"), one.text) if text and "/2024/" in text]
        assert list(dict.fromkeys(links)) == [site.url(article.path) for article in articles]


def test_a_json_feed_names_its_articles_in_order() -> None:
    with Site() as site:
        articles = site.articles(3)
        site.feed("/feed", articles, "json")
        told = json.loads(asked(site, "/feed").partition(b"\r\n\r\n")[2])
        assert [item["url"] for item in told["items"]] == [site.url(article.path) for article in articles]


def test_names_resolve_over_udp_with_aliases_in_turn_and_to_both_families() -> None:
    both = ["93.184.216.34", "2606:2800:220:1::1"]
    known: Known = {
        "news.example": both,
        "www.example": "news.example",
        "rebind.example": [["93.184.216.34"], ["127.0.0.1"]],
        "empty.example": [],
    }

    async def resolved(names: Names) -> list[list[str]]:
        return [
            await names.resolve(host)
            for host in ("NEWS.example", "www.example", "rebind.example", "rebind.example", "rebind.example")
        ]

    with Names(known) as names:
        plain, alias, first, second, third = asyncio.run(resolved(names))
        assert sorted(plain) == sorted(alias) == sorted(both)
        assert (first, second, third) == (["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"])
        assert set(names.queries) == {"news.example", "www.example", "rebind.example"}
        for absent in ("nobody.example", "empty.example", "localhost"):
            with pytest.raises(OSError, match=absent):
                asyncio.run(names.resolve(absent))
