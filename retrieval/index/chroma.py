"""The Chroma collections of one library. This file and `collection.py` are the only ones that talk to Chroma.

What Chroma 1.5.9 does was measured: two processes on one embedded path corrupt it (hence the lock file in
`index.py`), `where` filters are slow (filters never come here), `add` ignores known ids (hence upsert).
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import chromadb
from chromadb.api import ClientAPI
from chromadb.config import Settings

from retrieval.index.collection import Collection, collection_name, explained
from retrieval.record import Of

if TYPE_CHECKING:
    from chromadb.api.client import Client


def _quiet() -> Settings:
    """New for each client: Chroma writes its folder or its server's address into the settings."""
    return Settings(anonymized_telemetry=False)


def embedded(folder: Path) -> ClientAPI:
    """A client on a folder that this process owns. Raises StoreError where Chroma cannot use it."""
    with explained("The index cannot be opened"):
        return chromadb.PersistentClient(folder, settings=_quiet())


def server(url: str) -> ClientAPI:
    """A client of the Chroma server at an http(s) URL. Raises StoreError where none answers."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    with explained("The Chroma server does not answer"):
        return chromadb.HttpClient(
            host=parts.hostname or "localhost",
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            settings=_quiet(),
        )


class Chroma:
    """The collections of one library, one for each kind of rows, made when there is something to put in."""

    def __init__(self, client: ClientAPI, library_id: str) -> None:
        self._client = client
        self._library_id = library_id
        self._collections: dict[Of, Collection] = {}

    def rows(self, of: Of) -> Collection:
        """The collection of one kind of rows, made where there is none. Raises StoreError where Chroma fails."""
        if of not in self._collections:
            self._collections[of] = Collection(self._client, collection_name(self._library_id, of), of)
        return self._collections[of]

    def opened(self, of: Of) -> Collection | None:
        """The collection, where `rows` was asked for it before."""
        return self._collections.get(of)

    def close(self) -> None:
        client = cast("Client", self._client)
        with suppress(Exception):  # closing is best effort: what is broken shows at the next opening
            # Chroma leaves the connections to a server open, and nothing public closes them.
            for part in (client, client._admin_client):  # noqa: SLF001
                if session := getattr(vars(part)["_server"], "_session", None):
                    session.close()
        with suppress(Exception):
            client.close()
