"""How the log is written: text for people, or JSON for machines, always one line for each event.

Of an exception a line never has the message: that may hold what was asked, a path or an address. JSON has its
class; text, which a person may see at the terminal, not even that: the incident's id leads to the rest.
"""

import json
import logging
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_INCIDENT = re.compile(r"incident ([0-9a-f]{8})\b")
# What ends a line, or what a terminal obeys: a line of the log must be ours from its first letter to its last.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[^\s=\"\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Scalar = str | int | float | bool | None


def fields(**values: Scalar) -> dict[str, dict[str, Scalar]]:
    """What an event tells beside its sentence, for `extra=`. Never what was asked, nor who somebody is."""
    return {"fields": values}


class TextLines(logging.Formatter):
    """`2024-05-31 12:00:00,000 INFO bot.discord: answered command=ask seconds=1.2`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage().rstrip()
        record.asctime = self.formatTime(record)
        line = " ".join([self.formatMessage(record), *(f"{k}={_text(v)}" for k, v in _fields(record).items())])
        return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], line)


class JsonLines(logging.Formatter):
    """An object with time (UTC), level, logger and message, and what there is of fields, incident and error."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        if told := _fields(record):
            event["fields"] = {str(key): _scalar(value) for key, value in told.items()}
        if incident := _INCIDENT.match(message):
            event["incident"] = incident[1]
        return json.dumps(event | _error(record))


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    told = getattr(record, "fields", None)
    return told if isinstance(told, dict) else {}


def _error(record: logging.LogRecord) -> dict[str, str]:
    kind = record.exc_info[0] if record.exc_info else None
    return {"error": kind.__qualname__} if kind else {}


def _scalar(value: object) -> Scalar:
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    return value if isinstance(value, str | int | float | bool | None) else type(value).__name__


def _text(value: object) -> str:
    text = str(_scalar(value))
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
