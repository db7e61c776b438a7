"""The feeds that a page announces. It judges none, and fetches none."""

import re
from dataclasses import dataclass
from typing import Any

from ingest.extract import charset as charsets
from ingest.extract import wording
from ingest.extract.draft import Refusal
from ingest.web.sitemaps import link

_KINDS = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
}
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
# Pages announce their feeds in the head; after this many bytes there is none left.
_WITHIN = 1_000_000
_MOST = 100
_LONGEST_TITLE = 500
_COMMENTS = re.compile(r"comment|kommentar|comentario|reactie", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Announced:
    """A feed that a page names; `kind` is rss, atom or json, as the page says."""

    url: str
    title: str | None
    kind: str


def feeds(page: bytes, url: str, charset: str | None = None) -> tuple[Announced, ...]:
    """The feeds of an HTML page at `url`, each once, those of comments last; `charset` is what the server says."""
    page = page[:_WITHIN]
    declared = _CHARSET.search(page[:4096])
    markup = charsets.decode(page, charset or (declared[1].decode("ascii") if declared else None))
    if isinstance(markup, Refusal):
        return ()
    links = _links(markup)
    base = link(links.base, url) or url
    found: dict[str, Announced] = {}
    for made in (_announced(given, base) for given in links.given):
        if made:
            found.setdefault(made.url, made)
    return tuple(sorted(found.values(), key=_about_comments))


class _Links:
    """Takes a parser's events, and keeps the attributes of `link` and of the first `base`."""

    def __init__(self) -> None:
        self.base: str | None = None
        self.given: list[dict[str, str]] = []

    def start(self, tag: str, attributes: Any) -> None:
        if tag == "base" and self.base is None:
            self.base = attributes.get("href")
        elif tag == "link" and len(self.given) < _MOST:
            given = {name: value for name, value in attributes.items() if name in ("rel", "type", "href", "title")}
            if _kind(given):
                self.given.append(given)

    def close(self) -> None:
        """There is nothing left to do."""


def _links(markup: str) -> _Links:
    from lxml import etree  # type: ignore[import-untyped]

    found = _Links()
    parser: Any = etree.HTMLParser(target=found, recover=True, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, UnicodeDecodeError):
        return found
    return found


def _kind(given: dict[str, str]) -> str | None:
    rel = given.get("rel", "").lower().split()
    named = given.get("type", "").partition(";")[0].strip().lower()
    if named == "application/json" and "feed" in rel:
        return "json"
    return _KINDS.get(named) if {"alternate", "feed"} & set(rel) and "stylesheet" not in rel else None


def _announced(given: dict[str, str], base: str) -> Announced | None:
    address, kind = link(given.get("href"), base), _kind(given)
    title = wording.line(given.get("title", "")[:_LONGEST_TITLE])
    return Announced(address, title, kind) if address and kind else None


def _about_comments(feed: Announced) -> bool:
    return _COMMENTS.search(f"{feed.title or ''} {feed.url}") is not None
