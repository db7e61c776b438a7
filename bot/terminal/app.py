"""The entry point: gathers the commands, and turns every error into a sentence and an exit status.

Exit status: 0 done, 1 done in part, 2 wrong use or configuration, 3 the work failed.
"""

import logging
import os
import secrets
import sys
from typing import Annotated, NoReturn

import typer

from bot.terminal import asking, checking, corrections, evaluating, feeds, holdings, ingesting, statements
from bot.terminal.console import errors, prepare

_INTERRUPTED = 130  # what a shell reports for Ctrl-C

app = typer.Typer(
    name="onrecord",
    help="Who said what on which policy, with the passage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
for module in (asking, ingesting, feeds, statements, holdings, corrections, checking, evaluating):
    module.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"onrecord {version('onrecord')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Who said what on which policy, with the passage."""


def main() -> None:
    """Run the command line."""
    from retrieval.errors import OnrecordError

    prepare()
    try:
        try:
            app()
        finally:
            _flush()
    except SystemExit as done:
        _leave(done)
    except OnrecordError as error:
        errors.print(f"onrecord: {error}", style="red", markup=False, highlight=False)
        if error.hint:
            errors.print(error.hint, style="dim", markup=False, highlight=False)
        sys.exit(error.status)
    except BrokenPipeError:
        _hush()
        sys.exit(0)
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception, and no traceback may show
        sys.exit(_incident(error))


def _leave(done: SystemExit) -> NoReturn:
    """Typer has turned Ctrl-C and a reader who has gone into exit statuses of its own."""
    if isinstance(done.__context__, BrokenPipeError):
        _hush()
        sys.exit(0)
    if done.code == _INTERRUPTED:
        _say_interrupted()
    raise done


def _incident(error: BaseException) -> int:
    """Tell the person the id under which the log has the traceback. The exit status."""
    if _by_interruption(error):
        _say_interrupted()
        return _INTERRUPTED
    incident = secrets.token_hex(4)
    logging.getLogger(__name__).critical("incident %s", incident, exc_info=error)
    errors.print(f"onrecord: something went wrong that should not. Incident {incident}; the log has it.")
    return 3


def _by_interruption(error: BaseException | None) -> bool:
    """Ctrl-C while an extension module is loaded comes out as its ImportError."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _say_interrupted() -> None:
    errors.print("Interrupted. What was acknowledged is stored; run it again to go on.")


def _flush() -> None:
    """Here, because a reader who has gone would otherwise be noticed where nobody can handle it."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _hush() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader has gone; nothing to say


if __name__ == "__main__":
    main()
