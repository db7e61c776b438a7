"""Extractive answers: the sentences that answer, word for word, or a plain "nothing on record".

Where a question asks for somebody's words, only sentences that are sure to be his are claims; another's are
never given to him. What is shown is always a span of the stored text.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from retrieval.citing import cite
from retrieval.names import same_name
from retrieval.questions import Understanding, words
from retrieval.search import Ranked
from retrieval.speech import Spoken, spoken
from retrieval.types import Claim

CLAIMS = 4
# Sentences are chosen from so many passages, best first.
PASSAGES = 10
# What somebody says is about the topic where its sentence holds this share of the topic's weight, or his statement
# is so like the question without his name. On the dev questions answered .683, cited .481, precision .562; with a
# share of .25 .644, .452, .571; with a similarity of .5 .625, .428, .545. With a share of .15 .731, .519, .551,
# but then one of the samples' questions that nothing answers is answered.
SHARE, LIKE = 0.2, 0.45
# A sentence scores by its own share of the topic, and by these parts for its passage's share and rank.
NEARNESS, RANK = 0.5, 1.0
# Where nobody's words are asked for, a sentence answers that holds this share of the question's weight.
SENTENCE_SHARE = 0.5
# Later claims are worth showing down to this share of the best one's score; with .5, and five claims, precision is
# .514.
WORTH = 0.7


@dataclass(frozen=True, slots=True)
class _Sentence:
    ranked: Ranked
    rank: int
    spoken: Spoken
    score: float


def claims(understood: Understanding, ranked: Sequence[Ranked]) -> list[Claim]:
    """At most four claims that answer, best first; empty where nothing among the passages does."""
    pool = list(ranked[:PASSAGES])
    sentences = _attributed(understood, pool)
    if not sentences and not (understood.speech and understood.asked):
        sentences = _matching(understood, pool)
    sentences.sort(key=lambda s: (-s.score, s.rank, s.spoken.start))
    worth = [s for s in sentences if s.score >= WORTH * sentences[0].score]
    return [_claim(sentence) for sentence in _distinct(worth)[:CLAIMS]]


def _attributed(understood: Understanding, pool: list[Ranked]) -> list[_Sentence]:
    """What the asked ones say about the topic; the nearer to it, they and their passage, the better."""
    weights, verbs = _weights(understood.topic, pool), _weights(understood.verbs, pool)
    found = []
    for rank, ranked in enumerate(pool):
        near = NEARNESS * _share(weights, ranked.passage.text) + RANK / (2 + rank)
        for said in _sentences(ranked):
            if said.speaker and _is_asked(understood, said.speaker):
                text = ranked.passage.article.text[said.start : said.end]
                share = _share(weights, text)
                if not weights or share >= SHARE or said.likeness >= LIKE:
                    score = share + _share(verbs, text) / 4 + said.likeness + near
                    found.append(_Sentence(ranked, rank, said, score))
    return found


def _matching(understood: Understanding, pool: list[Ranked]) -> list[_Sentence]:
    """Sentences that hold most of what is asked; where somebody is asked, nobody else's words."""
    weights = _weights(understood.terms, pool)
    found = []
    for rank, ranked in enumerate(pool):
        article = ranked.passage.article
        for said in _sentences(ranked):
            if understood.asked and said.speaker and not _is_asked(understood, said.speaker):
                continue
            share = _share(weights, article.text[said.start : said.end])
            if share >= SENTENCE_SHARE and _names_all(understood, f"{article.title} {ranked.passage.text}"):
                found.append(_Sentence(ranked, rank, said, share))
    return found


def _is_asked(understood: Understanding, speaker: str) -> bool:
    return any(same_name(name, speaker) for name in understood.asked)


def _names_all(understood: Understanding, text: str) -> bool:
    there = set(words(text))
    return all(there.issuperset(words(name)) for name in understood.names)


def _sentences(ranked: Ranked) -> Iterator[Spoken]:
    passage = ranked.passage
    return spoken(passage.article.text, ranked.statements, (passage.start, passage.end))


def _weights(terms: Sequence[str], pool: Sequence[Ranked]) -> dict[str, float]:
    """Each term's inverse document frequency among the candidates: what all hold tells little."""
    counts = Counter(stem for ranked in pool for stem in _stems(ranked.passage.text))
    return {stem: math.log(1 + len(pool) / (0.5 + counts[stem])) for stem in map(_stem, terms)}


def _share(weights: dict[str, float], text: str) -> float:
    """How much of the terms' weight a text holds, 0 to 1."""
    total = sum(weights.values())
    there = _stems(text)
    return sum(weight for stem, weight in weights.items() if stem in there) / total if total else 0.0


@lru_cache(4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, words(text)))


def _stem(word: str) -> str:
    """A crude stem: enough to match a question's word with its inflections."""
    if len(word) > 4:
        word = re.sub(r"(?:ational|ation|ments?|ings?|edly|ed|ies|ers?|ly|es|s|e|y)$", "", word) or word
    return word


def _distinct(sentences: list[_Sentence]) -> list[_Sentence]:
    """Without repetitions: of a sentence that stands in several copies of a text, the earliest."""
    first: dict[str, _Sentence] = {}
    for sentence in sentences:
        text = sentence.ranked.passage.article.text[sentence.spoken.start : sentence.spoken.end]
        key = " ".join(words(text))
        if key not in first or _published(sentence) < _published(first[key]):
            first[key] = sentence
    return list(first.values())


def _published(sentence: _Sentence) -> date:
    return sentence.ranked.passage.article.published or date.max


def _claim(sentence: _Sentence) -> Claim:
    article, said = sentence.ranked.passage.article, sentence.spoken
    citation = cite(article, said.start, said.end)
    said_on = article.published if said.speaker else None
    return Claim(citation.quote, said.speaker, said_on, said.second_hand, (citation,))


def refusal(understood: Understanding, holdings: "Holdings") -> str:
    """What is said where nothing answers: what the library holds, and how much of it mentions those asked."""
    if not holdings.articles:
        return "Nothing is on record: the library is empty. Add articles with onrecord ingest."
    held = f"{holdings.articles:,} article{'s' * (holdings.articles != 1)}{_period(holdings.first, holdings.last)}"
    mentions = [
        f"{count:,} mention{'s' * (count == 1)} {name}" if count else f"none mentions {name}"
        for name, count in holdings.mentions.items()
    ]
    whose = f" from {' or '.join(understood.asked)}" if understood.speech and understood.asked else ""
    return (
        f"Nothing on record{whose} that answers this. The library holds {held}" + "; ".join(["", *mentions]) + "."
    )


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a library holds: articles, their first and last date, and how many mention each name asked about."""

    articles: int
    first: date | None
    last: date | None
    mentions: dict[str, int]


def _period(first: date | None, last: date | None) -> str:
    if not first or not last:
        return ""
    if (first.year, first.month) == (last.year, last.month):
        return f", {first:%b %Y}"
    return f", {first:%b %Y} to {last:%b %Y}"
