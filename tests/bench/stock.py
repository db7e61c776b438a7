"""Times our ingest and our questions against the stock recipe, on the same articles with the same weights.

    python -m tests.bench.stock [--articles FILE.jsonl] [--questions FILE.jsonl] [--limit N] [--rounds N]

The stock recipe: RecursiveCharacterTextSplitter of 1,000 characters with 200 overlap into langchain-chroma,
and the ten nearest chunks. Machines are noisy: what counts are the ratios, from rounds that alternate. Embedding
alone is the limit that no ingest can pass. Ours is timed with and without statements, and in processor time too:
what is read of an article, and embedded of it, may take no longer than embedding its passages. A question of ours
is timed to the answer, one of the stock recipe to its ten chunks.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from langchain_chroma import Chroma
from langchain_text_splitters import RecursiveCharacterTextSplitter
from rich.console import Console
from rich.table import Table

from ingest.chunking import maker, passages
from ingest.pipeline import ingest
from ingest.reading import read
from ingest.statements.indexed import indexed
from ingest.statements.offices import offices
from ingest.statements.reader import Reader, Reading
from retrieval.embedding import Embedder, embedder_name
from retrieval.library import Library
from retrieval.minilm import MiniLM
from retrieval.record import heading
from retrieval.settings import Settings
from retrieval.types import Article, Question

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "polqa"
SAMPLES = ROOT / "tests" / "samples"
console = Console(stderr=True)


class Deaf(Reader):
    """Reads no statements: what ingest costs without them."""

    def __init__(self) -> None:
        super().__init__(None, offices(), "nothing")

    def read(self, article: Article) -> Reading:
        return Reading((), ())


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    started = clock()
    work()
    return clock() - started


def ours(articles: list[Article], home: Path, reader: Reader) -> Library:
    settings = Settings(ONRECORD_HOME=home)  # type: ignore[call-arg]  # pydantic's alias
    library = Library.open(settings, "bench", maker(embedder_name(settings)), notify=console.print)
    ingest(library, articles, lambda _: None, reader)
    return library


def stock(articles: list[Article], home: Path, model: MiniLM) -> Chroma:
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    store = Chroma("bench", model, persist_directory=str(home), collection_metadata={"hnsw:space": "cosine"})
    documents = splitter.create_documents([a.text for a in articles], [{"url": a.url} for a in articles])
    for at in range(0, len(documents), 5000):
        store.add_documents(documents[at : at + 5000])
    return store


def time_ingest(articles: list[Article], model: MiniLM, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round, by what was done."""
    found: dict[str, list[float]] = {"ours": [], "without statements": [], "stock": [], "embedding alone": []}
    reader = Reader.open()
    texts = [passage.text for article in articles for passage in passages(article.text)]
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            console.print(
                f"Ingest, round {number + 1} of {rounds}: embedding alone, ours, without statements, stock"
            )
            found["embedding alone"].append(timed(lambda: model.embed(texts)))
            for name, by in (("ours", reader), ("without statements", Deaf())):
                found[name].append(timed(lambda: ours(articles, Path(folder) / name, by).close()))  # noqa: B023
            found["stock"].append(timed(lambda: stock(articles, Path(folder) / "stock", model)))
    return found


def time_statements(articles: list[Article], model: MiniLM) -> dict[str, float]:
    """Processor seconds of an article: its passages embedded, its statements read, and both embedded together."""
    console.print("Processor time: passages, statements, both embedded")
    reader = Reader.open()
    readings: list[Reading] = []
    cut = [passages(article.text) for article in articles]

    def embed() -> None:
        found = [indexed(a, p, r.statements) for a, p, r in zip(articles, cut, readings, strict=True)]
        texts, parts = [t for one in found for t in one.texts], [p for one in found for p in one.parts]
        Embedder("bench", model).with_parts(texts, parts)

    texts = [f"{heading(article)}\n{p.text}" for article, some in zip(articles, cut, strict=True) for p in some]
    found = {
        "embedding passages": timed(lambda: model.embed(texts), time.process_time),
        "reading statements": timed(lambda: readings.extend(map(reader.read, articles)), time.process_time),
        "embedding both": timed(embed, time.process_time),
    }
    return {name: seconds / len(articles) for name, seconds in found.items()}


def time_questions(
    articles: list[Article], questions: list[str], model: MiniLM, rounds: int
) -> dict[str, list[float]]:
    """Seconds of each question, by who was asked; the two are asked in turn."""
    found: dict[str, list[float]] = {"ours": [], "stock": []}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        console.print("Questions: ingesting for both")
        library, store = ours(articles, Path(one), Reader.open()), stock(articles, Path(other), model)
        library.ask(Question(questions[0]))
        store.similarity_search(questions[0], k=10)
        for number in range(rounds):
            console.print(f"Questions, round {number + 1} of {rounds}")
            for question in questions:
                found["ours"].append(timed(lambda: library.ask(Question(question))))  # noqa: B023
                found["stock"].append(timed(lambda: store.similarity_search(question, k=10)))  # noqa: B023
        library.close()
    return found


def show_statements(cost: dict[str, float]) -> None:
    table = Table("processor milliseconds an article", "", "share", box=None, pad_edge=False)
    base = cost["embedding passages"]
    for name, seconds in cost.items():
        table.add_row(name, f"{seconds * 1000:.0f}", f"{seconds / base:.2f}")
    out = Console(width=110)
    out.print(table)
    whole = cost["reading statements"] + cost["embedding both"]
    out.print(f"Articles a processor second: {1 / base:.1f} without statements, {1 / whole:.1f} with them")


def show(articles: list[Article], ingesting: dict[str, list[float]], asking: dict[str, list[float]]) -> None:
    columns = ("", "ours", "without statements", "stock recipe", "ours / stock", "embedding alone")
    table = Table(*columns, box=None, pad_edge=False)
    ratio = statistics.median(s / o for o, s in zip(ingesting["ours"], ingesting["stock"], strict=True))
    rates = {name: len(articles) / statistics.median(seconds) for name, seconds in ingesting.items()}
    table.add_row(
        "ingest, articles a second",
        f"{rates['ours']:.1f}",
        f"{rates['without statements']:.1f}",
        f"{rates['stock']:.1f}",
        f"{ratio:.2f} (higher is better)",
        f"{rates['embedding alone']:.1f}",
    )
    medians = {name: statistics.median(seconds) for name, seconds in asking.items()}
    table.add_row(
        "question, milliseconds",
        f"{medians['ours'] * 1000:.1f}",
        "",
        f"{medians['stock'] * 1000:.1f}",
        f"{medians['ours'] / medians['stock']:.2f} (lower is better)",
    )
    Console(width=110).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    there = (SHARED / "articles.jsonl").exists()
    parser.add_argument("--articles", default=str(SHARED / "articles.jsonl" if there else SAMPLES / "articles"))
    parser.add_argument(
        "--questions", default=str(SHARED / "questions-dev.jsonl" if there else SAMPLES / "questions.jsonl")
    )
    parser.add_argument("--limit", type=int, default=150, help="the first N articles (150)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed (3)")
    args = parser.parse_args()
    found = [item for item in read([args.articles], max_bytes=64_000_000) if isinstance(item, Article)][
        : args.limit
    ]
    lines = Path(args.questions).read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()]
    model = MiniLM()
    console.print(f"{len(found)} articles, {len(questions)} questions")
    cost = time_statements(found, model)
    show(found, time_ingest(found, model, args.rounds), time_questions(found, questions, model, args.rounds))
    show_statements(cost)


if __name__ == "__main__":
    main()
