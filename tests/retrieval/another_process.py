"""What another process does with a library: `another_process.py FOLDER COMMAND ARGUMENT...`; prints JSON lines."""

import json
import sys
import time
from itertools import count
from pathlib import Path

from retrieval_parts import (
    MAKER,
    READER,
    add,
    article,
    found,
    hashed,
    library_at,
    nearest_statements,
    numbered_articles,
    quoted,
    record_at,
    reserved,
    store,
)


def tell(value: object) -> None:
    print(json.dumps(value), flush=True)


def write_many(folder: Path, prefix: str, n: str) -> None:
    """Makes the library where there is none, and stores n articles one by one."""
    record = record_at(folder)
    for one in numbered_articles(prefix, range(int(n))):
        store(record, one)
    record.close()
    tell("done")


def reserve_many(folder: Path, n: str, of_day: str) -> None:
    """Waits for a line; then tries to reserve ten tokens n times over. How often it could."""
    record = record_at(folder)
    tell("ready")
    sys.stdin.readline()
    tell(sum(reserved(record, 10, of_day=int(of_day)) is not None for _ in range(int(n))))
    record.close()


def put(folder: Path, name: str, text: str) -> None:
    record = record_at(folder)
    store(record, article(name, text))
    record.close()


def quote(folder: Path, name: str, speaker: str, words: str) -> None:
    record = record_at(folder)
    record.put([quoted(name, speaker, words)], MAKER, READER)
    record.close()


def quote_many(folder: Path, speaker: str, n: str) -> None:
    for number in range(int(n)):
        quote(folder, f"{speaker.replace(' ', '')}{number}", speaker, f"Item {number} must pass.")


def forget(folder: Path, name: str) -> None:
    record = record_at(folder)
    tell(record.forget(article(name, "").url))
    record.close()


def search(folder: Path, words: str) -> None:
    said: list[str] = []
    with library_at(folder, said) as library:
        hits = library.index.nearest(hashed().question(words), 5)
        tell({"kind": library.index.kind, "texts": found(library, words, 5), "scores": [h.score for h in hits]})


def search_statements(folder: Path, words: str) -> None:
    with library_at(folder) as library:
        tell({"kind": library.index.kind, "texts": nearest_statements(library, words, 5)})


def quote_until_killed(folder: Path) -> None:
    """Owns the index and stores articles with statements for ever; says the number of each as above."""
    library = library_at(folder)
    for n in count():
        words = f"Levy number {n} must pass."
        library.record.put([quoted(f"endless{n % 7}", f"Ada{n % 3} Quill", words)], MAKER, READER)
        library.index.follow()
        tell(n)


def own(folder: Path) -> None:
    """Holds the index until its standard input ends."""
    with library_at(folder) as library:
        tell(library.index.kind)
        sys.stdin.read()


def write_until_killed(folder: Path) -> None:
    """Owns the index and stores articles for ever; says the name of each as soon as it is acknowledged."""
    library = library_at(folder)
    for n in count():
        add(library, *numbered_articles("endless", [n]))
        tell(n)
        time.sleep(0)


if __name__ == "__main__":
    globals()[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
