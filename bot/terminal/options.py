"""Options that several commands share."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.text import shown

if TYPE_CHECKING:
    from retrieval.embedding import Embedder
    from retrieval.library import Library
    from retrieval.settings import Settings


def parse_date(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():  # fromisoformat also takes 20241023 and 2024-W43-3
        raise typer.BadParameter(f"“{shown(text)}” is no date; write it as 2024-10-23.")
    return day


def unicode(text: str | None) -> str | None:
    """Refuses bytes of a command line that are no characters: nothing could store or find them."""
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise typer.BadParameter(f"“{shown(text or '')}” is not UTF-8.") from None
    return text


def day(flag: str, help_text: str) -> Any:
    """A typer option that takes a day."""
    return typer.Option(flag, parser=parse_date, metavar="DATE", help=help_text)


LibraryName = Annotated[
    str | None, typer.Option("--library", metavar="NAME", help="Which library; default: ONRECORD_LIBRARY.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable, to standard output.")]


def open_library(
    settings: "Settings", name: str | None, *, make: bool = False, embedder: "Embedder | None" = None
) -> "Library":
    """The library that a command works on. Raises OnrecordError; a named one must exist unless `make`.

    `embedder` is that of another open library, to be shared.
    """
    from bot.terminal.console import notify
    from ingest.chunking import maker
    from retrieval.embedding import embedder_name
    from retrieval.library import Library, must_exist

    if not make:
        must_exist(settings, name)
    return Library.open(settings, name, maker(embedder_name(settings)), notify=notify, embedder=embedder)
