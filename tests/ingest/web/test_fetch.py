"""Fetching from servers that misbehave: a page or a rejection, in time, in little memory, with good manners."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest.web import robots
from ingest.web.fetch import Fetcher
from ingest.web.manners import FAILURES
from ingest.web.rules import FEEDS, Page, Rules, Validators
from retrieval.types import Rejection
from tests.ingest.web.site import ETAG, FIRST, LAST, MISBEHAVIOURS, MODIFIED, WORDS, Site, markup

SECONDS = 0.6
RULES = Rules(
    agent="onrecord/0 (+https://desk.example)",
    seconds=SECONDS,
    connect_seconds=0.5,
    max_bytes=1_000_000,
    redirects=3,
    tries=1,
    backoff=0.05,
    pause=0.0,
    patience=3.0,
    allowed=(ip_network("127.0.0.1/32"),),
)
Outcome = Page | Rejection


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


async def everywhere(host: str) -> list[str]:
    return ["127.0.0.1"]


def fetched(site: Site, *paths: str, rules: Rules = RULES, **given: Any) -> list[Outcome]:
    """One after the other, by one fetcher."""

    async def run() -> list[Outcome]:
        fetcher = Fetcher(rules, everywhere)
        return [await asyncio.wait_for(fetcher.fetch(site.url(path), **given), 10.0) for path in paths]

    return asyncio.run(run())


def page(site: Site, path: str, rules: Rules = RULES) -> Page:
    (outcome,) = fetched(site, path, rules=rules)
    assert isinstance(outcome, Page), outcome
    return outcome


def rejected(site: Site, path: str, rules: Rules = RULES) -> str:
    (outcome,) = fetched(site, path, rules=rules)
    assert isinstance(outcome, Rejection), outcome
    assert outcome.source == site.url(path)
    return outcome.reason


@pytest.mark.parametrize("path", list(MISBEHAVIOURS))
def test_whatever_a_server_does_the_outcome_is_a_value_in_time(path: str, site: Site) -> None:
    path = path.replace("chain/*", "chain/9").replace("/*", "/500")
    started = time.monotonic()
    (outcome,) = fetched(site, path)
    assert isinstance(outcome, Page | Rejection)
    # Its robots.txt comes at once, so that the bound is of one request.
    assert time.monotonic() - started < SECONDS + 0.9


@pytest.mark.parametrize(
    "path",
    "/article /chunked/good /gzip/good /deflate/zlib /deflate/raw /encoding/identity /kind/none /kind/nonsense "
    "/kind/capitals /kind/quoted /redirect/chain/3 /redirect/letters /redirect/endless-body /redirect/by/301 "
    "/redirect/by/302 /redirect/by/303 /redirect/by/307 /redirect/by/308 /headers/letters /headers/latin "
    "/headers/folded /headers/bare-newlines /length/with-chunks /charset/unknown".split(),
)
def test_a_page_comes_whole_by_whichever_way(path: str, site: Site) -> None:
    assert WORDS in page(site, path).data.decode()


@pytest.mark.parametrize(
    "path",
    "/closes/in-body /length/too-long /chunked/cut-off /gzip/cut-off /gzip/wrong-sum /gzip/members /hangs/in-body "
    "/slow/body /endless/body".split(),
)
def test_half_a_page_is_never_given_for_a_whole_one(path: str, site: Site) -> None:
    (outcome,) = fetched(site, path)
    assert isinstance(outcome, Rejection) or (FIRST in outcome.data.decode() and LAST in outcome.data.decode())


@pytest.mark.parametrize(
    "path",
    "/kind/image /kind/video /kind/zip /kind/octet-stream /kind/feed /redirect/loop /redirect/there "
    "/redirect/chain/4 /redirect/nowhere /redirect/file /redirect/javascript /redirect/ftp /redirect/data "
    "/redirect/private /huge/declared /huge/undeclared /gzip/bomb /deflate/bomb /gzip/twice /gzip/lie "
    "/deflate/lie /encoding/br /encoding/nonsense /always-304 /no-content /partial /garbage/http-0.9 "
    "/garbage/tls /garbage/bytes /hangs /closes /resets /length/negative /length/twice /chunked/no-size "
    "/cookies/growing /endless/headers /switch".split(),
)
def test_what_is_no_page_is_a_rejection(path: str, site: Site) -> None:
    assert rejected(site, path)


@pytest.mark.parametrize(
    ("path", "kind", "charset"),
    [
        ("/article", "text/html", "utf-8"),
        ("/kind/quoted", "text/html", "utf-8"),
        ("/kind/none", "text/html", None),
        ("/kind/html-as-plain", "text/plain", None),
        ("/charset/windows-1252", "text/html", None),
        ("/charset/utf-16", "text/html", "utf-16"),
        ("/charset/unknown", "text/html", "x-nonsense"),
    ],
)
def test_kind_and_charset_are_what_the_server_says_and_the_bytes_are_left_as_they_are(
    path: str, kind: str, charset: str | None, site: Site
) -> None:
    found = page(site, path)
    assert (found.kind, found.charset) == (kind, charset)
    if charset == "utf-16":
        assert WORDS in found.data.decode("utf-16")


@pytest.mark.parametrize(
    "given",
    [
        "text/html; charset*=utf-8'en'utf-8; charset*0=a; charset*1*=%zz",
        "text/html; charset*0*=a'b'%ff; charset*1=c",
        "text/html; charset*=",
        "text/html; charset*=x-nonsense''%e9",
        "text/html; charset=\"utf-8",
        "text/html;;;=;charset==;charset",
        "text/html; charset=" + "a" * 5000,
        "text/html" + "; a=b" * 3000,
        "text/html; a=" + '"\\' * 3000,
        "text/html, text/html",
        "text/html; charset=é",
        "/", "//", ";", ",", "text/", "/html", "text/html/html", "*/*", "=?utf-8?q?text/html?=",
    ],
)  # fmt: skip
def test_no_content_type_makes_it_raise_or_take_long(given: str, site: Site) -> None:
    site.page("/odd", markup(), given)
    started = time.monotonic()
    (outcome,) = fetched(site, "/odd")
    assert isinstance(outcome, Page | Rejection)
    assert time.monotonic() - started < SECONDS + 0.9


@pytest.mark.parametrize(
    "path", "/gzip/bomb /gzip/bomb-at-once /deflate/bomb /endless/body /endless/chunks /huge/undeclared "
    "/endless/headers /endless/trailers /endless/interim /endless/chunk-size /redirect/endless-body".split()
)  # fmt: skip
def test_memory_stays_near_the_limit_whatever_comes(path: str, site: Site) -> None:
    fetched(site, "/article", path)  # what is made once is there
    tracemalloc.start()
    try:
        fetched(site, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * RULES.max_bytes  # it holds the server's own megabytes too


def test_an_address_in_the_end_is_where_the_page_came_from(site: Site) -> None:
    assert page(site, "/redirect/relative").url == site.url("/article?from=relative")
    assert page(site, "/redirect/fragment").url == site.url("/article")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 410, 418, 451, 501, 999])
def test_a_refusal_of_the_server_is_final(status: int, site: Site) -> None:
    assert rejected(site, f"/status/{status}", replace(RULES, tries=3))
    assert len(site.paths()) == 1


def test_the_reason_tells_refusals_apart(site: Site) -> None:
    reasons = {rejected(site, f"/status/{status}") for status in (401, 403, 404, 451, 500)}
    assert len(reasons) == 5


@pytest.mark.parametrize(
    "path", ["/once/500", "/once/502", "/once/503-1", "/once/503-soon", "/once/429", "/closes/once"]
)
def test_what_fails_once_is_tried_again(path: str, site: Site) -> None:
    assert WORDS in page(site, path, replace(RULES, tries=2)).data.decode()
    first, second = (asked.at for asked in site.requests if asked.path == path)
    if "-" in path:
        assert second - first > 0.9
    assert second - first < 3.0


def test_tries_are_counted_and_come_at_growing_distances(site: Site) -> None:
    rejected(site, "/status/500", replace(RULES, tries=3, backoff=0.1))
    first, second, third = (asked.at for asked in site.requests if asked.path == "/status/500")
    assert 0.09 < second - first < third - second


@pytest.mark.parametrize("wish", ["4", "9999", "9" * 40, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_beyond_our_patience_is_not_waited_for(wish: str, site: Site) -> None:
    started = time.monotonic()
    rejected(site, f"/retry/429-{wish.replace(' ', '%20')}", replace(RULES, tries=3))
    assert time.monotonic() - started < 0.5
    assert len(site.paths()) == 1


@pytest.mark.parametrize(
    "wish",
    [
        *("-5", "nan", "inf", "1e9", "0", "1.5", "²", "1, 2", "soon and later", "99 99 99", "0 0 0 0:0"),
        "Tue, 01 Jan 1980 00:00:00 GMT",
        "Tue, 01 Jan 0001 00:00:00 +2359",
        "Tue, 01 Jan 2030 00:00:00 -99999",
        "Tue, 99999999999 Jan 2030 00:00:00 GMT",
        "Tue, 01 Jan 99999999999 00:00:00 GMT",
        "Tue, 01 Jan 2030 99999999999:00:00 GMT",
        "Tue, 01 Jan 2030 00:00:00 +99999999999999999999",
    ],
)
def test_no_retry_after_makes_it_raise(wish: str, site: Site) -> None:
    site.page("/odd", "<h1>Not now</h1>", status=503, headers={"Retry-After": wish})
    assert rejected(site, "/odd", replace(RULES, tries=2))


@pytest.mark.parametrize(
    ("path", "known"), [("/validated", Validators(ETAG, MODIFIED)), ("/dated", Validators(None, MODIFIED))]
)
def test_what_has_not_changed_comes_without_its_data(path: str, known: Validators, site: Site) -> None:
    first = page(site, path)
    assert (first.fresh, first.validators) == (True, known)
    (second,) = fetched(site, path, known=first.validators)
    assert isinstance(second, Page)
    assert (second.fresh, second.data, second.validators) == (False, b"", known)


def test_what_has_changed_comes_anew(site: Site) -> None:
    (outcome,) = fetched(site, "/validated", known=Validators('"v0"', "Mon, 04 Mar 2024 10:00:00 GMT"))
    assert isinstance(outcome, Page)
    assert outcome.fresh
    assert WORDS in outcome.data.decode()


@pytest.mark.parametrize("etag", ['"a"\r\nX-Injected: b', '"é🐟"', "\x00", '"' + "a" * 100_000 + '"', "\ud800"])
def test_validators_from_a_file_cannot_write_headers_of_their_own(etag: str, site: Site) -> None:
    (outcome,) = fetched(site, "/validated", known=Validators(etag, None))
    assert isinstance(outcome, Page | Rejection)
    assert not any("x-injected" in asked.headers for asked in site.requests)


def test_a_feed_is_taken_where_feeds_are_wanted(site: Site) -> None:
    for kind in ("rss", "atom", "json", "sitemap"):
        site.feed(f"/{kind}", site.articles(2), kind)
        (outcome,) = fetched(site, f"/{kind}", kinds=FEEDS)
        assert isinstance(outcome, Page)
        assert b"/2024/" in outcome.data


def test_only_what_must_be_said_is_said(site: Site) -> None:
    site.page("/a", markup(), headers={"Set-Cookie": "a=b; Path=/"})
    fetched(site, "/a", "/redirect/relative", "/a")
    for asked in site.requests:
        assert asked.headers["user-agent"] == RULES.agent
        assert not {"cookie", "referer", "authorization"} & set(asked.headers)
        assert set(asked.headers["accept-encoding"].replace(" ", "").split(",")) == {"gzip", "deflate"}


@pytest.mark.parametrize(
    ("rules", "path", "goes"),
    [
        ("User-agent: *\nDisallow: /", "/article", False),
        ("User-agent: *\nDisallow: /art*e$", "/article", False),
        ("User-agent: *\nDisallow: /\nAllow: /article", "/article", True),
        ("User-agent: onrecord\nDisallow: /\n\nUser-agent: *\nAllow: /", "/article", False),
        ("User-agent: onrecord\nAllow: /\n\nUser-agent: *\nDisallow: /", "/article", True),
        ("User-agent: desk\nDisallow: /", "/article", True),  # a word of our contact is not our name
        ("User-agent: other\nDisallow: /", "/article", True),
        ("\ufeffUser-agent: *\r\nDisallow: /article", "/article?a=b", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("", "/article", True),
        ("/status/404", "/article", True),
        ("/status/403", "/article", True),
        ("/article", "/article", True),
        ("/garbage/bytes", "/article", False),
        ("/kind/image", "/article", True),
        ("/gzip/lie", "/article", True),
        ("/gzip/bomb", "/article", True),
        ("/endless/body", "/article", True),
        ("/redirect/by/301", "/article", True),
        ("/status/500", "/article", False),
        ("/status/503", "/article", False),
        ("/retry/429", "/article", False),
        ("/hangs", "/article", False),
        ("/slow/body", "/article", False),
        ("/closes", "/article", False),
        ("/redirect/private", "/article", False),
    ],
)
def test_robots_txt_decides_whether_a_page_is_asked_for(rules: str, path: str, goes: bool, site: Site) -> None:
    site.robots = rules
    site.page("/caf%C3%A9", markup())
    started = time.monotonic()
    (outcome,) = fetched(site, path)
    assert isinstance(outcome, Page if goes else Rejection), outcome
    assert (path in site.paths()) is goes
    assert time.monotonic() - started < SECONDS + 0.9


def test_robots_txt_holds_for_where_a_redirect_leads(site: Site) -> None:
    site.robots = "User-agent: *\nDisallow: /article"
    rejected(site, "/redirect/by/302")
    assert site.paths() == ["/redirect/by/302"]


def test_robots_txt_is_read_once_for_a_site_and_again_where_it_was_out_of_order(site: Site) -> None:
    fetched(site, "/article", "/article", "/charset/utf-8")
    assert [asked.path for asked in site.requests].count("/robots.txt") == 1
    site.robots = "/once/503"
    first, second = asyncio.run(_twice_with_a_fresh_robots(site))
    assert isinstance(first, Rejection)
    assert isinstance(second, Page)


async def _twice_with_a_fresh_robots(site: Site) -> list[Outcome]:
    fetcher = Fetcher(RULES, everywhere)
    site.answer("/robots.txt", lambda asked: MISBEHAVIOURS["/status/*"](replace(asked, path="/503")))
    first = await fetcher.fetch(site.url("/article"))
    site.page("/robots.txt", "User-agent: *\nAllow: /", "text/plain")
    return [first, await fetcher.fetch(site.url("/article"))]


@pytest.mark.parametrize("delay", ["nan", "inf", "-inf", "-1", "1e9", "9" * 5000, "1,5", "0x10", "\x00", "²"])
def test_a_crawl_delay_is_a_pause_of_seconds_within_reason(delay: str) -> None:
    assert 0.0 <= robots.read(f"User-agent: *\nCrawl-delay: {delay}".encode()).pause() <= robots.LONGEST_PAUSE


@pytest.mark.parametrize(
    "rules",
    [
        "Disallow: /" + "*a" * 2000 + "*b$\n",
        ("Disallow: /" + "*a" * 20 + "*b$\n") * 2000,
        "Allow: /a\n" * 20_000,
        "a" * 500_000,
    ],
    ids=["stars", "many stars", "many lines", "one line"],
)
def test_no_robots_txt_takes_long_to_read_or_to_ask(rules: str) -> None:
    started = time.perf_counter()
    robots.read(f"User-agent: *\n{rules}".encode()).refusal("http://news.example/" + "a" * 2000)
    assert time.perf_counter() - started < 1.0


def test_requests_to_a_host_come_one_at_a_time_and_with_a_pause_between(site: Site) -> None:
    paths = [asked.path for asked in site.articles(4)]

    async def run() -> list[Outcome]:
        fetcher = Fetcher(replace(RULES, pause=0.15), everywhere)
        return await asyncio.gather(*(fetcher.fetch(site.url(path)) for path in paths))

    assert all(isinstance(outcome, Page) for outcome in asyncio.run(run()))
    assert site.most_open == 1
    times = [asked.at for asked in site.requests if asked.path != "/robots.txt"]
    assert all(second - first > 0.14 for first, second in pairwise(times))


def test_the_pause_is_the_site_s_own_where_it_asks_for_a_longer_one(site: Site) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 0.4"
    fetched(site, "/article", "/article", rules=replace(RULES, pause=0.05))
    first, second = (asked.at for asked in site.requests if asked.path == "/article")
    assert second - first > 0.39


def test_a_slow_host_holds_up_no_other(site: Site) -> None:
    async def run() -> float:
        fetcher = Fetcher(replace(RULES, seconds=2.0), everywhere)
        slow = asyncio.create_task(fetcher.fetch(f"http://slow.example:{site.port}/hangs"))
        await asyncio.sleep(0.2)
        started = time.monotonic()
        assert isinstance(await fetcher.fetch(f"http://quick.example:{site.port}/article"), Page)
        taken = time.monotonic() - started
        slow.cancel()
        return taken

    assert asyncio.run(run()) < 1.0


def test_a_host_that_is_silent_is_left_alone_after_a_few_tries(site: Site) -> None:
    fetched(site, *["/hangs"] * (FAILURES + 2), rules=replace(RULES, seconds=0.2))
    assert len(site.paths()) == FAILURES


def test_a_host_that_answers_is_never_silent(site: Site) -> None:
    outcomes = fetched(site, *["/status/404", "/status/500", "/kind/image"] * FAILURES, "/article")
    assert isinstance(outcomes[-1], Page)


def test_a_fetch_that_is_cancelled_gives_its_turn_back(site: Site) -> None:
    async def run() -> Outcome:
        fetcher = Fetcher(replace(RULES, seconds=30.0), everywhere)
        task = asyncio.create_task(fetcher.fetch(site.url("/hangs")))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.wait_for(fetcher.fetch(site.url("/article")), 2.0)

    assert isinstance(asyncio.run(run()), Page)


def test_a_port_where_nobody_listens_is_a_rejection(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert isinstance(asyncio.run(Fetcher(RULES, everywhere).fetch(url)), Rejection)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of a key and a certificate for 127.0.0.1 that nobody has signed."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not on this machine")
    made = tmp_path_factory.mktemp("tls") / "site.pem"
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=a"
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{made}.key", "-out", str(made)]
    subprocess.run([openssl, *asked.split(), *files], check=True, capture_output=True)
    made.write_text(made.read_text() + Path(f"{made}.key").read_text())
    return made


@pytest.mark.parametrize(
    ("path", "trusted", "comes"),
    [
        ("/article", True, True),
        ("/article", False, False),
        ("/closes/in-body", True, False),
        ("/beneath/record", True, False),
        ("/beneath/words", True, False),
    ],
)
def test_over_tls_it_takes_whole_pages_of_trusted_servers_only(
    path: str, trusted: bool, comes: bool, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        context = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr("httpcore2.default_ssl_context", lambda: context)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with Site(server) as site:
        (outcome,) = fetched(site, path)
        assert isinstance(outcome, Page if comes else Rejection)
        assert bool(site.requests) is trusted


def test_a_server_without_tls_is_no_https_server(site: Site) -> None:
    url = site.url("/article").replace("http:", "https:")
    assert isinstance(asyncio.run(Fetcher(RULES, everywhere).fetch(url)), Rejection)
    assert site.requests == []
