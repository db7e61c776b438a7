"""The record: everything a library knows, in SQLite. What is not here can be rebuilt from what is."""

from retrieval.record.record import Counter, Filter, Hit, Record, StoredPassage
from retrieval.record.writing import Put, Vectors, heading

__all__ = ["Counter", "Filter", "Hit", "Put", "Record", "StoredPassage", "Vectors", "heading"]
