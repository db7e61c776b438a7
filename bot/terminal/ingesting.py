"""onrecord ingest and reindex: articles in, and made anew."""

from contextlib import contextmanager
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, notify, output, print_json
from bot.terminal.costs import foretell, foretell_again
from bot.terminal.options import AsJson, LibraryName, day, open_library, unicode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pipeline import Progress, Report
    from retrieval.settings import Settings
    from retrieval.types import Article, Rejection


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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store articles from files (.txt .md .html .htm .jsonl .json .pdf), folders, or - for JSON lines.

    The options say what a file cannot say itself, and win over what it says.
    """
    settings = begin()
    from ingest.reading import Given, read

    given = Given(url, title, outlet, author, published)
    items = read(source, given, max_bytes=settings.max_file_mb * 1_000_000)
    if dry_run:
        report = _preview(settings, library, source, items)
    else:
        from ingest.pipeline import ingest as store
        from ingest.statements.reader import Reader
        from retrieval.library import own_offices

        with open_library(settings, library, make=True) as opened, progress() as shown:
            foretell(settings, source, opened.record)
            report = store(opened, items, shown, Reader.open(settings.threads, own_offices(settings)))
    _show(report, as_json=as_json, dry_run=dry_run)
    raise typer.Exit(1 if report.rejected else 0)


def _preview(
    settings: "Settings", library: str | None, source: list[str], items: "Iterator[Article | Rejection]"
) -> "Report":
    from ingest.chunking import maker
    from ingest.pipeline import preview
    from ingest.statements.reader import reader_name
    from retrieval.embedding import embedder_name
    from retrieval.library import check_maker, exists, open_record, own_offices

    made_by = maker(embedder_name(settings))
    record = open_record(settings, library) if exists(settings, library) else None
    if record:
        check_maker(record, made_by)  # as storing would
    foretell(settings, source, record)
    with progress() as shown:
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
        report = store(opened, record.articles(not_made_by=made_by), shown, reader)
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


def _show(report: "Report", *, as_json: bool, dry_run: bool) -> None:
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


@contextmanager
def progress() -> "Iterator[Progress]":
    """A line on standard error with the articles so far and how many come a second: live, or every ten seconds."""
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    if not errors.is_terminal:
        yield _Plain().tell
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("reading")
        yield lambda report: bar.update(task, description=_so_far(report))


class _Plain:
    """Progress for a log file: a line every ten seconds."""

    def __init__(self) -> None:
        self._told = 0.0

    def tell(self, report: "Report") -> None:
        if report.seconds - self._told >= 10:
            self._told = report.seconds
            errors.print(_so_far(report), highlight=False)


def _so_far(report: "Report") -> str:
    rate = report.articles / report.seconds if report.seconds else 0.0
    rejected = f", {len(report.rejected):,} rejected" if report.rejected else ""
    made = f"{report.passages:,} new passages, {report.statements:,} statements"
    return f"{report.articles:,} articles, {made}{rejected}, {rate:.1f} articles/s"
