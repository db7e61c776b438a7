"""How the web is fetched: limits, manners, and what a page comes back as. Data only."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_network
from typing import TYPE_CHECKING

from ingest.web.addresses import Network
from retrieval.errors import ConfigurationError

if TYPE_CHECKING:
    from retrieval.settings import Settings

# From a host's name to its addresses, as text. Raises OSError where there are none.
Resolve = Callable[[str], Awaitable[Sequence[str]]]

PAGES = frozenset(("text/html", "application/xhtml+xml", "text/plain", "application/pdf"))
FEEDS = frozenset(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "application/xhtml+xml",
        "application/gzip",
        "application/x-gzip",
        "application/octet-stream",  # what some servers give with a sitemap.xml.gz
        "text/xml",
        "text/html",
        "text/plain",
    )
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of one fetch. Sizes in bytes after decompression, times in seconds.

    `seconds` bounds one attempt, without waiting for
    our turn; `pause` lies between two requests to one host, `patience` is
    the longest that a server may ask to wait; `fetches` is how many run at once. `allowed` are networks that may
    be reached though they are not public. The largest page of news measured had 6 MB.
    """

    agent: str = ""
    seconds: float = 30.0
    connect_seconds: float = 10.0
    max_bytes: int = 16_000_000
    redirects: int = 5
    tries: int = 3
    backoff: float = 1.0
    pause: float = 1.0
    patience: float = 60.0
    fetches: int = 8
    allowed: tuple[Network, ...] = ()


def rules_of(settings: "Settings") -> Rules:
    """The rules that the settings give. Raises ConfigurationError."""
    try:
        allowed = tuple(ip_network(part.strip()) for part in settings.fetch_networks.split(",") if part.strip())
    except ValueError:
        raise ConfigurationError("ONRECORD_FETCH_NETWORKS lists networks, as 10.0.0.0/8, fd00::/8.") from None
    contact = f" (+{settings.contact})" if settings.contact else ""
    agent = f"onrecord/{version('onrecord')}{contact}"
    return Rules(agent, seconds=settings.fetch_seconds, pause=settings.fetch_pause, allowed=allowed)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask with whether a page has changed."""

    etag: str | None = None
    modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.modified)


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched. `url` is where it came from in the end; `kind` the media type in small letters.

    `data` is without its compression, and empty where `fresh` says that nothing changed since.
    """

    url: str
    kind: str
    charset: str | None
    data: bytes
    validators: Validators
    fresh: bool = True
