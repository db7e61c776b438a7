"""Measures answers against questions whose answering passages are known. All figures are shares of 1.

A need is a set of gold passages of which any one will do. A passage covers a gold one where it holds at least
60 % of its four-word runs; a quotation hits one where they share 60 % of the shorter one's.

    recall@k        needs that the first k passages cover; recall@4000c: within 4,000 characters of passages,
                    so that long passages win nothing
    mrr@10          1 / rank of the first passage that covers a gold one
    answered        answerable questions that were answered
    cited           needs that a cited quotation hits
    precision       claims on answerable questions that hit a gold passage
    speaker         claims that hit, whose speaker is the right one
    refused_mis     questions that put somebody else's words in the asked mouth: not answered with those words
    refused_abs     questions that nothing answers: not answered
    verbatim        quotations that stand letter for letter in the article
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.types import Answer, Claim, Evidence

RUN = 4
ENOUGH = 0.6
ROOM = 4000
_ALIKE = str.maketrans("“”‘’—–\u00a0", "\"\"''-- ")
_TITLES = frozenset(
    "mr mrs ms dr sen senator rep representative gov governor president secretary jr sr the".split()
)

Run = tuple[str, ...]
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Gold:
    """A passage that answers, and who speaks in it."""

    url: str
    passage: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set. `kind` is "misattributed" or "absent" where nothing should be answered."""

    id: str
    question: str
    kind: str
    speaker: str | None
    answerable: bool
    gold: tuple[Gold, ...]
    needs: tuple[tuple[int, ...], ...]


def read_questions(path: Path, text_of: Callable[[str], str | None] = lambda _: None) -> list[Asked]:
    """A question set in JSON lines, as tests/samples/questions.jsonl has it.

    A gold passage is given as "passage", or by its place, "start" and "end", in the text that `text_of` gives for
    an article's address; questions about articles that are not there are left out.
    """
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [asked for row in rows if (asked := _asked(row, text_of))]


def _asked(row: Mapping[str, Any], text_of: Callable[[str], str | None]) -> Asked | None:
    gold = []
    for g in row["gold"]:
        passage = g.get("passage")
        if passage is None and (text := text_of(g["url"])) is not None:
            passage = text[g["start"] : g["end"]]
        if passage is None:
            return None
        gold.append(Gold(g["url"], passage, g.get("speaker")))
    needs = row.get("needs") or [[i] for i in range(len(gold))]
    return Asked(
        row["id"],
        row["question"],
        row["type"],
        row.get("speaker"),
        row["answerable"],
        tuple(gold),
        tuple(tuple(need) for need in needs),
    )


def measure(pairs: Iterable[tuple[Asked, Answer]], text_of: Callable[[str], str | None]) -> dict[str, float]:
    """The figures of a run, each a mean. `text_of` gives an article's stored text."""
    values: dict[str, list[float]] = defaultdict(list)

    def tell(name: str, value: float) -> None:
        values[name].append(value)

    for asked, answer in pairs:
        for claim in answer.claims:
            for citation in claim.citations:
                stored = text_of(citation.url)
                tell("verbatim", stored is not None and _squeezed(citation.quote) in _squeezed(stored))
        if asked.answerable:
            _tell_retrieval(asked, answer.passages, tell)
            _tell_answer(asked, answer, tell)
        elif asked.kind == "misattributed":
            tell("refused_mis", not any(_misattributes(asked, claim) for claim in answer.claims))
        else:
            tell("refused_abs", not answer.claims)
    return {name: sum(found) / len(found) for name, found in values.items()}


def _tell_retrieval(asked: Asked, passages: Sequence[Evidence], tell: Tell) -> None:
    covered: dict[int, int] = {}
    in_room: set[int] = set()
    room = ROOM
    for rank, passage in enumerate(passages, 1):
        part, room = passage.text[: max(room, 0)], room - len(passage.text)
        for i, gold in enumerate(asked.gold):
            if gold.url != passage.article.url:
                continue
            if i not in covered and covers(passage.text, gold.passage):
                covered[i] = rank
            if part and covers(part, gold.passage):
                in_room.add(i)
    for k in (5, 10):
        tell(f"recall@{k}", _met(asked, {i for i, rank in covered.items() if rank <= k}))
    tell("recall@4000c", _met(asked, in_room))
    first = min(covered.values(), default=0)
    tell("mrr@10", 1 / first if 0 < first <= 10 else 0.0)


def _tell_answer(asked: Asked, answer: Answer, tell: Tell) -> None:
    tell("answered", bool(answer.claims))
    met: set[int] = set()
    for claim in answer.claims:
        hit = _hits(asked, claim)
        met |= hit
        tell("precision", bool(hit))
        if hit:
            tell("speaker", any(same_person(claim.speaker, asked.gold[i].speaker) for i in hit))
    tell("cited", _met(asked, met))


def _met(asked: Asked, found: set[int]) -> float:
    return sum(any(i in found for i in need) for need in asked.needs) / len(asked.needs)


def _hits(asked: Asked, claim: Claim) -> set[int]:
    return {
        i
        for i, gold in enumerate(asked.gold)
        for citation in claim.citations
        if citation.url == gold.url and hits(citation.quote, gold.passage)
    }


def _misattributes(asked: Asked, claim: Claim) -> bool:
    return same_person(claim.speaker, asked.speaker) and bool(_hits(asked, claim))


def same_person(a: str | None, b: str | None) -> bool:
    """Two names that may be one person's: one holds the other, or surnames and first initials agree."""
    x, y = ([word for word in _words(name or "") if word not in _TITLES] for name in (a, b))
    if not x or not y:
        return False
    if set(x) <= set(y) or set(y) <= set(x):
        return True
    return x[-1] == y[-1] and (len(x) == 1 or len(y) == 1 or x[0][0] == y[0][0])


def covers(text: str, gold: str) -> bool:
    wanted = _runs(gold, RUN)
    return bool(wanted) and len(wanted & _runs(text, min(RUN, len(_words(gold))))) / len(wanted) >= ENOUGH


def hits(quote: str, gold: str) -> bool:
    n = min(RUN, len(_words(quote)), len(_words(gold)))
    if n == 0 or len(_words(quote)) < RUN:
        return False
    a, b = _runs(quote, n), _runs(gold, n)
    return len(a & b) / min(len(a), len(b)) >= ENOUGH


def _runs(text: str, n: int) -> set[Run]:
    words = _words(text)
    n = min(n, len(words)) or 1
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).translate(_ALIKE).lower())


def _squeezed(text: str) -> str:
    return " ".join(text.split())
