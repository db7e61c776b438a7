"""Dense search over a library's passages and statements. All of it can be made again from the record."""

from retrieval.index.index import Index

__all__ = ["Index"]
