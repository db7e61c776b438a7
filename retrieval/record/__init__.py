"""The record: everything a library knows, in SQLite. What is not here can be rebuilt from what is."""

from retrieval.record.disputes import MOST_OPEN, Place, Withheld
from retrieval.record.following import Listed, StoredFeed
from retrieval.record.kept import ANSWERS_KEPT, StoredAnswer
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
    "ANSWERS_KEPT",
    "MOST_OPEN",
    "Counter",
    "Counters",
    "Filter",
    "Heard",
    "Hit",
    "Listed",
    "Made",
    "ModelUse",
    "Of",
    "Place",
    "Put",
    "Record",
    "StoredAnswer",
    "StoredFeed",
    "StoredPassage",
    "StoredSpeaker",
    "StoredStatement",
    "Story",
    "Vectors",
    "Version",
    "Withheld",
    "heading",
    "version_of",
]
