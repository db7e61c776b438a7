"""A web of its own: pages by feeds of every kind, beside every misbehaviour of a server; one pull takes it all."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import Self

import pytest

from retrieval.record import Record
from tests.ingest.test_workers import below
from tests.ingest.web.site import MISBEHAVIOURS, FeedKind, Site, page_of, write
from tests.processes.command import Onrecord

pytestmark = pytest.mark.slow

PAGES = 300
MOST_SECONDS, MOST_BYTES = 240, 1_500_000_000
KINDS: tuple[FeedKind, ...] = ("rss", "atom", "json", "sitemap")
# In one feed as many as one pull takes of it.
IN_A_FEED = 100
# Such paths stand for many; these are some.
NAMED = {
    "/redirect/chain/*": ("/redirect/chain/5", "/redirect/chain/6"),
    "/redirect/by/*": ("/redirect/by/301", "/redirect/by/307"),
    "/status/*": ("/status/401", "/status/403", "/status/404", "/status/451", "/status/500"),
    "/status-line/*": ("/status-line/abc", "/status-line/99"),
    "/retry/*": ("/retry/429-9999", "/retry/503-1", "/retry/503"),
    "/once/*": ("/once/502", "/once/429-1"),
}
# What gives a page all the same, whole and in words, at the first try or at another.
GOOD = set(
    "/article /length/with-chunks /chunked/good /gzip/good /deflate/zlib /deflate/raw /encoding/identity "
    "/kind/none /kind/nonsense /kind/html-as-plain /kind/capitals /kind/quoted /redirect/relative "
    "/redirect/fragment /redirect/endless-body /redirect/letters /redirect/by/301 /redirect/by/307 "
    "/redirect/chain/5 /artículo/é /art%C3%ADculo/%C3%A9 /charset/utf-8 /charset/windows-1252 "
    "/charset/utf-16 /charset/wrong /charset/unknown /charset/hostile /validated /dated /headers/letters "
    "/headers/latin /headers/folded /headers/bare-newlines /closes/once /once/502 /once/429-1".split()
)
# Taken or refused, either is right.
EITHER = {"/gzip/members", "/headers/no-colon", "/headers/nul", "/length/too-long"}
_SETTINGS = {
    "ONRECORD_FETCH_NETWORKS": "127.0.0.0/8",
    "ONRECORD_FETCH_PAUSE": "0",
    "ONRECORD_FETCH_SECONDS": "2",
}


class Web:
    """Sites with nothing but articles, a feed of one kind on each, and a site for each misbehaviour."""

    def __init__(self, sites: ExitStack) -> None:
        self.feeds: list[str] = []
        self.articles: set[str] = set()
        for n, kind in enumerate(KINDS):
            site = sites.enter_context(Site())
            written = [write(number) for number in range(n, PAGES, len(KINDS))]
            self.articles |= {
                site.page(one.path, page_of(one, site.url(one.path)), headers={"ETag": '"1"'}) for one in written
            }
            self.feeds.append(site.feed("/feed", written, kind))
        paths = [named for path in MISBEHAVIOURS for named in NAMED.get(path, (path,))]
        # A host of its own for each: one that failed several times is left alone.
        self.odd = {sites.enter_context(Site()).url(path): path for path in paths}
        entries = sites.enter_context(Site())
        for start in range(0, len(self.odd), IN_A_FEED):
            some = list(self.odd)[start : start + IN_A_FEED]
            items = [{"id": url, "url": url} for url in some]
            told = {"version": "https://jsonfeed.org/version/1.1", "title": "The odd ones", "items": items}
            self.feeds.append(entries.page(f"/{start}.json", json.dumps(told), "application/feed+json"))


@pytest.fixture
def web() -> Iterator[Web]:
    with ExitStack() as sites:
        yield Web(sites)


class Watched:
    """The most memory that a process and those below it were seen to hold at once, in bytes."""

    def __init__(self, pid: int) -> None:
        self.most, self.processes = 0, 0
        self._pid = pid
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.25):
            pids = {self._pid} | below(self._pid)
            self.most = max(self.most, sum(map(_resident, pids)))
            self.processes = max(self.processes, len(pids))


def _resident(pid: int) -> int:
    """What a process holds; pages that it shares with others count in full."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has just ended
        return 0
    return sum(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc to look at")
def test_every_good_page_of_a_bad_web_is_stored_and_every_bad_one_rejected_with_its_reason(
    web: Web, tmp_path: Path
) -> None:
    onrecord = Onrecord(tmp_path / "home")
    assert all(row["added"] for row in onrecord.ok("feeds", "add", *web.feeds, "--json", **_SETTINGS).json)
    started = time.monotonic()
    with onrecord.start("feeds", "pull", "--json", **_SETTINGS) as process, Watched(process.pid) as watched:
        out, err = process.communicate(timeout=2 * MOST_SECONDS)
    seconds = time.monotonic() - started
    report = json.loads(out)
    print(
        f"{len(web.articles)} articles and {len(web.odd)} odd pages in {seconds:.0f} s, "
        f"at most {watched.most / 1e6:.0f} MB in {watched.processes} processes"
    )

    rejected = {one["source"]: one["reason"] for one in report["rejected"]}
    assert process.returncode == 1
    assert sorted(rejected) == sorted(one["source"] for one in report["rejected"])  # each once
    assert set(rejected) <= set(web.odd)
    assert all(rejected.values())
    bad = {path for url, path in web.odd.items() if url in rejected}
    assert bad - EITHER == set(web.odd.values()) - GOOD - EITHER
    assert report["added"] + len(rejected) == len(web.articles) + len(web.odd)
    assert sum(feed["new"] for feed in report["feeds"]) == len(web.articles) + len(web.odd)

    urls = _stored(onrecord)
    assert web.articles <= urls
    assert len(urls) == report["added"]
    _quiet(err.decode().splitlines())
    assert watched.most < MOST_BYTES
    assert seconds < MOST_SECONDS


def _stored(onrecord: Onrecord) -> set[str]:
    record = Record.open(f"sqlite:///{onrecord.home / 'default' / 'library.sqlite3'}")
    try:
        assert record.faults() == []
        return {article.url for article in record.articles()}
    finally:
        record.close()


def _quiet(lines: Sequence[str]) -> None:
    """Nothing is on standard error but how far it is."""
    assert [line for line in lines if "articles/s" not in line and not line.startswith("nothing yet")] == []
