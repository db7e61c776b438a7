"""Kills the ingest of a file again and again, and then looks whether anything was lost, doubled or left over.

    python -m tests.processes.kill_ingest ARTICLES.jsonl --kills 20

The moments are chosen between --shortest and --longest: on a busy machine raise both, so that progress is made.
Each run goes on where the killed one before it stopped; the last one is left alone. Exit status 0: sound.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from retrieval.index import Index
from retrieval.record import Record
from tests.processes.command import Onrecord


def main() -> int:
    options = _options()
    chosen = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        onrecord = Onrecord(Path(folder) / "home")
        for kill in range(options.kills):
            delay = chosen.uniform(options.shortest, options.longest)
            ended = killed(onrecord, options.articles, delay)
            there = _stored(onrecord)
            print(f"kill {kill + 1:2} after {delay:5.2f} s: {there} articles stored{ended}", flush=True)
        started = time.monotonic()
        last = onrecord.run("ingest", options.articles, "--json")
        print(f"last run, {time.monotonic() - started:.0f} s: {last.out.strip()}", flush=True)
        found = [f"the last run ended with status {last.status}: {last.err}"] if last.status else []
        found += faults(onrecord, options.articles, options.question)
    print("\n".join(found) if found else "Sound: nothing was lost, doubled or left over.")
    return 1 if found else 0


def killed(onrecord: Onrecord, articles: Path, delay: float) -> str:
    """Begin to ingest, and kill it after `delay` seconds. Says so where it had ended by itself."""
    with onrecord.start("ingest", articles, "--json") as process:
        time.sleep(delay)
        process.kill()
        process.communicate()
    return "" if process.returncode < 0 else f" (it had ended with status {process.returncode})"


def faults(onrecord: Onrecord, articles: Path, question: str | None = None) -> list[str]:
    """What is wrong with the default library, into which the file was ingested, and nothing else."""
    wanted = _articles(articles)
    asked = onrecord.run("ask", question or _question(articles), "--json")
    found = [] if asked.status == 0 and asked.json["passages"] else [f"a question is not answered: {asked.err}"]
    record = Record.open(_url(onrecord))
    stored = {article.url: article.text for article in record.articles()}
    if len(stored) != record.counts()["articles"] or stored.keys() != wanted.keys():
        found.append(f"{len(wanted)} articles were given, {record.counts()['articles']} are stored")
    found += [f"{url} is stored with another text" for url in stored if stored[url] != wanted.get(url)]
    found += record.faults()
    index = Index.open(record, _folder(onrecord) / "chroma", url=None, notify=found.append)
    if index.kind != "chroma":
        found.append("the index cannot be opened")
    found += index.faults()
    index.close()
    record.close()
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.processes.kill_ingest", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("articles", type=Path, metavar="ARTICLES.jsonl", help="every line an article with a text")
    parser.add_argument("--kills", type=int, default=20, help="how many runs are killed (default: 20)")
    parser.add_argument("--shortest", type=float, default=5.0, help="seconds before a kill, at least (default: 5)")
    parser.add_argument("--longest", type=float, default=25.0, help="seconds before a kill, at most (default: 25)")
    parser.add_argument("--seed", type=int, default=20240, help="chooses the moments (default: 20240)")
    parser.add_argument("--question", help="asked at the end; default: the last article's title")
    return parser.parse_args()


def _articles(path: Path) -> dict[str, str]:
    """The text under each url; the later of two lines wins."""
    return {row["url"]: row["text"] for row in _rows(path)}


def _question(path: Path) -> str:
    *_, last = _rows(path)
    return str(last.get("title") or last["text"][:200])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _stored(onrecord: Onrecord) -> int:
    if not _folder(onrecord).is_dir():
        return 0
    record = Record.open(_url(onrecord))
    try:
        return record.counts()["articles"]
    finally:
        record.close()


def _folder(onrecord: Onrecord) -> Path:
    return onrecord.home / "default"


def _url(onrecord: Onrecord) -> str:
    return f"sqlite:///{_folder(onrecord) / 'library.sqlite3'}"


if __name__ == "__main__":
    sys.exit(main())
