"""Times questions on a large library, with a speaker asked for and without, and completions of what is typed.

    python -m tests.bench.scale [--statements N] [--rounds N]

The library is made up: articles of twenty short statements by speakers of whom few speak often (Zipf's law), with
vectors by chance, since only the time counts. "First" is the first question about somebody after the library has
changed; "again" one that follows about the same person, on another topic.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ingest.chunking import maker, passages
from retrieval.directory import Directory
from retrieval.embedding import embedder_name
from retrieval.library import Library
from retrieval.minilm import DIMENSION
from retrieval.record import Heard, Made, Vectors
from retrieval.settings import Settings
from retrieval.types import Article, Kind, Question, Resolution, Statement

EACH, SPEAKERS, BATCH = 20, 2000, 100
FIRST = "Ada Ben Cleo Dora Egon Finn Gwen Hugo Ines Jon Kira Lars Mona Nils Olga Piet Rosa Sven Tess Udo".split()
SYLLABLES = "ba del for gan hol ker lin mar nov pel rad sor tal ven wick zan".split()
TOPICS = (
    "harbor school tram tax water housing farm prison energy border army hospital court bridge wage visa".split()
)
ASKED = 30
console = Console(stderr=True)


def names() -> list[str]:
    chance = random.Random(1)
    found: dict[str, None] = {}
    while len(found) < SPEAKERS:
        found[f"{chance.choice(FIRST)} {''.join(chance.choices(SYLLABLES, k=3)).title()}"] = None
    return list(found)


def articles(total: int, speakers: list[str]) -> Iterator[Made]:
    chance, vectors = random.Random(2), np.random.default_rng(2)
    weights = [1 / (n + 1) for n in range(len(speakers))]
    for number in range(total // EACH):
        text, statements = "", []
        for speaker in chance.choices(speakers, weights, k=EACH):
            said = f"the {chance.choice(TOPICS)} plan needs {' and '.join(chance.sample(TOPICS, 3))} first"
            lead = f"{speaker} said that "
            start = len(text) + len(lead)
            spans = ((start, start + len(said)),)
            name = (len(text), len(text) + len(speaker))
            statements.append(Statement(spans, name, None, Kind.INDIRECT, speaker, Resolution.NAME))
            text += f"{lead}{said}.\n\n"
        day = date(2016, 1, 1) + timedelta(number % 300)
        article = Article(f"https://scale.example/{number}", text, f"Plans, part {number}", "Scale", None, day)
        cut = passages(text)
        heard = Heard(statements, (), ["" for _ in statements], random_vectors(vectors, EACH))
        yield Made(article, cut, random_vectors(vectors, len(cut)), heard)


def random_vectors(chance: np.random.Generator, rows: int) -> Vectors:
    drawn = chance.standard_normal((rows, DIMENSION), np.float32)
    found: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return found


def fill(library: Library, total: int, speakers: list[str]) -> None:
    batch: list[Made] = []
    for made in track(articles(total, speakers), "Storing", total // EACH, console=console):
        batch.append(made)
        if len(batch) == BATCH:
            library.record.put(batch, library.maker)
            batch = []
    library.record.put(batch, library.maker)
    console.print("Indexing")
    library.index.follow()


def seconds(library: Library, question: str) -> float:
    started = time.perf_counter()
    library.ask(Question(question))
    return time.perf_counter() - started


def completions(library: Library, speakers: list[str]) -> Iterator[float]:
    """The seconds that each look-up takes, for names, topics and questions that are being typed."""
    directory = Directory(library.record)
    directory.follow(library.record.counters())
    for name in speakers[:ASKED]:
        for typed in (name[:1], name[:3], name.rpartition(" ")[2][:4]):
            for look_up in (directory.people, directory.topics, directory.questions):
                started = time.perf_counter()
                look_up(typed)
                yield time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2, help="questions about each one asked (2)")
    args = parser.parse_args()
    speakers = names()
    asked = {"most heard": speakers[:ASKED], "seldom heard": speakers[-ASKED:]}
    found: dict[str, list[float]] = {"nobody asked": []}
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(ONRECORD_HOME=Path(home))  # type: ignore[call-arg]  # pydantic's alias
        with Library.open(settings, "scale", maker(embedder_name(settings)), notify=console.print) as library:
            fill(library, args.statements, speakers)
            seconds(library, "Who wants to close the harbor?")
            for number in range(args.rounds * ASKED):
                topic = TOPICS[number % len(TOPICS)]
                found["nobody asked"].append(seconds(library, f"Who wants to put the {topic} first?"))
                for group, some in asked.items():
                    round_, who = divmod(number, ASKED)
                    name = f"{group}, {'again' if round_ else 'first'}"
                    question = f"What did {some[who]} say about the {topic}?"
                    found.setdefault(name, []).append(seconds(library, question))
            found["a completion"] = list(completions(library, speakers))
    base = statistics.median(found["nobody asked"])
    table = Table("a question, milliseconds", "median", "longest", "share", box=None, pad_edge=False)
    for name, taken in found.items():
        middle = statistics.median(taken)
        table.add_row(name, f"{middle * 1000:.1f}", f"{max(taken) * 1000:.1f}", f"{middle / base:.2f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
