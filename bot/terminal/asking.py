"""onrecord ask, chat and bot: questions, one by one, by the file, in conversation and in Discord."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from bot.terminal.console import begin, errors
from bot.terminal.options import AsJson, LibraryName, day, open_library

if TYPE_CHECKING:
    from rich.console import Console

    from retrieval.library import Library
    from retrieval.types import Question


def register(app: typer.Typer) -> None:
    app.command("ask")(ask)
    app.command("chat")(chat)
    app.command("bot")(bot)


def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", show_default=False)] = None,
    *,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="FILE|-", help='Questions as JSON lines: {"id", "question"}.')
    ] = None,
    library: LibraryName = None,
    person: Annotated[str | None, typer.Option("--person", help="Only what this person or body said.")] = None,
    since: Annotated[date | None, day("--since", "Only articles from this day on.")] = None,
    until: Annotated[date | None, day("--until", "Only articles up to this day.")] = None,
    as_of: Annotated[date | None, day("--as-of", "Answer as on this day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question, with the passages that say so.

    With --batch, answers come as JSON lines, one as soon as it is there.
    """
    if (question is None) == (batch is None):
        raise typer.BadParameter("Give a question, or --batch FILE.")
    if question is not None and not question.strip():
        raise typer.BadParameter("The question is empty.")
    settings = begin()
    from retrieval.types import Question

    if batch is not None:
        with open_library(settings, library) as opened, _questions(batch) as lines:
            raise typer.Exit(_answer_all(opened, lines, Question("", person, since, until, as_of)))
    with open_library(settings, library) as opened:
        answer = opened.ask(Question(question or "", person, since, until, as_of))
    if as_json:
        print(json.dumps(answer.as_json(), ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    from bot.terminal.rendering import show

    show(Console(), answer)


def _questions(batch: str) -> BinaryIO:
    if batch == "-":
        return sys.stdin.buffer
    try:
        return Path(batch).open("rb")
    except OSError as error:
        raise typer.BadParameter(f"{batch} cannot be read: {error.strerror}.") from None


def _answer_all(library: "Library", lines: BinaryIO, template: "Question") -> int:
    """Answer each line as it comes. The exit status: 1 where a line was no question."""
    from dataclasses import replace

    status = 0
    for number, line in _lines(lines):
        try:
            asked = json.loads(line)
            key, text = asked["id"], asked["question"]
            if not isinstance(text, str) or not text.strip():
                raise ValueError  # noqa: TRY301 - one handler says what is wrong with a line
        except (ValueError, KeyError, TypeError):
            errors.print(f'line {number} is not {{"id", "question"}} in JSON', markup=False, highlight=False)
            status = 1
            continue
        answer = library.ask(replace(template, text=text))
        print(json.dumps({"id": key, **answer.as_json()}, ensure_ascii=False), flush=True)
    return status


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines as they arrive: a reader of standard input answers before the next one is written."""
    number = 0
    while line := stream.readline():
        number += 1
        if line.strip():
            yield number, line


def chat(library: LibraryName = None) -> None:
    """Ask in conversation; an empty line, Ctrl-D or Ctrl-C leaves."""
    settings = begin()
    from rich.console import Console

    from bot.terminal.rendering import show
    from retrieval.errors import OnrecordError
    from retrieval.types import Question

    console = Console()
    with open_library(settings, library) as opened, _history(settings.home.expanduser() / "chat_history"):
        console.print("Ask who said what. An empty line leaves.", style="dim")
        while text := _prompt(console):
            try:
                with errors.status("Looking …"):
                    answer = opened.ask(Question(text))
                show(console, answer)
            except OnrecordError as error:
                errors.print(str(error), style="red", markup=False)
            console.print()


def _prompt(console: "Console") -> str:
    try:
        return console.input("[bold cyan]? [/]").strip()
    except (EOFError, KeyboardInterrupt):
        console.print()
        return ""


@contextmanager
def _history(path: Path) -> Iterator[None]:
    """Arrow keys bring back earlier questions, of this conversation and of those before."""
    try:
        import readline
    except ImportError:  # Windows has none
        yield
        return
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        readline.set_history_length(1000)
        with suppress(OSError):
            readline.write_history_file(path)


def bot(library: LibraryName = None) -> None:
    """Serve the Discord bot until SIGTERM or Ctrl-C. Needs DISCORD_TOKEN."""
    settings = begin()
    from bot.client import run
    from bot.incidents import token_missing

    if settings.discord_token is None:
        raise token_missing()
    with open_library(settings, library, make=True) as opened:
        run(opened, settings.discord_token.get_secret_value())
