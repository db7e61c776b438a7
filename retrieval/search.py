"""Finds the passages that may answer: full text and vectors, fused by rank.

On the dev questions (924 articles, 124 questions, recall@4000c), chunks of 1,000 characters with title, outlet
and date: vectors .683, BM25 .784, the two by reciprocal rank fusion .812 (k 10 to 60 and depth 50 to 200 give
.803 to .827); with the rank of the article as a third list and the share of the asked names, .832. Cutting
passages to the sentences with most of the question's words loses (.70 at 700 characters).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.embedding import Embedder
from retrieval.index import Index
from retrieval.questions import Understanding, words
from retrieval.record import Filter, Record, StoredPassage
from retrieval.types import Question

# Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009, who found 60.
RANK_OFFSET = 60
DEPTH = 100
NAMES_WEIGHT = 0.5
# An article counts by its best passages, so that a long one does not win by length.
PASSAGES_OF_ARTICLE = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage and its fused score; higher is better."""

    passage: StoredPassage
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """Hybrid search over one library."""

    record: Record
    index: Index
    embedder: Embedder

    def passages(self, question: Question, understood: Understanding, k: int) -> list[Ranked]:
        """The k best passages, best first."""
        where = Filter(question.since, _earlier(question.until, question.as_of))
        vector = self.embedder.question(question.text)
        dense = [hit.passage_id for hit in self.index.nearest(vector, DEPTH, where)]
        lexical = [hit.passage_id for hit in self.record.lexical(understood.terms, DEPTH, where)]
        scores = _fused([dense, lexical])
        stored = self.record.passages(list(scores))
        _add_articles(scores, stored)
        _add_names(scores, stored, understood.names)
        best = sorted(stored, key=lambda i: (-scores[i], i))[:k]
        return [Ranked(stored[i], scores[i]) for i in best]


def _earlier(a: date | None, b: date | None) -> date | None:
    return min(a, b) if a and b else a or b


def _fused(lists: Iterable[Sequence[int]]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for ranking in lists:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (RANK_OFFSET + rank)
    return scores


def _add_articles(scores: dict[int, float], stored: dict[int, StoredPassage]) -> None:
    """A third list: the articles, by the sum of their best passages' scores."""
    of_article: dict[int, list[int]] = {}
    for i, passage in stored.items():
        of_article.setdefault(passage.article_id, []).append(i)

    def total(article: int) -> float:
        return sum(sorted((scores[i] for i in of_article[article]), reverse=True)[:PASSAGES_OF_ARTICLE])

    for rank, article in enumerate(sorted(of_article, key=lambda a: (-total(a), a)), 1):
        for i in of_article[article]:
            scores[i] += 1 / (RANK_OFFSET + rank)


def _add_names(scores: dict[int, float], stored: dict[int, StoredPassage], names: Sequence[str]) -> None:
    asked = {word for name in names for word in words(name)}
    if not asked:
        return
    for i, passage in stored.items():
        share = len(asked.intersection(words(passage.text))) / len(asked)
        scores[i] += NAMES_WEIGHT * share / RANK_OFFSET
