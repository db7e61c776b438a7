"""A stand-in for a server that speaks the OpenAI chat protocol, on loopback: it answers as it is scripted."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

USAGE = {"prompt_tokens": 1200, "completion_tokens": 80, "total_tokens": 1280}


@dataclass(frozen=True)
class Evidence:
    """A line of evidence as a model sees it."""

    key: str
    speaker: str | None
    text: str
    title: str
    outlet: str


@dataclass(frozen=True)
class Asked:
    """A request as a model sees it."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]  # names in small letters

    @property
    def given(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def name(self) -> str:
        """The name of the schema: "answer" or "rewrite"."""
        return str(self.body["response_format"]["json_schema"]["name"])

    @property
    def question(self) -> str:
        lines = self.given.splitlines()
        at = next(n for n, line in enumerate(lines) if "question" in line and line.endswith(":") and n > 0)
        return str(json.loads(lines[at + 1]))

    @property
    def evidence(self) -> list[Evidence]:
        block = re.search(
            r"^----- begin (evidence \w+) -----\n(.*)^----- end \1 -----$", self.given, re.MULTILINE | re.DOTALL
        )
        assert block, "no fenced evidence"
        rows = map(json.loads, block[2].splitlines())
        return [Evidence(r["key"], r["speaker"], r["text"], r["title"], r["outlet"]) for r in rows]


@dataclass(frozen=True)
class Say:
    """A reply: its text, how it ends, and what goes wrong with it."""

    text: str = ""
    finish: str = "stop"
    refusal: str | None = None
    usage: Mapping[str, int] | None = field(default_factory=lambda: USAGE)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None  # the code of an error
    body: bytes | None = None  # in place of a completion
    wait: float = 0.0  # seconds before the first byte
    pause: float = 0.0  # seconds between pieces of a stream
    cut: int | None = None  # close the connection after so many pieces


Script = Callable[[Asked], Say]


def claims(*some: tuple[str, str | None, Sequence[str]], answers: bool = True) -> str:
    """The JSON of an answer: (text, speaker, keys) each."""
    rows = [{"text": text, "speaker": speaker, "evidence": list(keys)} for text, speaker, keys in some]
    return json.dumps({"answers": answers, "claims": rows})


@dataclass
class Server:
    """Where it is, what it was sent, and what it says: the replies in turn, the last one ever after."""

    url: str
    script: list[Script | Say] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    gone: Event = field(default_factory=Event)

    def reply(self, asked: Asked) -> Say:
        self.asked.append(asked)
        n = min(len(self.asked), len(self.script)) - 1
        say = self.script[n]
        return say if isinstance(say, Say) else say(asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, server: Server, *of: Any) -> None:
        self._double = server
        super().__init__(*of)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        say = self._double.reply(Asked(body, {name.lower(): value for name, value in self.headers.items()}))
        self._double.gone.wait(say.wait)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if say.status != 200 or say.body is not None:
                self._whole(say, say.body if say.body is not None else _error(say.error))
            elif body.get("stream"):
                self._stream(say, body)
            else:
                self._whole(say, json.dumps(_completion(say, body)).encode())

    def _whole(self, say: Say, body: bytes) -> None:
        self.send_response(say.status)
        for name, value in {"Content-Type": "application/json", **say.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if say.cut is None else body[: say.cut])
        self.close_connection = say.cut is not None

    def _stream(self, say: Say, body: Mapping[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for n, event in enumerate(_events(say, body)):
            if say.cut is not None and n >= say.cut:
                return
            self.wfile.write(f"data: {event}\n\n".encode())
            self.wfile.flush()
            if self._double.gone.wait(say.pause):
                return

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def chatting(*script: Script | Say) -> Iterator[Server]:
    server = Server("", list(script))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, server)) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/v1"
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.gone.set()
            http.shutdown()
            thread.join()


def _error(code: str | None) -> bytes:
    return json.dumps({"error": {"message": f"no: {code}", "type": "x", "code": code}}).encode()


def _completion(say: Say, body: Mapping[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": say.text or None, "refusal": say.refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": say.finish, "logprobs": None}],
        **({"usage": say.usage} if say.usage else {}),
    }


def _events(say: Say, body: Mapping[str, Any]) -> Iterator[str]:
    def event(delta: dict[str, Any], finish: str | None = None) -> str:
        return json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
            }
        )

    yield event({"role": "assistant", "content": ""})
    for at in range(0, len(say.text), 12):
        yield event({"content": say.text[at : at + 12]})
    if say.refusal:
        yield event({"refusal": say.refusal})
    yield event({}, say.finish)
    if say.usage and (body.get("stream_options") or {}).get("include_usage"):
        last = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
        yield json.dumps({**last, "choices": [], "usage": say.usage})
    yield "[DONE]"
