"""Following feeds: what a pull asks for and what it leaves alone, what it stores, and what it remembers."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from ingest.following import MOST, SILENT, TRIES, Pulled, State, fetched, look, noting, pull, state
from ingest.pipeline import Report, forget, ingest
from ingest.statements.offices import offices
from ingest.statements.reader import Reader
from ingest.unread import Given
from ingest.web import feeds
from ingest.web.downloads import Downloads
from ingest.web.rules import Rules
from ingest.workers import Workers
from retrieval.library import Library
from retrieval.record import Put, StoredFeed
from tests.ingest.test_pipeline import assert_sound, opened, quietly, stored
from tests.ingest.web.site import Asked, FeedKind, Site, Written, page_of, write

RULES = Rules("onrecord-test", seconds=5.0, tries=1, backoff=0.05, pause=0.0, allowed=(ip_network("127.0.0.0/8"),))
READER = Reader(None, offices(None), "the rules alone")
NOTHING = Given()
NONE = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
DAY = datetime(2024, 5, 1, 8, tzinfo=UTC)


@dataclass
class Desk:
    """A library that follows feeds of a site; every pull is by new connections, as each command is."""

    site: Site
    library: Library
    rules: Rules = RULES
    done: list[Report] = field(default_factory=list)

    def follow(self, *urls: str) -> None:
        for url in urls:
            assert self.library.record.follow(url, None, None)

    def pull(self) -> Pulled:
        """Pull everything; what was asked of the site before is forgotten."""
        self.site.requests.clear()
        with Downloads(self.rules) as downloads:
            return pull(self.library, Workers(READER), downloads, self.library.record.followed(), quietly)

    def ingest(self, *urls: str, given: Given = NOTHING) -> Report:
        """What `onrecord ingest URL` does."""
        self.site.requests.clear()
        record = self.library.record
        with Downloads(self.rules) as downloads:
            pages = fetched(record, downloads, urls, given)
            return ingest(self.library, pages, quietly, Workers(READER), noting(record))

    def page(self, article: Written, **headers: str) -> str:
        url = self.site.url(article.path)
        return self.site.page(article.path, page_of(article, url), headers=headers)

    def urls(self) -> set[str]:
        return set(stored(self.library))

    @property
    def feed(self) -> StoredFeed:
        (one,) = self.library.record.followed()
        return one


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path) as library:
        yield Desk(site, library)
        assert_sound(library)


def atom(entries: Iterable[tuple[str, datetime | None]]) -> str:
    """An Atom feed of addresses, each with the time of its last change."""
    told = "".join(
        f'<entry><title>Of {n}</title><link href="{url.replace("&", "&amp;")}"/>'
        f"<id>{url.replace('&', '&amp;')}</id>"
        + (f"<updated>{moment.isoformat()}</updated></entry>" if moment else "</entry>")
        for n, (url, moment) in enumerate(entries)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Quay</title><id>urn:quay</id>{told}</feed>'


def put_feed(site: Site, path: str, urls: Iterable[str], at: datetime | None = DAY, **headers: str) -> str:
    return site.page(path, atom((url, at) for url in urls), "application/atom+xml", headers=headers)


def counts(pulled: Pulled | Report) -> tuple[int, int, int]:
    report = pulled if isinstance(pulled, Report) else pulled.report
    return tuple(report.counts[put] for put in (Put.ADDED, Put.UPDATED, Put.UNCHANGED))  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["rss", "atom", "json", "sitemap"])
def test_only_what_is_new_is_fetched(kind: FeedKind, site: Site, desk: Desk) -> None:
    first = site.articles(3)
    desk.follow(site.feed("/feed", first, kind))
    assert counts(desk.pull()) == (3, 0, 0)
    assert Counter(site.paths()) == Counter(["/feed", *(one.path for one in first)])
    assert desk.urls() == {site.url(one.path) for one in first}

    pulled = desk.pull()
    assert (counts(pulled), site.paths()) == ((0, 0, 0), ["/feed"])
    assert pulled.new == {site.url("/feed"): 0}

    fourth = site.articles(4)[3]
    site.feed("/feed", [fourth, *first], kind)
    pulled = desk.pull()
    assert (counts(pulled), site.paths()) == ((1, 0, 0), ["/feed", fourth.path])
    assert pulled.new == {site.url("/feed"): 1}


def test_an_entry_that_fails_is_tried_with_so_many_pulls_and_no_more(site: Site, desk: Desk) -> None:
    good = site.articles(1)[0]
    desk.follow(put_feed(site, "/feed", [site.url(good.path), site.url("/status/404")]))
    tried = []
    for _ in range(TRIES + 2):
        pulled = desk.pull()
        tried.append(site.paths().count("/status/404"))
        assert good.path not in site.paths() or len(tried) == 1
        assert [one.source for one in pulled.report.rejected] == [site.url("/status/404")] * tried[-1]
    assert tried == [1] * TRIES + [0, 0]
    assert (desk.feed.stored, desk.feed.left) == (1, 0)


def test_an_entry_that_fails_once_is_stored_with_the_next_pull_though_the_feed_has_not_changed(
    site: Site, desk: Desk
) -> None:
    article = write(1)
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    whole += page_of(article, site.url(article.path)).encode()
    site.answer(article.path, lambda asked: [whole if asked.nth else NONE])
    desk.follow(put_feed(site, "/feed", [site.url(article.path)], ETag='"v1"'))
    assert counts(desk.pull()) == (0, 0, 0)
    assert (desk.feed.stored, desk.feed.left) == (0, 1)
    assert counts(desk.pull()) == (1, 0, 0)
    assert (desk.feed.stored, desk.feed.left) == (1, 0)
    desk.pull()
    assert site.paths() == ["/feed"]


def test_an_entry_whose_updated_changed_is_fetched_again_and_its_earlier_version_kept(
    site: Site, desk: Desk
) -> None:
    old = write(1)
    url = desk.page(old)
    desk.follow(put_feed(site, "/feed", [url]))
    desk.pull()
    new = replace(old, text=old.text + "\n\nThe council has since put the vote off until the autumn.")
    desk.page(new)
    assert counts(desk.pull()) == (0, 0, 0)  # the feed says that nothing changed
    put_feed(site, "/feed", [url], DAY + timedelta(hours=1))
    assert counts(desk.pull()) == (0, 1, 0)
    assert site.paths() == ["/feed", old.path]
    before, now = (one.article.text for one in desk.library.record.versions(url))
    assert ("put the vote off" in before, "put the vote off" in now) == (False, True)
    assert counts(desk.pull()) == (0, 0, 0)
    assert site.paths() == ["/feed"]


def test_updated_in_another_time_zone_is_no_change(site: Site, desk: Desk) -> None:
    url = desk.page(write(1))
    desk.follow(put_feed(site, "/feed", [url]))
    desk.pull()
    site.page(
        "/feed", atom([(url, None)]).replace("</entry>", "<updated>2024-05-01T10:00:00+02:00</updated></entry>"),
        "application/atom+xml",
    )  # fmt: skip
    desk.pull()
    assert site.paths() == ["/feed"]


def test_a_feed_that_has_not_changed_costs_one_request(site: Site, desk: Desk) -> None:
    url = desk.page(write(1))
    desk.follow(put_feed(site, "/feed", [url], ETag='"v1"'))
    assert counts(desk.pull()) == (1, 0, 0)
    assert desk.feed.etag == '"v1"'
    pulled = desk.pull()
    (asked,) = (one for one in site.requests if one.path != "/robots.txt")
    assert (asked.path, asked.headers["if-none-match"]) == ("/feed", '"v1"')
    assert (pulled.failed, pulled.new) == ({}, {site.url("/feed"): 0})
    assert state(desk.feed, datetime.now(UTC).replace(tzinfo=None)) == State.ALIVE
    desk.pull()
    assert "if-none-match" in site.requests[-1].headers  # still known after an answer without any


def test_a_feed_with_entries_left_comes_whole(site: Site, desk: Desk) -> None:
    desk.follow(put_feed(site, "/feed", [site.url("/status/404")], ETag='"v1"'))
    asked = []
    for _ in range(TRIES + 1):
        desk.pull()
        asked.append(next("if-none-match" in one.headers for one in site.requests if one.path == "/feed"))
    assert asked == [False] * TRIES + [True]


@pytest.mark.parametrize("etag", [None, '"v1"'])
def test_two_feeds_that_list_one_article_fetch_it_once(etag: str | None, site: Site, desk: Desk) -> None:
    article = write(1)
    url = desk.page(article, **({"ETag": etag} if etag else {}))
    desk.follow(put_feed(site, "/a", [url]), put_feed(site, "/b", [url]))
    asked = []
    for _ in range(TRIES):
        desk.pull()
        asked.append(site.paths().count(article.path))
    assert asked == [1, 0, 0]
    assert [one.left for one in desk.library.record.followed()] == [0, 0]


def test_a_feed_added_later_does_not_fetch_what_another_brought(site: Site, desk: Desk) -> None:
    article = write(1)
    url = desk.page(article)
    desk.follow(put_feed(site, "/a", [url]))
    desk.pull()
    desk.follow(put_feed(site, "/b", [url]))
    desk.pull()
    assert article.path not in site.paths()
    assert [(one.stored, one.left) for one in desk.library.record.followed()] == [(1, 0), (1, 0)]


def forgetting(desk: Desk, url: str) -> None:
    assert forget(desk.library, url, lambda: READER)


def test_a_forgotten_article_does_not_come_back_with_a_pull(site: Site, desk: Desk) -> None:
    article = write(1)
    url = desk.page(article)
    desk.follow(put_feed(site, "/a", [url]))
    desk.pull()
    forgetting(desk, url)
    desk.pull()
    assert article.path not in site.paths()
    put_feed(site, "/a", [url], DAY + timedelta(days=1))  # it changed
    desk.follow(put_feed(site, "/b", [url]))  # and another feed lists it
    for _ in range(2):
        desk.pull()
        assert article.path not in site.paths()
    assert desk.urls() == set()


@pytest.mark.parametrize("how", ["tracked", "canonical", "redirected"])
def test_a_forgotten_article_does_not_come_back_under_an_address_that_leads_to_it(
    how: str, site: Site, desk: Desk
) -> None:
    article = write(1)
    url = desk.page(article)
    listed = f"{url}?utm_source=rss"
    if how == "canonical":
        listed = site.page("/short", page_of(article, url))
    elif how == "redirected":
        listed = site.redirect("/short", article.path)
    desk.follow(put_feed(site, "/feed", [listed]))
    desk.pull()
    assert desk.urls() == {url}
    forgetting(desk, url)
    put_feed(site, "/feed", [listed], DAY + timedelta(days=1))
    desk.pull()
    assert desk.urls() == set()
    desk.follow(put_feed(site, "/other", [listed]))
    desk.pull()
    assert desk.urls() == set()


def test_a_forgotten_article_comes_back_where_the_person_gives_its_address(site: Site, desk: Desk) -> None:
    url = desk.page(write(1))
    desk.ingest(url)
    forgetting(desk, url)
    assert counts(desk.ingest(url)) == (1, 0, 0)


def test_so_many_entries_come_with_one_pull_and_the_rest_with_the_next(site: Site, desk: Desk) -> None:
    articles = site.articles(MOST + 7)
    desk.follow(put_feed(site, "/feed", (site.url(one.path) for one in articles), None, ETag='"v1"'))
    assert counts(desk.pull()) == (MOST, 0, 0)
    assert desk.urls() == {site.url(one.path) for one in articles[:MOST]}
    assert counts(desk.pull()) == (7, 0, 0)
    desk.pull()
    assert site.paths() == ["/feed"]


def test_of_more_entries_than_one_pull_takes_the_newest_come_first(site: Site, desk: Desk) -> None:
    articles = site.articles(MOST + 7)  # each a day younger than the one before
    desk.follow(site.feed("/feed", articles, "rss"))
    desk.pull()
    assert desk.urls() == {site.url(one.path) for one in articles[7:]}


def test_a_host_that_is_dead_does_not_keep_the_others_waiting(site: Site, desk: Desk) -> None:
    with Site() as dead:
        for n in range(20):
            dead.answer(f"/{n}", lambda _: [inf])
        listed = [dead.url(f"/{n}") for n in range(20)]
        articles = site.articles(20)
        desk.rules = replace(RULES, seconds=2.0)
        desk.follow(put_feed(site, "/feed", [*listed, *(site.url(one.path) for one in articles)], None))
        pulled = desk.pull()
        times = [one.at for one in site.requests if one.path.startswith("/2024/")]
        assert len(dead.paths()) < 20  # after some it is left alone
    assert counts(pulled) == (20, 0, 0)
    assert len(pulled.report.rejected) == 20
    assert times[-1] - times[0] < 2 * desk.rules.seconds  # before a third of the dead one's is given up


def test_a_feed_that_is_dead_does_not_keep_another_from_being_pulled(site: Site, desk: Desk) -> None:
    url = desk.page(write(1))
    desk.rules = replace(RULES, seconds=0.5)
    with Site() as dead:
        dead.answer("/feed", lambda _: [inf])
        desk.follow(dead.url("/feed"), put_feed(site, "/feed", [url]), "http://127.0.0.1:1/feed")
        pulled = desk.pull()
        assert pulled.failed.keys() == {dead.url("/feed"), "http://127.0.0.1:1/feed"}
    assert pulled.new == {site.url("/feed"): 1}
    assert desk.urls() == {url}


def index(site: Site, *parts: str) -> str:
    told = "".join(f"<sitemap><loc>{site.url(part)}</loc></sitemap>" for part in parts)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</sitemapindex>'


def test_what_the_parts_of_a_sitemap_index_list_is_stored_once(site: Site, desk: Desk) -> None:
    articles = site.articles(4)
    site.feed("/part-1.xml", articles[:2], "sitemap")
    site.feed("/part-2.xml", articles[1:], "sitemap")
    site.page("/gone.xml", "none", status=404)
    desk.follow(site.page("/index.xml", index(site, "/part-1.xml", "/gone.xml", "/part-2.xml"), "text/xml"))
    pulled = desk.pull()
    assert counts(pulled) == (4, 0, 0)
    assert max(Counter(site.paths()).values()) == 1
    assert desk.feed.kind == "sitemap-index"
    site.feed("/part-2.xml", site.articles(6)[4:] + articles[1:], "sitemap")
    assert counts(desk.pull()) == (2, 0, 0)


def test_a_sitemap_index_that_has_not_changed_hides_nothing_that_is_new_in_its_parts(
    site: Site, desk: Desk
) -> None:
    articles = site.articles(2)
    site.feed("/part.xml", articles[:1], "sitemap")
    desk.follow(site.page("/index.xml", index(site, "/part.xml"), "text/xml", headers={"ETag": '"v1"'}))
    assert counts(desk.pull()) == (1, 0, 0)
    site.feed("/part.xml", articles, "sitemap")
    assert counts(desk.pull()) == (1, 0, 0)


def test_a_sitemap_index_that_names_itself_ends(site: Site, desk: Desk) -> None:
    desk.follow(site.page("/index.xml", index(site, "/index.xml", "/index.xml?2"), "text/xml"))
    assert counts(desk.pull()) == (0, 0, 0)
    assert len(site.paths()) < 5


def test_a_feed_of_the_largest_size_that_is_read_is_pulled(site: Site, desk: Desk) -> None:
    desk.follow(put_feed(site, "/feed", (site.url(f"/gone/{n}") for n in range(4_990)), None))
    assert len(desk.pull().report.rejected) == MOST
    assert desk.feed.left == MOST


def test_more_addresses_than_a_query_of_sqlite_may_have_variables_are_looked_up(tmp_path: Path) -> None:
    urls = [f"https://quay.example/{n}" for n in range(40_000)]  # as eight sitemaps of an index list

    def limited(connection: sqlite3.Connection, _: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)  # SQLite's own; some systems have more

    event.listen(Pool, "connect", limited)
    try:
        with opened(tmp_path) as library:
            record = library.record
            assert (record.known(urls), record.forgotten(urls), record.validators(urls)) == (set(), set(), {})
    finally:
        event.remove(Pool, "connect", limited)


def followed(**fields: object) -> StoredFeed:
    added = datetime(2024, 5, 1, 8)  # noqa: DTZ001 - as the record keeps times
    known: dict[str, object] = dict.fromkeys(
        "title kind etag modified checked_at answered_at new_at failure".split()
    )
    known |= {"id": 1, "url": "https://quay.example/feed", "added_at": added, "stored": 0, "left": 0}
    return StoredFeed(**(known | fields))  # type: ignore[arg-type]


def test_how_a_feed_does_is_told_from_when_it_answered_and_when_it_had_something_new() -> None:
    now = datetime(2024, 6, 1, 8)  # noqa: DTZ001 - as the record keeps times
    just, long_ago = now - SILENT + timedelta(seconds=1), now - SILENT
    assert state(followed(), now) == State.NEW
    assert state(followed(checked_at=now, failure="there is no such page"), now) == State.FAILING
    assert state(followed(answered_at=now, new_at=just), now) == State.ALIVE
    assert state(followed(answered_at=now, new_at=long_ago), now) == State.SILENT
    assert state(followed(answered_at=now, added_at=just), now) == State.ALIVE
    assert state(followed(answered_at=now, added_at=long_ago), now) == State.SILENT
    assert state(followed(answered_at=now, new_at=just, failure="it is empty"), now) == State.FAILING
    assert timedelta(days=14) == SILENT


def test_a_failure_shows_until_the_feed_answers_again(site: Site, desk: Desk) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    url = desk.page(write(1))
    desk.follow(put_feed(site, "/feed", [url]))
    assert state(desk.feed, now) == State.NEW
    site.page("/feed", "<h1>Sorry</h1>", status=404)
    assert desk.pull().failed.keys() == {site.url("/feed")}
    assert state(desk.feed, now) == State.FAILING
    site.page("/feed", "<html><body><p>A page in its place.</p></body></html>")
    assert "web page" in desk.pull().failed[site.url("/feed")]
    put_feed(site, "/feed", [url])
    assert counts(desk.pull()) == (1, 0, 0)
    assert (state(desk.feed, now), desk.feed.failure) == (State.ALIVE, None)


@pytest.mark.parametrize("headers", [{"ETag": '"v1"'}, {"Last-Modified": "Tue, 05 Mar 2024 10:00:00 GMT"}])
def test_a_page_that_has_not_changed_is_unchanged_without_being_sent_again(
    headers: dict[str, str], site: Site, desk: Desk
) -> None:
    url = desk.page(write(1), **headers)
    assert counts(desk.ingest(url)) == (1, 0, 0)
    assert counts(desk.ingest(url)) == (0, 0, 1)
    assert {"if-none-match", "if-modified-since"} & set(site.requests[-1].headers)
    assert counts(desk.ingest(url)) == (0, 0, 1)
    assert {"if-none-match", "if-modified-since"} & set(site.requests[-1].headers)


def test_a_page_that_changed_is_an_update_with_its_earlier_version_kept(site: Site, desk: Desk) -> None:
    old = write(1)
    url = desk.page(old, ETag='"v1"')
    desk.ingest(url)
    desk.page(replace(old, text=old.text + "\n\nNothing came of it, as the clerk said."), ETag='"v2"')
    assert counts(desk.ingest(url)) == (0, 1, 0)
    assert [("clerk said" in one.article.text) for one in desk.library.record.versions(url)] == [False, True]
    assert desk.library.record.validators([url]) == {url: ('"v2"', None)}


def test_with_words_of_the_person_a_page_is_read_again_though_it_has_not_changed(site: Site, desk: Desk) -> None:
    url = desk.page(write(1), ETag='"v1"')
    desk.ingest(url)
    assert counts(desk.ingest(url, given=Given(outlet="Quay Courier"))) == (0, 1, 0)
    article = desk.library.record.article(url)
    assert article
    assert article.outlet == "Quay Courier"


def test_the_validators_of_a_page_are_forgotten_with_its_article(site: Site, desk: Desk) -> None:
    article = write(1)
    at, url = site.page("/short", page_of(article, site.url(article.path)), headers={"ETag": '"v1"'}), ""
    desk.ingest(at)
    (url,) = desk.urls()
    assert desk.library.record.validators([at])
    forgetting(desk, url)
    assert desk.library.record.validators([at, url]) == {}
    assert counts(desk.ingest(at)) == (1, 0, 0)


def test_a_page_that_was_no_article_is_not_asked_for_as_if_it_were(site: Site, desk: Desk) -> None:
    url = site.page("/short", "<html><body><p>Soon.</p></body></html>", headers={"ETag": '"v1"'})
    for _ in range(2):
        report = desk.ingest(url)
        assert [one.source for one in report.rejected] == [url]
        assert counts(report) == (0, 0, 0)


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("{site}/2024/the-real-one", "{site}/2024/the-real-one"),
        ("{site}/2024/the-real-one?utm_campaign=x&id=4#top", "{site}/2024/the-real-one?id=4"),
        ("https://herald.example/2024/theirs", "{site}/page"),
        ("https://127.0.0.1.herald.example/2024/theirs", "{site}/page"),
        ("http://127.0.0.1@herald.example/2024/theirs", "{site}/page"),
        ("{site}/", "{site}/page"),
        ("javascript:alert(1)", "{site}/page"),
        ("http://[127.0.0.1/2024/broken", "{site}/page"),
    ],
)
def test_a_page_names_its_own_address_within_its_site_and_never_anothers(
    canonical: str, kept: str, site: Site, desk: Desk
) -> None:
    own = site.url("")
    site.page("/page", page_of(write(1), canonical.format(site=own)))
    assert counts(desk.ingest(site.url("/page"))) == (1, 0, 0)
    assert desk.urls() == {kept.format(site=own)}


def test_what_follows_a_reader_is_no_part_of_an_address(site: Site, desk: Desk) -> None:
    article = write(1)
    plain = site.page("/page", page_of(article, "https://herald.example/theirs"))
    urls = [f"{plain}?utm_source=a&id=1", f"{plain}?id=1&fbclid=b#top", f"{plain}?id=1"]
    for url, path in zip(urls, ("/page?utm_source=a&id=1", "/page?id=1&fbclid=b", "/page?id=1"), strict=True):
        desk.ingest(url)
        assert site.paths() == [path]
    assert desk.urls() == {f"{plain}?id=1"}


def test_what_a_feed_says_serves_where_the_page_says_nothing(site: Site, desk: Desk) -> None:
    words = "".join(f"<p>{part}</p>" for part in write(1).text.split("\n\n"))
    url = site.page("/bare", f"<html><body><article>{words}</article></body></html>")
    day = "Wed, 01 May 2024 08:00:00 GMT"
    told = f"<title>Told by the feed</title><link>{url}</link><author>Ada Quill</author><pubDate>{day}</pubDate>"
    named = site.articles(1)[0]
    told = f"<item>{told}</item><item><title>Wrong</title><link>{site.url(named.path)}</link></item>"
    desk.follow(
        site.page("/feed", f'<rss version="2.0"><channel><title>Quay</title>{told}</channel></rss>', "text/xml")
    )
    assert counts(desk.pull()) == (2, 0, 0)
    bare, other = desk.library.record.article(url), desk.library.record.article(site.url(named.path))
    assert bare
    assert other
    assert (bare.title, bare.author, str(bare.published)) == ("Told by the feed", "Ada Quill", "2024-05-01")
    assert other.title == named.title


def test_killed_between_storing_and_noting_nothing_is_stored_twice(
    site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.follow(site.feed("/feed", site.articles(3), "rss"))
    with monkeypatch.context() as patched:
        patched.setattr("ingest.following.noting", lambda _: None)
        assert counts(desk.pull()) == (3, 0, 0)
    assert (desk.feed.stored, desk.feed.left) == (0, 3)
    before = desk.library.record.counts()
    assert counts(desk.pull()) == (0, 0, 3)
    assert desk.library.record.counts() == before
    assert all(len(desk.library.record.versions(url)) == 1 for url in desk.urls())
    assert (desk.feed.stored, desk.feed.left) == (3, 0)
    desk.pull()
    assert site.paths() == ["/feed"]


def test_killed_before_anything_of_it_was_stored_an_entry_is_fetched_with_the_next_pull(
    site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for the kill."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    desk.follow(site.feed("/feed", site.articles(3), "rss"))
    for _ in range(TRIES + 2):  # a kill is no try
        with monkeypatch.context() as patched:
            patched.setattr("ingest.following.ingest", killed)
            with pytest.raises(Killed):
                desk.pull()
    assert (desk.feed.stored, desk.feed.left) == (0, 3)
    assert counts(desk.pull()) == (3, 0, 0)


def test_a_feed_that_is_removed_while_it_is_pulled_is_not_there_again(site: Site, desk: Desk) -> None:
    articles = site.articles(2)
    url = site.feed("/feed", articles, "rss")
    desk.follow(url)
    followed = desk.library.record.followed()
    desk.library.record.unfollow(url)
    with Downloads(RULES) as downloads:
        pull(desk.library, Workers(READER), downloads, followed, quietly)
    assert desk.library.record.followed() == []


def test_an_address_is_looked_at_for_a_feed_for_those_it_announces_or_for_neither(site: Site) -> None:
    feed = site.feed("/feed", site.articles(2), "atom")
    head = '<link rel="alternate" type="application/atom+xml" title="All" href="/feed">'
    home = site.page("/", f"<html><head><title>Quay</title>{head}</head><body><p>Front page.</p></body></html>")
    plain = site.page("/plain", "<html><body><p>Nothing here.</p></body></html>")
    moved = site.redirect("/old-feed", "/feed", 301)
    with Downloads(RULES) as downloads:
        for url in (feed, moved):
            found = look(downloads, url)
            assert isinstance(found, tuple)
            assert found[0] == feed
            assert isinstance(found[1], feeds.Feed)
            assert len(found[1].entries) == 2
        named = look(downloads, home)
        assert isinstance(named, list)
        assert [one.url for one in named] == [feed]
        for url in (plain, site.url("/status/404"), "http://10.0.0.1/feed", "nonsense"):
            refused = look(downloads, url)
            assert not isinstance(refused, tuple | list)
            assert refused.reason


def test_sitemaps_that_robots_txt_names_are_announced_after_feeds(site: Site) -> None:
    site.feed("/news.xml", site.articles(1), "sitemap")
    site.robots = f"User-agent: *\nAllow: /\nSitemap: {site.url('/news.xml')}\n"
    home = site.page("/", "<html><head><title>Quay</title></head><body><p>Front page.</p></body></html>")
    with Downloads(RULES) as downloads:
        found = look(downloads, home)
    assert isinstance(found, list)
    assert [one.url for one in found] == [site.url("/news.xml")]


def test_a_page_that_is_refused_is_told_under_the_address_that_was_given(site: Site, desk: Desk) -> None:
    report = desk.ingest(site.url("/status/403"), "http://10.0.0.1/a", "https://[::1")
    assert {one.source for one in report.rejected} == {
        site.url("/status/403"),
        "http://10.0.0.1/a",
        "https://[::1",
    }
    assert all(one.reason for one in report.rejected)


def test_one_request_at_a_time_goes_to_a_host_however_many_feeds_are_of_it(site: Site, desk: Desk) -> None:
    def slowly(asked: Asked) -> Iterable[bytes | float]:
        return [0.05, NONE]

    site.answer("/slow/*", slowly)
    desk.follow(*(put_feed(site, f"/{n}.xml", [site.url(f"/slow/{n}")]) for n in range(6)))
    desk.pull()
    assert len(site.paths()) == 12
    times = [one.at for one in site.requests if one.path.startswith("/slow/")]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.045


def test_an_article_that_a_person_gives_again_is_followed_again(site: Site, desk: Desk) -> None:
    url = desk.page(write(1))
    desk.follow(put_feed(site, "/feed", [url]))
    desk.pull()
    (stored,) = [desk.library.record.article(one) for one in desk.urls()]
    assert stored is not None
    assert desk.library.record.forget(stored.url)
    assert desk.library.record.forgotten([stored.url]) == {stored.url}
    ingest(desk.library, [stored], lambda _: None)
    assert desk.library.record.forgotten([stored.url]) == set()
