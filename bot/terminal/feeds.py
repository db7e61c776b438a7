"""onrecord feeds: what is followed, and pulling what is new."""

import os
import re
import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, notify, output, print_json
from bot.terminal.ingesting import progress, show
from bot.terminal.options import AsJson, LibraryName, open_library, unicode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ingest.following import Pulled
    from retrieval.record import Record, StoredFeed
    from retrieval.settings import Settings

Urls = Annotated[list[str] | None, typer.Argument(metavar="URL...", show_default=False)]
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def register(app: typer.Typer) -> None:
    feeds = typer.Typer(help="Follow feeds and news sitemaps, and pull what is new in them.", no_args_is_help=True)
    feeds.command("add")(add)
    feeds.command("list")(list_feeds)
    feeds.command("remove")(remove)
    feeds.command("pull")(pull)
    app.add_typer(feeds, name="feeds")


def every(text: str | None) -> float | None:
    """The seconds that "15m", "2h" or "90s" mean."""
    if not text:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,6}[smhd]", text):
        raise typer.BadParameter("write it as 30s, 15m, 2h or 1d")
    return float(text[:-1]) * _UNITS[text[-1]]


def add(
    url: Annotated[list[str], typer.Argument(metavar="URL|FILE.opml...", show_default=False)],
    *,
    library: LibraryName = None,
    as_json: AsJson = False,
) -> None:
    """Follow feeds (RSS, Atom, JSON Feed, sitemaps), those that a page announces, or those in an OPML file."""
    settings = begin()
    from retrieval.library import open_record

    record = open_record(settings, library)
    told: list[dict[str, object]] = []
    for one in url:
        told += _from_file(record, one) if one.lower().endswith(".opml") else [_from_web(settings, record, one)]
    record.close()
    if as_json:
        print_json(told, indent=1)
    else:
        from rich.text import Text

        from bot.text import shown

        for row in told:
            failed = f": {row['failure']}" if row["failure"] else ""
            outcome = "not followed" if failed else "followed" if row["added"] else "followed already"
            output().print(Text(shown(f"{outcome}  {row['title'] or ''}  {row['url']}{failed}")), soft_wrap=True)
    raise typer.Exit(1 if any(row["failure"] for row in told) else 0)


def _from_file(record: "Record", path: str) -> list[dict[str, object]]:
    """What an OPML file names; it is looked at with the first pull."""
    from pathlib import Path

    from ingest.extract.draft import Refusal
    from ingest.extract.sources import unreadable
    from ingest.web import opml

    try:
        found = opml.read(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        found = Refusal(unreadable(error))
    if isinstance(found, Refusal):
        return [_told(path, None, failure=found.reason)]
    return [_told(one.url, one.title, added=record.follow(one.url, one.title, None)) for one in found]


def _from_web(settings: "Settings", record: "Record", url: str) -> dict[str, object]:
    from ingest.extract.draft import Refusal
    from ingest.following import look
    from ingest.web.downloads import Downloads
    from ingest.web.rules import rules_of

    with Downloads(rules_of(settings)) as downloads:
        found = look(downloads, url)
        if isinstance(found, list):
            first, *others = found
            if others:
                notify("The page names other feeds, too: " + ", ".join(one.url for one in others[:20]))
            found = look(downloads, first.url)
    if isinstance(found, Refusal):
        return _told(url, None, failure=found.reason)
    if isinstance(found, list):
        return _told(url, None, failure="the page names a feed that is none")
    at, feed = found
    return _told(at, feed.title, added=record.follow(at, feed.title, feed.kind))


def _told(url: str, title: str | None, *, added: bool = False, failure: str | None = None) -> dict[str, object]:
    return {"url": url, "title": title, "added": added, "failure": failure}


def list_feeds(
    *,
    library: LibraryName = None,
    opml: Annotated[bool, typer.Option("--opml", help="As OPML, to standard output.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is followed, and how each feed does.

    A silent feed answers and has listed nothing new for two weeks; a failing one did not answer as a feed when it
    was asked last.
    """
    from ingest.following import state
    from retrieval.record.writing import now as moment

    followed = _followed(begin(), library)
    if opml:
        from ingest.web.opml import Subscription, write

        sys.stdout.buffer.write(write([Subscription(one.url, one.title) for one in followed]))
        return
    now = moment()
    if as_json:
        print_json([_row(one, now) for one in followed], indent=1)
        return
    from rich.table import Table
    from rich.text import Text

    from bot.text import shown

    table = Table("state", "stored", "asked", "new", "feed", "", box=None, pad_edge=False)
    for one in followed:
        name = Text(shown(one.title or one.url))
        asked, new = (str(at or "never") for at in (one.checked_at, one.new_at))
        table.add_row(state(one, now).value, f"{one.stored:,}", asked, new, name, Text(shown(one.failure or "")))
    output().print(table)


def _row(one: "StoredFeed", now: "datetime") -> dict[str, object]:
    from dataclasses import asdict

    from ingest.following import state

    times = {
        name: value and f"{value.isoformat()}Z" for name, value in asdict(one).items() if name.endswith("_at")
    }
    plain = {name: getattr(one, name) for name in ("url", "title", "kind", "stored", "left", "failure")}
    return plain | {"state": state(one, now).value} | times


def _followed(settings: "Settings", library: str | None) -> "list[StoredFeed]":
    from retrieval.library import must_exist, open_record

    must_exist(settings, library)
    record = open_record(settings, library)
    try:
        return record.followed()
    finally:
        record.close()


def remove(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, callback=unicode)],
    *,
    library: LibraryName = None,
    as_json: AsJson = False,
) -> None:
    """Follow a feed no more. Its articles stay."""
    from retrieval.errors import ConfigurationError
    from retrieval.library import must_exist, open_record

    settings = begin()
    must_exist(settings, library)
    record = open_record(settings, library)
    if not record.unfollow(url):
        raise ConfigurationError("That feed is not followed.", hint="onrecord feeds list shows those that are.")
    record.close()
    if as_json:
        print_json({"url": url, "removed": True})
    else:
        errors.print("Followed no more. Its articles stay.", highlight=False)


def pull(
    url: Urls = None,
    *,
    library: LibraryName = None,
    again: Annotated[
        str | None, typer.Option("--every", metavar="15m", help="Go on, and pull so often: 30s, 15m, 2h, 1d.")
    ] = None,
    beside: Annotated[bool, typer.Option("--beside", hidden=True)] = False,
    as_json: AsJson = False,
) -> None:
    """Ask every feed, or those given, and store what is new in them."""
    settings, seconds = begin(), every(again)
    if seconds is None:
        pulled = _pulled(settings, library, url or ())
        _show(pulled, as_json=as_json)
        raise typer.Exit(1 if pulled.failed or pulled.report.rejected else 0)
    parent = os.getppid()
    with _ended_in_order():
        # Beside a bot that was killed, nobody would end it.
        while not beside or os.getppid() == parent:
            started = time.monotonic()
            _round(settings, library, url or (), as_json=as_json)
            time.sleep(max(0.0, started + seconds - time.monotonic()))


def _round(settings: "Settings", library: str | None, urls: "Sequence[str]", *, as_json: bool) -> None:
    """One of many: what goes wrong is told, and the next one comes all the same."""
    from retrieval.errors import OnrecordError

    try:
        _show(_pulled(settings, library, urls), as_json=as_json)
    except OnrecordError as error:
        notify(f"{error} Trying again at the next pull.")


def _pulled(settings: "Settings", library: str | None, urls: "Sequence[str]") -> "Pulled":
    from ingest.following import pull as store
    from ingest.web.downloads import Downloads
    from ingest.web.rules import rules_of
    from ingest.workers import Workers
    from retrieval.errors import ConfigurationError

    followed = _followed(settings, library)
    unknown = set(urls) - {one.url for one in followed}
    if unknown or not followed:
        what = f"Not followed: {', '.join(sorted(unknown))}." if unknown else "No feed is followed."
        raise ConfigurationError(what, hint="onrecord feeds add follows one.")
    chosen = [one for one in followed if not urls or one.url in urls]
    with open_library(settings, library) as opened, progress() as shown:
        workers = Workers.open(settings)
        with Downloads(rules_of(settings), shown.waiting) as downloads:
            return store(opened, workers, downloads, chosen, shown)


def _show(pulled: "Pulled", *, as_json: bool) -> None:
    if as_json:
        print_json(pulled.as_json())
        return
    show(pulled.report, as_json=False, dry_run=False)
    from rich.text import Text

    from bot.text import shown

    for url, failure in pulled.failed.items():
        output().print(Text(f"  {shown(url)}: {shown(failure)}", style="yellow"), soft_wrap=True)


@contextmanager
def _ended_in_order() -> "Iterator[None]":
    """SIGTERM ends it like Ctrl-C: what was acknowledged is stored."""

    def end(_: int, __: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
