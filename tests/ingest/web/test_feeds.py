"""Feeds, sitemaps and what pages announce: every form gives its articles, and no document does harm."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from ingest.extract.draft import Refusal
from ingest.web import announced, feeds
from ingest.web import robots as robots_txt
from ingest.web.announced import Announced
from ingest.web.feeds import Entry, Feed

AT = "https://quay.example/news/feed.xml"
LINK = "<link>https://quay.example/levy</link>"
NETSCAPE = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
MAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
TEN_MEGABYTES = 10_000_000


def parsed(data: bytes | str, url: str = AT, charset: str | None = None) -> Feed:
    found = feeds.parse(data.encode() if isinstance(data, str) else data, url, charset)
    assert isinstance(found, Feed), found
    return found


def refused(data: bytes | str) -> str:
    found = feeds.parse(data.encode() if isinstance(data, str) else data, AT)
    assert isinstance(found, Refusal), found
    return found.reason


def only(data: bytes | str, url: str = AT, charset: str | None = None) -> Entry:
    (entry,) = parsed(data, url, charset).entries
    return entry


def rss(*items: str, head: str = "<title>The Quay Post</title>", attributes: str = "") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?>\n<rss version="2.0" {attributes}><channel>{head}{inner}</channel></rss>'


def atom(*entries: str, attributes: str = "") -> str:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>The Quay Post</title>{inner}</feed>'


def json_feed(*items: Any, **others: Any) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Quay", "items": items} | others)


# Forms


def test_an_rss_item_gives_its_key_address_title_author_and_day() -> None:
    feed = parsed(
        rss(
            f"<title><![CDATA[Harbor levy & the sea wall]]></title>{LINK}<guid isPermaLink='false'>quay-17</guid>"
            "<dc:creator>Ann O'Brien</dc:creator><pubDate>Tue, 05 Mar 2024 23:30:00 -0500</pubDate>"
            "<description>Short.</description><content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>"
            "<media:title>A picture</media:title><itunes:author>A show</itunes:author>",
            attributes='xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
        )
    )
    entry = Entry(
        "quay-17",
        "https://quay.example/levy",
        "Harbor levy & the sea wall",
        "Ann O'Brien",
        date(2024, 3, 5),
        None,
    )
    assert feed == Feed("rss", "The Quay Post", (entry,), (), 0)


def test_rss_1_0_has_its_items_beside_the_channel_and_its_days_in_dublin_core() -> None:
    feed = parsed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://quay.example/"><title>Quay</title>'
        '</channel><item rdf:about="urn:quay:1"><title>Levy</title><link>https://quay.example/1</link>'
        "<dc:date>2024-03-05T23:30:00-05:00</dc:date><dc:creator>Li Wei</dc:creator></item></rdf:RDF>"
    )
    assert feed == Feed(
        "rss", "Quay", (Entry("urn:quay:1", "https://quay.example/1", "Levy", "Li Wei", date(2024, 3, 5), None),)
    )


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
        + rss(f"<title>Levy</title>{LINK}").split("?>\n")[1],
        f"<rss version='0.92'><channel><item><title>Levy</title>{LINK}</item></channel></rss>",
        f'<r:RDF xmlns:r="{RDF}"><item xmlns="{NETSCAPE}">{LINK}<title>Levy</title></item></r:RDF>',
        f"<RSS><CHANNEL><ITEM><TITLE>Levy</TITLE>{LINK}</ITEM></CHANNEL></RSS>",
        f'<rss xmlns="urn:anything"><channel><item><title>Levy</title>{LINK}</item></channel></rss>',
        f"\n\n<!-- <feed> --><?style x?>{rss(f'<title>Levy</title>{LINK}').split('?>', 1)[1]}",
        f"Warning: something is deprecated in line 7\n{rss(f'<title>Levy</title>{LINK}')}",
    ],
    ids=["0.91", "0.92", "0.90", "capitals", "a namespace of its own", "comments first", "a warning first"],
)
def test_old_and_odd_rss_is_rss(document: str) -> None:
    feed = parsed(document)
    assert (feed.kind, [(entry.key, entry.title) for entry in feed.entries]) == (
        "rss",
        [("https://quay.example/levy", "Levy")],
    )


def test_of_an_atom_entrys_links_the_first_alternate_page_is_its_address() -> None:
    entry = only(
        atom(
            '<id>tag:quay.example,2024:1</id><title type="html">A &amp;lt;b&amp;gt; &lt;i&gt;now&lt;/i&gt;</title>'
            '<link rel="self" href="https://quay.example/1.atom"/>'
            '<link rel="enclosure" href="https://quay.example/1.mp3" type="audio/mpeg"/>'
            '<link rel="alternate" type="application/json" href="https://quay.example/1.json"/>'
            '<link rel="alternate" type="text/html" href="https://quay.example/1"/>'
            '<link href="https://quay.example/1?lang=fr" hreflang="fr"/>'
            "<author><name>Ann O'Brien</name><email>a@quay.example</email></author>"
            "<author><name>Li Wei</name></author>"
            "<published>2024-03-05T23:30:00-05:00</published><updated>2024-03-06T06:00:00+01:00</updated>"
            "<source><id>other</id><title>Elsewhere</title><link href='https://other.example/'/></source>"
        )
    )
    assert entry == Entry(
        "tag:quay.example,2024:1",
        "https://quay.example/1",
        "A <b> now",
        "Ann O'Brien, Li Wei",
        date(2024, 3, 5),
        datetime(2024, 3, 6, 5, tzinfo=UTC),
    )


def test_an_atom_id_is_no_address() -> None:
    feed = parsed(atom("<id>https://quay.example/1</id><title>Levy</title>"))
    assert (feed.entries, feed.skipped) == ((), 1)


def test_an_atom_entry_without_a_day_of_publication_gets_none_from_its_update() -> None:
    entry = only(atom('<id>1</id><link href="/1"/><updated>2024-03-06T06:00:00Z</updated>'))
    assert (entry.published, entry.updated) == (None, datetime(2024, 3, 6, 6, tzinfo=UTC))


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("<title>Levy &lt;1 %&gt; or <b>not</b></title>", "Levy <1 %> or not"),
        ('<title type="text">Tags such as &lt;b&gt; stay</title>', "Tags such as <b> stay"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <em>new</em> levy</div></title>',
            "A new levy",
        ),
        ('<title type="html">&lt;p&gt;A levy&lt;/p&gt;</title>', "A levy"),
        ("<title/>", None),
    ],
)
def test_an_atom_title_is_read_by_its_type(title: str, read: str | None) -> None:
    assert only(atom(f'<id>1</id>{title}<link href="/1"/>')).title == read


def test_relative_links_are_resolved_against_bases_and_the_place_of_the_feed() -> None:
    feed = parsed(
        atom(
            '<id>1</id><link href="one"/>',
            '<id>2</id><link xml:base="https://other.example/x/" href="two"/>',
            '<id>3</id><link href="//cdn.example/three"/>',
            attributes='xml:base="/articles/"',
        )
    )
    addresses = [
        "https://quay.example/articles/one",
        "https://other.example/x/two",
        "https://cdn.example/three",
    ]
    assert [entry.url for entry in feed.entries] == addresses
    assert only(rss("<link> ../a b \n</link>")).url == "https://quay.example/a%20b"
    assert only(json_feed({"id": "1", "url": "/1"})).url == "https://quay.example/1"


def test_the_original_address_wins_over_that_of_a_service_in_between() -> None:
    entry = only(
        rss(
            "<link>https://feeds.example/~r/17</link><guid>https://quay.example/?p=17</guid>"
            "<feedburner:origLink>https://quay.example/levy</feedburner:origLink>",
            attributes='xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
        )
    )
    assert (entry.key, entry.url) == ("https://quay.example/?p=17", "https://quay.example/levy")


@pytest.mark.parametrize(
    ("item", "urls"),
    [
        ("<guid>https://quay.example/17</guid>", ["https://quay.example/17"]),
        ('<guid isPermaLink="true">https://quay.example/17</guid>', ["https://quay.example/17"]),
        ('<guid isPermaLink="false">https://quay.example/17</guid>', []),
        ("<guid>17</guid>", []),
        (f"<guid>https://quay.example/17</guid>{LINK}", ["https://quay.example/levy"]),
        (f"{LINK}<guid>https://quay.example/17</guid>", ["https://quay.example/levy"]),
        ('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="/x"/><guid>17</guid>', []),
    ],
)
def test_a_guid_that_is_a_permalink_serves_where_there_is_no_link(item: str, urls: list[str]) -> None:
    feed = parsed(rss(item))
    assert ([entry.url for entry in feed.entries], feed.skipped) == (urls, 1 - len(urls))


def test_a_number_as_guid_is_a_key_as_it_is_written() -> None:
    assert only(rss(f"{LINK}<guid>17</guid>")).key == "17"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "ftp://quay.example/a",
        "file:///etc/hostname",
        "data:text/html,a",
        "mailto:a@quay.example",
        "https://",
        "http://[1",
        "https://quay.example/" + "a" * 3000,
        "",
    ],
)
@pytest.mark.parametrize(
    "document",
    [
        lambda at: rss(f"<title>Levy</title><link>{at}</link>", f"<title>Wall</title>{LINK}"),
        lambda at: atom(f'<id>1</id><link href="{at}"/>', '<id>2</id><link href="https://quay.example/levy"/>'),
        lambda at: json_feed({"id": "1", "url": at}, {"url": "https://quay.example/levy"}),
        lambda at: f"<urlset {MAPS}><url><loc>{at}</loc></url><url>{LINK.replace('link', 'loc')}</url></urlset>",
    ],
    ids=["rss", "atom", "json", "sitemap"],
)
def test_entries_without_an_http_address_are_left_out_and_counted(
    document: Callable[[str], str], address: str
) -> None:
    feed = parsed(document(address))
    assert ([entry.url for entry in feed.entries], feed.skipped) == (["https://quay.example/levy"], 1)


def test_a_json_feed_gives_its_items_with_and_without_ids() -> None:
    feed = parsed(
        json_feed(
            {
                "id": "a",
                "url": "https://quay.example/1",
                "title": "Levy &amp; <em>wall</em>",
                "authors": [{"name": "Ann O'Brien"}, {"name": "Li Wei"}, {"url": "x"}, 3],
                "date_published": "2024-03-05T23:30:00-05:00",
                "date_modified": "2024-03-06T00:00:00-05:00",
            },
            {"url": "https://quay.example/2", "author": {"name": "Bo"}},
            {"id": 17, "external_url": "https://other.example/3"},
            "not an object",
            {"id": ["x"], "url": 5},
        )
    )
    assert feed == Feed(
        "json",
        "Quay",
        (
            Entry(
                "a",
                "https://quay.example/1",
                "Levy & wall",
                "Ann O'Brien, Li Wei",
                date(2024, 3, 5),
                datetime(2024, 3, 6, 5, tzinfo=UTC),
            ),
            Entry("https://quay.example/2", "https://quay.example/2", None, "Bo", None, None),
            Entry("17", "https://other.example/3", None, None, None, None),
        ),
        (),
        2,
    )


def test_a_sitemap_of_news_gives_titles_and_days_and_the_outlets_name() -> None:
    feed = parsed(
        f'<urlset {MAPS} {NEWS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>'
        "<loc>\n https://quay.example/levy?a=1&amp;b=2 </loc><lastmod>2024-03-06</lastmod><news:news>"
        "<news:publication><news:name>The Quay Post</news:name></news:publication>"
        "<news:publication_date>2024-03-05T23:30:00-05:00</news:publication_date>"
        "<news:title>Levy &amp;amp; wall</news:title></news:news>"
        "<image:image><image:loc>https://quay.example/a.jpg</image:loc></image:image></url></urlset>"
    )
    address = "https://quay.example/levy?a=1&b=2"
    entry = Entry(address, address, "Levy & wall", None, date(2024, 3, 5), datetime(2024, 3, 6, tzinfo=UTC))
    assert feed == Feed("sitemap", "The Quay Post", (entry,))


def test_a_plain_sitemap_says_when_a_page_changed_and_not_when_it_was_published() -> None:
    entry = only(
        "<urlset><url><loc>https://quay.example/1</loc><lastmod>2024-03-05T10:00Z</lastmod></url></urlset>"
    )
    assert (entry.published, entry.updated) == (None, datetime(2024, 3, 5, 10, tzinfo=UTC))


def test_a_sitemap_index_names_its_parts() -> None:
    parts = "".join(
        f"<sitemap><loc>{at}</loc></sitemap>" for at in ("/a.xml", "https://q.example/b.xml.gz", "/a.xml")
    )
    index = f"<sitemapindex {MAPS}>{parts}<sitemap><loc>ftp://q.example/c</loc></sitemap></sitemapindex>"
    assert parsed(index) == Feed(
        "sitemap-index", None, (), ("https://quay.example/a.xml", "https://q.example/b.xml.gz"), 1
    )


@pytest.mark.parametrize(
    "empty",
    [
        rss(),
        atom(),
        json_feed(),
        f"<urlset {MAPS}/>",
        "<sitemapindex/>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ],
)
def test_a_feed_without_entries_is_a_feed(empty: str) -> None:
    assert (parsed(empty).entries, parsed(empty).skipped) == ((), 0)


# Words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Harbor levy &amp; wall", "Harbor levy & wall"),
        ("Harbor levy &amp;amp; wall", "Harbor levy & wall"),
        ("It&amp;#8217;s the mayor&#x2019;s", "It’s the mayor’s"),
        ("<![CDATA[<b>Levy</b>: it&#39;s <a href='x>y'>here</a>]]>", "Levy: it's y'>here"),
        ("<![CDATA[One<br/>two<p>three</p>]]>", "One two three"),
        ("  Levy\n\t plan  ", "Levy plan"),
        ("&lt;b&gt;Levy&lt;/b&gt;", "Levy"),
        ("5 &lt; 6 and 8 &gt; 7", "5 < 6 and 8 > 7"),
        ("Levy <b>raised</b> again", "Levy raised again"),
        ("Le\u00advy\u200b \u202e", "Levy\u200b \u202e"),
    ],
)
def test_a_title_is_plain_text_on_one_line(written: str, read: str) -> None:
    assert only(rss(f"<title>{written}</title>{LINK}")).title == read


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_titles_end_after_500_characters(kind: str) -> None:
    long = "levy " * 5_000
    documents = {
        "rss": rss(f"<title>{long}</title>{LINK}"),
        "atom": atom(f'<id>1</id><title>{long}</title><link href="/1"/>'),
        "json": json_feed({"url": "/1", "title": long}),
    }
    title = only(documents[kind]).title
    assert title == ("levy " * 100).rstrip()


@pytest.mark.parametrize(
    ("author", "read"),
    [
        ("desk@quay.example (Ann O'Brien)", "Ann O'Brien"),
        ("Ann O'Brien", "Ann O'Brien"),
        ("desk@quay.example", None),
        ("Ann O'Brien &lt;desk@quay.example&gt;", "Ann O'Brien"),
        ("Ann O'Brien (Quay Post)", "Ann O'Brien (Quay Post)"),
        ("", None),
        ("O&amp;#8217;Brien", "O’Brien"),
    ],
)
def test_an_author_is_a_name_and_no_mail_address(author: str, read: str | None) -> None:
    assert only(rss(f"{LINK}<author>{author}</author>")).author == read


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (
            f'<?xml version="1.0" encoding="windows-1252"?>{rss(f"<title>“Lévy”</title>{LINK}")[21:]}'.encode(
                "cp1252"
            ),
            None,
        ),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("cp1252"), "windows-1252"),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("cp1252"), "iso-8859-1"),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("cp1252"), "utf-8"),
        (
            f'<?xml version="1.0" encoding="utf-8"?>{rss(f"<title>“Lévy”</title>{LINK}")[21:]}'.encode("cp1252"),
            None,
        ),
        (rss(f"<title>“Lévy”</title>{LINK}").encode(), "iso-8859-1"),
        (rss(f"<title>“Lévy”</title>{LINK}").encode(), "no-such-charset"),
        (b"\xef\xbb\xbf" + rss(f"<title>“Lévy”</title>{LINK}").encode(), None),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("utf-16"), None),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("utf-16"), "utf-8"),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("utf-16-le"), None),
        (rss(f"<title>“Lévy”</title>{LINK}").encode("utf-16-be"), None),
        (json_feed({"url": "https://quay.example/levy", "title": "“Lévy”"}).encode(), None),
        (("\ufeff" + json_feed({"url": "/levy", "title": "“Lévy”"})).encode(), None),
        (gzip.compress(rss(f"<title>“Lévy”</title>{LINK}").encode()), None),
    ],
)
def test_letters_are_read_whatever_the_charset_and_whoever_is_wrong_about_it(
    data: bytes, charset: str | None
) -> None:
    assert only(data, charset=charset).title == "“Lévy”"


def test_one_broken_letter_does_not_turn_a_feed_into_another_charset() -> None:
    titles = "".join(f"<item><title>Lévy “{n}”</title><link>/{n}</link></item>" for n in range(40))
    data = f"<rss><channel>{titles}</channel></rss>".encode().replace(
        b"\xc3\xa9vy \xe2\x80\x9c7", b"\xc3vy \xe2\x80\x9c7"
    )
    assert parsed(data).entries[8].title == "Lévy “8”"


@pytest.mark.parametrize("codec", ["punycode", "idna", "rot13", "unicode_escape", "utf-7", "zlib", "undefined"])
def test_codecs_that_are_no_charsets_are_not_used(codec: str) -> None:
    document = f'<?xml version="1.0" encoding="{codec}"?>{rss(f"<title>Levy +AGE-</title>{LINK}")[21:]}'
    assert only(document, charset=codec).title == "Levy +AGE-"


# Days


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Tue, 05 Mar 2024 23:30:00 -0500", date(2024, 3, 5)),
        ("Tue, 5 Mar 2024 23:30:00 EST", date(2024, 3, 5)),
        ("5 Mar 24 23:30 GMT", date(2024, 3, 5)),
        ("Tuesday, 05 March 2024 23:30:00 XYZ", date(2024, 3, 5)),
        ("Wed, 06 Mar 2024 00:30:00 +1400", date(2024, 3, 6)),
        ("2024-03-05T23:30:00.123-05:00", date(2024, 3, 5)),
        ("2024-03-05 23:30:00 -0500", date(2024, 3, 5)),
        ("2024-03-05", date(2024, 3, 5)),
        ("March 5, 2024", date(2024, 3, 5)),
        ("Tue Mar  5 23:30:00 2024", date(2024, 3, 5)),
        ("\n Tue, 05 Mar 2024 23:30:00 -0500 \n", date(2024, 3, 5)),
        ("Tue, 32 Mar 2024 23:30:00 -0500", None),
        ("Tue, 05 Mar 2024 23:30:00 -9999", date(2024, 3, 5)),
        ("yesterday", None),
        ("2024", None),
        ("0001-01-01T00:00:00+14:00", date(1, 1, 1)),
        ("9999-12-31T23:59:59-12:00", date(9999, 12, 31)),
        ("9" * 5000, None),
        ("1 " * 3000, None),
        ("", None),
    ],
)
def test_the_day_is_the_writers_own_and_none_where_it_is_not_whole(written: str, day: date | None) -> None:
    assert only(rss(f"{LINK}<pubDate>{written}</pubDate>")).published == day
    assert only(json_feed({"url": "/1", "date_published": written})).published == day


def test_an_update_is_in_utc() -> None:
    written = {"Tue, 05 Mar 2024 23:30:00 -0500": 4, "2024-03-05T23:30:00-05:00": 4, "2024-03-06T04:30:00": 4}
    for form, hour in written.items():
        updated = only(atom(f'<id>1</id><link href="/1"/><updated>{form}</updated>')).updated
        assert updated == datetime(2024, 3, 6, hour, 30, tzinfo=UTC)
        assert updated.utcoffset() == timedelta(0)


def dated(number: int, when: str) -> str:
    return f"<link>https://quay.example/{number}</link><pubDate>{when}</pubDate>"


def test_newest_first_where_all_have_dates() -> None:
    times = ("2024-03-05T23:30:00-05:00", "2024-03-06T05:00:00Z", "2024-03-06T03:00:00Z", "2024-03-06T04:30:00Z")
    feed = parsed(rss(*(dated(number, when) for number, when in enumerate(times))))
    assert [entry.url[-1] for entry in feed.entries] == ["1", "0", "3", "2"]


def test_the_feeds_own_order_where_a_date_is_missing() -> None:
    feed = parsed(rss(dated(1, "2024-03-05"), dated(2, ""), dated(3, "2024-03-07")))
    assert [entry.url[-1] for entry in feed.entries] == ["1", "2", "3"]


def test_of_doubled_keys_the_first_counts() -> None:
    feed = parsed(
        rss(
            "<guid>17</guid><link>/first</link>",
            "<guid>17</guid><link>/second</link>",
            "<link>/third</link>",
            "<link>/third</link>",
        )
    )
    assert ([entry.url for entry in feed.entries], feed.skipped) == (
        ["https://quay.example/first", "https://quay.example/third"],
        0,
    )


# What is broken, and what is none


@pytest.mark.parametrize(
    ("document", "titles"),
    [
        (rss(f"<title>One</title>{LINK}", "<title>Two</title><link>/2</link>")[:-23], ["One", "Two"]),
        (rss(f"<title>One</title>{LINK}<description>It goes", "<title>Two")[:-50], ["One"]),
        (
            rss(f"<title>Levy & wall</title>{LINK}", "<title>Two</title><link>/2?a=1&b=2</link>"),
            ["Levy & wall", "Two"],
        ),
        (rss(f"<title>Levy&nbsp;&eacute; &bogus;</title>{LINK}"), ["Levy é &bogus;"]),
        (rss(f"<title>5 < 6</title>{LINK}"), ["5 < 6"]),
        (rss(f"<title>Le\x0bvy &#0;&#xffff;</title>{LINK}"), ["Levy"]),
        (rss(f"<description><p>a<br>b<ul><li></description><title>One</title>{LINK}"), ["One"]),
        (rss(f"<title>One</title>{LINK}<dc:creator>Ann</dc:creator>"), ["One"]),
        (rss(f"<title>One</title>{LINK}<enclosure url=a.mp3 length=1></enclosure>"), ["One"]),
        (f"<urlset><url>{LINK.replace('link', 'loc')}</url><url><loc>https://quay", [None]),
    ],
    ids=[
        "cut in a title",
        "cut in a body",
        "bare ampersands",
        "names of HTML",
        "a bare bracket",
        "control characters",
        "open tags in a body",
        "an undeclared prefix",
        "attributes without quotes",
        "a cut sitemap",
    ],
)
def test_of_broken_xml_is_taken_what_can_be_read(document: str, titles: list[str | None]) -> None:
    feed = parsed(document)
    assert [entry.title for entry in feed.entries][: len(titles)] == titles
    assert feed.entries[0].url == "https://quay.example/levy"


@pytest.mark.parametrize(
    "document",
    [
        rss(f"<title>One</title>{LINK}", "<title>Two</title><link>https://quay.example/tw")[:-23],
        rss(f"<title>One</title>{LINK}", "<link>/2</link><guid>https://quay.example/?p=1")[:-23],
        f"<urlset><url>{LINK.replace('link', 'loc')}</url><url><loc>https://quay.ex",
    ],
)
def test_an_address_that_the_end_of_the_document_cuts_is_none(document: str) -> None:
    whole = {"https://quay.example/levy", "https://quay.example/2"}
    assert {part for entry in parsed(document).entries for part in (entry.url, entry.key)} <= whole


def test_an_ampersand_in_an_attribute_is_one() -> None:
    assert only(atom('<id>1</id><link href="/?a=1&amp;b=2&#38;c=3"/>')).url == "https://quay.example/?a=1&b=2&c=3"


@pytest.mark.parametrize("half", ["&#xD800;", "&#55296;", "&#xDFFF;"])
def test_half_a_surrogate_pair_does_no_harm_where_it_is_out_of_sight(half: str) -> None:
    document = rss(f"<title>One</title>{LINK}", f"<link>/2</link><!-- <title>{half}</title>{half}")
    assert isinstance(feeds.parse(document.encode(), AT), Feed | Refusal)
    assert only(rss(f"<title>One{half}</title>{LINK}")).title == "One"


def test_bare_ampersands_leave_an_address_whole() -> None:
    assert (
        only(rss("<link>https://quay.example/?a=1&b=2&copy=3</link>")).url
        == "https://quay.example/?a=1&b=2&copy=3"
    )
    assert (
        only(rss("<link><![CDATA[https://quay.example/?a=1&b=2]]></link>")).url == "https://quay.example/?a=1&b=2"
    )


PAGE = "<!doctype html>\n<html><head><title>Quay</title></head><body><p>Not a feed: <rss></p></body></html>"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (PAGE, "a web page"),
        (f'<?xml version="1.0"?>\n<!-- a > b -->\n{PAGE}', "a web page"),
        ("<HTML><BODY>Moved</BODY></HTML>", "a web page"),
        ("<head><title>x</title>", "a web page"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "a web page"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "<svg>"),
        ('<opml version="2.0"><body/></opml>', "<opml>"),
        ("<rss><channel>\n\n</wrong></rss>", "line 3"),
        ("<?xml version='1.0'?>\n<rss>\n<channel", "line 3"),
        ("Just words.", "not XML"),
        ("", "empty"),
        (" \n", "empty"),
        ("\x00\x01\x02\x03" * 50, "binary"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "PNG"),
        ("%PDF-1.7", "PDF"),
        ('{"version": "https://jsonfeed.org/version/1", "items": {}}', "items"),
        ('{"items": []}', "not a JSON Feed"),
        ("[1, 2]", "not a JSON Feed"),
        ('{"version": \n oops', "line 2"),
        (gzip.compress(b"<rss></rss>")[:-6], "compression"),
        (b"\x1f\x8b and then words", "compression"),
        (gzip.compress(gzip.compress(b"<rss></rss>")), "gzip"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_it_is(document: str | bytes, said: str) -> None:
    assert said in refused(document)


# Hostile documents


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("the password")
    return path


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "{uri}">',
        '<!ENTITY % y SYSTEM "{uri}"> %y; <!ENTITY x "a">',
        '<!ENTITY x PUBLIC "p" "{uri}">',
    ],
)
def test_external_entities_open_nothing(declared: str, secret: Path) -> None:
    kind = f"<!DOCTYPE rss [{declared.format(uri=secret.as_uri())}]>"
    found = feeds.parse((kind + rss(f"<title>a &x; b</title>{LINK}").split("?>\n")[1]).encode(), AT)
    assert "password" not in repr(found)


def test_a_document_type_and_xinclude_are_not_followed(secret: Path) -> None:
    kind = f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">'
    included = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    document = kind + rss(f"<title>a {included}b</title>{LINK}").split("?>\n")[1]
    assert only(document).title == "a b"


def bomb(within: str) -> bytes:
    """Entities of which each is ten of the one before."""
    named = ["<!ENTITY e0 'levy'>", *(f"<!ENTITY e{n} '" + f"&e{n - 1};" * 10 + "'>" for n in range(1, 40))]
    return f"<!DOCTYPE rss [{''.join(named)}]>{within}".encode()


ITEM = "<item><title>Levy</title><link>https://quay.example/1</link><pubDate>5 Mar 2024 10:00 GMT</pubDate></item>"
OPEN = "<rss><channel>"
SPACES = " ".join(f"xmlns:n{n}='u:{n}'" for n in range(50_000))
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(200_000))
NAMES = "<author>" + "a." * 75 + "</author>"


def filled(unit: str, head: str = "", size: int = TEN_MEGABYTES) -> bytes:
    return (head + unit * max(1, size // len(unit))).encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "entity bomb in a title": lambda: bomb(
        f"<rss><channel><item><title>&e39;</title>{LINK}</item></channel></rss>"
    ),
    "entity bomb in an attribute": lambda: bomb("<feed><entry><link href='/&e39;'/></entry></feed>"),
    "one entity, often": lambda: bomb(f"{OPEN}<item><title>" + "&e0;" * 250_000),
    "items": lambda: filled(ITEM, OPEN),
    "empty items": lambda: filled("<item/>", OPEN),
    "nested items": lambda: filled("<item>", OPEN),
    "a long title": lambda: filled("x", f"{OPEN}<item><link>/1</link><title>"),
    "a long tag": lambda: filled("x", "<"),
    "tags that end nowhere": lambda: filled("<a ", OPEN),
    "open comments": lambda: filled("<!--", "", TEN_MEGABYTES // 2),
    "comments": lambda: filled("<!---->"),
    "open CDATA": lambda: filled("<![CDATA[", OPEN),
    "a document type of comments": lambda: filled("<!--", "<!DOCTYPE rss ["),
    "a document type of quotes": lambda: filled("'\"", "<!DOCTYPE rss ["),
    "open bodies": lambda: filled("<description><![CDATA[", OPEN),
    "bodies of many names": lambda: "".join(f"<a{n}:description>" for n in range(100_000)).encode(),
    "namespaces": lambda: filled("<n9:item/>", f"<rss {SPACES}>", 1_000_000),
    "attributes": lambda: filled(f"<rss {ATTRIBUTES}/>", size=1),
    "bases": lambda: filled("<entry xml:base='b/c'><link href='y'/></entry>", f"<feed xml:base='/{'a' * 2000}/'>"),
    "authors": lambda: filled(f"<item><link>/1</link>{NAMES * 3}</item>", OPEN),
    "a declaration": lambda: filled("encoding='a'", "<?xml "),
    "brackets": lambda: filled("<", OPEN, 2_000_000),
    "JSON brackets": lambda: filled("["),
    "JSON items": lambda: filled("{},", '{"version": "https://jsonfeed.org/version/1", "items": [') + b"{}]}",
    "spaces": lambda: filled(" "),
    "letters beyond": lambda: b"\xe4\xf6\xfc" * 3_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_takes_long(name: str) -> None:
    document = HOSTILE[name]()
    start = perf_counter()
    found = feeds.parse(document, AT)
    assert perf_counter() - start < 20
    assert isinstance(found, Feed | Refusal)
    assert isinstance(found, Refusal) or all(len(entry.title or "") <= 500 for entry in found.entries)


def test_a_bomb_in_gzip_is_refused_before_it_fills_the_memory() -> None:
    packed = gzip.compress(b"<urlset>" + b" " * 200_000_000, 9)
    tracemalloc.start()
    try:
        assert "larger than" in refused(packed)
        assert tracemalloc.get_traced_memory()[1] < 130_000_000
    finally:
        tracemalloc.stop()


def test_what_is_larger_than_the_limit_is_refused() -> None:
    assert "larger than" in refused(b" " * 50_000_001)


@pytest.mark.parametrize("kind", ["rss", "atom", "json", "sitemap"])
def test_of_20_000_entries_the_first_5_000_are_taken_and_the_others_counted(kind: str) -> None:
    number = range(20_000)
    documents = {
        "rss": lambda: rss(*(f"<guid>{n}</guid><link>/{n}</link>" for n in number)),
        "atom": lambda: atom(*(f'<id>{n}</id><link href="/{n}"/>' for n in number)),
        "json": lambda: json_feed(*({"id": n, "url": f"/{n}"} for n in number)),
        "sitemap": lambda: "<urlset>" + "".join(f"<url><loc>/{n}</loc></url>" for n in number) + "</urlset>",
    }
    feed = parsed(documents[kind]())
    assert (feed.kind, len(feed.entries), feed.skipped) == (kind, 5_000, 15_000)
    assert [entry.url for entry in feed.entries[::4999]] == ["https://quay.example/0", "https://quay.example/4999"]


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_feed_cut_anywhere_is_a_feed_or_a_refusal(at: int) -> None:
    whole = rss(
        f"<title>Lé &amp; <![CDATA[vy]]></title>{LINK}", "<title>b</title><link>/2</link><guid>3</guid>"
    ).encode()
    found = feeds.parse(whole[:at], AT)
    assert isinstance(found, Refusal) or len(found.entries) in (1, 2)


# What pages and robots.txt announce


def head(*links: str) -> bytes:
    return f"<!doctype html><html><head>{''.join(links)}</head><body><p>Quay</p></body></html>".encode()


RSS_LINK = '<link rel="alternate" type="application/rss+xml" title="News" href="/feed">'


def test_a_page_announces_feeds_of_each_kind_once() -> None:
    page = head(
        RSS_LINK,
        '<LINK REL="Alternate Home" TYPE="application/atom+xml; charset=utf-8" HREF="a.atom">',
        '<link rel="alternate" type="application/feed+json" title="J &amp; more" href="//cdn.example/f.json">',
        '<link rel="feed" type="application/json" href="/g.json">',
        '<link rel="alternate" type="application/rss+xml" title="Again" href="/feed">',
    )
    assert announced.feeds(page, "https://quay.example/news/") == (
        Announced("https://quay.example/feed", "News", "rss"),
        Announced("https://quay.example/news/a.atom", None, "atom"),
        Announced("https://cdn.example/f.json", "J & more", "json"),
        Announced("https://quay.example/g.json", None, "json"),
    )


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/json" href="/wp-json/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed">',
        '<link rel="stylesheet" type="text/css" href="/a.css">',
        '<link rel="alternate" hreflang="fr" href="/fr">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        f"<!-- {RSS_LINK} -->",
        f"<script>document.write('{RSS_LINK}')</script>",
    ],
)
def test_what_is_no_feed_is_not_announced(link: str) -> None:
    assert announced.feeds(head(link), AT) == ()


def test_feeds_of_comments_come_last() -> None:
    comments = '<link rel="alternate" type="application/rss+xml" title="Comments" href="/c">'
    replies = '<link rel="alternate" type="application/rss+xml" href="/levy/comments/feed">'
    found = announced.feeds(head(comments, replies, RSS_LINK), AT)
    assert [feed.url for feed in found] == [
        "https://quay.example/feed",
        "https://quay.example/c",
        "https://quay.example/levy/comments/feed",
    ]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ('<base href="https://cdn.example/x/">', "https://cdn.example/x/f"),
        ('<base href="/y/">', "https://quay.example/y/f"),
        ('<base href="javascript:alert(1)">', "https://quay.example/news/f"),
        ('<base target="_top"><base href="/y/"><base href="/z/">', "https://quay.example/y/f"),
    ],
)
def test_links_of_a_page_are_resolved_against_its_base(base: str, url: str) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="f">'
    assert [feed.url for feed in announced.feeds(head(base, link), AT)] == [url]


def test_a_pages_charset_is_honoured() -> None:
    page = head(RSS_LINK.replace("News", "Nachrichten für Köln"))
    assert announced.feeds(page.decode().encode("cp1252"), AT, "windows-1252")[0].title == "Nachrichten für Köln"
    declared = page.decode().replace("<head>", '<head><meta charset="iso-8859-2">').replace("für", "łódź")
    assert announced.feeds(declared.encode("iso-8859-2"), AT)[0].title == "Nachrichten łódź Köln"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"\x00" * 1000,
        b"%PDF-1.7",
        b"<" * 5_000_000,
        b"<div>" * 1_000_000,
        b"<a><b><p>" * 500_000,
        b"<link " * 1_000_000,
        b"<!--" * 1_000_000,
        b"<script>" * 500_000,
        RSS_LINK.encode() * 100_000,
        b"<table><tr><td>" * 300_000,
        b"&" * 5_000_000,
        b"<p " + b"a=1 " * 1_000_000,
    ],
    ids=range(13),
)
def test_no_page_takes_long(page: bytes) -> None:
    start = perf_counter()
    assert len(announced.feeds(page, AT)) <= 1
    assert perf_counter() - start < 5


def test_a_robots_txt_names_its_sitemaps() -> None:
    robots = (
        "\ufeffSitemap: https://quay.example/a.xml\r\nUser-agent: *\nDisallow: /x # Sitemap: https://no.example/\n"
        "sitemap:https://quay.example/b.xml.gz\nSITEMAP : https://quay.example/a.xml\nSitemap: /relative.xml\n"
        "Sitemap: ftp://quay.example/c\n# Sitemap: https://no.example/\n"
        "  Sitemap: https://cdn.example/e.xml # new\n"
    )
    assert robots_txt.read(robots.encode()).sitemaps() == (
        "https://quay.example/a.xml",
        "https://quay.example/b.xml.gz",
        "https://cdn.example/e.xml",
    )


@pytest.mark.parametrize(
    "robots",
    ["", PAGE, "Sitemap:" * 500_000, "Sitemap: *$*$\n" * 300_000, "Disallow: /*a\n" * 300_000, "\x00\ud800"],
)
def test_no_robots_txt_takes_long(robots: str) -> None:
    start = perf_counter()
    assert robots_txt.read(robots.encode("utf-8", "replace")).sitemaps() == ()
    assert perf_counter() - start < 5
