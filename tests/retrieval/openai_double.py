"""A stand-in for a server that speaks the OpenAI embeddings protocol, on loopback."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.retrieval.retrieval_parts import HashedWords

# How long the vectors of its models are.
MODELS = {"small": 16, "large": 32}
Refusal = tuple[int, dict[str, str]]


@dataclass
class OpenAI:
    """What it was sent, and when, and what it answers: vectors (not of length 1), or what it is told to.

    That is `refusals`, each once, an error's status with headers; then `status`, or a body as given.
    """

    url: str
    status: int = 200
    body: Any = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def inputs(self) -> list[list[str]]:
        """The texts of each request."""
        return [asked["input"] for asked in self.sent]

    def answer(self, asked: dict[str, Any], status: int) -> Any:
        if status != 200:
            return {"error": {"message": f"no: {self.keys[-1]}", "type": "x", "code": "x"}}
        if self.body is not None:
            return self.body
        size = MODELS[asked["model"]]
        vectors = [
            [sum(vector[n::size]) for n in range(size)] for vector in HashedWords().embed_documents(asked["input"])
        ]
        data = [
            {"object": "embedding", "index": n, "embedding": [3 * x for x in vector]}
            for n, vector in enumerate(vectors)
        ]
        return {
            "object": "list",
            "model": asked["model"],
            "data": data,
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }


@contextmanager
def serving() -> Iterator[OpenAI]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            double.keys.append(self.headers["Authorization"])
            double.times.append(time.monotonic())
            double.sent.append(asked)
            status, headers = double.refusals.pop(0) if double.refusals else (double.status, {})
            body = json.dumps(double.answer(asked, status)).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double = OpenAI(f"http://127.0.0.1:{server.server_port}/v1")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
