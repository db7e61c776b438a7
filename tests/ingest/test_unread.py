"""A page that is still to be read: under which address it is kept, and whose word counts for what it is."""

import pickle
import time
from dataclasses import replace
from datetime import date

import pytest

from ingest.extract.draft import Draft
from ingest.unread import Given, Unread, address, article
from retrieval.types import Article, Rejection
from tests.ingest.web.site import page_of, write

AT = "https://quay.example/2024/03/05/levy"
OWN = write(3)
PAGE = Unread(AT, "text/html", page_of(OWN, AT).encode(), "utf-8", url=AT)


@pytest.mark.parametrize(
    ("fetched", "canonical", "kept"),
    [
        (AT, None, AT),
        (AT, "", AT),
        (AT, AT, AT),
        (f"{AT}?page=2", AT, AT),
        ("https://m.quay.example/levy", "https://www.quay.example/levy", "https://www.quay.example/levy"),
        ("https://amp.quay.example/levy", AT, AT),
        ("https://QUAY.example/levy", AT, AT),
        ("http://quay.example/levy", AT, AT),
        (AT, "https://herald.example/levy", AT),
        (AT, "https://quay.example.herald.example/levy", AT),
        (AT, "https://notquay.example/levy", AT),
        (AT, "https://herald.example/quay.example/levy", AT),
        (AT, "https://quay.example@herald.example/levy", AT),
        (AT, "https://herald.example\\@quay.example/levy", AT),
        (AT, "https://example/levy", AT),
        (AT, "https://quay.example", AT),
        (AT, "https://quay.example/", AT),
        (AT, "https://quay.example/?id=4", AT),
        (AT, "/2024/other", AT),
        (AT, "//quay.example", AT),
        ("https://politics.quay.example/levy", "https://quay.example/levy", "https://politics.quay.example/levy"),
        # Of whole domains that are named like a part of a site, each is another's.
        ("https://m.example/levy", "https://amp.example/theirs", "https://m.example/levy"),
        ("https://edition.example/levy", "https://www.example/theirs", "https://edition.example/levy"),
    ],
)
def test_a_page_may_correct_its_address_within_its_site(fetched: str, canonical: str | None, kept: str) -> None:
    assert address(fetched, canonical) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("?utm_source=a", ""),
        ("?UTM_Source=a&utm_medium=b&utm_x=", ""),
        ("?id=4&utm_source=a", "?id=4"),
        ("?fbclid=a&id=4&gclid=b&mc_cid=c&mc_eid=d&igshid=e", "?id=4"),
        ("?id=4&ref=a", "?id=4&ref=a"),
        ("?b=2&a=1&b=3", "?b=2&a=1&b=3"),
        ("?a=%2F%26&é=1", "?a=%2F%26&é=1"),
        ("?item=5&itome=6", "?item=5&itome=6"),
        ("#top", ""),
        ("?id=4#top", "?id=4"),
    ],
)
def test_what_follows_a_reader_goes_and_what_names_a_page_stays(given: str, kept: str) -> None:
    assert address(f"{AT}{given}", None) == f"{AT}{kept}"
    assert address(AT, f"{AT}{given}") == f"{AT}{kept}"


@pytest.mark.parametrize(
    "canonical",
    [
        "http://[", "http://]/a", "https://[::1/a", "https://quay.example:99999999/a", "https://quay.example:x/a",
        "https://[quay.example]/a", "https://quay.example\x00/a", "https://quay\u2100.example/a", "https:///a",
        "https://\u2488.example/a", "javascript:alert(1)", "https://quay.example%00.herald.example/a", "\ud800",
        "https://" + "a" * 100_000, "https://quay.example/" + "a" * 100_000 + "?" + "&" * 100_000,
    ],
    ids=lambda canonical: canonical[:30].encode("unicode_escape").decode(),
)  # fmt: skip
def test_no_address_that_a_page_names_makes_it_raise_or_take_long(canonical: str) -> None:
    started = time.monotonic()
    assert address(AT, canonical).startswith("https://quay.example")
    page = replace(PAGE, data=page_of(OWN, canonical).encode("utf-8", "replace"))
    assert isinstance(page.read(), Article | Rejection)
    assert time.monotonic() - started < 3.0


def test_an_address_with_a_name_and_a_password_is_not_taken_from_a_page() -> None:
    assert address(AT, "https://ada:secret@quay.example/levy") in (AT, "https://quay.example/levy")


def read(page: Unread) -> Article:
    found = page.read()
    assert isinstance(found, Article), found
    return found


GIVEN = Given("https://desk.example/1", "Its title", "The Outlet", "Ada Quill", date(2020, 2, 2))


def test_what_the_person_says_wins() -> None:
    found = read(replace(PAGE, given=GIVEN, last=Given("https://no.example", "no", "no", "no", date(1999, 1, 1))))
    assert (found.url, found.title, found.outlet) == ("https://desk.example/1", "Its title", "The Outlet")
    assert (found.author, found.published) == ("Ada Quill", date(2020, 2, 2))


def test_what_the_page_says_wins_over_what_is_known_from_elsewhere() -> None:
    found = read(replace(PAGE, last=GIVEN))
    assert (found.url, found.title, found.outlet) == (AT, OWN.title, "The Loopback Courier")
    assert (found.author, found.published) == (OWN.author, OWN.published)


def test_what_is_known_from_elsewhere_serves_last_and_names_no_address() -> None:
    markup = "".join(f"<p>{part}</p>" for part in OWN.text.split("\n\n"))
    bare = Unread("bare", "text/html", f"<html><body>{markup}</body></html>".encode(), url=AT)
    found = read(replace(bare, last=GIVEN))
    assert (found.url, found.title, found.outlet) == (AT, "Its title", "The Outlet")
    assert (found.author, found.published) == ("Ada Quill", date(2020, 2, 2))
    assert read(bare).published == date(2024, 3, 5)  # of its address, which says it after all


def test_without_any_address_of_its_own_a_page_has_the_one_that_it_falls_back_to() -> None:
    draft = Draft(OWN.text, None, None, None, None, None)
    assert article(draft, "file:///a.html", Given()).url == "file:///a.html"
    page = Unread("a.txt", "text/plain", OWN.text.encode(), fallback="file:///a.txt")
    assert read(page).url == "file:///a.txt"
    assert read(replace(page, given=GIVEN)).url == "https://desk.example/1"


def test_a_page_without_an_address_of_where_it_was_fetched_has_its_own_word_for_it() -> None:
    assert read(replace(PAGE, url=None, fallback="file:///a.html")).url == AT


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "text/plain", "application/pdf"])
@pytest.mark.parametrize("data", [b"", b"\x00" * 5000, b"\xff\xfe\xfd" * 99, b"%PDF-1.7 \n%%EOF", b"<" * 5000])
def test_what_is_no_article_is_a_rejection_under_its_own_name(kind: str, data: bytes) -> None:
    found = Unread("page", kind, data, url=AT).read()
    assert isinstance(found, Rejection)
    assert found.source == "page"
    assert found.reason


def test_another_process_can_read_it() -> None:
    page = replace(PAGE, given=GIVEN)
    assert pickle.loads(pickle.dumps(page)).read() == page.read()  # noqa: S301 - of our own
