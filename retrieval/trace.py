"""Why an answer is what it is, for those who look after the product: `ask --explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval.evidence import NAMES, Candidate
from retrieval.types import Answer
from retrieval.understanding import Understood
from retrieval.weights import THRESHOLDS, Weights
from retrieval.writing.written import Written


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer, how its question was understood, and its candidates, best first.

    `verdicts` tell what became of candidates, by their place, and why; one without was not looked at. `written` is
    what a model made of the answer, where one was asked.
    """

    answer: Answer
    understood: Understood
    candidates: Sequence[Candidate]
    verdicts: Mapping[int, str]
    weights: Weights
    written: Written | None = None

    def as_json(self) -> Mapping[str, Any]:
        """The trace without the answer, for `ask --explain --json`."""
        understood = self.understood
        return {
            "understood": {
                "intent": understood.intent.value,
                "asked": [
                    {"words": one.words, "name": one.name, "speakers": [s.name for s in one.speakers]}
                    for one in understood.asked
                ],
                "names": list(understood.names),
                "topic": understood.topic,
                "terms": list(understood.terms),
                "since": understood.since and understood.since.isoformat(),
                "until": understood.until and understood.until.isoformat(),
                "outlet": understood.outlet,
            },
            "candidates": [
                {
                    "url": candidate.article.url,
                    "start": candidate.start,
                    "end": candidate.end,
                    "speaker": candidate.speaker,
                    "asked": candidate.asked is not None,
                    "score": round(candidate.score, 4),
                    "features": {n: round(v, 4) for n, v in zip(NAMES, candidate.features.values(), strict=True)},
                    "verdict": self.verdicts.get(place),
                }
                for place, candidate in enumerate(self.candidates)
            ],
            "thresholds": {name: getattr(self.weights, name) for name in THRESHOLDS},
            "written": self.written and self.written.as_json(),
        }
