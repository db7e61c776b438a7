"""Whatever goes wrong with a model, there is an answer in time: the statements as they stand, and why.

What was sent is asserted for each: again only where nothing can have been charged, and nowhere else than told.
"""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest
from retrieval_parts import add, library_at
from test_writing import KEY, LATER, LEVY, QUESTION, honest

from retrieval.errors import ConfigurationError
from retrieval.library import Library
from retrieval.minilm import MiniLM
from retrieval.settings import Settings
from retrieval.trace import Trace
from retrieval.types import Question
from retrieval.writing import open_writer
from retrieval.writing.failures import Failure
from tests.retrieval.chat_double import Asked, Say, chatting

SECONDS = 2.0

Opened = Callable[..., AbstractContextManager[Library]]


@pytest.fixture
def opened(tmp_path: Path, minilm: MiniLM) -> Opened:
    @contextmanager
    def of(url: str, **settings: object) -> Iterator[Library]:
        given = {"ONRECORD_HOME": tmp_path, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url}
        chosen = Settings(**{**given, "ONRECORD_CHAT_SECONDS": SECONDS, **settings})
        with library_at(tmp_path, model=minilm, open_writer=partial(open_writer, chosen)) as library:
            add(library, LEVY, LATER)
            library.explain(Question("Who?"))  # what is loaded once is loaded
            yield library

    return of


def asked_of(library: Library, *, streamed: bool) -> tuple[Trace, float]:
    """The answer and how long it took."""
    started = time.monotonic()
    trace = library.explain(Question(QUESTION), tell=(lambda _: None) if streamed else None)
    return trace, time.monotonic() - started


def extractive(trace: Trace, failure: Failure) -> bool:
    """Whether the statements stand in the answer as they are, with a line that says why."""
    assert trace.written is not None
    assert trace.written.failure is failure
    answer = trace.answer
    assert f"{failure.sentence}; these are the statements as they stand." in answer.message
    assert answer.model is None
    assert KEY not in f"{answer} {trace.written} {trace.as_json()}"
    return bool(answer.claims) and not any(claim.worded for claim in answer.claims)


def overflow(code: str | None, message: str) -> Say:
    return Say(status=400, body=f'{{"error": {{"message": "{message}", "code": "{code}", "type": "x"}}}}'.encode())


CHARGED = (Failure.TIMEOUT, Failure.TRUNCATED, Failure.REFUSED, Failure.MALFORMED, Failure.UNSUPPORTED)
NO_WAIT = {"Retry-After": "0"}
FAULTS = {
    "slow": (Say(wait=9.0), Failure.TIMEOUT, 1),
    "trickling": (Say("x" * 9000, pause=0.05), Failure.TIMEOUT, 1),
    "rate limit": (Say(status=429, headers=NO_WAIT), Failure.RATE_LIMITED, 3),
    "rate limit for longer than anybody waits": (
        Say(status=429, headers={"Retry-After": "600"}),
        Failure.RATE_LIMITED,
        1,
    ),
    "quota": (Say(status=429, error="insufficient_quota", headers=NO_WAIT), Failure.RATE_LIMITED, 3),
    "server error": (Say(status=500, headers=NO_WAIT), Failure.SERVER, 3),
    "bad gateway": (Say(status=502, body=b"<html>", headers=NO_WAIT), Failure.SERVER, 3),
    "overloaded": (Say(status=503, headers=NO_WAIT), Failure.SERVER, 3),
    "bad key": (Say(status=401), Failure.BAD_KEY, 1),
    "forbidden": (Say(status=403), Failure.BAD_KEY, 1),
    "unknown model": (Say(status=404), Failure.UNKNOWN_MODEL, 1),
    "bad request": (Say(status=400), Failure.BAD_REQUEST, 1),
    "unprocessable": (Say(status=422), Failure.BAD_REQUEST, 1),
    "context, as OpenAI says it": (overflow("context_length_exceeded", "no"), Failure.TOO_LONG, 1),
    "context, as others say it": (overflow(None, "exceeds the available context size"), Failure.TOO_LONG, 1),
    "cut at the limit": (Say('{"answers": true, "cla', finish="length"), Failure.TRUNCATED, 1),
    "refusal": (Say(refusal="I cannot help with that."), Failure.REFUSED, 1),
    "content filter": (Say(finish="content_filter"), Failure.REFUSED, 1),
    "prose": (Say("Ada Quill wants more."), Failure.MALFORMED, 1),
    "other JSON": (Say('{"answers": "yes", "claims": {}}'), Failure.MALFORMED, 1),
    "a list": (Say("[1, 2]"), Failure.MALFORMED, 1),
    "deep nesting": (Say("[" * 5000), Failure.MALFORMED, 1),
    "nothing": (Say(""), Failure.MALFORMED, 1),
    "no claims": (Say('{"answers": true, "claims": []}'), Failure.UNSUPPORTED, 1),
    "a redirect": (Say(status=307, headers={"Location": "http://127.0.0.1:9/v1"}), Failure.BAD_REQUEST, 1),
}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_model_leaves_the_extractive_answer_in_time(opened: Opened, fault: str, streamed: bool) -> None:
    say, failure, requests = FAULTS[fault]
    if fault == "trickling" and not streamed:
        pytest.skip("only a stream trickles")
    with chatting(say) as server, opened(server.url) as library:
        trace, took = asked_of(library, streamed=streamed)
        assert extractive(trace, failure)
        used = library.record.used()
    assert len(server.asked) == requests
    assert took < SECONDS + 1.0
    assert sum(one.reserved for one in used) == 0
    charged = failure in (
        Failure.TIMEOUT,
        Failure.TRUNCATED,
        Failure.REFUSED,
        Failure.MALFORMED,
        Failure.UNSUPPORTED,
    )
    assert bool(used) is charged


def test_a_stream_of_comments_alone_is_not_waited_for(opened: Opened) -> None:
    """Some servers keep a connection open so: no time limit between bytes ends that."""
    with _keeping_alive() as url, opened(url) as library:
        trace, took = asked_of(library, streamed=True)
    assert extractive(trace, Failure.TIMEOUT)
    assert took < SECONDS + 1.0


@contextmanager
def _keeping_alive() -> Iterator[str]:
    over = Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(100_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            while not over.wait(0.1):
                connection.sendall(b": still here\n\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("cut", [0, 40])
def test_a_connection_that_breaks_is_not_asked_again(opened: Opened, cut: int, streamed: bool) -> None:
    def broken(asked: Asked) -> Say:
        return Say(honest(asked).text, cut=cut // 10 if streamed else cut)

    with chatting(broken) as server, opened(server.url) as library:
        trace, _ = asked_of(library, streamed=streamed)
    assert trace.written is not None
    assert extractive(trace, Failure.BROKE_OFF)
    assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_said_at_once(opened: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with opened(f"http://127.0.0.1:{port}/v1", ONRECORD_CHAT_SECONDS=20) as library:
        trace, took = asked_of(library, streamed=False)
        assert library.record.used() == []
    assert extractive(trace, Failure.UNREACHABLE)
    assert took < 8.0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_tried_again_after_as_long_as_the_server_asks(opened: Opened, status: int) -> None:
    times: list[float] = []

    def timed(say: Say | Callable[[Asked], Say]) -> Callable[[Asked], Say]:
        def script(asked: Asked) -> Say:
            times.append(time.monotonic())
            return say if isinstance(say, Say) else say(asked)

        return script

    busy = Say(status=status, headers={"Retry-After": "1"})
    with chatting(timed(busy), timed(honest)) as server, opened(server.url, ONRECORD_CHAT_SECONDS=10) as library:
        trace, _ = asked_of(library, streamed=True)
        (use,) = library.record.used()
    assert trace.written is not None
    assert trace.written.failure is None
    assert trace.answer.model
    assert len(server.asked) == 2
    assert server.asked[0].body == server.asked[1].body
    assert times[1] - times[0] >= 1.0
    assert use.answers == 1


def test_a_date_to_retry_after_is_understood(opened: Opened) -> None:
    from email.utils import formatdate

    later = Say(status=429, headers={"Retry-After": formatdate(time.time() + 3600, usegmt=True)})
    with chatting(later) as server, opened(server.url) as library:
        trace, took = asked_of(library, streamed=False)
    assert extractive(trace, Failure.RATE_LIMITED)
    assert len(server.asked) == 1
    assert took < 1.5


def test_the_key_stands_in_no_log(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = Say(status=401, body=f'{{"error": {{"message": "Incorrect key {KEY}"}}}}'.encode())
    with chatting(told) as server, opened(server.url) as library:
        trace, _ = asked_of(library, streamed=False)
    assert extractive(trace, Failure.BAD_KEY)
    ours = [record for record in caplog.records if record.levelno > logging.DEBUG]
    assert KEY not in "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ONRECORD_CHAT_MODEL": "nobody:model"}, "nobody:model"),
        ({"ONRECORD_CHAT_MODEL": "anthropic:claude-sonnet-4-5"}, "anthropic:claude-sonnet-4-5"),
        ({"ONRECORD_CHAT_MODEL": "openai:gpt-4.1-mini"}, "OPENAI_API_KEY"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_a_configuration_error(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    with library_at(tmp_path) as library, pytest.raises(ConfigurationError) as raised:
        open_writer(Settings(**{"ONRECORD_HOME": tmp_path, **settings}), library.record)
    assert said in str(raised.value)


def test_a_server_of_ones_own_needs_no_key(opened: Opened) -> None:
    with chatting(honest) as server:
        named = {"OPENAI_API_KEY": "", "ONRECORD_CHAT_MODEL": "openai:house-model"}
        with opened(server.url, **named) as library:
            trace, _ = asked_of(library, streamed=False)
    assert trace.answer.model == "openai:house-model"
    assert server.asked[-1].body["model"] == "house-model"


def test_no_tracing_of_the_environments_is_fed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    with chatting() as tracing, chatting(honest) as server:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_x")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracing.url)
        with opened(server.url) as library:
            trace, _ = asked_of(library, streamed=False)
        time.sleep(1.0)  # it would be sent in the background
        assert trace.answer.model
        assert tracing.asked == []
