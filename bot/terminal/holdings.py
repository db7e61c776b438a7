"""onrecord articles and stats: what a library holds."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, notify, output, print_json
from bot.terminal.options import AsJson, LibraryName, unicode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrieval.errors import OnrecordError
    from retrieval.record import Record
    from retrieval.settings import Settings

Url = Annotated[str, typer.Argument(metavar="URL", show_default=False, callback=unicode)]


def register(app: typer.Typer) -> None:
    articles = typer.Typer(help="List, show and forget stored articles.", no_args_is_help=True)
    articles.command("list")(list_articles)
    articles.command("show")(show_article)
    articles.command("forget")(forget_article)
    app.add_typer(articles, name="articles")
    app.command("stats")(stats)


def _open(settings: "Settings", library: str | None) -> "Record":
    from retrieval.library import must_exist, open_record

    must_exist(settings, library)
    return open_record(settings, library)


def list_articles(*, library: LibraryName = None, as_json: AsJson = False) -> None:
    """List every article, newest first."""
    listing = _open(begin(), library).listing()
    if as_json:
        print_json([_plain(row) for row in listing], indent=1)
        return
    from rich.table import Table
    from rich.text import Text

    from bot.terminal.rendering import link
    from bot.text import shown

    table = Table("published", "outlet", "title", "characters", box=None, pad_edge=False)
    for row in listing:
        title = link(str(row["title"] or row["url"]), str(row["url"]))
        outlet = Text(shown(str(row["outlet"] or "")))
        table.add_row(str(row["published"] or ""), outlet, title, f"{row['characters']:,}")
    output().print(table)


def _plain(row: "Mapping[str, object]") -> "dict[str, object]":
    return {name: value if isinstance(value, int | str | None) else str(value) for name, value in row.items()}


def show_article(url: Url, *, library: LibraryName = None, as_json: AsJson = False) -> None:
    """Show an article as it is stored, with its statements: coloured, and each followed by its speaker."""
    from bot.terminal.statements import as_json as statements_json
    from bot.terminal.statements import legend, marked

    record = _open(begin(), library)
    article = record.article(url)
    if article is None:
        raise _unknown(url)
    statements = [stored.statement for stored in record.statements_of(url)]
    fields = {name: getattr(article, name) for name in ("url", "title", "outlet", "author", "published", "text")}
    if as_json:
        print_json(_plain(fields) | {"statements": statements_json(statements)}, indent=1)
        return
    from rich.text import Text

    from bot.text import shown

    console = output()
    for name in ("title", "outlet", "author", "published", "url"):
        if fields[name]:
            console.print(Text(f"{name:>10}  ", style="dim") + Text(shown(str(fields[name]))))
    console.print()
    console.print(marked(article, statements))
    if statements:
        console.print()
        console.print(legend())


def forget_article(url: Url, *, library: LibraryName = None, as_json: AsJson = False) -> None:
    """Remove an article from the library, with everything made of it."""
    settings = begin()
    record = _open(settings, library)
    if not record.forget(url):
        raise _unknown(url)
    from retrieval.library import open_index

    # The index would follow at its next opening; what is to be forgotten should not lie there until then.
    open_index(settings, library, record, notify=notify).close()
    if as_json:
        print_json({"url": url, "forgotten": True})
        return
    errors.print(f"Forgotten: {url}. Nothing of it can be found any more.", markup=False, highlight=False)


def _unknown(url: str) -> "OnrecordError":
    from bot.text import shown
    from retrieval.errors import ConfigurationError

    return ConfigurationError(
        f"No article is stored under {shown(url)}.", hint="onrecord articles list shows them."
    )


def stats(*, library: LibraryName = None, as_json: AsJson = False) -> None:
    """Count what the library holds, and what was used of language models."""
    from bot.terminal.model_use import as_json as use_json
    from bot.terminal.model_use import table as use_table
    from bot.terminal.model_use import used

    record = _open(begin(), library)
    articles, first, last = record.coverage()
    counts = record.counts()
    outlets = {row["outlet"] for row in record.listing() if row["outlet"]}
    found = {
        "articles": articles,
        "passages": counts["passages"],
        "statements": counts["statements"],
        "speakers": counts["speakers"],
        "outlets": len(outlets),
        "first": first and first.isoformat(),
        "last": last and last.isoformat(),
        "made_with": record.makers(),
        "read_with": sorted(record.readers()),
    }
    if as_json:
        print_json(found | {"model_use": use_json(used(record))}, indent=1)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in found.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        table.add_row(name.replace("_", " "), Text(f"{shown:,}" if isinstance(shown, int) else str(shown or "–")))
    output().print(table)
    uses = used(record)
    if any(uses.values()):
        output().print()
        output().print(use_table(uses))
