"""onrecord corrections: what readers say is wrong with answers, and what becomes of it."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.console import begin, errors, output, print_json
from bot.terminal.options import AsJson, LibraryName

if TYPE_CHECKING:
    from retrieval.kept import Dispute
    from retrieval.record import Record

Id = Annotated[int, typer.Argument(metavar="ID", show_default=False)]
_BY = "terminal"


def register(app: typer.Typer) -> None:
    corrections = typer.Typer(help="Review the corrections that readers ask for.", no_args_is_help=True)
    corrections.command("list")(list_corrections)
    corrections.command("uphold")(uphold)
    corrections.command("dismiss")(dismiss)
    app.add_typer(corrections, name="corrections")


def _open(library: str | None) -> "Record":
    from retrieval.library import must_exist, open_record

    settings = begin()
    must_exist(settings, library)
    return open_record(settings, library)


def list_corrections(
    *,
    every: Annotated[bool, typer.Option("--all", help="The settled ones, too.")] = False,
    library: LibraryName = None,
    as_json: AsJson = False,
) -> None:
    """List the corrections that wait for a review, newest first."""
    from retrieval.kept import State

    with closing(_open(library)) as record:
        found = record.disputes(None if every else State.OPEN)
    if as_json:
        print_json([_row(one) for one in found], indent=1)
        return
    from rich.table import Table
    from rich.text import Text

    from bot.text import shown

    table = Table("id", "day", "state", "speaker", "quote", "reason", box=None, pad_edge=False)
    for one in found:
        words = (one.speaker or "", "(gone)" if one.quote is None else one.quote, one.reason)
        cells = [Text(" ".join(shown(text).split())) for text in words]
        table.add_row(str(one.id), str(one.at.date()), one.state.value, *cells)
    output().print(table)


def uphold(number: Id, *, library: LibraryName = None, as_json: AsJson = False) -> None:
    """Uphold a correction: no answer shows those words again."""
    _settle(number, library, upheld=True, as_json=as_json)


def dismiss(number: Id, *, library: LibraryName = None, as_json: AsJson = False) -> None:
    """Dismiss a correction: answers may show those words again."""
    _settle(number, library, upheld=False, as_json=as_json)


def _settle(number: int, library: str | None, *, upheld: bool, as_json: bool) -> None:
    from datetime import UTC, datetime

    from retrieval.errors import ConfigurationError

    with closing(_open(library)) as record:
        settled = record.settle_dispute(number, upheld, _BY, datetime.now(UTC))
    if settled is None:
        hint = "onrecord corrections list --all shows them."
        raise ConfigurationError(f"There is no correction {number}.", hint=hint)
    if as_json:
        print_json(_row(settled), indent=1)
        return
    after = "No answer shows those words again." if upheld else "Answers may show those words again."
    errors.print(f"Correction {number} is {settled.state.value}. {after}", markup=False, highlight=False)


def _row(one: "Dispute") -> dict[str, object]:
    plain = {name: getattr(one, name) for name in ("id", "speaker", "quote", "reason", "url", "version")}
    return plain | {
        "start": one.start,
        "end": one.end,
        "by": one.by,
        "at": one.at.isoformat(),
        "state": one.state.value,
    }
