"""Articles taken apart for ranking, kept in memory while the record stays as it is.

A question touches some dozens of articles; reading and cutting them takes three times as long as all else that a
question needs. An article takes about 70 kB here.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from operator import attrgetter, itemgetter
from threading import Lock

import numpy as np

from retrieval.record import Counters, Of, Record, StoredPassage, StoredStatement, Vectors
from retrieval.sentences import Sentences, Span
from retrieval.types import Article, Report

KEPT = 1000
# Fewer words say nothing.
LEAST_WORDS = 4


@dataclass(frozen=True)
class Opened:
    """An article with its passages and statements, in the order of the text, and their vectors by their ids.

    What is derived from them is derived when it is first asked for, and kept; `runs` are the sentences that a
    claim would show of a statement, by its id.
    """

    id: int
    article: Article
    passages: tuple[StoredPassage, ...]
    statements: Mapping[int, StoredStatement]
    passage_vectors: Mapping[int, Vectors]
    vectors: Mapping[int, Vectors]
    runs: dict[int, Span] = field(default_factory=dict, init=False, repr=False, compare=False)
    _told: dict[int, "Told | None"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def sentences(self) -> Sentences:
        return Sentences(self.article.text)

    def likes(self, topic: Vectors, of: Of) -> dict[int, float]:
        """The cosine similarity of a topic [dimension] to each of its statements or passages, by their ids."""
        ids, matrix = self._matrices[of]
        return dict(zip(ids, (matrix @ topic).tolist(), strict=True)) if ids else {}

    @cached_property
    def _matrices(self) -> Mapping[Of, tuple[list[int], Vectors]]:
        by_kind = {Of.STATEMENTS: self.vectors, Of.PASSAGES: self.passage_vectors}
        return {of: (list(rows), np.array(list(rows.values()), np.float32)) for of, rows in by_kind.items()}

    @cached_property
    def said(self) -> tuple[tuple[int, int, str | None], ...]:
        """Where somebody says something, and who, in the order of the text: (start, end, speaker)."""
        some = (s.statement for s in self.statements.values() if s.statement.report is Report.SAID)
        return tuple(sorted(((*span, s.speaker) for s in some for span in s.spans), key=itemgetter(0, 1)))

    @cached_property
    def parents(self) -> Mapping[int, StoredPassage]:
        """The passage that holds most of each statement, by the statement's id."""
        return {i: self._parent(one) for i, one in self.statements.items()}

    def told(self, statement: int) -> "Told | None":
        """A statement that can answer: one of a known speaker that was said, and says something."""
        if statement not in self._told:
            self._told[statement] = self._tell(self.statements[statement])
        return self._told[statement]

    def _tell(self, one: StoredStatement) -> "Told | None":
        if one.statement.report is not Report.SAID or one.id not in self.vectors:
            return None
        span = self.sentences.holding(one.start, one.end)
        if len(self.article.text[slice(*span)].split()) < LEAST_WORDS or self._aside(one):
            return None
        return Told(one, span, self.parents[one.id])

    def _aside(self, one: StoredStatement) -> bool:
        """Whether it is a word or two in what somebody else says: "the move, which Biden wants, will fail"."""
        if sum(len(self.article.text[start:end].split()) for start, end in one.statement.spans) >= LEAST_WORDS:
            return False
        return any(
            other.start <= one.start and one.end <= other.end and other.statement.speaker != one.statement.speaker
            for other in self.statements.values()
        )

    def _parent(self, one: StoredStatement) -> StoredPassage:
        """Passages follow one another, so that those that hold some of it stand side by side."""
        start, end = one.start, one.end
        first = max(0, bisect_right(self.passages, start, key=attrgetter("start")) - 1)
        holding = takewhile(lambda p: p.start < end, self.passages[first + 1 :])
        return max((self.passages[first], *holding), key=lambda p: min(p.end, end) - max(p.start, start))


@dataclass(frozen=True, slots=True)
class Told:
    """A statement with the whole sentences that hold it, and the passage that holds most of it."""

    statement: StoredStatement
    span: Span
    parent: StoredPassage


class Shelf:
    """The articles that were looked at last. Safe to use from several threads."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = Lock()
        self._now: Counters = {}
        self._articles: OrderedDict[int, Opened] = OrderedDict()
        self._of: dict[Of, dict[int, int]] = {of: {} for of in Of}

    def holding(self, statements: Collection[int], passages: Collection[int], now: Counters) -> dict[int, Opened]:
        """The articles, by their ids, that hold some statements and passages, given by theirs, as of a count."""
        wanted = {Of.STATEMENTS: statements, Of.PASSAGES: passages}
        with self._lock:
            if now != self._now:
                self._articles.clear()
                self._of = {of: {} for of in Of}
                self._now = now
            ids = {self._of[of][i] for of, rows in wanted.items() for i in rows if i in self._of[of]}
            unknown = {of: [i for i in rows if i not in self._of[of]] for of, rows in wanted.items()}
            known = {i: self._articles[i] for i in ids if i in self._articles}
        more = {i for of, rows in unknown.items() if rows for i in self._record.articles_of(rows, of)}
        fresh = self._opened((ids | more) - known.keys())
        with self._lock:
            if now == self._now:
                self._keep(known | fresh)
        return known | fresh

    def _keep(self, looked_at: Mapping[int, Opened]) -> None:
        for i, one in looked_at.items():
            self._articles[i] = one
            self._articles.move_to_end(i)
            self._of[Of.STATEMENTS] |= dict.fromkeys(one.statements, i)
            self._of[Of.PASSAGES] |= dict.fromkeys((p.id for p in one.passages), i)
        while len(self._articles) > KEPT:
            _, gone = self._articles.popitem(last=False)
            for of, rows in ((Of.STATEMENTS, gone.statements), (Of.PASSAGES, [p.id for p in gone.passages])):
                for row in rows:
                    self._of[of].pop(row, None)

    def _opened(self, ids: Collection[int]) -> dict[int, Opened]:
        if not ids:
            return {}
        whole = self._record.articles_by_id(ids)
        passages, statements = self._record.passages_in(whole), self._record.statements_in(whole)
        near = self._vectors((p.id for of in passages.values() for p in of), Of.PASSAGES)
        like = self._vectors((s.id for of in statements.values() for s in of), Of.STATEMENTS)
        return {
            i: Opened(
                i,
                article,
                tuple(passages[i]),
                {s.id: s for s in statements[i]},
                {p.id: near[p.id] for p in passages[i] if p.id in near},
                {s.id: like[s.id] for s in statements[i] if s.id in like},
            )
            for i, article in whole.items()
        }

    def _vectors(self, wanted: Iterable[int], of: Of) -> dict[int, Vectors]:
        ids, matrix = self._record.vectors(list(wanted), of)
        return dict(zip(ids, matrix, strict=True)) if ids else {}
