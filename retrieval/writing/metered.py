"""A model whose use is counted and bounded: each request is reserved in the record before it leaves."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from retrieval.errors import StoreError
from retrieval.prices import Price, price
from retrieval.writing.chat import Chat, Hear, chat_name
from retrieval.writing.failures import Failure, Unanswered, Usage
from retrieval.writing.output import schema

if TYPE_CHECKING:
    from pydantic import BaseModel

    from prompts.prompt import Prompt
    from retrieval.record import Record
    from retrieval.settings import Settings


def chat_price(settings: "Settings") -> "Price | None":
    """What the chosen model costs: as the settings say, else as published, where that is known."""
    if settings.chat_price:
        return Price(*map(float, settings.chat_price.split("/")))
    return price(chat_name(settings) or "")


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens that one answer may take, and one user and all users in a day (UTC); 0 for no limit."""

    answer: int
    user: int
    day: int


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a model is asked, "" at a terminal, and until when, on the monotonic clock, an answer is of use."""

    user: str
    until: float


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was made: the prompt's version, the tokens, and the cost in US dollars where it is known."""

    prompt: str
    usage: Usage
    cost: float | None


class Metered:
    """Asks one model within limits. Safe to use from several threads."""

    def __init__(self, chat: Chat, record: "Record", limits: Limits, price: "Price | None") -> None:
        self.model = chat.name
        self._chat = chat
        self._record = record
        self._limits = limits
        self._price = price

    @classmethod
    def open(cls, settings: "Settings", record: "Record") -> "Metered | None":
        """The model that the settings choose, with their limits; None for none. Raises ConfigurationError."""
        chat = Chat.open(settings)
        if chat is None:
            return None
        limits = Limits(
            settings.chat_tokens_per_answer, settings.chat_tokens_per_user, settings.chat_tokens_per_day
        )
        return cls(chat, record, limits, chat_price(settings))

    def close(self) -> None:
        self._chat.close()

    def fits(self, prompt: "Prompt", given: str, of: "type[BaseModel]") -> bool:
        """Whether a request and its answer stay within the tokens of one answer."""
        return not self._limits.answer or self._most(prompt, given, of) <= self._limits.answer

    def ask(
        self, prompt: "Prompt", given: str, of: "type[BaseModel]", asker: Asker, hear: Hear | None = None
    ) -> tuple[str, Request]:
        """What the model returns, as text, and what that took. Raises Unanswered, counted all the same."""
        reserved = self._reserved(asker.user, self._most(prompt, given, of))
        try:
            reply = self._chat.ask(
                prompt.instructions,
                given,
                schema(of, prompt.name),
                seconds=asker.until - time.monotonic(),
                hear=hear,
            )
        except Unanswered as nothing:
            self._settle(reserved, self._request(prompt, nothing.usage))
            raise
        request = self._request(prompt, reply.usage)
        self._settle(reserved, request)
        return reply.text, request

    def _request(self, prompt: "Prompt", usage: Usage) -> Request:
        cost = self._price.cost(usage.input, usage.output) if self._price else None
        return Request(prompt.version, usage, cost)

    def _reserved(self, user: str, tokens: int) -> int:
        """Whoever sits at the terminal is no user among others: the day's limit alone holds for him."""
        of_user = self._limits.user if user else 0
        try:
            reserved = self._record.reserve(
                user, self.model, tokens, of_user=of_user, of_day=self._limits.day, now=datetime.now(UTC)
            )
        except StoreError:
            raise Unanswered(Failure.UNCOUNTED) from None
        if reserved is None:
            raise Unanswered(Failure.BUDGET)
        return reserved

    def _settle(self, reserved: int, request: Request) -> None:
        """Where that fails, the reservation stands for the use: rather too much is counted than too little."""
        with suppress(StoreError):
            self._record.settle(
                reserved,
                prompt=request.prompt,
                input_tokens=request.usage.input,
                output_tokens=request.usage.output,
                cost=request.cost,
            )

    def _most(self, prompt: "Prompt", given: str, of: "type[BaseModel]") -> int:
        return self._chat.most(prompt.instructions, given, schema(of, prompt.name))
