"""Which sentences a claim shows: what somebody says on end, or the sentences of an article that answer."""

import math
from collections import Counter

from retrieval.evidence import Candidate
from retrieval.sentences import Span
from retrieval.shelf import Opened
from retrieval.understanding import Understood
from retrieval.understanding.wording import stem, words

# A claim grows by the sentences around it to so many characters. Of the dev questions' needs and of claims, with
# 500: .774, .490; with 650: .793, .508; with 800: .793, .515, which is hard to read.
LONGEST = 650
# A sentence of the article's own words answers that holds this share of the question's words.
SHARE = 0.5


def run(candidate: Candidate) -> Span:
    """The sentences of a statement, with those before and after it in which he, and he alone, speaks."""
    opened, statement = candidate.opened, candidate.statement
    if statement is None:
        return candidate.start, candidate.end
    if statement.id not in opened.runs:
        opened.runs[statement.id] = _run(opened, candidate.start, candidate.end, statement.statement.speaker)
    return opened.runs[statement.id]


def _run(opened: Opened, start: int, end: int, speaker: str | None) -> Span:
    while True:
        after, before = opened.sentences.after(end), opened.sentences.before(start)
        if after and after[1] - start <= LONGEST and _speakers(opened, after) == {speaker}:
            end = after[1]
        elif before and end - before[0] <= LONGEST and _speakers(opened, before) == {speaker}:
            start = before[0]
        else:
            return start, end


def authored(candidate: Candidate, understood: Understood) -> Span | None:
    """The sentence of an author's passage that is most about the topic; None where others speak in all."""
    return _best(candidate, understood, least=0.0)


def narrated(candidate: Candidate, understood: Understood) -> Span | None:
    """The sentence of a passage that holds most of what is asked; None where it holds too little."""
    text = candidate.passage.text
    there = set(words(f"{candidate.article.title} {text}"))
    if not all(there.issuperset(words(name)) for name in understood.names):
        return None
    return _best(candidate, understood, least=SHARE)


def _best(candidate: Candidate, understood: Understood, *, least: float) -> Span | None:
    opened, passage = candidate.opened, candidate.passage
    spans = opened.sentences.within(passage.start, passage.end)
    free = [s for s in spans if not _speakers(opened, s)]
    wanted = {stem(word) for word in (*understood.terms, *(w for n in understood.names for w in words(n)))}
    held = {s: wanted & {stem(word) for word in words(opened.article.text[slice(*s)])} for s in spans}
    counts = Counter(term for there in held.values() for term in there)
    weights = {term: math.log(1 + len(spans) / (0.5 + counts[term])) for term in wanted}
    total = sum(weights.values()) or 1.0
    scored = [(sum(weights[term] for term in held[s]) / total, -s[0], s) for s in free]
    share, _, span = max(scored, default=(0.0, 0, None))
    if span is None or share < least:
        return None
    return span


def _speakers(opened: Opened, span: Span) -> set[str | None]:
    """Who says what stands in a sentence."""
    return {speaker for start, end, speaker in opened.said if start < span[1] and span[0] < end}
