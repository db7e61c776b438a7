"""onrecord articles and stats: what a library holds."""

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, notify, output, print_json
from bot.terminal.options import AsJson, LibraryName, open_library, unicode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.statements.reader import Reader
    from retrieval.errors import OnrecordError
    from retrieval.record import Record, Version
    from retrieval.settings import Settings
    from retrieval.types import Article, Remark, Statement

Url = Annotated[str, typer.Argument(metavar="URL", show_default=False, callback=unicode)]
_NAMED = 5  # earlier versions; the others are counted


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
    titles = {row["url"]: row["title"] for row in listing}
    for row in listing:
        title = link(str(row["title"] or row["url"]), str(row["url"]))
        if first := row["copy_of"]:
            title += Text(f"  copy of {shown(str(titles.get(first) or first))}", style="dim")
        outlet = Text(shown(str(row["outlet"] or "")))
        table.add_row(str(row["published"] or ""), outlet, title, f"{row['characters']:,}")
    output().print(table)


def _plain(row: "Mapping[str, object]") -> "dict[str, object]":
    return {name: value if isinstance(value, int | str | None) else str(value) for name, value in row.items()}


def show_article(
    url: Url,
    *,
    version: Annotated[
        str | None, typer.Option("--version", metavar="ID", help="As it was in an earlier version.")
    ] = None,
    library: LibraryName = None,
    as_json: AsJson = False,
) -> None:
    """Show an article as it is stored, with its statements: coloured, and each followed by its speaker."""
    settings = begin()
    with closing(_open(settings, library)) as record, record.snapshot():
        versions, copy_of = record.versions(url), record.original(url)
        statements: Sequence[Statement] = [stored.statement for stored in record.statements_of(url)]
    if not versions:
        raise _unknown(url)
    chosen = _chosen(versions, version)
    if copy_of is not None or chosen is not versions[-1]:
        # The record holds the statements of what an article is now, and of a copy only what its original lacks.
        statements = _read_anew(settings, chosen.article)
    if as_json:
        _print_article(chosen, statements, versions, copy_of)
    else:
        _show_article(chosen, statements, versions[:-1] if version is None else [], copy_of)


def _chosen(versions: "Sequence[Version]", wanted: str | None) -> "Version":
    """What the article is now, or was. Raises ConfigurationError for a version that there is none of."""
    from bot.text import shown
    from retrieval.errors import ConfigurationError

    if wanted is None:
        return versions[-1]
    for one in versions:
        if one.id == wanted:
            return one
    raise ConfigurationError(
        f"The article has no version “{shown(wanted)}”.", hint=f"It has {', '.join(_fetched(versions))}."
    )


def _read_anew(settings: "Settings", article: "Article") -> "Sequence[Statement]":
    return _reader(settings).read(article).statements


def _reader(settings: "Settings") -> "Reader":
    from ingest.statements.reader import Reader
    from retrieval.library import own_offices

    return Reader.open(settings.threads, own_offices(settings))


def _fields(article: "Article") -> "dict[str, object]":
    return {name: getattr(article, name) for name in ("url", "title", "outlet", "author", "published", "text")}


def _remark(article: "Article") -> "Remark | None":
    from retrieval.citing import cite

    return cite(article, 0, 0).remark  # as a citation of it would carry


def _print_article(
    chosen: "Version", statements: "Sequence[Statement]", versions: "Sequence[Version]", copy_of: str | None
) -> None:
    from bot.terminal.statements import as_json as statements_json

    remark = _remark(chosen.article)
    about = {
        "version": chosen.id,
        "copy_of": copy_of,
        "versions": [{"version": one.id, "fetched_at": str(one.fetched_at)} for one in versions],
        "remark": remark and {"kind": remark.kind, "text": remark.text},
    }
    print_json(_plain(_fields(chosen.article)) | about | {"statements": statements_json(statements)}, indent=1)


def _show_article(
    chosen: "Version", statements: "Sequence[Statement]", earlier: "Sequence[Version]", copy_of: str | None
) -> None:
    from rich.text import Text

    from bot.terminal.statements import legend, marked
    from bot.text import shown
    from bot.wording import remark as worded

    console = output()
    fields = _fields(chosen.article) | {"copy of": copy_of}
    for name in ("title", "outlet", "author", "published", "url", "copy of"):
        if fields[name]:
            console.print(Text(f"{name:>10}  ", style="dim") + Text(shown(str(fields[name]))))
    if remark := _remark(chosen.article):
        console.print(Text(worded(remark), style="yellow"))
    if earlier:
        console.print(Text(_earlier(earlier), style="dim"))
    console.print()
    console.print(marked(chosen.article, statements))
    if statements:
        console.print()
        console.print(legend())


def _earlier(versions: "Sequence[Version]") -> str:
    count = "1 earlier version" if len(versions) == 1 else f"{len(versions):,} earlier versions"
    more = f" and {len(versions) - _NAMED:,} more" if len(versions) > _NAMED else ""
    return f"{count}: {', '.join(_fetched(versions)[:_NAMED])}{more}; --version shows one"


def _fetched(versions: "Sequence[Version]") -> list[str]:
    """Each version with the day it was stored, the latest first."""
    return [f"{one.id} (fetched {one.fetched_at.day} {one.fetched_at:%B %Y})" for one in reversed(versions)]


def forget_article(url: Url, *, library: LibraryName = None, as_json: AsJson = False) -> None:
    """Remove an article from the library, with its versions and everything made of them. Copies of it stay."""
    settings = begin()
    from ingest.pipeline import forget

    with open_library(settings, library) as opened:
        record = opened.record
        versions, statements = len(record.versions(url)), len(record.statements_of(url))
        copies = [copy.url for copy in record.copies([url]).get(url, ())]
        before, removed = record.counter().removal, list[int]()

        def reader() -> "Reader":
            # Only asked for where there are copies to be made anew, and before their own passages are removed.
            removed.append(len(record.removed_since(before)))
            return _reader(settings)

        if not forget(opened, url, reader):
            raise _unknown(url)
        passages = removed[0] if removed else len(record.removed_since(before))
        originals = sorted({record.original(copy) or copy for copy in record.known(copies)})
    _clear_index(settings, library)
    counts = {"versions": versions, "passages": passages, "statements": statements}
    if as_json:
        print_json({"url": url, "forgotten": True, **counts, "originals": originals})
    else:
        _tell_forgotten(url, counts, originals)


def _clear_index(settings: "Settings", library: str | None) -> None:
    """Make the index's files again: Chroma keeps what it deletes in its log and in free pages.

    In another process, for Chroma also writes whatever lay in memory before, and this one has read the article.
    On a server, the files are the server's.
    """
    if settings.chroma_url:
        return
    from multiprocessing import get_context

    child = get_context("spawn").Process(target=_index_again, args=(library,))
    child.start()
    child.join()
    if child.exitcode:
        notify(
            "The files of the index may still hold words of it. "
            "onrecord reindex clears them, when no other process has the library open."
        )


def _index_again(library: str | None) -> None:
    """Leaves with status 1 where that was not possible."""
    from retrieval.errors import OnrecordError
    from retrieval.library import open_index

    made = False
    with suppress(OnrecordError, KeyboardInterrupt):
        settings = begin()
        with closing(_open(settings, library)) as record:
            index = open_index(settings, library, record, notify=notify, fresh=True)
            made = index.kind == "chroma"
            index.close()
    raise SystemExit(0 if made else 1)


def _tell_forgotten(url: str, counts: "Mapping[str, int]", originals: "Sequence[str]") -> None:
    from bot.text import shown

    removed = ", ".join(f"{n:,} {name if n != 1 else name[:-1]}" for name, n in counts.items())
    lines = [f"Forgotten: {url} ({removed}). Nothing of it can be found any more."]
    lines += [f"Of the copies of its text, {one} is the original now." for one in originals]
    for line in lines:
        errors.print(shown(line), markup=False, highlight=False)


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
