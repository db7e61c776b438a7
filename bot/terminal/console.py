"""Standard error for people, and what every command needs: settings, the log, sentences about state."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from retrieval.settings import Settings

# Machine output and answers go to standard output; progress, notes and errors here.
errors = Console(stderr=True)


def notify(sentence: str) -> None:
    """A sentence about the state of things, for the person at the terminal."""
    errors.print(sentence, style="yellow", markup=False, highlight=False)


def begin() -> "Settings":
    """The settings, with the log set up by them. Raises ConfigurationError."""
    from retrieval.settings import load

    settings = load()
    _start_log(settings)
    return settings


def _start_log(settings: "Settings") -> None:
    """Lines to standard error; incidents with their tracebacks to a file, for no traceback reaches a user."""
    lines = logging.StreamHandler()
    lines.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    lines.setLevel(settings.log_level)
    logging.basicConfig(level=settings.log_level, handlers=[lines], force=True)
    home = settings.home.expanduser()
    try:
        home.mkdir(parents=True, exist_ok=True)
        incidents = logging.FileHandler(Path(home) / "incidents.log", delay=True, encoding="utf-8")
    except OSError:
        return  # what needs the folder says so itself
    incidents.setLevel(logging.ERROR)
    incidents.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(incidents)


class _OneLine(logging.Formatter):
    def formatException(self, ei: object) -> str:  # noqa: ARG002, N802 - logging's own name
        return ""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        line = super().format(record).rstrip()
        record.exc_text = None  # the next handler formats it for itself
        return line
