"""What Prometheus is told, and what nobody is."""

import http.client
import socket
import threading
from types import SimpleNamespace

import pytest

from bot.discord.metrics import Metrics, serving
from retrieval.errors import ConfigurationError


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _get(port: int, path: str = "/metrics") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    told = response.read().decode()
    connection.close()
    return response.status, told


def _value(told: str, name: str) -> float:
    return next(float(line.rsplit(" ", 1)[1]) for line in told.splitlines() if line.startswith(name))


def test_everything_that_is_counted_is_told(port: int) -> None:
    with serving(port) as metrics:
        metrics.counted("help", "done")
        metrics.responded(0.2)
        metrics.answered("question", "answered", 1.5)
        metrics.watch(SimpleNamespace(waiting=3, busy=2))
        metrics.sampled(0.04, 7)
        status, told = _get(port)
    assert status == 200
    assert _value(told, 'onrecord_interactions_total{command="help",outcome="done"}') == 1
    assert _value(told, 'onrecord_interactions_total{command="question",outcome="answered"}') == 1
    assert _value(told, "onrecord_first_response_seconds_count") == 1
    assert _value(told, 'onrecord_answer_seconds_sum{command="question"}') == 1.5
    assert _value(told, "onrecord_line_waiting") == 3
    assert _value(told, "onrecord_line_busy") == 2
    assert _value(told, "onrecord_gateway_latency_seconds") == 0.04
    assert _value(told, "onrecord_servers ") == 7


def test_the_worst_stall_is_that_since_the_last_look(port: int) -> None:
    with serving(port) as metrics:
        for seconds in (0.1, 0.4, 0.2):
            metrics.stalled(seconds)
        assert _value(_get(port)[1], "onrecord_loop_stall_seconds") == 0.4
        metrics.stalled(0.3)
        assert _value(_get(port)[1], "onrecord_loop_stall_seconds") == 0.3
        assert _value(_get(port)[1], "onrecord_loop_stall_seconds") == 0.0


def test_no_label_holds_what_somebody_wrote(port: int) -> None:
    with serving(port) as metrics:
        metrics.counted("turner", "a private matter")
        metrics.answered("what did turner propose?", "1200000000000000002", 1.0)
        told = _get(port)[1]
    assert 'command="other",outcome="other"' in told
    for words in ("turner", "private", "1200000000000000002"):
        assert words not in told


def test_only_this_machine_can_ask(port: int) -> None:
    with serving(port), socket.socket() as other:
        other.bind(("127.0.0.2", port))  # free: 0.0.0.0 would hold this one too


def test_nothing_but_metrics_is_served_and_nonsense_breaks_nothing(port: int) -> None:
    with serving(port):
        assert _get(port, "/")[0] == 404
        long = b"GET " + b"x" * 100_000 + b"\r\n\r\n"
        for nonsense in (b"\x00\xff\r\n\r\n", long, b"", b"POST /metrics HTTP/1.1\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                client.sendall(nonsense)
        with socket.create_connection(("127.0.0.1", port), timeout=5):  # says nothing, and keeps nobody waiting
            assert _get(port)[0] == 200


def test_a_port_that_is_taken_is_a_sentence(port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(ConfigurationError, match=str(port)), serving(port):
            pass


def test_the_port_is_free_again_after_the_end(port: int) -> None:
    for _ in range(2):
        with serving(port):
            assert _get(port)[0] == 200
    assert not [thread for thread in threading.enumerate() if thread.name == "metrics"]


def test_without_a_port_nothing_listens_and_nothing_is_loaded() -> None:
    with serving(0) as metrics:
        assert type(metrics) is Metrics
        metrics.counted("ask", "done")
        metrics.answered("ask", "done", 1.0)
