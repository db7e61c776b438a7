"""onrecord ask, chat and bot: questions, one by one, by the file, in conversation and in Discord."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from bot.terminal.console import begin, errors, output, print_json
from bot.terminal.options import AsJson, LibraryName, day, open_library, unicode

if TYPE_CHECKING:
    from rich.console import Console

    from retrieval.library import Library
    from retrieval.trace import Trace
    from retrieval.types import Claim, Question


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
    person: Annotated[
        str | None, typer.Option("--person", help="Only what this person or body said.", callback=unicode)
    ] = None,
    since: Annotated[date | None, day("--since", "Only articles from this day on.")] = None,
    until: Annotated[date | None, day("--until", "Only articles up to this day.")] = None,
    as_of: Annotated[date | None, day("--as-of", "Answer as on this day.")] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show how the question was understood, the candidates and the reasons."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question, with the passages that say so.

    With --batch, answers come as JSON lines, one as soon as it is there.
    """
    if (question is None) == (batch is None):
        raise typer.BadParameter("Give a question, or --batch FILE.")
    if explain and batch is not None:
        raise typer.BadParameter("--explain goes with one question, not with --batch.")
    if since and until and since > until:
        raise typer.BadParameter(f"--since ({since}) is after --until ({until}), so nothing can lie between them.")
    settings = begin()
    from retrieval.types import Question

    if batch is not None:
        with _questions(batch) as lines, open_library(settings, library) as opened:
            raise typer.Exit(_answer_all(opened, lines, Question("", person, since, until, as_of)))
    try:
        asked = Question(_sound(question), person, since, until, as_of)
    except ValueError as wrong:
        raise typer.BadParameter(f"The question {wrong}.") from None
    if as_json:
        with open_library(settings, library) as opened:
            trace = opened.explain(asked)
        told = dict(trace.answer.as_json())
        print_json({**told, "explained": trace.as_json()} if explain else told, indent=1)
        return
    from bot.terminal.explaining import show_trace

    console = output()
    with open_library(settings, library) as opened:
        trace = _unfolded(console, opened, asked, ())
    if explain:
        show_trace(console, trace)


def _unfolded(console: "Console", library: "Library", asked: "Question", before: "Sequence[str]") -> "Trace":
    """Ask, and print the answer: to a terminal, a model's claims as it writes them."""
    from bot.terminal.rendering import Unfolding

    unfolding = Unfolding(console, asked.text)
    with errors.status("Looking …") as waiting:

        def tell(claim: "Claim") -> None:
            waiting.stop()
            unfolding.tell(claim)

        trace = library.explain(asked, before, tell=tell if console.is_terminal else None)
    unfolding.end(trace.answer)
    return trace


def _sound(question: object) -> str:
    """A question that can be asked. Raises ValueError with what is wrong with it."""
    if not isinstance(question, str) or not question.strip():
        raise ValueError("is empty, or no text")
    try:
        question.encode()
    except UnicodeEncodeError:
        raise ValueError("holds bytes or escapes that are no characters") from None
    return question


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
            key, text = _asked(line)
        except ValueError as wrong:
            errors.print(f"line {number} {wrong}", markup=False, highlight=False)
            status = 1
            continue
        answer = library.ask(replace(template, text=text))
        print_json({"id": key, **answer.as_json()})
    return status


def _asked(line: bytes) -> tuple[object, str]:
    """The id and the question in a line. Raises ValueError with what is wrong with the line."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON in UTF-8") from None
    if not isinstance(asked, dict) or not {"id", "question"} <= asked.keys():
        raise ValueError('is not {"id", "question"}')
    try:
        return asked["id"], _sound(asked["question"])
    except ValueError as wrong:
        raise ValueError(f"has a question that {wrong}") from None


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines as they arrive: a reader of standard input answers before the next one is written."""
    number = 0
    while line := stream.readline():
        number += 1
        if line.strip():
            yield number, line


def chat(library: LibraryName = None) -> None:
    """Ask in conversation; an empty line, Ctrl-D or Ctrl-C leaves.

    What a question leaves out, a person, a topic, a time, is taken from those before it: "and what about Kirby?"
    """
    settings = begin()
    console = output()
    with (
        suppress(EOFError, KeyboardInterrupt),
        open_library(settings, library) as opened,
        _history(settings.home.expanduser() / "chat_history"),
    ):
        console.print("Ask who said what. An empty line leaves.", style="dim")
        before: list[str] = []
        while text := input(_prompt(console)).strip():
            _reply(console, opened, text, before)
            before.append(text)
    errors.show_cursor()  # Ctrl-C may strike just when the spinner has hidden it


def _prompt(console: "Console") -> str:
    """Given to `input` whole, with its colour between marks: else recalling an earlier question wipes it out."""
    return "\x01\x1b[1;36m\x02? \x01\x1b[0m\x02" if console.color_system and sys.stdin.isatty() else "? "


def _reply(console: "Console", library: "Library", text: str, before: list[str]) -> None:
    from retrieval.errors import OnrecordError
    from retrieval.types import Question

    try:
        _unfolded(console, library, Question(_sound(text)), before)
    except OnrecordError as error:
        errors.print(str(error), style="red", markup=False)
    except ValueError as wrong:
        errors.print(f"The question {wrong}.", style="red", markup=False)
    console.print()


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
    from bot.discord.incidents import token_missing
    from bot.discord.serving import serve
    from bot.pulling import pulling

    if settings.discord_token is None:
        raise token_missing()
    name = library or settings.library
    with open_library(settings, library, make=True) as opened, pulling(settings.feeds_every, name):
        _ = opened.writer  # a model that cannot be loaded is said now, not at the first question
        token = settings.discord_token.get_secret_value()
        serve(settings, token, opened, name, partial(open_library, settings, make=True, embedder=opened.embedder))
