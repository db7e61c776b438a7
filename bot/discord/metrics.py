"""What the bot tells Prometheus of itself, on a port of this machine alone.

Numbers only: a label is one of the names below, or "other". What was asked, who asked and where is in none.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol

from bot.discord.views import Verb
from retrieval.errors import ConfigurationError
from retrieval.kept import Form
from retrieval.types import Outcome

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge

_log = logging.getLogger(__name__)

# The ways to ask, what can be pressed, and the commands that ask nothing.
COMMANDS = frozenset(Form) | frozenset(Verb) | frozenset("coverage help ingest library settings sources".split())
OUTCOMES = frozenset(Outcome) | frozenset(("done", "failed"))

# Seconds. The first response must be there within 3; an answer takes half a second alone, and 20 with a model.
_FIRST = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_WHOLE = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
_IDLE = 10.0  # seconds that a connection may stay silent


class Queue(Protocol):
    """`bot.discord.line.Line`."""

    @property
    def waiting(self) -> int: ...

    @property
    def busy(self) -> int: ...


class Metrics:
    """Counts nothing: what the bot has where no port is set. Every method is quick and may be called anywhere."""

    def counted(self, command: str, outcome: str) -> None:
        """An interaction is done."""

    def responded(self, seconds: float) -> None:
        """Discord has the first response."""

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        """`counted`, with the time from the question to all of its answer."""

    def watch(self, line: Queue) -> None:
        """Tell how many wait in this line, and have their turn."""

    def sampled(self, latency: float, servers: int) -> None:
        """The gateway's latency in seconds, and in how many servers the bot is."""

    def stalled(self, seconds: float) -> None:
        """The event loop stood still for so long."""


class _Told(Metrics):
    """Tells a registry of its own."""

    def __init__(self, registry: "CollectorRegistry") -> None:
        from prometheus_client import Counter, Gauge, Histogram

        def gauge(name: str, what: str) -> Gauge:
            return Gauge(f"onrecord_{name}", what, registry=registry)

        self._interactions = Counter(
            "onrecord_interactions", "Interactions that are done.", ("command", "outcome"), registry=registry
        )
        self._first = Histogram(
            "onrecord_first_response_seconds", "Until the first response.", buckets=_FIRST, registry=registry
        )
        self._whole = Histogram(
            "onrecord_answer_seconds", "Until all of an answer.", ("command",), buckets=_WHOLE, registry=registry
        )
        self._waiting = gauge("line_waiting", "Questions that wait in line.")
        self._busy = gauge("line_busy", "Questions that have their turn.")
        self._latency = gauge("gateway_latency_seconds", "From a heartbeat to its acknowledgement.")
        self._servers = gauge("servers", "Discord servers that the bot is in.")
        self._stalls = _Worst(gauge("loop_stall_seconds", "The event loop's worst stall since the last scrape."))

    def counted(self, command: str, outcome: str) -> None:
        self._interactions.labels(_one_of(COMMANDS, command), _one_of(OUTCOMES, outcome)).inc()

    def responded(self, seconds: float) -> None:
        self._first.observe(seconds)

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        self.counted(command, outcome)
        self._whole.labels(_one_of(COMMANDS, command)).observe(seconds)

    def watch(self, line: Queue) -> None:
        self._waiting.set_function(lambda: line.waiting)
        self._busy.set_function(lambda: line.busy)

    def sampled(self, latency: float, servers: int) -> None:
        self._latency.set(latency)
        self._servers.set(servers)

    def stalled(self, seconds: float) -> None:
        self._stalls.add(seconds)


class _Worst:
    """The largest since it was last looked at."""

    def __init__(self, gauge: "Gauge") -> None:
        self._lock, self._worst = Lock(), 0.0
        gauge.set_function(self._take)

    def add(self, seconds: float) -> None:
        with self._lock:
            self._worst = max(self._worst, seconds)

    def _take(self) -> float:
        with self._lock:
            worst, self._worst = self._worst, 0.0
        return worst


@contextmanager
def serving(port: int) -> Iterator[Metrics]:
    """Metrics that http://127.0.0.1:port/metrics tells until the block ends; 0: none are kept.

    Raises ConfigurationError for a port that cannot be had.
    """
    if not port:
        yield Metrics()
        return
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    try:
        server = _Server(("127.0.0.1", port), _handler(registry))
    except (OSError, OverflowError):
        raise ConfigurationError(
            f"The port {port} for metrics cannot be had.",
            hint="Another program may use it; set ONRECORD_METRICS_PORT to another one.",
        ) from None
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True)
    thread.start()
    try:
        yield _Told(registry)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    # Elsewhere than on POSIX two programs could then share the port.
    allow_reuse_address = os.name == "posix"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's own
        _log.debug("metrics could not be told", exc_info=True)


def _handler(registry: "CollectorRegistry") -> type[BaseRequestHandler]:
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    class Handler(BaseHTTPRequestHandler):
        timeout = _IDLE

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            told = generate_latest(registry)
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's own
            """A scrape is no event."""

    return Handler


def _one_of(names: frozenset[str], name: str) -> str:
    return name if name in names else "other"
