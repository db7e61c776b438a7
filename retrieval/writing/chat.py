"""One language model behind LangChain: a request with a schema, a deadline, and one layer of retries.

Nothing of a provider's error is kept but its kind: its text may hold a key. Requests run on one event loop of the
model's own, in a thread beside those that ask, so that a deadline holds whatever a server does.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from retrieval.errors import ConfigurationError
from retrieval.waiting import retry_after
from retrieval.writing.failures import Failure, Unanswered, Usage, failure_of, usage_of

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable
    from tenacity import RetryCallState

    from retrieval.settings import Settings

# Where a key is set and no model is named: quick, keeps to a schema, and needs no room for reasoning.
DEFAULT = "openai:gpt-4.1-mini"
NO_MODEL = "none"
OPENAI = "https://api.openai.com/v1"
# Tokens that an answer may take; a model that reasons does so within them.
OUTPUT, REASONING = 800, 4000
ATTEMPTS = 3
# Prompts over 924 articles have 3.7 bytes to a token (SmolLM2's tokenizer): rather too many tokens than too few.
BYTES_A_TOKEN = 3

Hear = Callable[[str], None]
Closing = Callable[[], Awaitable[None]]


def chat_name(settings: "Settings") -> str | None:
    """The model that the settings choose, as provider:model; None for none. Loads nothing."""
    if settings.chat_model == NO_MODEL:
        return None
    return settings.chat_model or (DEFAULT if settings.openai_api_key else None)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model returned, and what it took."""

    text: str
    usage: Usage


class Chat:
    """A model that answers with JSON. Safe to use from several threads; close it."""

    def __init__(
        self, name: str, model: "BaseChatModel", output: int = OUTPUT, closing: "Closing | None" = None
    ) -> None:
        """`output` is how many tokens an answer may take; `closing` is awaited on its event loop at the end."""
        self.name = name
        self.output = output
        self._model = model
        self._closing = closing
        self._lock = Lock()
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    @classmethod
    def open(cls, settings: "Settings") -> "Chat | None":
        """The model that the settings choose, None where they choose none. Raises ConfigurationError."""
        name = chat_name(settings)
        if name is None:
            return None
        from langchain.chat_models import init_chat_model

        options = _options(name, settings)
        client = options.get("http_async_client")
        try:
            reasons = bool((init_chat_model(name, **options).profile or {}).get("reasoning_output"))
            # Those that reason do so within the tokens of their answer, and take no temperature.
            output: dict[str, Any] = (
                {"max_tokens": REASONING} if reasons else {"max_tokens": OUTPUT, "temperature": 0}
            )
            model = init_chat_model(name, **options, **output)
        except (ImportError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"ONRECORD_CHAT_MODEL names {name}, which cannot be loaded here.",
                hint=f"{type(error).__name__}: is its LangChain package, such as langchain-anthropic, installed?",
            ) from None
        return cls(name, model, output["max_tokens"], client and client.aclose)

    def close(self) -> None:
        self._stack.close()
        self._portal = None

    def most(self, instructions: str, given: str, schema: Mapping[str, Any]) -> int:
        """About how many tokens a request and its answer take at most."""
        return _tokens(instructions, given, schema) + self.output

    def ask(
        self, instructions: str, given: str, schema: Mapping[str, Any], *, seconds: float, hear: Hear | None = None
    ) -> Reply:
        """Send one request, and wait no longer than so many seconds. Raises Unanswered.

        With `hear`, the text is streamed: `hear` is called with all of it so far, time and again.
        """
        from langchain_core.messages import HumanMessage, SystemMessage

        messages = [SystemMessage(instructions), HumanMessage(given)]
        estimate = Usage(_tokens(instructions, given, schema), self.output, counted=False)
        request = _Request(_structured(self.name, self._model, schema), messages, estimate, hear)
        future = self._started().start_task_soon(request.run, seconds)
        try:
            return future.result()
        except BaseException:  # Ctrl-C too: nobody waits for the answer any more
            future.cancel()
            raise

    def _started(self) -> "BlockingPortal":
        from anyio.from_thread import start_blocking_portal

        with self._lock:
            if self._portal is None:
                self._portal = self._stack.enter_context(start_blocking_portal())
                if self._closing:
                    self._stack.callback(self._portal.call, self._closing)
            return self._portal


def _tokens(instructions: str, given: str, schema: Mapping[str, Any]) -> int:
    """An estimate: no provider's tokenizer comes with this program."""
    return -(-len(f"{instructions}{given}{json.dumps(schema)}".encode()) // BYTES_A_TOKEN)


def _options(name: str, settings: "Settings") -> dict[str, Any]:
    """What `init_chat_model` is told beside the name. Raises ConfigurationError."""
    common: dict[str, Any] = {"timeout": settings.chat_seconds, "max_retries": 0}
    if not name.startswith("openai:"):
        return common
    from openai import DefaultAsyncHttpxClient
    from pydantic import SecretStr

    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ConfigurationError(
            "ONRECORD_CHAT_MODEL names an OpenAI model, but neither OPENAI_API_KEY nor OPENAI_BASE_URL is set.",
            hint="See .env.example.",
        )
    return common | {
        "api_key": settings.openai_api_key or SecretStr("none"),
        "base_url": settings.openai_base_url or OPENAI,
        # Other servers than OpenAI's know the older of its two protocols.
        "use_responses_api": False if settings.openai_base_url else None,
        "stream_usage": True,
        # The deadline is enough. Its asyncio.wait_for around each chunk may lose the cancellation on Python 3.11.
        "stream_chunk_timeout": None,
        # A client of its own: LangChain's is shared by all event loops of a process. No redirect is followed, so
        # that what is sent goes nowhere but to the server that was named.
        "http_async_client": DefaultAsyncHttpxClient(follow_redirects=False, timeout=settings.chat_seconds),
    }


def _structured(name: str, model: "BaseChatModel", schema: Mapping[str, Any]) -> "Runnable[Any, AIMessage]":
    """The model, bound to a JSON schema in its provider's own way. Its parser is left out: it hides what came."""
    strictly: dict[str, Any] = {"method": "json_schema", "strict": True} if name.startswith("openai:") else {}
    sequence: Any = model.with_structured_output(dict(schema), **strictly)
    bound: Runnable[Any, AIMessage] = sequence.first
    return bound


class _Request:
    """One request with its retries: only where it was not processed, so that nothing is charged twice."""

    def __init__(
        self, model: "Runnable[Any, AIMessage]", messages: "list[BaseMessage]", estimate: Usage, hear: Hear | None
    ) -> None:
        self._model = model
        self._messages = messages
        self._estimate = estimate
        self._hear = hear
        self._begun = False
        self._until = 0.0

    async def run(self, seconds: float) -> Reply:
        from langsmith.run_helpers import tracing_context
        from tenacity import AsyncRetrying, retry_if_exception

        self._until = until = time.monotonic() + seconds
        attempts = AsyncRetrying(
            retry=retry_if_exception(self._may_be_sent_again),
            wait=_pause,
            stop=lambda state: (
                state.attempt_number >= ATTEMPTS or time.monotonic() + state.upcoming_sleep >= until
            ),
            reraise=True,
        )
        try:
            # Whatever else the environment says, what is asked goes to nobody but the model.
            with tracing_context(enabled=False):
                async with asyncio.timeout(seconds):
                    message: AIMessage = await attempts(self._streamed if self._hear else self._whole)
        except Exception as error:  # noqa: BLE001 - providers raise what they like; none of it may reach anybody
            failure = failure_of(error, streamed=self._hear is not None)
            charged = usage_of(error) or (self._estimate if failure in _MAYBE_CHARGED else None)
            raise Unanswered(failure, charged) from None
        return self._reply(message)

    async def _whole(self) -> "AIMessage":
        return await self._model.ainvoke(self._messages)

    async def _streamed(self) -> "AIMessage":
        whole: Any = None
        async for chunk in self._model.astream(self._messages):
            if time.monotonic() > self._until:  # a provider's client may have swallowed the cancellation
                raise TimeoutError
            self._begun = True
            whole = chunk if whole is None else whole + chunk
            if self._hear:
                self._hear(_text(whole))
        if whole is None:
            raise _NothingCame
        message: AIMessage = whole
        return message

    def _may_be_sent_again(self, error: BaseException) -> bool:
        return not self._begun and isinstance(error, Exception) and failure_of(error, streamed=False) in _AGAIN

    def _reply(self, message: "AIMessage") -> Reply:
        used = message.usage_metadata
        usage = Usage(used["input_tokens"], used["output_tokens"]) if used else self._estimate
        ended = message.response_metadata
        reason = str(ended.get("finish_reason") or ended.get("stop_reason") or "").lower()
        if message.additional_kwargs.get("refusal") or reason in ("content_filter", "refusal", "safety"):
            raise Unanswered(Failure.REFUSED, usage)
        if reason in ("length", "max_tokens"):
            raise Unanswered(Failure.TRUNCATED, usage)
        text = _text(message)
        # A server that breaks off may close the connection as if it had said all.
        if self._begun and not reason and not _is_whole(text):
            raise Unanswered(Failure.BROKE_OFF, usage)
        return Reply(text, usage)


class _NothingCame(Exception):  # noqa: N818 - a stream that ended before it began
    pass


# Not processed, so not charged. A time-out may have been, and is not sent again.
_AGAIN = frozenset((Failure.RATE_LIMITED, Failure.SERVER, Failure.UNREACHABLE))
_MAYBE_CHARGED = frozenset(
    (Failure.TIMEOUT, Failure.BROKE_OFF, Failure.MALFORMED, Failure.TRUNCATED, Failure.REFUSED)
)


def _text(message: "AIMessage") -> str:
    """The JSON: as text, or as the arguments of what some providers call a tool."""
    if text := str(message.text):
        return text
    chunks = getattr(message, "tool_call_chunks", None)
    if chunks:
        return "".join(chunk["args"] or "" for chunk in chunks)
    return json.dumps(message.tool_calls[0]["args"]) if message.tool_calls else ""


def _is_whole(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _pause(state: "RetryCallState") -> float:
    """As long as the server asks for; else a second or so, and longer each time."""
    error = state.outcome.exception() if state.outcome else None
    asked = retry_after((getattr(getattr(error, "response", None), "headers", None) or {}).get("retry-after"))
    return asked if asked is not None else 0.5 * 2.0**state.attempt_number * _jitter()


def _jitter() -> float:
    import random

    return random.uniform(0.5, 1.0)  # noqa: S311 - spreads requests
