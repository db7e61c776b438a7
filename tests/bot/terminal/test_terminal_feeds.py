"""onrecord feeds, and onrecord ingest of an address: the command in its own process, and a site on loopback."""

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ingest.extract.walls import REASONS
from tests.ingest.web.site import FeedKind, Site, page_of, write
from tests.processes.command import Done, Onrecord, lines

pytestmark = pytest.mark.slow

WALLS = Path(__file__).parents[2] / "ingest" / "extract" / "walls"
OFFLINE = "http://127.0.0.1:1/feed.xml"
_LOOPBACK = {
    "ONRECORD_FETCH_NETWORKS": "127.0.0.0/8",
    "ONRECORD_FETCH_PAUSE": "0",
    "ONRECORD_FETCH_SECONDS": "5",
    "ONRECORD_PROCESSES": "1",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The command, which may reach loopback, and the site that is there."""

    onrecord: Onrecord
    site: Site

    def run(self, *arguments: object, stdin: str = "", **variables: str) -> Done:
        return self.onrecord.run(*arguments, stdin=stdin, **{**_LOOPBACK, **variables})

    def ok(self, *arguments: object, stdin: str = "", **variables: str) -> Done:
        return self.onrecord.ok(*arguments, stdin=stdin, **{**_LOOPBACK, **variables})

    def followed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ok("feeds", "list", "--json").json
        return rows

    def stored(self) -> dict[str, dict[str, Any]]:
        return {row["url"]: row for row in self.ok("articles", "list", "--json").json}


@pytest.fixture
def desk(onrecord: Onrecord) -> Iterator[Desk]:
    with Site() as site:
        yield Desk(onrecord, site)


def announcing(site: Site, path: str, *feeds: str) -> str:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return site.page(path, f"<html><head><title>Quay</title>{links}</head><body><p>News.</p></body></html>")


def test_a_feed_is_followed_once_under_the_address_where_it_is(desk: Desk) -> None:
    feed = desk.site.feed("/feed", desk.site.articles(2), "rss")
    moved = desk.site.redirect("/old", "/feed", 301)
    told = desk.ok("feeds", "add", feed, moved, "--json").json
    assert told == [
        {"url": feed, "title": "The Loopback Courier", "added": True, "failure": None},
        {"url": feed, "title": "The Loopback Courier", "added": False, "failure": None},
    ]
    assert feed in desk.ok("feeds", "add", feed).out
    (row,) = desk.followed()
    assert (row["url"], row["kind"], row["state"], row["stored"]) == (feed, "rss", "new", 0)


def test_of_a_page_the_feed_that_it_announces_is_followed_and_others_are_named(desk: Desk) -> None:
    feed = desk.site.feed("/feed", desk.site.articles(1), "atom")
    other = desk.site.feed("/sport", desk.site.articles(1), "rss")
    comments = desk.site.url("/comments/feed")
    one = desk.ok("feeds", "add", announcing(desk.site, "/one", "/feed"), "--json")
    assert [(row["url"], row["added"]) for row in one.json] == [(feed, True)]
    assert feed not in one.err
    several = desk.ok("feeds", "add", announcing(desk.site, "/several", comments, "/feed", "/sport"), "--json")
    assert [(row["url"], row["added"]) for row in several.json] == [(feed, False)]
    assert other in several.err
    assert comments in several.err
    assert len(desk.followed()) == 1


def test_what_is_no_feed_is_not_followed_and_told_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    desk.site.page("/plain", "<html><body><p>No feed here.</p></body></html>")
    announcing(desk.site, "/announces-none", "/plain")
    given = [desk.site.url(path) for path in ("/plain", "/status/404", "/kind/image", "/announces-none")]
    given += ["http://10.0.0.1/feed", "https://[::1", "no address", str(tmp_path / "nowhere.opml")]
    done = desk.run("feeds", "add", *given, "--json")
    assert done.status == 1, done.err
    assert [(row["url"], row["added"]) for row in done.json] == [(one, False) for one in given]
    assert all(row["failure"] for row in done.json)
    shown = desk.run("feeds", "add", given[0])
    assert shown.status == 1
    assert done.json[0]["failure"] in shown.out
    assert desk.followed() == []


def test_a_host_that_is_offline_is_told(desk: Desk) -> None:
    done = desk.run("feeds", "add", OFFLINE, "--json")
    (row,) = done.json
    assert (done.status, row["url"], row["added"], bool(row["failure"])) == (1, OFFLINE, False, True)


def test_a_feed_at_a_private_address_is_not_reached_without_the_setting(desk: Desk) -> None:
    feed = desk.site.feed("/feed", desk.site.articles(1))
    done = desk.run("feeds", "add", feed, "--json", ONRECORD_FETCH_NETWORKS="")
    (row,) = done.json
    assert (done.status, row["added"], bool(row["failure"])) == (1, False, True)
    assert desk.site.requests == []


def test_some_feeds_are_followed_though_others_fail(desk: Desk) -> None:
    feed = desk.site.feed("/feed", desk.site.articles(1))
    done = desk.run("feeds", "add", desk.site.url("/status/404"), feed, "--json")
    assert done.status == 1
    assert [bool(row["failure"]) for row in done.json] == [True, False]
    assert [row["url"] for row in desk.followed()] == [feed]


def test_what_is_followed_goes_to_opml_and_comes_back_from_it(desk: Desk, tmp_path: Path) -> None:
    kinds: tuple[FeedKind, ...] = ("rss", "atom", "json", "sitemap")
    feeds = [desk.site.feed(f"/{kind}", desk.site.articles(2), kind) for kind in kinds]
    desk.ok("feeds", "add", *feeds)
    before = desk.followed()
    file = tmp_path / "list.opml"
    file.write_text(desk.ok("feeds", "list", "--opml").out, encoding="utf-8")
    for feed in feeds:
        assert desk.ok("feeds", "remove", feed, "--json").json == {"url": feed, "removed": True}
    assert desk.followed() == []
    told = desk.ok("feeds", "add", file, "--json").json
    assert [(row["url"], row["added"]) for row in told] == [(feed, True) for feed in feeds]
    assert [(row["url"], row["title"]) for row in desk.followed()] == [
        (row["url"], row["title"]) for row in before
    ]
    assert [row["added"] for row in desk.ok("feeds", "add", file, "--json").json] == [False] * len(feeds)


def test_an_opml_file_that_is_none_is_told_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    for name, data in (
        ("page.opml", b"<html><body>no</body></html>"),
        ("broken.OPML", b"<opml><bo"),
        ("e.opml", b""),
    ):
        (tmp_path / name).write_bytes(data)
        done = desk.run("feeds", "add", tmp_path / name, "--json")
        (row,) = done.json
        assert (done.status, row["url"], row["added"]) == (1, str(tmp_path / name), False)
        assert row["failure"]


def test_the_list_shows_how_every_feed_does(desk: Desk) -> None:
    feed = desk.site.feed("/feed", desk.site.articles(2))
    gone = desk.site.feed("/gone", desk.site.articles(1))
    desk.ok("feeds", "add", feed, gone)
    desk.site.page("/gone", "no", status=410)
    assert desk.run("feeds", "pull").status == 1
    rows = {row["url"]: row for row in desk.followed()}
    assert list(rows[feed]) == [
        *("url", "title", "kind", "stored", "left", "failure", "state"),
        *("added_at", "checked_at", "answered_at", "new_at"),
    ]
    assert (rows[feed]["state"], rows[feed]["stored"], rows[feed]["failure"]) == ("alive", 2, None)
    assert (rows[gone]["state"], rows[gone]["stored"], rows[gone]["answered_at"]) == ("failing", 0, None)
    assert rows[gone]["failure"]
    shown = desk.ok("feeds", "list").out
    assert "alive" in shown
    assert "failing" in shown
    assert rows[gone]["failure"] in shown


def test_markup_and_escapes_in_a_title_are_shown_as_they_are(desk: Desk) -> None:
    title = "[red]Quay[/red] \x1b[31mCourier"
    feed = desk.site.page("/feed", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": title,
                                               "items": []}), "application/feed+json")  # fmt: skip
    assert "\x1b" not in desk.ok("feeds", "add", feed).out
    shown = desk.ok("feeds", "list").out
    assert "[red]Quay[/red]" in shown
    assert "\x1b" not in shown


def test_what_is_removed_is_pulled_no_more_and_its_articles_stay(desk: Desk) -> None:
    feed, other = (desk.site.feed(path, [write(n)]) for n, path in enumerate(("/feed", "/other")))
    desk.site.articles(2)
    desk.ok("feeds", "add", feed, other)
    desk.ok("feeds", "pull", feed)
    assert "/other" not in desk.site.paths()[2:]
    desk.ok("feeds", "remove", feed)
    assert list(desk.stored()) == [desk.site.url(write(0).path)]
    desk.site.requests.clear()
    desk.ok("feeds", "pull")
    assert "/feed" not in desk.site.paths()
    again = desk.run("feeds", "remove", feed)
    assert again.status == 2
    assert again.err.strip()


def test_a_pull_reports_in_json_and_its_status_tells_whether_all_went_well(desk: Desk) -> None:
    articles = desk.site.articles(3)
    feed = desk.site.feed("/feed", articles[:2], "rss")
    desk.ok("feeds", "add", feed)
    done = desk.ok("feeds", "pull", "--json")
    assert list(done.json) == ["feeds", "added", "updated", "unchanged", "rejected", "seconds"]
    assert done.json["feeds"] == [{"url": feed, "new": 2}]
    assert (done.json["added"], done.json["rejected"]) == (2, [])
    assert desk.stored().keys() == {desk.site.url(one.path) for one in articles[:2]}
    assert desk.ok("feeds", "pull", "--json").json["feeds"] == [{"url": feed, "new": 0}]

    broken = desk.site.page(articles[2].path, "<html><body><p>Soon.</p></body></html>")
    desk.site.feed("/feed", articles, "rss")
    done = desk.run("feeds", "pull", "--json")
    assert (done.status, [one["source"] for one in done.json["rejected"]]) == (1, [broken])

    desk.site.page("/feed", "no", status=404)
    done = desk.run("feeds", "pull", "--json")
    (told,) = done.json["feeds"]
    assert (done.status, told["url"], bool(told["failure"])) == (1, feed, True)
    assert told["failure"] in desk.run("feeds", "pull").out


@pytest.mark.parametrize(
    "options", [[], ["http://127.0.0.1/not-followed"], ["--every", "soon"], ["--every", "0s"]]
)
def test_wrong_use_of_pull_is_status_2_with_a_sentence(options: list[str], desk: Desk) -> None:
    desk.ok("ingest", "-", stdin=lines([{"url": "https://quay.example/1", "text": "A text of one sentence."}]))
    done = desk.run("feeds", "pull", *options)
    assert (done.status, done.out) == (2, "")
    assert done.err.strip()


def test_where_nothing_is_followed_nothing_is_listed_or_pulled(desk: Desk) -> None:
    assert desk.followed() == []
    for options in ([], ["--library", "another"]):
        done = desk.run("feeds", "pull", *options)
        assert (done.status, done.out) == (2, "")
        assert done.err.strip()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_pulling_goes_on_until_it_is_ended_and_takes_what_is_new(end: signal.Signals, desk: Desk) -> None:
    articles = desk.site.articles(3)
    feed = desk.site.feed("/feed", articles[:2])
    desk.ok("feeds", "add", feed)
    with desk.onrecord.start("feeds", "pull", "--every", "1s", "--json", **_LOOPBACK) as process:
        assert process.stdout is not None
        try:
            first = json.loads(process.stdout.readline())
            desk.site.feed("/feed", articles)
            later = first
            until = time.monotonic() + 60
            while not later["added"] or later is first:
                assert time.monotonic() < until
                later = json.loads(process.stdout.readline())
            process.send_signal(end)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (first["added"], later["added"]) == (2, 1)
    assert process.returncode in (0, 130)
    assert b"Traceback" not in err
    assert desk.stored().keys() == {desk.site.url(one.path) for one in articles}


def test_pulling_goes_on_though_a_feed_fails(desk: Desk) -> None:
    desk.ok("feeds", "add", desk.site.feed("/feed", desk.site.articles(1)))
    desk.site.page("/feed", "no", status=404)
    with desk.onrecord.start("feeds", "pull", "--every", "1s", "--json", **_LOOPBACK) as process:
        assert process.stdout is not None
        try:
            rows = [json.loads(process.stdout.readline()) for _ in range(2)]
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
        finally:
            process.kill()
    assert all(row["feeds"][0]["failure"] for row in rows)


def test_an_address_is_ingested_and_costs_nothing_but_a_look_again(desk: Desk) -> None:
    article = write(1)
    url = desk.site.page(article.path, page_of(article, desk.site.url(article.path)), headers={"ETag": '"v1"'})
    assert desk.ok("ingest", url, "--json").json["added"] == 1
    row = desk.stored()[url]
    assert (row["title"], row["author"], row["published"]) == (
        article.title,
        article.author,
        article.published.isoformat(),
    )
    assert article.quotation in desk.ok("ask", f"What did {article.speaker} say?").out
    assert desk.ok("ingest", url, "--json").json["unchanged"] == 1
    assert "if-none-match" in desk.site.requests[-1].headers


def test_options_win_over_what_the_page_at_an_address_says(desk: Desk) -> None:
    article = write(1)
    at = desk.site.page("/page", page_of(article, desk.site.url("/page")), headers={"ETag": '"v1"'})
    desk.ok("ingest", at)
    said = {"url": "https://quay.example/levy", "title": "Levy", "outlet": "Quay Courier", "author": "Ada Quill"}
    options = [word for name, value in said.items() for word in (f"--{name}", value)]
    assert desk.ok("ingest", at, *options, "--published", "2020-02-02", "--json").json["added"] == 1
    row = desk.stored()[said["url"]]
    assert {name: row[name] for name in said} == said
    assert row["published"] == "2020-02-02"


def test_a_dry_run_fetches_and_stores_nothing(desk: Desk) -> None:
    article = write(1)
    url = desk.site.page(article.path, page_of(article, desk.site.url(article.path)), headers={"ETag": '"v1"'})
    done = desk.ok("ingest", url, "--dry-run", "--json")
    assert done.json["added"] == 1
    assert article.path in desk.site.paths()
    assert not (desk.onrecord.home / "default").exists()
    desk.ok("ingest", url)
    assert desk.ok("ingest", url, "--dry-run", "--json").json["unchanged"] == 1
    changed = replace(article, text=article.text + "\n\nNothing came of it.")
    desk.site.page(article.path, page_of(changed, url))
    assert desk.ok("ingest", url, "--dry-run", "--json").json["updated"] == 1
    assert "Nothing came of it" not in desk.ok("articles", "show", url).out


def test_one_url_for_two_addresses_is_wrong_use(desk: Desk) -> None:
    urls = [desk.site.url("/a"), desk.site.url("/b")]
    done = desk.run("ingest", *urls, "--url", "https://quay.example/1")
    assert (done.status, desk.site.requests) == (2, [])


def test_a_page_in_the_place_of_an_article_is_rejected_as_what_it_is(desk: Desk) -> None:
    kinds = {
        "consent-english": "consent",
        "consent-german-cookies": "consent",
        "paywall-members": "paywall",
        "paywall-jsonld-only": "paywall",
        "missing-404": "missing",
        "missing-german": "missing",
        "robot-just-a-moment": "robot-check",
        "sign-in-form": "sign-in",
        "script-app": "script",
        "region-country": "region",
    }
    expected: dict[str, str] = {}
    for page, kind in kinds.items():
        data = (WALLS / f"{page}.html").read_bytes()
        status = 403 if kind == "robot-check" else 200
        url = desk.site.page(f"/2024/03/05/levy-plan-goes-to-council-{len(expected)}", data, status=status)
        expected[url] = REASONS[kind]
    done = desk.run("ingest", *expected, "--json")
    assert (done.status, done.json["added"]) == (1, 0)
    assert {one["source"]: one["reason"] for one in done.json["rejected"]} == expected


def test_an_address_that_leads_to_the_front_page_is_no_article(desk: Desk) -> None:
    teasers = "".join(f"<p>{write(n).title}: {write(n).text.split('.')[0]}.</p>" for n in range(8))
    desk.site.page("/", f"<html><head><title>The Quay</title></head><body>{teasers}</body></html>")
    url = desk.site.redirect("/2024/03/05/levy-plan-goes-to-council", "/")
    done = desk.run("ingest", url, "--json")
    assert done.json["rejected"] == [{"source": url, "reason": REASONS["missing"]}]


def test_a_private_address_is_not_reached_without_the_setting(desk: Desk) -> None:
    url = desk.site.page("/page", page_of(write(1), desk.site.url("/page")))
    done = desk.run("ingest", url, "--json", ONRECORD_FETCH_NETWORKS="")
    assert (done.status, [one["source"] for one in done.json["rejected"]]) == (1, [url])
    assert desk.site.requests == []


def test_a_setting_that_lists_no_networks_is_status_2(desk: Desk) -> None:
    done = desk.run("ingest", desk.site.url("/page"), ONRECORD_FETCH_NETWORKS="the house")
    assert done.status == 2
    assert "ONRECORD_FETCH_NETWORKS" in done.err


def test_a_page_that_names_an_address_that_is_none_is_no_incident(desk: Desk) -> None:
    good = desk.site.page("/good", page_of(write(2), desk.site.url("/good")))
    odd = desk.site.page("/odd", page_of(write(1), "http://[127.0.0.1/2024/broken"))
    done = desk.run("ingest", odd, good)
    assert done.status in (0, 1), done.err
    assert good in desk.stored()
