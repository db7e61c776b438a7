"""Dense search over a library's passages. Everything here can be thrown away and made again from the record."""

from retrieval.index.index import Index

__all__ = ["Index"]
