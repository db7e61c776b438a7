"""OPML: what other readers write is read, what is written is read back, and no file does harm."""

from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree

import pytest

from ingest.extract.draft import Refusal
from ingest.web import opml
from ingest.web.opml import Subscription

QUAY = Subscription("https://quay.example/feed", "The Quay Post")


def listed(*outlines: str, version: str = "2.0") -> bytes:
    head = f'<?xml version="1.0"?>\n<opml version="{version}"><head><title>Mine</title></head><body>'
    return f"{head}{''.join(outlines)}</body></opml>".encode()


def outline(**attributes: str) -> str:
    return "".join(("<outline", *(f' {name}="{value}"' for name, value in attributes.items()), "/>"))


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
@pytest.mark.parametrize("name", ["xmlUrl", "xmlurl", "XMLURL", "xmlURL"])
def test_a_feeds_address_is_read_in_any_case(version: str, name: str) -> None:
    document = listed(outline(type="rss", text="The Quay Post", **{name: QUAY.url}), version=version)
    assert opml.read(document) == (QUAY,)


def test_outlines_are_read_at_any_depth_in_their_order() -> None:
    document = listed(
        outline(text="a", xmlUrl="https://a.example/"),
        f"<outline text='News'><outline text='Local'>{outline(text='b', xmlUrl='https://b.example/')}</outline>"
        f"{outline(text='c', xmlUrl='https://c.example/')}</outline>",
        outline(text="d", xmlUrl="https://d.example/"),
    )
    found = opml.read(document)
    assert not isinstance(found, Refusal)
    assert [subscription.title for subscription in found] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("attributes", "title"),
    [
        ({"text": "T", "title": "Its &amp;  title"}, "Its & title"),
        ({"text": " T "}, "T"),
        ({"title": "", "text": "T"}, "T"),
        ({"text": QUAY.url}, None),
        ({}, None),
    ],
)
def test_a_title_is_the_title_or_the_text(attributes: dict[str, str], title: str | None) -> None:
    assert opml.read(listed(outline(xmlUrl=QUAY.url, **attributes))) == (Subscription(QUAY.url, title),)


def test_of_doubled_addresses_the_first_counts() -> None:
    document = listed(outline(text="a", xmlUrl=QUAY.url), outline(text="b", xmlUrl=QUAY.url))
    assert opml.read(document) == (Subscription(QUAY.url, "a"),)


@pytest.mark.parametrize(
    "address",
    ["", " ", "javascript:alert(1)", "file:///etc/hostname", "ftp://quay.example/", "/feed", "http://[1"],
)
def test_what_is_no_http_address_is_left_out(address: str) -> None:
    document = listed(
        outline(text="a", xmlUrl=address), outline(text="no address"), outline(text="b", xmlUrl=QUAY.url)
    )
    assert opml.read(document) == (Subscription(QUAY.url, "b"),)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed://quay.example/rss", "http://quay.example/rss"),
        ("feed:https://quay.example/rss", "https://quay.example/rss"),
        ("feed://https://quay.example/rss", "https://quay.example/rss"),
        (" https://quay.example/rss?a=1&amp;b=2\n", "https://quay.example/rss?a=1&b=2"),
    ],
)
def test_addresses_as_readers_write_them_become_plain_ones(written: str, url: str) -> None:
    assert opml.read(listed(outline(xmlUrl=written))) == (Subscription(url, None),)


def test_a_list_without_feeds_is_empty() -> None:
    assert opml.read(listed()) == ()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "not XML"),
        (b"Just words.", "not XML"),
        (b"<!doctype html><html><body/></html>", "a web page"),
        (b"<rss><channel/></rss>", "<rss>"),
        (b"<opml>\n<body>\n</wrong>", "line 3"),
        (b"\x00\x01" * 100, "binary"),
        (b'{"feeds": []}', "not XML"),
    ],
)
def test_what_is_no_opml_is_refused_with_what_it_is(document: bytes, said: str) -> None:
    found = opml.read(document)
    assert isinstance(found, Refusal)
    assert said in found.reason


def test_of_a_broken_list_is_taken_what_can_be_read() -> None:
    document = listed(outline(text="Levy & wall", xmlUrl="https://quay.example/feed?a=1&b=2"))[:-12]
    assert opml.read(document) == (Subscription("https://quay.example/feed?a=1&b=2", "Levy & wall"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-2"])
def test_letters_are_read_in_the_lists_own_charset(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    document = listed(outline(text="Łódź", xmlUrl=QUAY.url)).decode().replace("?>", f' encoding="{declared}"?>', 1)
    assert opml.read(document.encode(encoding)) == (Subscription(QUAY.url, "Łódź"),)


WRITTEN = (
    QUAY,
    Subscription("https://quay.example/feed?a=1&b=%22<'>", None),
    Subscription("http://other.example/", 'Levy & "wall" <b>\'s'),
    Subscription("https://third.example/rss", "Łódź — “日本” 🌊"),
    Subscription("https://fourth.example/", "https://fourth.example/"),
)


@pytest.mark.parametrize("subscriptions", [WRITTEN, (), (QUAY,)])
def test_what_is_written_is_read_back_equal(subscriptions: tuple[Subscription, ...]) -> None:
    assert opml.read(opml.write(subscriptions)) == subscriptions


def test_what_is_written_is_opml_2_0() -> None:
    root = ElementTree.fromstring(opml.write(WRITTEN, "Mine & \x00 yours"))  # noqa: S314 - our own
    assert (root.tag, root.attrib, [part.tag for part in root]) == ("opml", {"version": "2.0"}, ["head", "body"])
    assert root.findtext("head/title") == "Mine & yours"
    outlines = root.findall("body/outline")
    assert len(outlines) == len(WRITTEN)
    assert all(part.get("type") == "rss" and part.get("text") and part.get("xmlUrl") for part in outlines)


def test_titles_that_xml_cannot_hold_are_written_as_far_as_it_can() -> None:
    odd = (Subscription(QUAY.url, "a\x00\x1b\n b\ud800\uffff"), Subscription("file:///etc/hostname", "c"))
    assert opml.read(opml.write(odd)) == (Subscription(QUAY.url, "a b"),)


def test_external_entities_open_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the password")
    kind = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    document = listed(outline(text="&x;", xmlUrl=QUAY.url)).replace(b"?>\n", b"?>" + kind.encode(), 1)
    assert "password" not in repr(opml.read(document))


BOMB = "<!ENTITY e0 'levy'>" + "".join(f"<!ENTITY e{n} '" + f"&e{n - 1};" * 10 + "'>" for n in range(1, 40))


@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE opml [{BOMB}]><opml><body><outline text="&e39;" xmlUrl="https://a.example/"/></body></opml>',
        "<opml><body>" + "<outline>" * 500_000,
        "<opml><body>" + "<outline/>" * 500_000,
        "<opml><body>" + '<outline xmlUrl="https://a.example/"/>' * 100_000 + "</body></opml>",
        "<opml><body><outline " + " ".join(f"a{n}='1'" for n in range(200_000)) + "/></body></opml>",
        '<opml><body><outline xmlUrl="' + "x" * 5_000_000,
        "<!DOCTYPE opml [" + "<!--" * 1_000_000,
    ],
    ids=["entity bomb", "nested", "many", "doubled", "attributes", "a long address", "comments"],
)
def test_no_list_takes_long(document: str) -> None:
    start = perf_counter()
    found = opml.read(document.encode())
    assert perf_counter() - start < 10
    assert isinstance(found, Refusal) or len(found) <= 1
