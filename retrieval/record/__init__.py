"""The record: everything a library knows, in SQLite. What is not here can be rebuilt from what is."""

from retrieval.record.record import Record
from retrieval.record.values import (
    Counter,
    Counters,
    Filter,
    Heard,
    Hit,
    Made,
    ModelUse,
    Of,
    Put,
    StoredPassage,
    StoredSpeaker,
    StoredStatement,
    Vectors,
)
from retrieval.record.writing import heading

__all__ = [
    "Counter",
    "Counters",
    "Filter",
    "Heard",
    "Hit",
    "Made",
    "ModelUse",
    "Of",
    "Put",
    "Record",
    "StoredPassage",
    "StoredSpeaker",
    "StoredStatement",
    "Vectors",
    "heading",
]
