"""Lists of subscriptions in OPML, as feed readers exchange them. It reads and writes them, and fetches nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ingest.extract import wording
from ingest.extract.draft import Refusal
from ingest.web import sitemaps
from ingest.web.sitemaps import Element

_KEPT = frozenset(("opml", "body", "outline"))
_ENTRIES = frozenset(("outline",))
_LONGEST_TITLE = 500
_OF_READERS = re.compile(r"feed:/*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that somebody follows, and what they call it."""

    url: str
    title: str | None


def read(data: bytes) -> tuple[Subscription, ...] | Refusal:
    """The http(s) feeds of an OPML file, in its order, each once; of its first 5,000 outlines at any depth."""
    written = sitemaps.text(data)
    if isinstance(written, Refusal):
        return written
    if sitemaps.is_page(written):
        return Refusal("a web page, not OPML")
    tree = sitemaps.tree(written, _KEPT, _ENTRIES)
    if isinstance(tree, Refusal):
        return tree
    if tree.root.name != "opml":
        return Refusal(f"XML of another kind (<{tree.root.name}>), not OPML")
    found: dict[str, Subscription] = {}
    for outline in _outlines(tree.root):
        subscription = _subscription(outline.attributes)
        if subscription:
            found.setdefault(subscription.url, subscription)
    if tree.broken is not None and not found:
        return Refusal(f"not XML: line {tree.broken}")
    return tuple(found.values())


def write(subscriptions: Iterable[Subscription], title: str = "onrecord") -> bytes:
    """OPML 2.0 in UTF-8, for `read` and for feed readers. What has no http(s) address is left out."""
    outlines = "".join(_outline(subscription) for subscription in subscriptions)
    named = escape(wording.line(title) or "")
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>{named}</title></head>\n'
    return f"{head}<body>\n{outlines}</body>\n</opml>\n".encode()


def _outlines(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.name == "outline":
            yield element
        waiting.extend(reversed(element.children))


def _subscription(given: dict[str, str]) -> Subscription | None:
    written = given.get("xmlurl", "").strip()
    reader = _OF_READERS.match(written)
    if reader:
        rest = written[reader.end() :]
        written = rest if re.match("https?:", rest, re.IGNORECASE) else f"http://{rest}"
    url = sitemaps.link(written, "")
    if url is None:
        return None
    title = wording.line(given.get("title")) or wording.line(given.get("text"))
    # OPML asks for a text; where there is no title it is the address.
    unnamed = title is None or (title == url and "title" not in given)
    return Subscription(url, None if unnamed or title is None else title[:_LONGEST_TITLE].rstrip())


def _outline(subscription: Subscription) -> str:
    url, title = sitemaps.link(subscription.url, ""), wording.line(subscription.title)
    if url is None:
        return ""
    named = f" title={quoteattr(title)}" if title else ""
    return f'<outline type="rss" text={quoteattr(title or url)}{named} xmlUrl={quoteattr(url)}/>\n'
