"""Finds the passages that may answer: full text and vectors, fused by rank.

On the dev questions (924 articles, 124 questions, recall@4000c), passages of about 1,000 characters with title,
outlet and date: vectors alone .683, BM25 alone .784, the two fused .812 with a rank offset of 60 and .841 with
10 (5 to 15 give .841 to .846: the first few ranks tell more here than in the literature's pools). The rank of
the article and the share of the asked names do not move that figure, but recall@10 from .894 to .928. Cutting
passages to the sentences with most of the question's words loses (.70 at 700 characters).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.embedding import Embedder
from retrieval.index import Index
from retrieval.questions import Understanding, words
from retrieval.record import Filter, Of, Record, StoredPassage, Vectors
from retrieval.speech import Said
from retrieval.types import Article, Question

# Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009, who took 60.
RANK_OFFSET = 10
# Candidates of each list: 60 to 100 give the same recall (.841 to .851), 50 and fewer less (.837 to .827).
DEPTH = 60
NAMES_WEIGHT = 0.5
# An article counts by its best passages, so that a long one does not win by length.
PASSAGES_OF_ARTICLE = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage, its fused score (higher is better), and all statements of its article."""

    passage: StoredPassage
    score: float
    statements: Sequence[Said] = ()


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
        dense = [hit.id for hit in self.index.nearest(vector, DEPTH, where)]
        lexical = [hit.id for hit in self.record.lexical(understood.terms, DEPTH, where)]
        scores = _fused([dense, lexical])
        stored = self.record.passages(list(scores))
        _add_articles(scores, stored)
        _add_names(scores, stored, understood.names)
        best = sorted(stored, key=lambda i: (-scores[i], i))[:k]
        # Only what the asked ones say is weighed by how like the topic it is.
        topic = self._topic(question, understood) if understood.asked else None
        said = self._said({stored[i].article_id: stored[i].article for i in best}, topic)
        return [Ranked(stored[i], scores[i], said[stored[i].article_id]) for i in best]

    def _topic(self, question: Question, understood: Understanding) -> Vectors:
        """The question without those asked: whatever they say is like a question that names them."""
        text = question.text
        for name in understood.asked:
            text = text.replace(name, "")
        return self.embedder.question(text)

    def _said(self, articles: Mapping[int, Article], topic: Vectors | None) -> dict[int, list[Said]]:
        """The statements of each article, with how like the topic they are."""
        held = self.record.statements_in(articles)
        like: dict[int, float] = {}
        if topic is not None:
            ids, matrix = self.record.vectors([s.id for its in held.values() for s in its], Of.STATEMENTS)
            like = dict(zip(ids, (matrix @ topic).tolist(), strict=True)) if ids else {}
        return {article: [Said(s.statement, like.get(s.id, 0.0)) for s in its] for article, its in held.items()}


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
    """What a passage gains by holding the words of the names that the question holds."""
    asked = {word for name in names for word in words(name)}
    if not asked:
        return
    whole = {word: re.compile(rf"\b{re.escape(word)}\b") for word in asked}
    for i, passage in stored.items():
        text = passage.text.lower()
        # Looking for the letters first is ten times faster than the pattern alone.
        share = sum(word in text and bool(pattern.search(text)) for word, pattern in whole.items()) / len(asked)
        scores[i] += NAMES_WEIGHT * share / RANK_OFFSET
