"""The LangChain retriever: documents that are the articles' own words, in any chain; and the README's example."""

import asyncio
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from pydantic import ValidationError
from retrieval_parts import quoted

from ingest.chunking import maker
from ingest.pipeline import ingest
from ingest.reading import read
from retrieval.embedding import embedder_name
from retrieval.errors import LibraryMismatch, OnrecordError
from retrieval.library import Library
from retrieval.retriever import StatementRetriever
from retrieval.settings import load

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples" / "articles"
QUESTIONS = ("What did Turner propose?", "What did Kirby confirm?", "Who spoke about the bridge?", "winter fuel")
KEYS = [
    "url",
    "title",
    "outlet",
    "author",
    "published",
    "speaker",
    "said_on",
    "second_hand",
    "start",
    "end",
    "score",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of libraries; the samples are in the one that `make demo` makes."""
    with pytest.MonkeyPatch.context() as environment:
        environment.chdir(tmp_path_factory.mktemp("elsewhere"))
        environment.setenv("ONRECORD_HOME", str(tmp_path_factory.mktemp("home")))
        with opened() as library:
            ingest(library, read([str(SAMPLES)], max_bytes=10**8), lambda _: None)
        return load().home


def opened() -> Library:
    settings = load()
    return Library.open(settings, "demo", maker(embedder_name(settings)), notify=lambda _: None)


@pytest.fixture
def samples(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("ONRECORD_HOME", str(home))
    with opened() as library:
        yield library


@pytest.fixture
def retriever(samples: Library) -> StatementRetriever:
    return StatementRetriever(library=samples)


@pytest.mark.parametrize("question", QUESTIONS)
def test_documents_are_the_articles_own_words_and_overlap_nowhere(
    question: str, retriever: StatementRetriever
) -> None:
    found = retriever.invoke(question)
    assert 1 <= len(found) <= 8
    shown: dict[str, set[int]] = {}
    for document in found:
        told = document.metadata
        assert list(told) == KEYS
        article = retriever.library.record.article(told["url"])
        assert article is not None
        assert document.page_content == article.text[told["start"] : told["end"]]
        assert document.id == f"{article.url}#{told['start']}-{told['end']}"
        letters = set(range(told["start"], told["end"]))
        assert not letters & shown.setdefault(article.url, set())
        shown[article.url] |= letters
        assert (told["title"], told["outlet"], told["author"]) == (article.title, article.outlet, article.author)
        assert told["published"] == (article.published.isoformat() if article.published else None)
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)


def test_the_best_says_who_said_it_and_when(retriever: StatementRetriever) -> None:
    best = retriever.invoke("What did Turner say about North Korean troops?")[0]
    assert best.metadata["speaker"] == "Mike Turner"
    assert date.fromisoformat(best.metadata["said_on"])
    assert best.metadata["second_hand"] is False
    assert "North Korean troops" in best.page_content


def test_a_passage_in_the_articles_own_words_has_no_speaker(retriever: StatementRetriever) -> None:
    found = [d for question in QUESTIONS for d in retriever.invoke(question) if d.metadata["speaker"] is None]
    assert found
    assert all(d.metadata["said_on"] is None and d.metadata["second_hand"] is False for d in found)


def test_the_same_question_gives_the_same_documents(retriever: StatementRetriever) -> None:
    assert retriever.invoke(QUESTIONS[0]) == retriever.invoke(QUESTIONS[0])


def test_k_bounds_the_documents(samples: Library) -> None:
    all_of_them = StatementRetriever(library=samples, k=1000).invoke(QUESTIONS[0])
    assert StatementRetriever(library=samples, k=2).invoke(QUESTIONS[0]) == all_of_them[:2]
    assert len({document.id for document in all_of_them}) == len(all_of_them) > 8
    with pytest.raises(ValidationError):
        StatementRetriever(library=samples, k=0)


def test_a_person_and_a_time_restrict_what_is_found(library: Library) -> None:
    record = library.record
    days = {"early": date(2024, 3, 1), "late": date(2024, 9, 1)}
    record.put(
        [
            quoted(f"{who[:3]}-{when}", who, f"The harbor levy should be doubled, {when}.", published=day)
            for when, day in days.items()
            for who in ("Ada Quill", "Ben Stone")
        ],
        library.maker,
    )

    def found(question: str = "the harbor levy", **restricted: Any) -> list[dict[str, Any]]:
        return [d.metadata for d in StatementRetriever(library=library, **restricted).invoke(question)]

    def of_days(question: str = "the harbor levy", **restricted: Any) -> set[str]:
        return {told["published"] for told in found(question, **restricted)}

    assert of_days() == {"2024-03-01", "2024-09-01"}
    assert of_days(since=date(2024, 6, 1)) == {"2024-09-01"}
    assert of_days(until=date(2024, 6, 1)) == of_days(as_of=date(2024, 6, 1)) == {"2024-03-01"}
    assert of_days("the harbor levy since August 2024") == {"2024-09-01"}
    for person in ("Ada Quill", "Ben Stone"):
        assert {told["speaker"] for told in found(person=person, k=2)} == {person}


def test_it_is_a_part_of_a_chain_called_at_once_in_batches_and_asynchronously(
    retriever: StatementRetriever,
) -> None:
    def cited(documents: list[Document]) -> str:
        return "\n".join(f"{d.metadata['speaker']}: {d.page_content}" for d in documents)

    chain = retriever | RunnableLambda(cited)
    expected = [cited(retriever.invoke(question)) for question in QUESTIONS]
    assert "Mike Turner: " in expected[0]
    assert [chain.invoke(question) for question in QUESTIONS] == expected
    assert chain.batch(list(QUESTIONS)) == expected

    async def asynchronously() -> list[str]:
        return await asyncio.gather(*(chain.ainvoke(question) for question in QUESTIONS))

    assert asyncio.run(asynchronously()) == expected


def test_an_empty_library_has_no_documents(library: Library) -> None:
    assert StatementRetriever(library=library).invoke("What did Ada Quill say?") == []


def test_errors_come_through_as_they_are(library: Library) -> None:
    retriever = StatementRetriever(library=library)
    library.record.put([quoted("levy", "Ada Quill", "The levy must double.")], "another maker")
    with pytest.raises(LibraryMismatch):
        retriever.invoke("the levy")
    with pytest.raises(OnrecordError):
        asyncio.run(retriever.ainvoke("the levy"))


def test_the_readmes_example_prints_what_the_samples_say(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## In a LangChain program\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, "the README has no such section"
    block = re.search(r"^```python\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    assert block, "the section has no example"
    assert block[1].count("\n") <= 14
    assert not re.search(r"^(?:from|import) bot\b", block[1], re.MULTILINE)
    monkeypatch.setenv("ONRECORD_HOME", str(home))
    exec(compile(block[1], "README.md", "exec"), {})  # noqa: S102 - it is ours
    printed = capsys.readouterr().out
    assert "Mike Turner" in printed
    assert "If North Korean troops were to invade Ukraine’s sovereign territory" in printed
