"""The Chroma collection of one library: the only file that talks to Chroma.

It keeps, in the collection's own metadata, how far it has followed the record; vectors are never made here.
What Chroma 1.5.9 does was measured: two processes on one embedded path corrupt it (hence the lock file in
`index.py`), `where` filters are slow (filters never come here), `add` ignores known ids (hence upsert).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import chromadb
from chromadb.api import ClientAPI
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from retrieval.errors import StoreError
from retrieval.record import Counter, Hit, Record, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client

# Chroma takes at most 5,461 rows in a call; fewer keep its memory small.
ROWS = 1000


def _quiet() -> Settings:
    """New for each client: Chroma writes its folder or its server's address into the settings."""
    return Settings(anonymized_telemetry=False)


def collection_name(library_id: str) -> str:
    """The name of a library's collection, unique among libraries on one server."""
    return f"onrecord-{library_id}"


def embedded(folder: Path) -> ClientAPI:
    """A client on a folder that this process owns. Raises StoreError where Chroma cannot use it."""
    with _explained("The index cannot be opened"):
        return chromadb.PersistentClient(folder, settings=_quiet())


def server(url: str) -> ClientAPI:
    """A client of the Chroma server at an http(s) URL. Raises StoreError where none answers."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    with _explained("The Chroma server does not answer"):
        return chromadb.HttpClient(
            host=parts.hostname or "localhost",
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            settings=_quiet(),
        )


class Chroma:
    """The collection of one library. Every method raises StoreError where Chroma fails."""

    def __init__(self, client: ClientAPI, library_id: str) -> None:
        self._client = client
        self._name = collection_name(library_id)
        with _explained():
            self._collection = self._made()

    def _made(self) -> chromadb.Collection:
        return self._client.get_or_create_collection(
            self._name,
            embedding_function=None,
            # With the default ef_search of 100 a few of 100 hits differed from run to run.
            configuration={"hnsw": {"space": "cosine", "ef_search": 400}},
            metadata={"passage": 0, "removal": 0},
        )

    def position(self) -> Counter:
        """How far this index has followed the record."""
        at = self._collection.metadata or {}
        return Counter(int(at.get("passage", 0)), int(at.get("removal", 0)))

    def refresh(self) -> None:
        """Read the position anew: on a server, another process may have moved it."""
        with _explained():
            self._collection = self._client.get_collection(self._name, embedding_function=None)

    def advance(self, to: Counter) -> None:
        with _explained():
            self._collection.modify(metadata={"passage": to.passage, "removal": to.removal})

    def count(self) -> int:
        with _explained():
            return self._collection.count()

    def ids(self) -> set[int]:
        with _explained():
            return {int(i) for i in self._collection.get(include=[])["ids"]}

    def put(self, record: Record, ids: list[int]) -> None:
        """Copy passages from the record; those that are gone by now are left out."""
        stored = record.passages(ids)
        present, vectors = record.vectors(ids)
        rows = [(i, vector, stored[i]) for i, vector in zip(present, vectors, strict=True) if i in stored]
        if not rows:
            return
        with _explained():
            self._collection.upsert(
                ids=[str(i) for i, _, _ in rows],
                embeddings=[vector for _, vector, _ in rows],
                documents=[passage.text for _, _, passage in rows],
                metadatas=[_metadata(passage) for _, _, passage in rows],
            )

    def delete(self, ids: list[int]) -> None:
        with _explained():
            for at in range(0, len(ids), ROWS):
                self._collection.delete(ids=[str(i) for i in ids[at : at + ROWS]])

    def nearest(self, vector: Vectors, k: int) -> list[Hit]:
        """The k passages nearest to a vector [dimension], by cosine similarity."""
        with _explained():
            found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
        distances = found["distances"] or [[]]
        return [Hit(int(i), 1 - d) for i, d in zip(found["ids"][0], distances[0], strict=True)]

    def clear(self) -> None:
        """Drop everything and begin again."""
        with _explained():
            with suppress(NotFoundError):
                self._client.delete_collection(self._name)
            self._collection = self._made()

    def close(self) -> None:
        client = cast("Client", self._client)
        with suppress(Exception):  # closing is best effort: what is broken shows at the next opening
            # Chroma leaves the connections to a server open, and nothing public closes them.
            for part in (client, client._admin_client):  # noqa: SLF001
                if session := getattr(vars(part)["_server"], "_session", None):
                    session.close()
        with suppress(Exception):
            client.close()


def _metadata(passage: Any) -> dict[str, str | int]:
    article = passage.article
    values = {
        "url": article.url,
        "title": article.title,
        "outlet": article.outlet,
        "author": article.author,
        "published": article.published and article.published.isoformat(),
        "start": passage.start,
        "end": passage.end,
    }
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def _explained(what: str = "The index failed") -> Iterator[None]:
    """Chroma raises many kinds of error, its own and its bindings'; here they are one."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(f"{what}.", hint=f"{type(error).__name__}: {error}") from error
