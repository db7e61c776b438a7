"""Feeds and sitemaps: which articles they name, and since when. Functions over bytes; nothing is fetched here.

RSS and Atom are read by feedparser, but never as they come: it gets the few elements that count, bounded and
well-formed. On a hostile document it would take time with the square of its size.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ingest.extract import dates, records, wording
from ingest.extract.draft import Refusal
from ingest.extract.quiet import quiet
from ingest.web import sitemaps
from ingest.web.sitemaps import MOST, Element, Item

LONGEST_TITLE = 500
_LONGEST_NAME = 150
_LONGEST_DATE = 100
_MOST_AUTHORS = 3

_ENTRIES = frozenset(("item", "entry", "url", "sitemap"))
_KEPT = _ENTRIES | frozenset(
    "rss rdf:rdf feed channel title link guid id author name creator dc:creator feedburner:origlink origlink "
    "urlset sitemapindex loc lastmod news:news news:title news:publication news:name news:publication_date "
    "pubdate published issued created date updated modified dc:date dc:issued dc:created dc:modified".split()
)
_PUBLISHED = ("pubdate", "published", "issued", "dc:issued", "dc:date", "date", "dc:created", "created")
_UPDATED = ("updated", "modified", "dc:modified")
_KINDS = {"rss": "rss", "rdf:rdf": "rss", "feed": "atom", "urlset": "sitemap", "sitemapindex": "sitemap-index"}
_SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
_ROOTS = {"rss": f'rss version="2.0" {_SPACES}', "atom": f'feed xmlns="http://www.w3.org/2005/Atom" {_SPACES}'}
_TAG = re.compile(r"<!--|-->|</?(?:(br|p|div|li|h\d)|[A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*|/)?>", re.IGNORECASE)
# "desk@quay.example (Ann)", "Ann <desk@quay.example>": the name is what counts.
_MAIL = re.compile(r"<?[^\s<>()]+@[^\s<>()]+>?")
_RFC_822 = re.compile(r"(?:[A-Za-z]{3,9}\.?,?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\.?,?\s+\d{2,4}\s+\d{1,2}:\d")


@dataclass(frozen=True, slots=True)
class Entry:
    """An article that a feed names. `published` in its own time zone, `updated` in UTC; None where unwritten."""

    key: str
    url: str
    title: str | None
    author: str | None
    published: date | None
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: `kind` is rss, atom, json, sitemap or sitemap-index; `parts` are the sitemaps that an index names.

    `skipped` counts the entries that have no http(s) address and those after the first 5,000.
    """

    kind: str
    title: str | None
    entries: tuple[Entry, ...]
    parts: tuple[str, ...] = ()
    skipped: int = 0


def parse(data: bytes, url: str, charset: str | None = None) -> Feed | Refusal:
    """The feed in `data`, fetched from `url`; `charset` is what the server says. At most 50 MB, unpacked too.

    Newest first where every entry has a date, else in the feed's own order.
    """
    written = sitemaps.text(data, charset)
    if isinstance(written, Refusal):
        return written
    if not written.strip():
        return Refusal("it is empty")
    if sitemaps.is_page(written):
        return Refusal("a web page, not a feed")
    if re.match(r"\s*+[\[{]", written):
        return _json(written, url)
    tree = sitemaps.tree(written, _KEPT, _ENTRIES)
    return tree if isinstance(tree, Refusal) else _xml(tree, url)


def _xml(tree: sitemaps.Tree, url: str) -> Feed | Refusal:
    root = tree.root
    kind = _KINDS.get(root.name)
    if kind is None:
        return Refusal(f"XML of another kind (<{root.name}>), not a feed")
    if kind == "sitemap-index":
        return _index(tree, url)
    if kind == "sitemap":
        read: tuple[str | None, list[Item]] | Refusal = sitemaps.outlet(root), list(sitemaps.urls(root))
    else:
        read = _syndicated(root, kind, url)
    if isinstance(read, Refusal):
        return read
    feed = _feed(kind, *read, url, tree.cut)
    if tree.broken is not None and not feed.entries:
        return Refusal(f"not XML: line {tree.broken}")
    return feed


def _index(tree: sitemaps.Tree, url: str) -> Feed | Refusal:
    found = [sitemaps.link(part.first("loc"), url) for part in tree.root.all("sitemap")]
    parts = tuple(dict.fromkeys(filter(None, found)))
    if tree.broken is not None and not parts:
        return Refusal(f"not XML: line {tree.broken}")
    return Feed("sitemap-index", None, (), parts, tree.cut + found.count(None))


def _feed(kind: str, title: str | None, items: Iterable[Item], url: str, cut: int) -> Feed:
    found: dict[str, tuple[Entry, datetime | None]] = {}
    for item in items:
        address = sitemaps.link(item.link, url)
        if address is None:
            cut += 1
            continue
        key = wording.line(item.key) or address
        if key not in found:
            found[key] = _entry(key, address, item)
    entries = [entry for entry, _ in found.values()]
    moments = {key: moment for key, (_, moment) in found.items() if moment is not None}
    if len(moments) == len(entries):
        entries.sort(key=lambda entry: moments[entry.key], reverse=True)
    return Feed(kind, _plain(title), tuple(entries), (), cut)


def _entry(key: str, address: str, item: Item) -> tuple[Entry, datetime | None]:
    published, updated = _moment(item.published), _moment(item.updated)
    day = published.date() if published else None
    changed = _in_utc(updated)
    author = wording.line(unescape(item.author)) if item.author else None
    return Entry(key, address, _plain(item.title), author, day, changed), _in_utc(published) or changed


def _plain(title: str | None) -> str | None:
    """A title on one line, tags taken out and entities resolved: twice, as many feeds escape twice."""
    if not title:
        return None
    read = wording.line(unescape(unescape(_TAG.sub(lambda tag: " " if tag[1] else "", title))))
    return read[:LONGEST_TITLE].rstrip() if read else None


def _moment(written: str | None) -> datetime | None:
    """In the writer's own time zone, in UTC where none is named; midnight where no time of day is."""
    from email.utils import parsedate_to_datetime

    written = (written or "").strip()
    if not written or len(written) > _LONGEST_DATE:
        return None
    try:
        read = parsedate_to_datetime(written) if _RFC_822.match(written) else datetime.fromisoformat(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        day = dates.day(written)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read


def _in_utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:  # at the two ends of the calendar
        return None


def _syndicated(root: Element, kind: str, url: str) -> tuple[str | None, list[Item]] | Refusal:
    """What feedparser reads in RSS or Atom."""
    import io

    import feedparser  # type: ignore[import-untyped]

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        with quiet("feedparser"):
            read = feedparser.parse(
                io.BytesIO(_written(root, kind)),
                response_headers=headers,
                resolve_relative_uris=False,
                sanitize_html=False,
            )
        return read.feed.get("title"), [_item(entry, kind) for entry in read.entries]
    except Exception:  # noqa: BLE001 - a feed can break feedparser in ways that it does not list
        return Refusal("a feed that cannot be read")


def _item(entry: Any, kind: str) -> Item:
    links = [at for at in entry.get("links", ()) if at.get("rel") == "alternate" and at.get("href")]
    links.sort(key=lambda at: "html" not in at.get("type", "html"))
    # An Atom id names the entry and leads nowhere; feedparser takes it for a permalink.
    last = entry.get("link") if kind == "rss" else None
    first = links[0]["href"] if links else last
    title = entry.get("title")
    if title and kind == "atom" and entry.get("title_detail", {}).get("type") == "text/plain":
        title = title.replace("<", "&lt;")
    names = [person["name"] for person in entry.get("authors", ()) if person.get("name")]
    return Item(
        entry.get("id"),
        entry.get("feedburner_origlink") or first,
        title,
        ", ".join(dict.fromkeys(names)) or None,
        entry.get("published"),
        # Where it is missing, `get` gives what was published, with a warning.
        entry["updated"] if "updated" in entry else None,  # noqa: SIM401
    )


def _written(root: Element, kind: str) -> bytes:
    """A well-formed feed of the elements that count, for feedparser."""
    channel = next(iter(root.all("channel")), root)
    items = [*root.all("item", "entry"), *(channel.all("item", "entry") if channel is not root else [])]
    name = "item" if kind == "rss" else "entry"
    inner = "".join(f"<{name}{_about(item)}>{''.join(_parts(item))}</{name}>\n" for item in items)
    title = "".join(_part("title", part) for part in channel.all("title")[:1])
    if kind == "rss":
        title, end = f"<channel{_base(channel)}>{title}", "</channel></rss>"
    else:
        end = "</feed>"
    head = "<?xml version='1.0' encoding='utf-8'?>\n"
    return f"{head}<{_ROOTS[kind]}{_base(root)}>{title}{inner}{end}".encode("utf-8", "replace")


def _parts(item: Element) -> Iterable[str]:
    titles = [part for part in item.all("title") if part.text.strip()]
    yield from (_part("title", part) for part in titles[:1])
    links = [part for part in item.all("link") if sitemaps.leads(part.attributes.get("href") or part.text)]
    yield from (_part("link", part) for part in links)
    for part in item.all("guid", "id")[:1]:
        if len(part.text) <= sitemaps.LONGEST_ADDRESS:
            # A bare number is no permalink, though it is one by RSS's default.
            if not re.match(r"\s*https?://", part.text):
                part.attributes["ispermalink"] = "false"
            yield _part(part.name, part)
    for part in item.all("author", "creator", "dc:creator")[:_MOST_AUTHORS]:
        name = _MAIL.sub("", (part.first("name") or part.text)[:_LONGEST_NAME]).strip()
        if name := name[1:-1] if name.startswith("(") and name.endswith(")") else name:
            yield f"<author><name>{escape(name)}</name></author>"
    for tag, names in (("pubDate", _PUBLISHED), ("updated", _UPDATED)):
        if when := item.first(*names):
            yield f"<{tag}>{escape(when[:_LONGEST_DATE])}</{tag}>"
    if original := item.first("feedburner:origlink", "origlink"):
        yield f"<feedburner:origLink>{escape(original)}</feedburner:origLink>"


def _part(tag: str, part: Element) -> str:
    given = {name: value for name, value in part.attributes.items() if name in ("href", "rel", "type")}
    if tag == "title":
        # Markup within a title was taken out where it was kept; what is escaped is left.
        given = {"type": "html"} if given.get("type") in ("html", "text/html") else {}
    if "ispermalink" in part.attributes:
        given["isPermaLink"] = part.attributes["ispermalink"]
    written = "".join(f" {name}={quoteattr(value)}" for name, value in given.items())
    return f"<{tag}{written}{_base(part)}>{escape(part.text)}</{tag}>"


def _about(item: Element) -> str:
    about = item.attributes.get("about")
    return (f" rdf:about={quoteattr(about)}" if about else "") + _base(item)


def _base(element: Element) -> str:
    base = element.attributes.get("base")
    return f" xml:base={quoteattr(base)}" if base else ""


def _json(written: str, url: str) -> Feed | Refusal:
    value = records.loaded(written.lstrip("\ufeff"))
    if isinstance(value, records.Broken):
        return Refusal(f"{value.reason}, line {value.line}")
    if not isinstance(value, dict) or "jsonfeed.org/version/" not in str(value.get("version")):
        return Refusal("JSON, but not a JSON Feed")
    items = value.get("items")
    if not isinstance(items, list):
        return Refusal("a JSON Feed without its list of items")
    cut = max(0, len(items) - MOST)
    return _feed("json", _text(value, "title"), (_json_item(item) for item in items[:MOST]), url, cut)


def _json_item(item: Any) -> Item:
    if not isinstance(item, dict):
        return Item(None, None)
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_text(person, "name") for person in (people or [])[:_MOST_AUTHORS] if isinstance(person, dict)]
    key = item.get("id")
    key = str(key) if isinstance(key, int) and abs(key) < 2**64 else key
    return Item(
        key if isinstance(key, str) and len(key) <= sitemaps.LONGEST_ADDRESS else None,
        _text(item, "url") or _text(item, "external_url"),
        _text(item, "title"),
        ", ".join(dict.fromkeys(filter(None, names))) or None,
        _text(item, "date_published"),
        _text(item, "date_modified"),
    )


def _text(value: dict[str, Any], name: str) -> str | None:
    """A string of an object, cut where it is longer than any title or address."""
    found = value.get(name)
    return found[:4_000] if isinstance(found, str) else None
