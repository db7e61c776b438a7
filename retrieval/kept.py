"""What stays of an answer after it was shown: what was asked, and the places cited. And what is disputed of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from retrieval.types import Answer, Question


class Form(StrEnum):
    """The ways to ask."""

    QUESTION = "question"
    POSITIONS = "positions"  # all that `question.person` says, on the topic that `question.text` is, or on any
    COMPARISON = "comparison"  # the same of two
    CLAIM = "claim"  # whether `question.text`, somebody's words, is on record


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and how. `other` is the second person of a comparison."""

    form: Form
    question: Question
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was shown, for those who come back to it.

    `key` is 16 characters of [A-Za-z0-9_-] that nobody guesses; `place` tells the servers of one library apart,
    and `conversation` the channels and threads of a place; `message` is what it was shown in. `before` are the
    earlier questions of its conversation. Of the answer no passages are kept; its quotations come from the record.
    """

    key: str
    place: str
    conversation: str
    message: str
    request: Request
    before: tuple[str, ...]
    answer: Answer


class State(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A correction that a reader asks for: why article.text[start:end] of a version is not what it is said to be.

    Until it is reviewed, and for good where it is upheld, no answer shows those words. `quote` is what they are,
    or None where the article is gone; `by` tells disputants apart and tells nobody who they are; `at` is UTC.
    """

    id: int
    url: str
    version: str
    start: int
    end: int
    quote: str | None
    speaker: str | None
    reason: str
    by: str
    at: datetime
    state: State
