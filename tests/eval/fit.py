"""Fits the weights of the ranking and the thresholds of the answers on a question set, and cross-validates them.

    python -m tests.eval.fit --library NAME [--questions FILE] [--write]

The library must hold the articles of the question set. Weights: a listwise fit, the likelihood that the candidate
drawn from a question's softmax is one that answers (source: Cao et al., ListNet, ICML 2007). Thresholds:
`sure` gives answerable and absent questions the same rate of error, `gap` keeps nearly all answerable ones,
`worth` is the best of a few by needs cited and precision.
In cross-validation everything is fitted on four fifths of the questions and measured on the last, five times over
with the questions dealt anew. With --write the fit on all goes to retrieval/weights.json, with these figures.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.chunking import maker
from retrieval.answering import settle
from retrieval.citing import numbered
from retrieval.embedding import embedder_name
from retrieval.evidence import NAMES, Candidate
from retrieval.library import SHOWN, Library
from retrieval.measure import Asked, covers, hits, measure, read_questions, same_person
from retrieval.settings import Settings
from retrieval.showing import evidence, in_turn
from retrieval.types import Answer, Question
from retrieval.understanding import Understood
from retrieval.weights import THRESHOLDS, Weights

FOLDS, DEALS = 5, 5
# Strength of the ridge on standardised weights, in questions; .2 to 2 give the same figures.
RIDGE = 0.5
# The share of answerable questions that `gap` leaves alone.
KEPT = 0.98
# What is promised of needs cited and of claims that hit.
CITED, PRECISION = 0.72, 0.42
WORTHS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT.parent / "shared" / "polqa" / "questions-dev.jsonl"
WEIGHTS = ROOT / "retrieval" / "weights.json"

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its candidates: their features [n, features], and which of them answer it [n]."""

    asked: Asked
    understood: Understood
    candidates: Sequence[Candidate]
    features: Matrix
    right: Matrix


def cases(library: Library, questions: Sequence[Asked]) -> list[Case]:
    found = []
    for asked in questions:
        understood, candidates = library.search(Question(asked.question))
        features = np.array([c.features.values() for c in candidates]).reshape(-1, len(NAMES))
        right = np.array([answers(asked, c) for c in candidates], float)
        found.append(Case(asked, understood, candidates, features, right))
    return found


def answers(asked: Asked, candidate: Candidate) -> bool:
    """Whether a candidate holds a gold passage, and in its speaker's mouth where it is a statement."""
    for gold in asked.gold if asked.answerable else ():
        if gold.url == candidate.article.url:
            if candidate.statement is None and covers(candidate.text, gold.passage):
                return True
            if hits(candidate.text, gold.passage) and same_person(candidate.speaker, gold.speaker):
                return True
    return False


def fitted(some: Sequence[Case]) -> Weights:
    of = listwise([case for case in some if case.right.any()])
    draft = Weights(tuple(of), **dict.fromkeys(THRESHOLDS, 0.0))
    answerable = [c for c in some if c.asked.answerable and c.understood.asked]
    absent = [c for c in some if c.asked.kind == "absent"]
    draft = replace(
        draft,
        sure=between([own(c) for c in answerable], [own(c) for c in absent]),
        gap=float(np.quantile([anothers(c) - own(c) for c in answerable], KEPT)),
    )
    tried = [replace(draft, worth=worth) for worth in WORTHS]
    return max(tried, key=lambda weights: worthwhile(measured(some, weights)))


def worthwhile(figures: dict[str, float]) -> float:
    """Both are promised; neither is bought with the other."""
    return min(figures["cited"] / CITED, figures["precision"] / PRECISION)


def own(case: Case) -> float:
    """The best likeness among what those asked say."""
    return max((c.features.like for c in case.candidates if c.asked is not None), default=0.0)


def anothers(case: Case) -> float:
    return max((c.features.like for c in case.candidates if c.statement and c.asked is None), default=0.0)


def listwise(some: Sequence[Case]) -> Matrix:
    """Weights of the features as they are."""
    rows = np.concatenate([case.features for case in some])
    scale = rows.std(0)
    scale[scale == 0] = 1
    weights, first, second = (np.zeros(len(scale)) for _ in range(3))
    for step in range(1, 401):  # Adam; 400 steps of .1 change the weights no more
        slope = -RIDGE * weights / len(some)
        for case in some:
            features = case.features / scale
            likely = np.exp(features @ weights - (features @ weights).max())
            wanted = likely * case.right
            slope += (wanted / wanted.sum() - likely / likely.sum()) @ features / len(some)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights + 0.1 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    found: Matrix = weights / scale
    return found


def between(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Where as many of the higher fall below as of the lower above, were both spread normally."""
    a, b = np.std(higher) or 1.0, np.std(lower) or 1.0
    return float((np.mean(higher) * b + np.mean(lower) * a) / (a + b))


def measured(some: Sequence[Case], weights: Weights) -> dict[str, float]:
    texts = {c.article.url: c.article.text for case in some for c in case.candidates}
    return measure(((case.asked, answered(case, weights)) for case in some), texts.get)


def answered(case: Case, weights: Weights) -> Answer:
    """What the library would answer with these weights."""
    weighed = [replace(c, score=weights.score(c.features)) for c in case.candidates]
    ranked = sorted(weighed, key=lambda c: (-c.score, c.opened.id, c.start))
    found = settle(case.understood, ranked, weights)
    shown = evidence(in_turn(ranked, len(case.understood.asked)), SHOWN)
    return Answer(case.asked.question, found.outcome, "", numbered(found.claims), shown, 0.0)


def cross_validated(some: Sequence[Case]) -> dict[str, tuple[float, float]]:
    """The mean of each figure over the deals, and its standard deviation from deal to deal."""
    runs = []
    for deal in range(DEALS):
        fold = np.random.default_rng(deal).permutation(len(some)) % FOLDS
        pairs = []
        for number in range(FOLDS):
            weights = fitted([case for case, f in zip(some, fold, strict=True) if f != number])
            pairs += [(c.asked, answered(c, weights)) for c, f in zip(some, fold, strict=True) if f == number]
        texts = {c.article.url: c.article.text for case in some for c in case.candidates}
        runs.append(measure(pairs, texts.get))
    return {
        name: (float(np.mean([run[name] for run in runs])), float(np.std([run[name] for run in runs])))
        for name in runs[0]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    settings = Settings()
    with Library.open(settings, args.library, maker(embedder_name(settings)), notify=print) as library:
        some = cases(library, read_questions(args.questions))
    promised, weights = cross_validated(some), fitted(some)
    seen = measured(some, weights)
    for name, (mean, spread) in promised.items():
        sys.stdout.write(f"{name:14} {seen[name]:.3f} on all, {mean:.3f} ± {spread:.3f} cross-validated\n")
    record = {
        "weights": {name: round(float(w), 3) for name, w in zip(NAMES, weights.of, strict=True)},
        **{name: round(getattr(weights, name), 3) for name in THRESHOLDS},
        "cross_validated": {name: round(mean, 3) for name, (mean, _) in promised.items()},
    }
    sys.stdout.write(json.dumps(record, indent=1) + "\n")
    if args.write:
        WEIGHTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
