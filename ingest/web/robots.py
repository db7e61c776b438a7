"""What a site's robots.txt allows us. Source: RFC 9309.

A site without one allows everything; one whose robots.txt cannot be had for the time being allows nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.web.sitemaps import link

if TYPE_CHECKING:
    from protego import Protego

# Our name in robots.txt files; the rest of the User-Agent is no part of it.
NAME = "onrecord"
# RFC 9309: at least 500 kibibytes must be read, and a copy may serve for a day.
MOST, KEPT = 512_000, 86_400.0
MOST_SITEMAPS = 1_000
# A site that wants more than this between two requests does not mean readers.
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for us. `closed` tells why nothing is allowed."""

    rules: "Protego | None" = None
    closed: str | None = None

    def refusal(self, url: str) -> str | None:
        """Why a page may not be fetched; None where it may."""
        if self.closed:
            return self.closed
        allowed = self.rules is None or self.rules.can_fetch(url, NAME)
        return None if allowed else "the site’s robots.txt does not allow it"

    def pause(self) -> float:
        """The seconds between two requests that the site asks for."""
        delay = self.rules.crawl_delay(NAME) if self.rules else None
        return min(float(delay or 0.0), LONGEST_PAUSE)

    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of its sitemaps, each once."""
        named = (link(at, "") for at in self.rules.sitemaps) if self.rules else ()
        return tuple(dict.fromkeys(filter(None, named)))[:MOST_SITEMAPS]


def read(data: bytes) -> Robots:
    """A robots.txt as it was sent; what is none allows everything."""
    from protego import Protego

    text = data[:MOST].decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        return Robots(Protego.parse(text))
    except Exception:  # noqa: BLE001 - rules that nobody can read allow what they do not forbid
        return Robots()
