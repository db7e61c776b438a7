"""Why a model gave no answer, as a value: the extractive answer takes its place, and a sentence says so."""

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
