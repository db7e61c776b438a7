"""A page that is still to be read: its bytes, and what is known of where they come from. It fetches nothing.

Small and plain, so that another process can read it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit, urlunsplit

from ingest.extract import wording
from ingest.extract.dates import in_address
from ingest.extract.draft import Draft, Refusal
from ingest.extract.walls import Signs
from ingest.web import addresses
from retrieval.types import Article, Rejection

# What newsletters and networks add to an address to follow a reader: no part of which page it is.
_FOLLOWING = re.compile(r"(?i)utm_\w+|fbclid|gclid|dclid|mc_[ce]id|igshid|cmpid|ncid|smid|ref_?src|ito|xtor")
_SUBDOMAINS = re.compile(r"^(?:www|m|mobile|amp|edition)\.")


@dataclass(frozen=True, slots=True)
class Given:
    """What the person said about a file that cannot say it itself; wins over what the file says.

    But for `found_at`, the address at which a file was found: it serves where the file names none of its own.
    """

    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    found_at: str | None = None


_NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Unread:
    """A page as it was found.

    `source` is the name that the person knows it by, `kind` its media type. `url` is where it was fetched from,
    which the page may correct within its site; `fallback` serves where neither the page nor the person gives an
    address. `last` tells what is known from elsewhere, where the page does not say it; `origin` is who found it.
    """

    source: str
    kind: str
    data: bytes
    charset: str | None = None
    url: str | None = None
    fallback: str = ""
    signs: Signs = field(default_factory=Signs)
    given: Given = field(default_factory=Given)
    last: Given = field(default_factory=Given)
    origin: object = None

    def read(self) -> Article | Rejection:
        """The article, or why there is none."""
        draft = _EXTRACT[self.kind](self)
        if isinstance(draft, Refusal):
            return Rejection(self.source, draft.reason)
        own = draft.url if self.url is None else address(self.url, draft.url)
        return article(draft, own or self.fallback, self.given, self.last)


@dataclass(frozen=True, slots=True)
class Failed:
    """A page that was not had."""

    rejection: Rejection
    origin: object


@dataclass(frozen=True, slots=True)
class Same:
    """A page that has not changed since it was stored."""

    origin: object


def article(draft: Draft, url: str, given: Given, last: Given = _NOTHING) -> Article:
    """The article that a draft makes together with what the person said."""
    url = given.url or url
    return Article(
        url=url,
        text=draft.text,
        title=wording.line(given.title) or draft.title or wording.line(last.title),
        outlet=wording.line(given.outlet) or draft.outlet or wording.line(last.outlet),
        author=wording.line(given.author) or draft.author or wording.line(last.author),
        published=given.published or draft.published or last.published or in_address(url),
    )


def address(fetched: str, canonical: str | None) -> str:
    """Under which address a page is kept: its own word for it, if that is of the same site and no front page."""
    plain, own = addresses.taken_apart(fetched), canonical and addresses.taken_apart(canonical)
    if plain and own and _site(plain) == _site(own) and len(own.target.partition("?")[0]) > 1:
        return _unfollowed(canonical or "")
    return _unfollowed(fetched)


def _site(page: addresses.Address) -> str:
    """Of one site, whatever stands before its name; a name of two parts is the site itself."""
    shorter = _SUBDOMAINS.sub("", page.host)
    return shorter if "." in shorter else page.host


def _unfollowed(url: str) -> str:
    parts = urlsplit(url)
    asked = [part for part in parts.query.split("&") if not _FOLLOWING.fullmatch(part.partition("=")[0])]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(asked), ""))


def _html(page: Unread) -> Draft | Refusal:
    from ingest.extract import webpage

    return webpage.extract(page.data, page.charset, page.signs)


def _pdf(page: Unread) -> Draft | Refusal:
    from ingest.extract import pdf

    return pdf.extract(page.data)


def _plain(page: Unread) -> Draft | Refusal:
    from ingest.extract import plain

    return plain.extract(page.data)


_EXTRACT: dict[str, Callable[[Unread], Draft | Refusal]] = {
    "text/html": _html,
    "application/xhtml+xml": _html,
    "application/pdf": _pdf,
    "text/plain": _plain,
}
