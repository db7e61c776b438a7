"""Finds what may answer, and weighs it: statements first, and passages in the articles' own words.

Candidates come by likeness to the topic (all statements of those asked, exactly; all others through the index) and
by full text. What is weighed of each stands in `retrieval.evidence`; `python -m tests.eval.fit` fits the weights,
with five-fold cross-validation, and `retrieval/weights.json` holds them and the figures.

Tried there on 924 articles: the topic without those asked is what to compare with (with their names a statement of
theirs is like any question about them); a fit within each question (source: Cao et al., ListNet, ICML 2007) puts
a right statement first for .63 of the needs, one over all questions at once for .55. The words of the statement
itself, of its title and of the names in the question, likeness to the question as it stands or to its terms alone,
length, place and second hand add nothing (.835 mean reciprocal rank of the first that is right, with all of them
.833), and neither does a learned map between questions and statements (.81, on 627 questions).
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import dropwhile

from retrieval.embedding import Embedder
from retrieval.evidence import Candidate, Features
from retrieval.index import Index
from retrieval.names import TITLE_WORDS, first_name, untitled
from retrieval.record import Counters, Filter, Of, Record, StoredPassage, Vectors
from retrieval.scale import Scale
from retrieval.shelf import Opened, Shelf, Told
from retrieval.types import Article, Kind, Question
from retrieval.understanding import Understood
from retrieval.understanding.wording import stem
from retrieval.weights import Weights

# Candidates by likeness: of each one asked, of everybody, and passages; and passages by full text. Fewer find
# less; with more of everybody's, or with statements by full text, no more of the needs are found.
THEIRS, ANYBODY, PASSAGES = 50, 20, 20
# So many words of a question are looked at.
MANY_TERMS = 20
# Words that stand in more than one passage of so many are not looked for beside rarer ones: that takes long.
COMMON = 8
_BYLINES = re.compile(r",|;|&|\band\b|^\s*[Bb]y\b")
# What stands before a name in bylines ("U.S. Rep.", "Former House Speaker"), and behind it.
_TITLED = TITLE_WORDS | {"Us", "Former", "House"}
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii"))
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Search:
    """Search over one library."""

    record: Record
    index: Index
    embedder: Embedder
    shelf: Shelf
    scale: Scale
    weights: Weights

    def candidates(self, question: Question, understood: Understood, now: Counters) -> list[Candidate]:
        """What may answer, best first, as of a count of the record. Raises OnrecordError."""
        where = Filter(question.since, _earlier(question.until, question.as_of), outlet=understood.outlet)
        topic = self.embedder.question(understood.topic or understood.text)
        whole = now[Of.PASSAGES].row
        counts = self.record.frequencies(understood.terms[:MANY_TERMS])
        rare = [t for t, n in zip(understood.terms, counts, strict=False) if n * COMMON <= whole]
        worded = self.record.lexical(rare or understood.terms, PASSAGES, where)
        statements = self._statements(understood, topic, where, now)
        passages = {hit.id for hit in (*self.index.nearest(topic, PASSAGES, where, now=now), *worded)}
        opened = self.shelf.holding(statements, passages, now)
        rarity = {stem(t): math.log(1 + whole / (0.5 + n)) for t, n in zip(understood.terms, counts, strict=False)}
        weighing = _Weighing(understood, topic, rarity, self.scale, self.weights, opened)
        return weighing.candidates(statements, passages)

    def _statements(self, understood: Understood, topic: Vectors, where: Filter, now: Counters) -> set[int]:
        """The ids of the statements to weigh."""
        hits = []
        for one in understood.asked:
            if one.speakers:
                his = replace(where, speakers=frozenset(speaker.id for speaker in one.speakers))
                hits += self.index.nearest(topic, THEIRS, his, of=Of.STATEMENTS, now=now)
        if not understood.asked:
            hits += self.index.nearest(topic, ANYBODY, where, of=Of.STATEMENTS, now=now)
            hits += self.record.lexical(understood.terms[:MANY_TERMS], PASSAGES, where, Of.STATEMENTS)
        return {hit.id for hit in hits}


class _Weighing:
    """Weighs the candidates of one question."""

    def __init__(
        self,
        understood: Understood,
        topic: Vectors,
        rarity: Mapping[str, float],
        scale: Scale,
        weights: Weights,
        opened: Mapping[int, Opened],
    ) -> None:
        self._understood = understood
        self._topic = topic
        self._rarity = rarity
        self._scale = scale
        self._weights = weights
        self._opened = opened
        self._asked = {speaker.id: n for n, one in enumerate(understood.asked) for speaker in one.speakers}

    def candidates(self, statements: Collection[int], passages: Collection[int]) -> list[Candidate]:
        """Best first: the statements, all in the passages beside, and passages, also those around statements."""
        found: list[Candidate] = []
        near_by = {i: self._around(one, statements, passages) for i, one in self._opened.items()}
        shares = {p.id: self._share(p.text) for _, around in near_by.values() for p in around.values()}
        for i, (told, around) in near_by.items():
            one = self._opened[i]
            near = self._likes(one, Of.PASSAGES, around)
            like = self._likes(one, Of.STATEMENTS, [t.statement.id for t in told])
            best = max(like.values(), default=None)
            for t in told:
                of = like[t.statement.id], near[t.parent.id], best or 0.0, shares[t.parent.id]
                found.append(self._statement(one, t, of))
            author = _author(self._understood, one.article)
            for p, passage in around.items():
                best_here = near[p] if best is None else best
                found.append(self._passage(one, passage, author, (near[p], near[p], best_here, shares[p])))
        return sorted(found, key=lambda c: (-c.score, c.opened.id, c.start))

    def _around(
        self, one: Opened, statements: Collection[int], passages: Collection[int]
    ) -> tuple[list[Told], dict[int, StoredPassage]]:
        """The statements of an article to weigh, and the passages."""
        near_by = (one.told(i) for i, p in one.parents.items() if i in statements or p.id in passages)
        told = [t for t in near_by if t]
        around = {t.parent.id: t.parent for t in told} | {p.id: p for p in one.passages if p.id in passages}
        return told, around

    def _statement(self, one: Opened, told: Told, of: tuple[float, float, float, float]) -> Candidate:
        said = told.statement
        asked = self._asked.get(said.speaker_id) if said.speaker_id is not None else None
        day = said.statement.said_on or one.article.published
        quoted = float(said.statement.kind is not Kind.INDIRECT)
        features = Features(*of, quoted, self._other(asked), 0.0, _off(self._understood, day))
        score = self._weights.score(features)
        return Candidate(one, told.parent, *told.span, said, asked, features, score)

    def _passage(
        self, one: Opened, passage: StoredPassage, asked: int | None, of: tuple[float, float, float, float]
    ) -> Candidate:
        off = _off(self._understood, passage.article.published)
        features = Features(*of, 0.0, self._other(asked), 1.0, off)
        score = self._weights.score(features)
        return Candidate(one, passage, passage.start, passage.end, None, asked, features, score)

    def _likes(self, one: Opened, of: Of, wanted: Collection[int]) -> dict[int, float]:
        """How like the topic some rows of an article are, by their ids."""
        found = one.likes(self._topic, of) if wanted else {}
        return {i: self._scale(found[i]) for i in wanted}

    def _share(self, text: str) -> float:
        """How much of the weight of the topic's terms a text holds."""
        low = text.lower()
        total = sum(self._rarity.values())
        held = sum(weight for one, weight in self._rarity.items() if _holds(low, one))
        return held / total if total else 0.0

    def _other(self, asked: int | None) -> float:
        return float(bool(self._understood.asked) and asked is None)


def _earlier(a: date | None, b: date | None) -> date | None:
    return min(a, b) if a and b else a or b


def _author(understood: Understood, article: Article) -> int | None:
    """Which of those asked wrote an article: his name itself stands in its byline, not only somewhere in one."""
    signed = [_signed(part) for part in _BYLINES.split(article.author or "")]
    for n, one in enumerate(understood.asked):
        name = untitled(one.name)
        if len(name) > 1 and any(_is_name_of(words, name) for words in signed):
            return n
    return None


def _signed(part: str) -> list[str]:
    """The words of one name in a byline without titles; `untitled` would cut "Answer as Sen. …" to the name."""
    words = [word.replace(".", "") for word in part.split()]
    words = list(dropwhile(lambda word: word.capitalize() in _TITLED, words))
    return words[:-1] if words and words[-1].lower() in _GENERATIONS else words


def _is_name_of(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a byline's words are a name, at most with one between."""
    return (
        2 <= len(words) <= len(name) + 1
        and words[-1].lower() == name[-1].lower()
        and first_name(words[0]) == first_name(name[0])
    )


def _off(understood: Understood, day: date | None) -> float:
    since, until = understood.since, understood.until
    if not (since or until):
        return 0.0
    return float(day is None or bool(since and day < since) or bool(until and day > until))


def _holds(low: str, wanted: str) -> bool:
    """Whether a text in small letters has a word with a stem; ten times as quick as to stem all its words."""
    at = low.find(wanted)
    while at >= 0:
        if (at == 0 or not low[at - 1].isalnum()) and stem(_WORD.match(low, at)[0]) == wanted:  # type: ignore[index]
            return True
        at = low.find(wanted, at + 1)
    return False
