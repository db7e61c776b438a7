"""Sitemaps, and the reading of hostile XML that feeds and lists of subscriptions share. It fetches nothing.

Of a document only a few named elements are kept, each bounded: no tree of the whole is built, no document type is
read, and so no entity is ever expanded and no file opened.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from ingest.extract import charset as charsets
from ingest.extract.draft import Refusal

# Bytes, unpacked. The sitemap protocol's own limit.
LARGEST = 50_000_000
# Entries of a document; what comes after them is counted only.
MOST = 5_000
LONGEST_ADDRESS = 2048
# Elements beside the entries that one element may hold. Entries of feeds have about ten that are kept.
_MOST_PARTS = 30
_MOST_ELEMENTS = 20 * MOST
_LONGEST_TEXT = 4_000
_MOST_UNCLOSED = 10
# Characters; 10 million of nothing but "<" take 10 s to put right.
_LARGEST_MENDED = 12_000_000

_XML = "http://www.w3.org/XML/1998/namespace"
_PLAIN = re.compile(
    r"|https?://(?:purl\.org/(?:rss/1\.0/|atom/ns#)|www\.w3\.org/2005/atom|my\.netscape\.com/rdf/.*"
    r"|backend\.userland\.com/.*|blogs\.law\.harvard\.edu/tech/rss"
    r"|www\.(?:sitemaps\.org|google\.com)/schemas/sitemap/[\d.]+)/?"
)
_PREFIXED = {"purl.org/dc/": "dc:", "feedburner": "feedburner:", "schemas/sitemap-news/": "news:"}
_PREFIXED |= {"22-rdf-syntax-ns": "rdf:"}
_ADDRESS = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_NOWHERE = re.compile(r"\s*(?:https?:)?/*\s*", re.IGNORECASE)
_UNADDRESSED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})")
_UNMARKED = {b"<\x00?\x00": b"\xff\xfe", b"\x00<\x00?": b"\xfe\xff"}
# Possessive, and an open comment takes all that follows: one pass over whatever is written.
_PROLOG = re.compile(
    r"(?:[\s\ufeff]++|<\?.*?\?>|<!--.*?-->"
    r"|<!DOCTYPE(?:[^\[>\"']++|\"[^\"]*\"|'[^']*')*+"
    r"(?:\[(?:[^\]\"'<]++|\"[^\"]*\"|'[^']*'|<!--(?:.*?-->|.*)|<)*+\]\s*+)?+>)*+",
    re.DOTALL,
)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})")
# What a program wrote in front of its feed, warnings of its own mostly, is passed over.
_KNOWN_ROOT = re.compile(r"<(?:rss|rdf:RDF|feed|urlset|sitemapindex|opml)\b")
_BEFORE_ROOT = 2_000
_PAGE = re.compile(r"<html\b", re.IGNORECASE)
_PAGE_ROOTS = frozenset("html head body script style title meta link div p br table center h1 b font".split())
# Bodies hold the unclosed tags that break a feed; nobody reads them here.
_BODY = re.compile(r"<((?:[\w-]+:)?(?:description|summary|encoded|content|subtitle))\b(?![^<>]*/>)[^<>]*>\s*")
_MENDED = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|&(?:#([0-9]{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31};))?"
    r"|<(?![A-Za-z_/!?])|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]",
    re.DOTALL,
)


@dataclass(slots=True)
class Element:
    """An element of a document as far as it is kept: its own text, and no more than `MOST` entries below."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    parts: int = 0

    def all(self, *names: str) -> list["Element"]:
        return [child for child in self.children if child.name in names]

    def first(self, *names: str) -> str | None:
        """The first text in it that is not empty, of the earliest name that has one."""
        texts = (child.text.strip() for name in names for child in self.all(name))
        return next(filter(None, texts), None)


@dataclass(frozen=True, slots=True)
class Tree:
    """What was kept of a document; `cut` entries too many for it, and the line where it stops being XML."""

    root: Element
    cut: int
    broken: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as its document writes it: nothing is resolved, cleaned or read yet."""

    key: str | None
    link: str | None
    title: str | None = None
    author: str | None = None
    published: str | None = None
    updated: str | None = None


def urls(root: Element) -> Iterable[Item]:
    """The pages that a sitemap names; the day of publication only where it is one of news."""
    for url in root.all("url"):
        news = next(iter(url.all("news:news")), Element("", {}))
        title, published = news.first("news:title"), news.first("news:publication_date")
        yield Item(None, url.first("loc"), title, None, published, url.first("lastmod"))


def outlet(root: Element) -> str | None:
    """The publication that a sitemap of news names first."""
    publications = (
        part.first("news:name")
        for url in root.all("url")
        for news in url.all("news:news")
        for part in news.all("news:publication")
    )
    return next(filter(None, publications), None)


def link(written: str | None, base: str) -> str | None:
    """An http(s) address as a document writes it, relative to `base`; None where it is none."""
    if not written or not leads(written):
        return None
    try:
        found = urljoin(base, written.strip())
        urlsplit(found)
    except ValueError:  # brackets that are no IPv6 address
        return None
    if len(found) > LONGEST_ADDRESS or not _ADDRESS.match(found) or _UNADDRESSED.search(found):
        return None
    return found.replace(" ", "%20")


def leads(written: str) -> bool:
    """Whether it leads anywhere: nothing, and a mere scheme, would mean the document itself."""
    return len(written) <= LONGEST_ADDRESS * 2 and not _NOWHERE.fullmatch(written)


def text(data: bytes, charset: str | None = None) -> str | Refusal:
    """The characters of a document, unpacked where it is gzip. `charset` is what the server says of it."""
    unpacked = _unpacked(data) if data[:2] == b"\x1f\x8b" else data
    if isinstance(unpacked, Refusal) or len(unpacked) > LARGEST:
        return unpacked if isinstance(unpacked, Refusal) else Refusal(_TOO_LARGE)
    unpacked = _UNMARKED.get(unpacked[:4], b"") + unpacked
    named = _DECLARED.match(unpacked[:400])
    label = charset if charset and not charset.strip().lower().startswith("utf") else None
    label = label or (named[1].decode("ascii", "replace") if named else charset)
    # Servers name Latin-1 by default. What reads as UTF-8 but for a cut letter is UTF-8, whatever they say.
    return _as_utf8(unpacked, label or "") or charsets.decode(unpacked, label)


def is_page(written: str) -> bool:
    """Whether it is an HTML page."""
    begin = _begin(written)
    root = _ROOT.match(written, begin)
    kind = re.search(r"<!DOCTYPE\s{1,9}html\b", written[: begin + 20], re.IGNORECASE)
    return kind is not None or (root is not None and root[1].lower() in _PAGE_ROOTS)


def tree(written: str, kept: frozenset[str], entries: frozenset[str]) -> Tree | Refusal:
    """The `kept` elements of a document, those in `entries` at most `MOST` times; broken XML as far as it goes.

    Names are in lower case, with `dc:`, `news:`, `rdf:` and `feedburner:` before those of these namespaces.
    """
    begin = _begin(written)
    root = _ROOT.match(written, begin)
    if root is None:
        return Refusal("not XML")
    body = written[begin:]
    found, line = _read(body, _Kept(kept, entries), recover=False)
    if line is not None:
        if len(body) <= _LARGEST_MENDED:
            found = _read(_mended(body), _Kept(kept, entries), recover=True)[0]
        line += written.count("\n", 0, begin)
    if found.root is not None:
        return Tree(found.root, found.cut, line)
    return Refusal(f"XML of another kind (<{root[1]}>)" if line is None else f"not XML: line {line}")


def _begin(written: str) -> int:
    """Where the root begins: behind declarations, comments and the document type, which nobody reads."""
    prolog = _PROLOG.match(written)
    begin = prolog.end() if prolog else 0
    if re.compile(r"<!DOCTYPE\s{1,9}html\b", re.IGNORECASE).match(written, begin):
        return begin
    known = _KNOWN_ROOT.search(written, begin, begin + _BEFORE_ROOT)
    return known.start() if known and not _PAGE.match(written, begin) else begin


_TOO_LARGE = f"larger than {LARGEST // 10**6} MB"


def _unpacked(data: bytes) -> bytes | Refusal:
    import gzip
    from io import BytesIO

    try:
        unpacked = gzip.GzipFile(fileobj=BytesIO(data)).read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        return Refusal("its compression is broken")
    return Refusal(f"{_TOO_LARGE} when unpacked") if len(unpacked) > LARGEST else unpacked


def _as_utf8(data: bytes, label: str) -> str | None:
    if b"\x00" in data or label.lower().startswith("iso-2022") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    read = data.decode("utf-8", "replace").removeprefix("\ufeff")
    lost = read.count("\ufffd")
    if lost == 0:
        return None if isinstance(charsets.decode(data[:1_000], "utf-8"), Refusal) else read
    beyond = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    cut = lost == 1 and read.endswith("\ufffd")
    return read.removesuffix("\ufffd") if cut or lost * 30 < beyond else None


def _read(written: str, target: "_Kept", *, recover: bool) -> tuple["_Kept", int | None]:
    """What the parser kept, and the line of the first error."""
    from lxml import etree  # type: ignore[import-untyped]

    parser: Any = etree.XMLParser(
        target=target, recover=recover, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        etree.fromstring(written.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        target.close()
        return target, error.lineno or 1
    except UnicodeDecodeError:  # a reference to half of a surrogate pair, which libxml2 lets pass where it mends
        target.close()
        return target, 1
    return target, None


class _Kept:
    """Takes a parser's events, and keeps the elements that it was asked for."""

    def __init__(self, names: frozenset[str], entries: frozenset[str]) -> None:
        self.root: Element | None = None
        self.cut = 0
        self._names, self._entries = names, entries
        self._room = MOST
        self._open: list[Element] = []
        self._elements = _MOST_ELEMENTS
        self._below = 0  # how deep in what is not kept
        self._home: str | None = None

    def start(self, tag: str, attributes: Any) -> None:
        name = None if self._below else self._named(tag)
        if name is None or name not in self._names or not self._fits(name):
            self._below += 1
            return
        element = Element(name, _attributes(attributes))
        if self._open:
            self._open[-1].children.append(element)
        self.root = self.root or element
        self._open.append(element)

    def end(self, _: str) -> None:
        if self._below:
            self._below -= 1
        elif self._open:
            self._open.pop()

    def data(self, written: str) -> None:
        # A title's words may stand in markup of its own.
        if self._open and (not self._below or self._open[-1].name == "title"):
            element = self._open[-1]
            if len(element.text) < _LONGEST_TEXT:
                element.text += written[:_LONGEST_TEXT]

    def close(self) -> None:
        # The end of the document cut these short. A piece of an address would be another address.
        for element in self._open:
            element.text = ""

    def _named(self, tag: str) -> str | None:
        space, _, local = tag.rpartition("}")
        space = space[1:].lower()
        self._home = space if self._home is None else self._home
        if (space == self._home and "rdf-syntax" not in space) or _PLAIN.fullmatch(space):
            return local.lower()
        return next((prefix + local.lower() for part, prefix in _PREFIXED.items() if part in space), None)

    def _fits(self, name: str) -> bool:
        if not self._open:
            return self.root is None
        if name in self._entries:
            self._room -= 1
            self.cut += self._room < 0
            return self._room >= 0
        self._open[-1].parts += 1
        self._elements -= 1
        return self._open[-1].parts <= _MOST_PARTS and self._elements >= 0


def _attributes(given: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in given.items():
        short = "base" if name == f"{{{_XML}}}base" else name.rpartition("}")[2].lower()
        if short in _ATTRIBUTES and len(value) <= LONGEST_ADDRESS:
            # An ampersand in an attribute comes in this form where entities are not resolved.
            found.setdefault(short, value.replace("&#38;", "&"))
    return found


_ATTRIBUTES = frozenset("href rel type ispermalink about base xmlurl text title".split())


def _mended(written: str) -> str:
    """Broken XML with what breaks most feeds put right: markup in bodies, bare `&` and `<`, names of HTML."""
    return _MENDED.sub(_put_right, _without_bodies(written))


def _put_right(found: re.Match[str]) -> str:
    if found[0].startswith("<!"):
        return found[0]
    if found[1]:
        number = int(found[1][1:], 16) if found[1][0] in "xX" else int(found[1])
        sound = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
        return found[0] if sound or 0x10000 <= number < 0x110000 else ""
    if found[2]:
        return escape(html5[found[2]]) if found[2] in html5 else f"&amp;{found[2]}"
    return {"&": "&amp;", "<": "&lt;"}.get(found[0], "")


def _without_bodies(written: str) -> str:
    pieces, at = [], 0
    unclosed: set[str] = set()  # none of these comes any more: looking again and again would take for ever
    while len(unclosed) < _MOST_UNCLOSED and (found := _BODY.search(written, at)):
        pieces.append(written[at : found.end()])
        at, closing = found.end(), f"</{found[1]}"
        if closing in unclosed:
            continue
        quoted = written.find("]]>", at) if written.startswith("<![CDATA[", at) else at
        end = written.find(closing, quoted) if quoted >= 0 else -1
        if end < 0:
            unclosed.add(closing)
        at = max(at, end)
    return "".join((*pieces, written[at:]))
