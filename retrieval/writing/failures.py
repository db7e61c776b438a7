"""Why a model gave no answer, as a value: the extractive answer takes its place, and a sentence says so.

The one place that tells what kind of failure a provider's error is.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """What went wrong. `sentence` is for people; none of them holds a word of the provider's."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    UNREACHABLE = "unreachable"
    BROKE_OFF = "broke_off"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    TOO_LONG = "too_long"
    BAD_KEY = "bad_key"
    UNKNOWN_MODEL = "unknown_model"
    BAD_REQUEST = "bad_request"
    UNSUPPORTED = "unsupported"
    NOT_ANSWERED = "not_answered"
    BUDGET = "budget"
    UNCOUNTED = "uncounted"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Failure.TIMEOUT: "The model did not answer in time",
    Failure.RATE_LIMITED: "The model's provider is over its rate limit",
    Failure.SERVER: "The model's server failed",
    Failure.UNREACHABLE: "The model's server cannot be reached",
    Failure.BROKE_OFF: "The model's answer broke off",
    Failure.MALFORMED: "The model's answer was not in the form that was asked for",
    Failure.TRUNCATED: "The model's answer was cut off at its limit",
    Failure.REFUSED: "The model would not answer",
    Failure.TOO_LONG: "The evidence was too long for the model",
    Failure.BAD_KEY: "The model's provider does not accept the key",
    Failure.UNKNOWN_MODEL: "The model's provider does not know the model",
    Failure.BAD_REQUEST: "The model's provider did not take the request",
    Failure.UNSUPPORTED: "Nothing that the model wrote stood the check against its evidence",
    Failure.NOT_ANSWERED: "The model finds no answer in the evidence",
    Failure.BUDGET: "The model's budget for today is used up",
    Failure.UNCOUNTED: "The model's use cannot be recorded",
}

# LangChain knows how OpenAI says so; other servers say it in words of their own.
_TOO_LONG = re.compile(r"context|too (?:long|many tokens)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request. `counted` is False where the provider did not say, and they are an estimate."""

    input: int
    output: int
    counted: bool = True


class Unanswered(Exception):  # noqa: N818 - an outcome that the writer turns into a value
    """A request came to nothing. `usage` is what must be taken to have been charged for it."""

    def __init__(self, failure: Failure, usage: Usage | None = None) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
        self.usage = usage or Usage(0, 0)


def failure_of(error: Exception, *, streamed: bool) -> Failure:
    """What kind of failure a provider's error is, by LangChain's classes."""
    from langchain_core import exceptions as kinds

    if isinstance(error, TimeoutError | kinds.ModelTimeoutError):
        return Failure.TIMEOUT
    import openai

    by_kind = (
        (openai.LengthFinishReasonError, Failure.TRUNCATED),
        (openai.ContentFilterFinishReasonError, Failure.REFUSED),
        (kinds.ContextOverflowError, Failure.TOO_LONG),
        (kinds.ModelAuthenticationError, Failure.BAD_KEY),
        (kinds.ModelPermissionDeniedError, Failure.BAD_KEY),
        (kinds.ModelNotFoundError, Failure.UNKNOWN_MODEL),
        (kinds.ModelRateLimitError, Failure.RATE_LIMITED),
    )
    for kind, failure in by_kind:
        if isinstance(error, kind):
            return failure
    if isinstance(error, kinds.ModelInvalidRequestError):
        said = f"{error} {getattr(error, 'code', '')}"
        return Failure.TOO_LONG if _TOO_LONG.search(said) else Failure.BAD_REQUEST
    if isinstance(error, kinds.ModelConnectionError):
        return Failure.UNREACHABLE if _never_connected(error) else Failure.BROKE_OFF
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return Failure.SERVER if status >= 500 else Failure.BAD_REQUEST
    return Failure.BROKE_OFF if streamed else Failure.MALFORMED


def _never_connected(error: BaseException | None) -> bool:
    """Whether a connection failed before anything was sent; clients of several makers call that the same."""
    while error is not None:
        if type(error).__name__ in ("ConnectError", "ConnectTimeout"):
            return True
        error = error.__cause__ or error.__context__
    return False


def usage_of(error: Exception) -> Usage | None:
    """What was charged for an answer that OpenAI's client will not hand out, because of how it ended."""
    used = getattr(getattr(error, "completion", None), "usage", None)
    return Usage(used.prompt_tokens, used.completion_tokens) if used else None
