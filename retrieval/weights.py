"""The weights of the ranking and the thresholds of the answers, as `python -m tests.eval.fit` fitted them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul

from retrieval.evidence import NAMES, Features


@dataclass(frozen=True, slots=True)
class Weights:
    """`of` has a weight for each of the features, in their order.

    sure: the least `fit` that the best statement of somebody must have to be an answer
    rival: how much of others' best `fit` is added to that, since their words may be what is meant
    worth: the least chance of being right, among all that he says, of a claim beside the first
    """

    of: tuple[float, ...]
    sure: float
    rival: float
    worth: float

    def needed(self, others: float) -> float:
        """The least `fit` of an answer beside others' best."""
        return self.sure + self.rival * others

    def score(self, features: Features) -> float:
        return float(sum(map(mul, self.of, features.values())))


THRESHOLDS = ("sure", "rival", "worth")


@cache
def weights() -> Weights:
    """The fitted ones."""
    read = json.loads(files("retrieval").joinpath("weights.json").read_text(encoding="utf-8"))
    return Weights(tuple(read["weights"][name] for name in NAMES), *(read[name] for name in THRESHOLDS))
