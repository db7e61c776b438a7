"""Options that several commands share."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from retrieval.library import Library
    from retrieval.settings import Settings


def parse_date(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no date; write it as 2024-10-23.") from None


def day(flag: str, help_text: str) -> Any:
    """A typer option that takes a day."""
    return typer.Option(flag, parser=parse_date, metavar="DATE", help=help_text)


LibraryName = Annotated[
    str | None, typer.Option("--library", metavar="NAME", help="Which library; default: ONRECORD_LIBRARY.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable, to standard output.")]


def open_library(settings: "Settings", name: str | None, *, make: bool = False) -> "Library":
    """The library that a command works on. Raises OnrecordError; a named one must exist unless `make`."""
    from bot.terminal.console import notify
    from ingest.pipeline import maker
    from retrieval.embedding import embedder_name
    from retrieval.library import Library, must_exist

    if not make:
        must_exist(settings, name)
    return Library.open(settings, name, maker(embedder_name(settings)), notify=notify)
