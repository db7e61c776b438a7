"""What a model made of an answer, and what became of each of its claims: for the answer and for its trace."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from retrieval.types import Claim
from retrieval.writing.failures import Failure
from retrieval.writing.metered import Request


class Fate(StrEnum):
    """What became of a claim that a model returned."""

    SHOWN = "shown"
    QUOTED = "shown as its bare quotation"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim as a model returned it, and what became of it; `why` is empty where it is shown."""

    text: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a model made of an answer.

    `answers` is False where the model finds that nothing answers. `claims` are numbered; beside a `failure` they
    are those that had stood their check by then. `rewritten` is the question that was put in place of a follow-up.
    """

    model: str
    prompts: tuple[str, ...] = ()
    answers: bool = True
    claims: tuple[Claim, ...] = ()
    judged: tuple[Judged, ...] = ()
    failure: Failure | None = None
    requests: tuple[Request, ...] = ()
    rewritten: str | None = None

    def as_json(self) -> Mapping[str, Any]:
        """For `ask --explain --json`."""
        return {
            "model": self.model,
            "prompts": list(self.prompts),
            "answers": self.answers,
            "claims": [asdict(one) for one in self.judged],
            "failure": self.failure,
            "requests": [asdict(one) for one in self.requests],
            "rewritten": self.rewritten,
        }
