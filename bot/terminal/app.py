"""The entry point: gathers the commands, and turns every error into a sentence and an exit status.

Exit status: 0 done, 1 done in part, 2 wrong use or configuration, 3 the work failed.
"""

import logging
import os
import secrets
import sys
from typing import Annotated

import typer

from bot.terminal import asking, checking, evaluating, holdings, ingesting
from bot.terminal.console import errors

app = typer.Typer(
    name="onrecord",
    help="Who said what on which policy, with the passage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
for module in (asking, ingesting, holdings, checking, evaluating):
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

    try:
        app()
    except OnrecordError as error:
        errors.print(f"onrecord: {error}", style="red", markup=False, highlight=False)
        if error.hint:
            errors.print(error.hint, style="dim", markup=False, highlight=False)
        sys.exit(error.status)
    except KeyboardInterrupt:
        errors.print("Interrupted. What was acknowledged is stored; run it again to go on.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; nothing to say
        sys.exit(0)
    except Exception:
        incident = secrets.token_hex(4)
        logging.getLogger(__name__).critical("incident %s", incident, exc_info=True)
        errors.print(f"onrecord: something went wrong that should not. Incident {incident}; the log has it.")
        sys.exit(3)


if __name__ == "__main__":
    main()
