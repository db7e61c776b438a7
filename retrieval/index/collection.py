"""One Chroma collection: the passages, or the statements, of one library.

It keeps, in the collection's own metadata, how far it has followed the record; vectors are never made here.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import chromadb
from chromadb.api import ClientAPI
from chromadb.errors import NotFoundError

from retrieval.errors import StoreError
from retrieval.record import Counter, Hit, Of, Record, StoredPassage, StoredStatement, Vectors

# Chroma takes at most 5,461 rows in a call; fewer keep its memory small.
ROWS = 1000
# What the metadata calls the highest id that was copied: libraries of before statements have it under this name.
_ROW = "passage"


def collection_name(library_id: str, of: Of) -> str:
    """The name of a library's collection, unique among libraries on one server."""
    return f"onrecord-{library_id}" if of is Of.PASSAGES else f"onrecord-{library_id}-{of.value}"


class Collection:
    """Every method raises StoreError where Chroma fails."""

    def __init__(self, client: ClientAPI, name: str, of: Of) -> None:
        self._client = client
        self._name = name
        self._of = of
        with explained():
            self._collection = self._made()

    def _made(self) -> chromadb.Collection:
        return self._client.get_or_create_collection(
            self._name,
            embedding_function=None,
            # With the default ef_search of 100 a few of 100 hits differed from run to run.
            configuration={"hnsw": {"space": "cosine", "ef_search": 400}},
            metadata={_ROW: 0, "removal": 0},
        )

    def position(self) -> Counter:
        """How far this index has followed the record."""
        at = self._collection.metadata or {}
        return Counter(int(at.get(_ROW, 0)), int(at.get("removal", 0)))

    def refresh(self) -> None:
        """Read the position anew: on a server, another process may have moved it."""
        with explained():
            self._collection = self._client.get_collection(self._name, embedding_function=None)

    def advance(self, to: Counter) -> None:
        with explained():
            self._collection.modify(metadata={_ROW: to.row, "removal": to.removal})

    def count(self) -> int:
        with explained():
            return self._collection.count()

    def ids(self) -> set[int]:
        with explained():
            return {int(i) for i in self._collection.get(include=[])["ids"]}

    def put(self, record: Record, ids: list[int]) -> None:
        """Copy rows from the record; those that are gone by now are left out.

        Their texts stay in the record, where `url`, `start` and `end` lead: Chroma's own index of them is most of
        the cost of adding (671 rows a second with them, 2,289 without).
        """
        stored = record.stored(ids, self._of)
        present, vectors = record.vectors(ids, self._of)
        rows = [(i, vector, stored[i]) for i, vector in zip(present, vectors, strict=True) if i in stored]
        if not rows:
            return
        with explained():
            self._collection.upsert(
                ids=[str(i) for i, _, _ in rows],
                embeddings=[vector for _, vector, _ in rows],
                metadatas=[_metadata(row) for _, _, row in rows],
            )

    def delete(self, ids: list[int]) -> None:
        with explained():
            for at in range(0, len(ids), ROWS):
                self._collection.delete(ids=[str(i) for i in ids[at : at + ROWS]])

    def nearest(self, vector: Vectors, k: int) -> list[Hit]:
        """The k rows nearest to a vector [dimension], by cosine similarity."""
        with explained():
            found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return [Hit(int(i), 1 - d) for i, d in zip(found["ids"][0], distances[0], strict=True)]

    def clear(self) -> None:
        """Drop everything and begin again."""
        with explained():
            with suppress(NotFoundError):
                self._client.delete_collection(self._name)
            self._collection = self._made()


def _metadata(row: StoredPassage | StoredStatement) -> dict[str, str | int]:
    article = row.article
    values: dict[str, str | int | None] = {
        "url": article.url,
        "title": article.title,
        "outlet": article.outlet,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "start": row.start,
        "end": row.end,
        "speaker": row.statement.speaker if isinstance(row, StoredStatement) else None,
    }
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def explained(what: str = "The index failed") -> Iterator[None]:
    """Chroma raises many kinds of error, its own and its bindings'; here they are one."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(f"{what}.", hint=f"{type(error).__name__}: {error}") from error
