"""Run as a child process: opens an embedded index and uses it, so that a broken one crashes the child.

    python -m retrieval.index.probe FOLDER LIBRARY_ID

Exit status 0 where every collection that is there, the passages' among them, opens, counts and answers a query;
anything else, or a signal, is broken.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.index.chroma import embedded
from retrieval.index.collection import collection_name
from retrieval.record import Of

if TYPE_CHECKING:
    from chromadb import Collection


def probe(folder: Path, library_id: str) -> None:
    client = embedded(folder)
    there = {collection.name for collection in client.list_collections()}
    for of in Of:
        if of is Of.PASSAGES or collection_name(library_id, of) in there:
            _ask(client.get_collection(collection_name(library_id, of), embedding_function=None))


def _ask(collection: "Collection") -> None:
    if collection.count():
        some = collection.peek(1)["embeddings"]
        vector = np.asarray(some)[0].tolist()
        if not collection.query(query_embeddings=[vector], n_results=1)["ids"][0]:
            raise SystemExit(1)


if __name__ == "__main__":
    probe(Path(sys.argv[1]), sys.argv[2])
