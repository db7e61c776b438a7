"""Both streams, and what every command needs: settings, the log, sentences about state."""

import codecs
import io
import json
import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console

from bot.logs import JsonLines, TextLines

if TYPE_CHECKING:
    from retrieval.settings import Settings

# Machine output and answers go to standard output; progress, notes and errors here. Sentences are not broken
# into lines: a terminal does that itself, and a log or a search for a file's name wants them whole.
errors = Console(stderr=True, soft_wrap=True)

# Wider than any paragraph: what is no terminal gets every quotation on one line.
_UNBROKEN = 1_000_000


def prepare() -> None:
    """Before anything is printed: no character can fail to be written, and no failing log can speak up."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.raiseExceptions = False
    logging.basicConfig(handlers=[_lines()], force=True)


def output() -> Console:
    """Standard output for people."""
    console = Console()
    return console if console.is_terminal else Console(width=_UNBROKEN)


def print_json(value: object, *, indent: int | None = None) -> None:
    """A value as JSON, at once. Where standard output is not UTF-8, other characters than ASCII are escaped."""
    unicode = codecs.lookup(sys.stdout.encoding).name == "utf-8"
    print(json.dumps(value, ensure_ascii=not unicode, indent=indent), flush=True)


def notify(sentence: str) -> None:
    """A sentence about the state of things, for the person at the terminal."""
    errors.print(sentence, style="yellow", markup=False, highlight=False)


def begin() -> "Settings":
    """The settings, with the log set up by them. Raises ConfigurationError."""
    from retrieval.errors import ConfigurationError
    from retrieval.settings import load

    try:
        settings = load()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("The file .env in this folder cannot be read, or is not UTF-8.") from None
    _start_log(settings)
    return settings


def _start_log(settings: "Settings") -> None:
    """Lines to standard error; incidents with their tracebacks to a file, for no traceback reaches a user."""
    logging.basicConfig(level=settings.log_level, handlers=[_lines(settings.log_format)], force=True)
    home = settings.home.expanduser()
    try:
        home.mkdir(parents=True, exist_ok=True)
        incidents = _Incidents(Path(home) / "incidents.log", delay=True, encoding="utf-8")
    except OSError:
        return  # what needs the folder says so itself
    incidents.setLevel(logging.ERROR)
    incidents.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(incidents)


def _lines(style: Literal["text", "json"] = "text") -> logging.Handler:
    lines = logging.StreamHandler()
    lines.setFormatter(JsonLines() if style == "json" else TextLines())
    return lines


class _Incidents(logging.FileHandler):
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # a log that cannot be written must not become an error of its own
            super().emit(record)
