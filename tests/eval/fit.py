"""Fits the weights of the ranking and the thresholds of the answers on a question set, and cross-validates them.

    python -m tests.eval.fit --library NAME [--questions FILE]... [--write]

The library must hold the articles of the question sets: without FILE, the shared dev questions and 852 of our own
over other articles of the same corpus (questions.jsonl beside this file: gold passages by their places).

Weights: a listwise fit, the likelihood that the candidate drawn from a question's softmax is one that answers
(source: Cao et al., ListNet, ICML 2007). Thresholds: `sure` and `rival` give answerable and absent questions the
same rate of error, and the least; `worth` is the best of a few by needs cited and precision.
In cross-validation everything is fitted on four fifths of the questions and measured on the last, twice over
with the questions dealt anew, and told of each set apart. With --write the fit on all goes to
retrieval/weights.json, with these figures.
"""

import argparse
import json
import sys
from collections import Counter
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

FOLDS, DEALS = 5, 2
# Strength of the ridge on standardised weights, in questions; .2 to 2 give the same figures.
RIDGE = 0.5
# What is promised of needs cited and of claims that hit.
CITED, PRECISION = 0.72, 0.42
RIVALS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
# Less than .09 shows more wrong claims than the floors allow: of claims on dev questions .54 hit with .085.
WORTHS = (0.09, 0.1, 0.15, 0.2)
ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "polqa" / "questions-dev.jsonl"
QUESTIONS = (SHARED, Path(__file__).with_name("questions.jsonl"))
WEIGHTS = ROOT / "retrieval" / "weights.json"

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a set with its candidates: their features [n, features], and which of them answer it [n]."""

    of: int
    asked: Asked
    understood: Understood
    candidates: Sequence[Candidate]
    features: Matrix
    right: Matrix


def cases(library: Library, questions: Sequence[Asked], of: int) -> list[Case]:
    found = []
    for asked in questions:
        understood, candidates = library.search(Question(asked.question))
        features = np.array([c.features.values() for c in candidates]).reshape(-1, len(NAMES))
        right = np.array([answers(asked, c) for c in candidates], float)
        found.append(Case(of, asked, understood, candidates, features, right))
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
    sure, rival = boundary(answerable, absent)
    tried = [replace(draft, sure=sure, rival=rival, worth=worth) for worth in WORTHS]
    return max(tried, key=lambda weights: worthwhile(measured(some, weights)))


def worthwhile(figures: dict[str, float]) -> float:
    """Both are promised; neither is bought with the other."""
    return min(figures["cited"] / CITED, figures["precision"] / PRECISION)


def fits(case: Case) -> tuple[float, float]:
    """The best fit among what those asked say, and among what others say."""
    own = max((c.features.fit for c in case.candidates if c.asked is not None), default=0.0)
    others = (c.features.fit for c in case.candidates if c.statement and c.asked is None)
    return own, max(others, default=0.0)


def boundary(higher: Sequence[Case], lower: Sequence[Case]) -> tuple[float, float]:
    """(a, b) of own >= a + b others, where the larger of the two rates of error is least, and then their sum.

    Each question set counts the same, however many questions it has: their authors ask in different ways.
    """
    (high, high_shares), (low, low_shares) = _weighed(higher), _weighed(lower)
    best = (2.0, 2.0, 0.0, 0.0)
    for rival in RIVALS:
        over, under = high[:, 0] - rival * high[:, 1], low[:, 0] - rival * low[:, 1]
        for sure in np.arange(-0.2, 0.8, 0.01):
            missed, let_through = float((over < sure) @ high_shares), float((under >= sure) @ low_shares)
            best = min(best, (max(missed, let_through), missed + let_through, float(sure), rival))
    return best[2], best[3]


def _weighed(some: Sequence[Case]) -> tuple[Matrix, Matrix]:
    """What boundary looks at [n, 2], and the share of each question [n]."""
    sizes = Counter(case.of for case in some)
    return np.array([fits(case) for case in some]), np.array([1 / sizes[case.of] / len(sizes) for case in some])


def listwise(some: Sequence[Case]) -> Matrix:
    """Weights of the features as they are."""
    rows = np.concatenate([case.features for case in some])
    right = np.concatenate([case.right for case in some])
    sizes = [len(case.right) for case in some]
    starts = np.cumsum([0, *sizes[:-1]])
    scale = rows.std(0)
    scale[scale == 0] = 1
    rows = rows / scale

    def drawn(likely: Matrix) -> Matrix:
        """The mean features of what each question's softmax draws, summed over questions."""
        mean: Matrix = (likely / np.repeat(np.add.reduceat(likely, starts), sizes)) @ rows
        return mean

    weights, first, second = (np.zeros(len(scale)) for _ in range(3))
    for step in range(1, 401):  # Adam; 400 steps of .1 change the weights no more
        scores = rows @ weights
        likely = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        slope = (drawn(likely * right) - drawn(likely) - RIDGE * weights) / len(some)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights + 0.1 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    found: Matrix = weights / scale
    return found


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


def cross_validated(some: Sequence[Case]) -> list[dict[str, tuple[float, float]]]:
    """The mean of each figure over the deals, and its standard deviation from deal to deal, for each set."""
    runs: list[list[dict[str, float]]] = [[] for _ in {case.of for case in some}]
    for deal in range(DEALS):
        fold = np.random.default_rng(deal).permutation(len(some)) % FOLDS
        answers_of: dict[int, Answer] = {}
        for number in range(FOLDS):
            weights = fitted([case for case, f in zip(some, fold, strict=True) if f != number])
            answers_of |= {n: answered(some[n], weights) for n in np.flatnonzero(fold == number).tolist()}
        texts = {c.article.url: c.article.text for case in some for c in case.candidates}
        for one, found in enumerate(runs):
            mine = [n for n, case in enumerate(some) if case.of == one]
            found.append(measure([(some[n].asked, answers_of[n]) for n in mine], texts.get))
    return [
        {name: (float(np.mean([r[name] for r in of])), float(np.std([r[name] for r in of]))) for name in of[0]}
        for of in runs
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library")
    parser.add_argument("--questions", type=Path, action="append")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    settings = Settings()
    paths = args.questions or QUESTIONS
    with Library.open(settings, args.library, maker(embedder_name(settings)), notify=print) as library:
        texts = {article.url: article.text for article in library.record.articles()}
        by_set = [cases(library, read_questions(path, texts.get), n) for n, path in enumerate(paths)]
    some = [case for of in by_set for case in of]
    promised, weights = cross_validated(some), fitted(some)
    for path, of, figures in zip(paths, by_set, promised, strict=True):
        seen = measured(of, weights)
        sys.stdout.write(f"{path.name}: {len(of)} questions\n")
        for name, (mean, spread) in figures.items():
            sys.stdout.write(f"  {name:14} {seen[name]:.3f} on all, {mean:.3f} ± {spread:.3f} cross-validated\n")
    record = {
        "weights": {name: round(float(w), 3) for name, w in zip(NAMES, weights.of, strict=True)},
        **{name: round(getattr(weights, name), 3) for name in THRESHOLDS},
        "cross_validated": {
            path.name: {name: round(mean, 3) for name, (mean, _) in figures.items()}
            for path, figures in zip(paths, promised, strict=True)
        },
    }
    sys.stdout.write(json.dumps(record, indent=1) + "\n")
    if args.write:
        WEIGHTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
