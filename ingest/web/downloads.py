"""Fetches many pages at once beside the thread that asks for them, and hands them over as they come."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from ingest.extract.walls import Signs
from ingest.unread import Failed, Given, Same, Unread
from ingest.web.rules import PAGES, Page, Rules, Validators
from retrieval.types import Rejection

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from ingest.web.fetch import Fetcher

_NOTHING = Given()
_NO_VALIDATORS = Validators()
# Whoever shows what is waited for is told so often, in seconds.
TELL = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to fetch. `origin` goes with what comes of it, `given` and `last` as in `Unread`."""

    url: str
    known: Validators = _NO_VALIDATORS
    kinds: frozenset[str] = PAGES
    given: Given = _NOTHING
    last: Given = _NOTHING
    origin: object = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wanted a page, under which address, and what the server gave to ask with the next time."""

    wanted: Wanted
    validators: Validators = _NO_VALIDATORS


Waiting = Callable[[tuple[str, ...]], None]


class Downloads:
    """One event loop and one Fetcher, until the `with` block ends."""

    def __init__(self, rules: Rules, waiting: Waiting = lambda _: None) -> None:
        """`waiting` is called now and then with the hosts that are waited for."""
        self._rules = rules
        self._waiting = waiting
        self._open = ExitStack()

    @cached_property
    def _portal(self) -> "BlockingPortal":
        """Opened with the first page, for most ingests fetch none."""
        from anyio.from_thread import start_blocking_portal

        return self._open.enter_context(start_blocking_portal())

    @cached_property
    def _fetcher(self) -> "Fetcher":
        from ingest.web.fetch import Fetcher

        return Fetcher(self._rules)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # With an error, whatever it is, nobody waits for what is still under way.
        self._open.__exit__(kind, error, trace)

    def each(self, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, Page | Rejection]]:
        """What comes of each page, in the order in which they come; a few are fetched ahead of those taken.

        Of each host one at a time, so that a slow one keeps nobody waiting.
        """
        hosts: dict[str, deque[Wanted]] = {}
        for one in wanted:
            hosts.setdefault(_host(one.url), deque()).append(one)
        running: dict[Future[Page | Rejection], str] = {}
        under_way: dict[str, Wanted] = {}
        while hosts or running:
            free = [host for host in hosts if host not in under_way]
            for host in free[: self._rules.fetches - len(running)]:
                one = under_way[host] = hosts[host].popleft()
                running[self._portal.start_task_soon(self._fetcher.fetch, one.url, one.known, one.kinds)] = host
                if not hosts[host]:
                    del hosts[host]
            done, _ = wait(running, TELL, FIRST_COMPLETED)
            if not done:
                self._waiting(tuple(under_way))
            for future in done:
                yield under_way.pop(running.pop(future)), future.result()

    def articles(self, wanted: Iterable[Wanted]) -> Iterator[Unread | Failed | Same]:
        """The same, as what is to be ingested."""
        return (_arrived(one, page) for one, page in self.each(wanted))

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's site names."""
        return self._portal.call(self._fetcher.sitemaps, url)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:  # no address at all; fetching it says so
        return ""


def _arrived(one: Wanted, page: Page | Rejection) -> Unread | Failed | Same:
    if isinstance(page, Rejection):
        return Failed(page, Origin(one))
    if not page.fresh:
        return Same(Origin(one, page.validators))
    signs = Signs(200, one.url, page.url)
    return Unread(
        one.url,
        page.kind,
        page.data,
        page.charset,
        url=page.url,
        signs=signs,
        given=one.given,
        last=one.last,
        origin=Origin(one, page.validators),
    )
