"""onrecord ingest and reindex: articles in, and made anew."""

import time
from contextlib import contextmanager
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, notify, output, print_json
from bot.terminal.costs import foretell, foretell_again
from bot.terminal.options import AsJson, LibraryName, day, open_library, unicode
from bot.text import shown as text_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.pipeline import Report
    from ingest.unread import Failed, Given, Same, Unread
    from retrieval.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("ingest")(ingest)
    app.command("reindex")(reindex)


def ingest(
    source: Annotated[list[str], typer.Argument(metavar="SOURCE...", show_default=False)],
    *,
    library: LibraryName = None,
    url: Annotated[str | None, typer.Option("--url", help="The article's address.", callback=unicode)] = None,
    title: Annotated[str | None, typer.Option("--title", help="Its headline.")] = None,
    outlet: Annotated[str | None, typer.Option("--outlet", help="Who published it.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Who wrote it.")] = None,
    published: Annotated[date | None, day("--published", "The day it was published.")] = None,
    found_at: Annotated[
        str | None, typer.Option("--found-at", help="Its address where it names none itself.", callback=unicode)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store articles from files, folders, addresses (http, https), or - for JSON lines.

    Files: .txt .md .html .htm .jsonl .json .pdf, and web archives: .warc .warc.gz .arc .arc.gz. The options say
    what a file cannot say itself, and win over what it says.
    """
    settings = begin()
    from ingest.reading import Given

    given = Given(url, title, outlet, author, published, found_at)
    store = _preview if dry_run else _store
    report = store(settings, library, source, given)
    show(report, as_json=as_json, dry_run=dry_run)
    raise typer.Exit(1 if report.rejected else 0)


def _store(settings: "Settings", library: str | None, source: list[str], given: "Given") -> "Report":
    from ingest.following import fetched, noting
    from ingest.pipeline import ingest as store
    from ingest.reading import unread
    from ingest.web.downloads import Downloads
    from ingest.web.rules import rules_of
    from ingest.workers import Workers

    def fetch(urls: "Sequence[str]", given: "Given") -> "Iterator[Unread | Failed | Same]":
        return fetched(opened.record, downloads, urls, given)

    # Wrong use is told before a library is made.
    items = unread(source, given, max_bytes=settings.max_file_mb * 1_000_000, fetch=fetch)
    with open_library(settings, library, make=True) as opened, progress() as shown:
        foretell(settings, source, opened.record)
        workers = Workers.open(settings)
        with Downloads(rules_of(settings), shown.waiting) as downloads:
            return store(opened, items, shown, workers, noting(opened.record))


def _preview(settings: "Settings", library: str | None, source: list[str], given: "Given") -> "Report":
    from functools import partial

    from ingest.chunking import maker
    from ingest.following import fetched
    from ingest.pipeline import preview
    from ingest.reading import read
    from ingest.statements.reader import reader_name
    from ingest.web.downloads import Downloads
    from ingest.web.rules import rules_of
    from retrieval.embedding import embedder_name
    from retrieval.library import check_maker, exists, open_record, own_offices

    made_by = maker(embedder_name(settings))
    record = open_record(settings, library) if exists(settings, library) else None
    if record:
        check_maker(record, made_by)  # as storing would
    foretell(settings, source, record)
    with progress() as shown, Downloads(rules_of(settings), shown.waiting) as downloads:
        fetch = partial(fetched, None, downloads)
        items = read(source, given, max_bytes=settings.max_file_mb * 1_000_000, fetch=fetch)
        report = preview(record, made_by, reader_name(own_offices(settings)), items, shown)
    if record:
        record.close()
    return report


def reindex(
    *,
    library: LibraryName = None,
    statements: Annotated[
        bool, typer.Option("--statements", help="Only read statements anew, where another version read them.")
    ] = False,
) -> None:
    """Bring a library up to date with this program: cut, embed and read what another made, and index it again."""
    settings = begin()
    from ingest.chunking import maker
    from ingest.pipeline import ingest as store
    from ingest.pipeline import restate
    from ingest.statements.reader import Reader
    from retrieval.embedding import embedder_name
    from retrieval.library import Library, must_exist, own_offices

    must_exist(settings, library)
    reader = Reader.open(settings.threads, own_offices(settings))
    made_by = maker(embedder_name(settings))
    if statements:
        with open_library(settings, library) as opened, progress() as shown:
            foretell_again(settings, opened.record.articles(not_read_by=reader.name))
            report = restate(opened, reader, shown)
        errors.print(_read_anew(report), highlight=False)
        return
    with Library.open(settings, library, made_by, notify=notify, rework=True) as opened, progress() as shown:
        record = opened.record
        stale = chain(record.articles(not_made_by=made_by), record.articles(not_read_by=reader.name))
        foretell_again(settings, stale)
        report = store(opened, record.articles(not_made_by=made_by), shown, reader, stored=True)
        read = restate(opened, reader, shown)
    errors.print(f"{report.articles:,} articles made anew.", highlight=False)
    errors.print(_read_anew(read), highlight=False)
    _index_again(settings, library)


def _read_anew(report: "Report") -> str:
    return f"The statements of {report.articles:,} articles read anew: {report.statements:,} statements."


def _index_again(settings: "Settings", library: str | None) -> None:
    from retrieval.library import open_index, open_record

    record = open_record(settings, library)
    index = open_index(settings, library, record, notify=notify, fresh=True)
    held = record.counts()
    holds = f"holds {held['passages']:,} passages and {held['statement_vectors']:,} statements with a speaker"
    errors.print(f"The index {holds if index.kind == 'chroma' else 'is another process’s'}.", highlight=False)
    index.close()
    record.close()


def show(report: "Report", *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json(report.as_json())
        return
    from rich.table import Table
    from rich.text import Text

    from bot.text import shown

    table = Table("would be" if dry_run else "articles", "", box=None, pad_edge=False)
    for put, count in report.as_json().items():
        if put not in ("rejected", "seconds"):
            table.add_row(put, f"{count:,}")
    table.add_row("rejected", f"{len(report.rejected):,}")
    console = output()
    console.print(table)
    for rejection in report.rejected:
        console.print(
            Text(f"  {shown(rejection.source)}: {shown(rejection.reason)}", style="yellow"), soft_wrap=True
        )


class Shown:
    """Progress for a log file: a line every ten seconds."""

    def __init__(self) -> None:
        self._told = 0.0
        self._report: Report | None = None
        self._hosts: tuple[str, ...] = ()

    def __call__(self, report: "Report") -> None:
        self._report, self._hosts = report, ()
        self._show()

    def waiting(self, hosts: tuple[str, ...]) -> None:
        """Nothing has come for a while; these hosts are waited for."""
        self._hosts = hosts
        self._show()

    def _show(self) -> None:
        if time.monotonic() - self._told >= 10:
            self._told = time.monotonic()
            errors.print(self._so_far(), markup=False, highlight=False)

    def _so_far(self) -> str:
        done = _so_far(self._report) if self._report else "nothing yet"
        if not self._hosts:
            return done
        more = f" and {len(self._hosts) - 3} more" if len(self._hosts) > 3 else ""
        return f"{done}; waiting for {', '.join(map(text_shown, self._hosts[:3]))}{more}"


class _Live(Shown):
    """Progress that a person watches."""

    def __init__(self, update: "Callable[[str], None]") -> None:
        super().__init__()
        self._update = update

    def _show(self) -> None:
        self._update(self._so_far())


@contextmanager
def progress() -> "Iterator[Shown]":
    """A line on standard error with the articles so far, how many come a second, and what is waited for."""
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    if not errors.is_terminal:
        yield Shown()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Bar(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("reading")
        yield _Live(lambda told: bar.update(task, description=told))


def _so_far(report: "Report") -> str:
    rate = report.articles / report.seconds if report.seconds else 0.0
    rejected = f", {len(report.rejected):,} rejected" if report.rejected else ""
    made = f"{report.passages:,} new passages, {report.statements:,} statements"
    recalled = f"{report.recalled:,} older articles compared, " if report.recalled else ""
    return f"{recalled}{report.articles:,} articles, {made}{rejected}, {rate:.1f} articles/s"
