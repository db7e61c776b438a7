"""Embeddings of other providers: chosen by a setting, normalised, and silent about their keys."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_openai import OpenAIEmbeddings
from retrieval_parts import article

from ingest.chunking import maker
from ingest.pipeline import ingest
from retrieval.embedding import Embedder, embedder_name, open_embedder
from retrieval.errors import ConfigurationError, LibraryMismatch, ModelError
from retrieval.library import Library, open_index, open_record
from retrieval.minilm import MiniLM
from retrieval.settings import Settings, load
from retrieval.types import Outcome, Question
from tests.retrieval.openai_double import OpenAI, serving

KEY = "sk-hunter2"
LEVY = article("levy", "The harbor levy should be doubled before winter, Ada Quill said.")
QUESTION = Question("What did Ada Quill say?")


@pytest.fixture
def server() -> Iterator[OpenAI]:
    with serving() as double:
        yield double


@pytest.fixture
def chosen(server: OpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings(monkeypatch, server.url, tmp_path, "small")


def settings(monkeypatch: pytest.MonkeyPatch, url: str, home: Path, model: str) -> Settings:
    given = {
        "ONRECORD_HOME": str(home),
        "ONRECORD_EMBEDDING": f"openai:{model}",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": url,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return load()


def test_without_a_setting_the_embedding_is_the_one_of_this_machine() -> None:
    embedder = open_embedder(load())
    assert isinstance(embedder.model, MiniLM)
    assert embedder.name == embedder_name(load())
    assert np.linalg.norm(embedder.question("Why now?")) == pytest.approx(1)


def test_vectors_of_a_server_are_used_and_made_of_length_one(server: OpenAI, chosen: Settings) -> None:
    embedder = open_embedder(chosen)
    passages = embedder.passages(["the harbor levy", "the ferry"])
    question = embedder.question("the harbor levy")
    assert passages.shape == (2, 16)
    assert passages.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(passages[0], question, atol=1e-6)
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert server.inputs[0] == ["the harbor levy", "the ferry"]
    assert embedder.name == "openai:small"


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_server_that_refuses_is_a_model_error_that_shows_no_key(
    server: OpenAI, chosen: Settings, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "retrieval")
    embedder = open_embedder(chosen)
    server.status = status
    with pytest.raises(ModelError) as raised:
        embedder.question("the harbor levy")
    shown = "".join(traceback.format_exception(raised.value)) + repr(embedder) + str(raised.value.hint)
    assert KEY not in shown + caplog.text
    assert server.keys, "the request must have reached the server"


def test_a_server_that_is_gone_is_a_model_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        gone = server.url
    with pytest.raises(ModelError):
        open_embedder(settings(monkeypatch, gone, tmp_path, "small")).question("levy")


@pytest.mark.parametrize(
    "vectors",
    [[], [[1.0, 0.0]], [[1.0, 0.0], [1.0]], [[1.0]] * 3, [[1.0, "NaN"], [0.0, 1.0]], [[], []], [[None], [1.0]]],
    ids=["none", "too few", "of two lengths", "too many", "no number", "empty", "null"],
)  # fmt: skip
def test_an_answer_that_is_not_one_vector_a_text_is_a_model_error(
    server: OpenAI, chosen: Settings, vectors: list[list[float]]
) -> None:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    server.body = {
        "object": "list",
        "model": "small",
        "data": data,
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }
    with pytest.raises(ModelError):
        open_embedder(chosen).passages(["one", "two"])


# What OpenAI takes in a request; a token of English has three bytes at least.
MOST_TEXTS, MOST_TOKENS, MOST_TOKENS_OF_A_TEXT = 2048, 300_000, 8191


@pytest.mark.parametrize(
    "texts",
    [
        [f"{n}" for n in range(5000)],
        [f"item {n} " + "the harbor levy must double " * 80 for n in range(600)],
        [f"item {n} " + "la subvención será é " * 300 for n in range(200)],
        ["a" * 1_000_000, "short", "é" * 500_000, ""],
    ],
    ids=["many", "much", "more bytes than letters", "huge"],
)
def test_texts_go_in_requests_that_the_server_takes_and_none_is_lost_or_misplaced(
    texts: list[str], server: OpenAI, chosen: Settings
) -> None:
    embedder = open_embedder(chosen)
    vectors = embedder.passages(texts)
    assert len(vectors) == len(texts)
    sizes = [[len(text.encode()) for text in some] for some in server.inputs]
    assert max(map(len, sizes)) <= MOST_TEXTS
    assert max(map(sum, sizes)) / 3 <= MOST_TOKENS
    assert max(map(max, sizes)) <= MOST_TOKENS_OF_A_TEXT
    assert [text[:20] for some in server.inputs for text in some] == [text[:20] for text in texts]
    assert len(server.inputs) <= 3 + sum(map(sum, sizes)) / 80_000, "requests that hold little cost time"
    for n in (0, 1, len(texts) // 2, len(texts) - 2):
        np.testing.assert_allclose(vectors[n], embedder.question(texts[n]), atol=1e-6)


def test_a_question_of_any_length_is_one_that_the_server_takes(server: OpenAI, chosen: Settings) -> None:
    open_embedder(chosen).question("why " * 100_000)
    assert len(server.inputs[0][0].encode()) <= MOST_TOKENS_OF_A_TEXT


def test_nothing_is_downloaded_and_the_client_gives_up_in_time(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL")
    theirs = open_embedder(load()).model
    assert isinstance(theirs, OpenAIEmbeddings)
    assert not theirs.check_embedding_ctx_length, "with it, a tokenizer is downloaded"
    assert (theirs.request_timeout, theirs.max_retries) == (60, 2)


def test_a_server_that_asks_to_wait_is_asked_again_after_that_time(server: OpenAI, chosen: Settings) -> None:
    server.refusals = [(429, {"Retry-After": "1"}), (503, {})]
    assert open_embedder(chosen).passages(["the harbor levy"]).shape == (1, 16)
    assert len(server.sent) == 3
    assert server.times[1] - server.times[0] >= 1


def test_a_server_that_goes_on_refusing_is_asked_three_times_and_no_more(server: OpenAI, chosen: Settings) -> None:
    server.refusals = [(429, {"Retry-After-Ms": "1"})] * 10
    with pytest.raises(ModelError):
        open_embedder(chosen).passages(["the harbor levy"])
    assert len(server.sent) == 3


def test_requests_that_are_answered_with_vectors_of_two_lengths_are_a_model_error() -> None:
    class Growing(Embeddings):
        def __init__(self) -> None:
            self.asked = 1

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.asked += 1
            return [[1.0] * self.asked for _ in texts]

        def embed_query(self, text: str) -> list[float]:
            return [1.0]

    with pytest.raises(ModelError):
        Embedder("growing", Growing()).passages(["levy " * 1000] * 100)


def test_a_request_that_is_answered_with_too_few_vectors_is_not_made_up_for_by_another() -> None:
    class Shifting(Embeddings):
        def __init__(self) -> None:
            self.asked = 0

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.asked += 1
            return [[1.0, 0.0]] * (len(texts) + (1 if self.asked == 1 else -1))

        def embed_query(self, text: str) -> list[float]:
            return [1.0, 0.0]

    with pytest.raises(ModelError):
        Embedder("shifting", Shifting()).passages(["levy"] * 4000)


def test_no_texts_need_no_server(server: OpenAI, chosen: Settings) -> None:
    assert len(open_embedder(chosen).passages([])) == 0


def test_a_vector_of_zeros_stays_one(minilm: MiniLM) -> None:
    class Zeros(MiniLM):
        def __init__(self) -> None:
            pass

        def embed_query(self, text: str) -> list[float]:
            return [0.0, 0.0]

    assert Embedder("zeros", Zeros()).question("levy").tolist() == [0.0, 0.0]


def test_an_openai_model_without_a_key_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_EMBEDDING", "openai:text-embedding-3-small")
    with pytest.raises(ConfigurationError) as raised:
        open_embedder(load())
    assert "OPENAI_API_KEY" in str(raised.value)


@pytest.mark.parametrize("name", ["nosuchprovider:model", "cohere:embed", "x:y:z"])
def test_a_provider_that_is_unknown_or_not_installed_is_a_configuration_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_EMBEDDING", name)
    with pytest.raises(ConfigurationError) as raised:
        open_embedder(load())
    assert "ONRECORD_EMBEDDING" in str(raised.value)


def made_with(chosen: Settings) -> Library:
    return Library.open(chosen, None, maker(embedder_name(chosen)), notify=lambda _: None)


def test_a_library_of_another_embedding_opens_only_after_it_was_made_anew(
    server: OpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (settings(monkeypatch, server.url, tmp_path, model) for model in ("small", "large"))
    with made_with(small) as library:
        ingest(library, [LEVY], lambda _: None)
        assert library.ask(QUESTION).outcome is Outcome.ANSWERED

    with pytest.raises(LibraryMismatch) as raised:
        made_with(large)
    assert "openai:small" in str(raised.value)
    assert raised.value.hint

    by = maker(embedder_name(large))
    with Library.open(large, None, by, notify=lambda _: None, rework=True) as library:
        report = ingest(library, library.record.articles(not_made_by=by), lambda _: None)
        assert report.articles == 1
        assert library.record.makers() == [by]
    record = open_record(large, None)
    index = open_index(large, None, record, notify=pytest.fail, fresh=True)
    assert (index.kind, index.faults()) == ("chroma", [])
    index.close()
    record.close()

    with made_with(large) as library:
        assert library.record.vectors_since(0)[1].shape == (1, 32)
        assert library.ask(QUESTION).outcome is Outcome.ANSWERED
    with pytest.raises(LibraryMismatch):
        made_with(small)


def test_a_home_with_odd_characters_holds_the_library(
    server: OpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "a?b #c %20 d&é"
    with made_with(settings(monkeypatch, server.url, home, "small")) as library:
        ingest(library, [LEVY], lambda _: None)
        assert library.ask(QUESTION).outcome is Outcome.ANSWERED
    assert (home / "default" / "library.sqlite3").exists()
    assert [path.name for path in tmp_path.iterdir()] == [home.name]
