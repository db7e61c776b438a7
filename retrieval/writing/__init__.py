"""Answers in a model's words, every claim tied to evidence on record.

chat        one model behind LangChain: a request with a schema, a deadline, retries; failures as values
metered     its use, counted and bounded in the record
evidence    what it sees: claims on record as fenced data under keys of the request
output      what it must return
checks      whether a claim of its may be shown
writer      all of that together
"""

from typing import TYPE_CHECKING

from retrieval.writing.chat import chat_name
from retrieval.writing.metered import Asker, Metered
from retrieval.writing.writer import Tell, Writer
from retrieval.writing.written import Written

if TYPE_CHECKING:
    from retrieval.record import Record
    from retrieval.settings import Settings

__all__ = ["Asker", "Tell", "Writer", "Written", "chat_name", "open_writer"]


def open_writer(settings: "Settings", record: "Record") -> Writer | None:
    """What words answers with the model that the settings choose; None for none. Raises ConfigurationError."""
    metered = Metered.open(settings, record)
    return Writer(metered, settings.chat_seconds) if metered else None
