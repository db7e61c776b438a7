"""The weights of the ranking and the thresholds of the answers, as `python -m tests.eval.fit` fitted them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.evidence import NAMES, Features


@dataclass(frozen=True, slots=True)
class Weights:
    """`of` has a weight for each of the features, in their order.

    sure: the least `like` that the best statement of somebody must have to be an answer
    gap: how much more like the topic another's best statement may be before it is he who is on record with it
    worth: how far below the best score a claim is still worth showing
    """

    of: tuple[float, ...]
    sure: float
    gap: float
    worth: float

    def score(self, features: Features) -> float:
        return sum(weight * value for weight, value in zip(self.of, features.values(), strict=True))


THRESHOLDS = ("sure", "gap", "worth")


@cache
def weights() -> Weights:
    """The fitted ones."""
    read = json.loads(files("retrieval").joinpath("weights.json").read_text(encoding="utf-8"))
    return Weights(tuple(read["weights"][name] for name in NAMES), *(read[name] for name in THRESHOLDS))
