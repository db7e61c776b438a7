"""The record: everything a library knows, in SQLite. What is not here can be rebuilt from what is."""

from retrieval.record.following import Listed, StoredFeed
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
    Story,
    Vectors,
    Version,
)
from retrieval.record.writing import heading, version_of

__all__ = [
    "Counter",
    "Counters",
    "Filter",
    "Heard",
    "Hit",
    "Listed",
    "Made",
    "ModelUse",
    "Of",
    "Put",
    "Record",
    "StoredFeed",
    "StoredPassage",
    "StoredSpeaker",
    "StoredStatement",
    "Story",
    "Vectors",
    "Version",
    "heading",
    "version_of",
]
