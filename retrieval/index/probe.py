"""Run as a child process: opens an embedded index and uses it, so that a broken one crashes the child.

    python -m retrieval.index.probe FOLDER LIBRARY_ID

Exit status 0 where the collection opens, counts and answers a query; anything else, or a signal, is broken.
"""

import sys
from pathlib import Path

import numpy as np

from retrieval.index.chroma import collection_name, embedded


def probe(folder: Path, library_id: str) -> None:
    collection = embedded(folder).get_collection(collection_name(library_id), embedding_function=None)
    if collection.count():
        some = collection.peek(1)["embeddings"]
        vector = np.asarray(some)[0].tolist()
        if not collection.query(query_embeddings=[vector], n_results=1)["ids"][0]:
            raise SystemExit(1)


if __name__ == "__main__":
    probe(Path(sys.argv[1]), sys.argv[2])
