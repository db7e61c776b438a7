"""Which articles are copies of one text: wire copy under another headline, cut, with another lead or house style.

Two are one text where most of the shorter stands in the other, sentence by sentence, word for word or nearly, and
where no other names and numbers stand in the same sentences: the reports on two counties' elections are of one
mould and not of one text. Spelling, numbers in words, titles and datelines play no part.

Measured on `tests/eval/copies` with `onrecord eval --set copies`.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from retrieval.record.stories import LIKELY
from retrieval.record.stories import SHARED as LEAST_SHARED
from retrieval.sentences import Span, sentences
from retrieval.types import Article, Passage, Statement

# Runs of so many words are hashed, and so many of the hashes kept. Source: Broder, On the resemblance and
# containment of documents, 1997.
RUN, KEPT = 4, 32
# The share of the shorter's words that must stand in the other, and the share of those that may stand in sentences
# with another name or number.
SHARED, OTHERS = 0.65, 0.2
# Texts that share fewer of the shorter's runs are not looked at any closer; of the copies measured, two thirds of
# the shorter's at least.
RUNS_SHARED = 0.45
# Two sentences are nearly the same where so many of their words are the same, of all and in their order.
ALIKE, IN_ORDER = 0.4, 0.5
# A name or number in place of another: runs of at most so many words.
REPLACED = 4
# So many sentences are compared as a whole with one, those that share the most pairs of words with it.
CLOSEST = 3
# Sentences and texts beyond this are compared word for word only, for the time grows with the square.
LONG_SENTENCE, MANY_SENTENCES = 80, 400
# Fewer words than these in a sentence tell nothing.
LEAST = 5

_TOKEN = re.compile(r"\d[\d.,]*\d|[^\W_]+|%")
_DATELINE = re.compile(r"\s*[A-Z][^.!?\n]{0,60}?\s?(?:—|–|--)\s")
_DROPPED = frozenset(("mr", "mrs", "ms", "dr"))
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_MONTHS = "january february march april may june july august september october november december".split()
_SAME = {
    **{word: str(n) for n, word in enumerate(_UNITS)},
    **{word: str(10 * n) for n, word in enumerate(_TENS, start=3)},
    **{month[:3]: month for month in _MONTHS},
    "sept": "september",
    "percent": "%",
    "sen": "senator",
    "rep": "representative",
    "gov": "governor",
}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Its words in their plain forms, and those of them that are names or numbers."""

    span: Span
    words: tuple[str, ...]
    telling: frozenset[str]

    @property
    def long(self) -> int:
        return len(self.words)


@dataclass(frozen=True, slots=True)
class _Text:
    sentences: tuple[_Sentence, ...]
    runs: frozenset[str]
    words: int


def sketch(text: str) -> tuple[int, ...]:
    """Hashes [at most KEPT] of a text's runs of words, 64 bits each; texts that share some may be one."""
    hashes = (blake2b(run.encode(), digest_size=8).digest() for run in _read(text).runs)
    return tuple(sorted(int.from_bytes(one, "big", signed=True) for one in hashes)[:KEPT])


def one_text(new: str, old: str) -> bool:
    """Whether two texts are copies of one."""
    here, there = sorted((_read(new), _read(old)), key=lambda text: text.words)
    if len(here.runs & there.runs) < RUNS_SHARED * len(here.runs):
        return False
    told = _told(here, there, others=OTHERS * here.words)
    shared = sum(sentence.long for sentence in told)
    others = sum(sentence.long for sentence, other in told.items() if other)
    return shared >= SHARED * here.words > 0 and others <= OTHERS * shared


class Originals:
    """The texts so far of which none is a copy of another, by numbers of whoever looks."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._holding: dict[int, list[int]] = {}

    def of(self, text: str, number: int) -> int:
        """The number of a text’s original; one that has none is an original from now on, under `number`."""
        hashes = sketch(text)
        votes = Counter(n for one in hashes for n in self._holding.get(one, ()))
        likely = [n for n, shared in votes.most_common(LIKELY) if shared >= min(LEAST_SHARED, len(hashes))]
        original = next((n for n in likely if one_text(text, self._texts[n])), number)
        if original == number:
            self._texts[number] = text
            for one in hashes:
                self._holding.setdefault(one, []).append(number)
        return original


def untold(
    article: Article, cut: Sequence[Passage], said: Sequence[Statement], old: str, known: Sequence[Statement]
) -> tuple[list[Passage], list[Statement]]:
    """What a copy has that its original has not: passages of `cut`, and statements of `said`.

    A statement is told where the original has it, word for word, from the same speaker; a sentence where the
    original has it, or nearly. `known` are the statements of `old`.
    """
    there = {_said(old, one) for one in known}
    own = [one for one in said if _said(article.text, one) not in there]
    here = _read(article.text)
    told = _told(here, _read(old))
    fresh = [s.span for s in here.sentences if s.long >= LEAST and told.get(s) is not False]
    wanted = [*fresh, *((one.start, one.end) for one in own)]
    return [p for p in cut if any(p.start < end and start < p.end for start, end in wanted)], own


def _said(text: str, one: Statement) -> tuple[object, ...]:
    words = tuple(word for start, end in one.spans for word, _ in _plain(text[start:end]))
    return words, one.speaker, one.report, one.second_hand


def _told(here: _Text, there: _Text, others: float = math.inf) -> dict[_Sentence, bool]:
    """The sentences that stand in the other text too, and whether they have another name or number there.

    Not all of them, once more than `others` words stand in such.
    """
    theirs = {sentence.words: sentence for sentence in there.sentences}
    found = {sentence: False for sentence in here.sentences if sentence.words in theirs}
    if max(len(here.sentences), len(there.sentences)) > MANY_SENTENCES:
        return found
    near = _Near([one for one in theirs.values() if one.long <= LONG_SENTENCE])
    known: dict[tuple[str, ...], bool | None] = {}
    for sentence in here.sentences:
        if sentence not in found and sentence.long <= LONG_SENTENCE:
            if sentence.words not in known:
                like = near.most_like(sentence)
                known[sentence.words] = _differs(sentence, like) if like else None
            other = known[sentence.words]
            if other is not None:
                found[sentence] = other
                others -= sentence.long if other else 0
        if others < 0:
            break
    return found


class _Near:
    """Finds the sentence of a text that shares the most words with another."""

    def __init__(self, sentences: Sequence[_Sentence]) -> None:
        self._sentences = sentences
        self._words = [set(one.words) for one in sentences]
        self._holding: dict[tuple[str, str], list[int]] = {}
        for number, one in enumerate(sentences):
            for pair in set(pairwise(one.words)):
                self._holding.setdefault(pair, []).append(number)

    def most_like(self, sentence: _Sentence) -> _Sentence | None:
        """None where none is like it."""
        votes = Counter(n for pair in dict.fromkeys(pairwise(sentence.words)) for n in self._holding.get(pair, ()))
        words = set(sentence.words)
        shares = [
            (len(words & self._words[n]) / len(words | self._words[n]), n) for n, _ in votes.most_common(CLOSEST)
        ]
        share, best = max(shares, default=(0.0, 0))
        return self._sentences[best] if share >= ALIKE else None


def _differs(sentence: _Sentence, like: _Sentence) -> bool | None:
    """Whether another name or number stands in a like sentence; None where it is not like enough in its order."""
    same = _common(sentence.words, like.words)
    mine, theirs = sentence.words[same:], like.words[same:]
    tail = _common(mine[::-1], theirs[::-1])
    mine, theirs = mine[: len(mine) - tail], theirs[: len(theirs) - tail]
    match = SequenceMatcher(None, mine, theirs, autojunk=False)
    same += tail + sum(block.size for block in match.get_matching_blocks())
    if same < IN_ORDER * min(sentence.long, like.long):
        return None
    return any(
        op == "replace"
        and max(j - i, m - k) <= REPLACED
        and bool(sentence.telling & set(mine[i:j]))
        and bool(like.telling & set(theirs[k:m]))
        for op, i, j, k, m in match.get_opcodes()
    )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two runs begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@lru_cache(64)
def _read(text: str) -> _Text:
    dateline = _DATELINE.match(text)
    begins = dateline.end() if dateline else 0
    found = []
    for start, end in sentences(text):
        first = begins if start < begins < end else start
        words = _plain(text[first:end])
        if words:
            telling = frozenset(
                word for n, (word, named) in enumerate(words) if word[0].isdigit() or (named and n)
            )
            found.append(_Sentence((first, end), tuple(word for word, _ in words), telling))
    everything = [word for sentence in found for word in sentence.words]
    runs = (" ".join(everything[n : n + RUN]) for n in range(max(1, len(everything) - RUN + 1)))
    return _Text(tuple(found), frozenset(runs), len(everything))


def _plain(text: str) -> list[tuple[str, bool]]:
    """The words of a text in one form, whatever its house style, and whether each is written as a name."""
    found = []
    for match in _TOKEN.finditer(text):
        written = match[0]
        word = written.lower().replace(",", "")
        if word not in _DROPPED:
            found.append((_SAME.get(word, word), written[0].isupper() and written[1:].islower()))
    return found
