"""The figures are those of the reference scorer, on a small run that has every kind of hit and miss."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from retrieval_parts import article

from retrieval.citing import cite
from retrieval.measure import Asked, Gold, measure, same_person
from retrieval.types import Answer, Article, Claim, Evidence, Outcome

LEVY = article(
    "levy",
    "The board met.  “The harbor levy must be doubled before the winter storms,” Ada Quill said on Monday. "
    "Ben Stone said that the levy must never rise while he sits on the board. " + "The hall was full. " * 300,
)
FERRY = article("ferry", "Cara Finch said that the ferry timetable will be thinned out by the end of the year.")
ARTICLES = {one.url: one for one in (LEVY, FERRY)}
QUILL = Gold(LEVY.url, "“The harbor levy must be doubled before the winter storms,” Ada Quill said", "Ada Quill")
STONE = Gold(LEVY.url, "Ben Stone said that the levy must never rise while he sits on the board.", "Ben Stone")
FINCH = Gold(FERRY.url, "the ferry timetable will be thinned out by the end of the year", "Cara Finch")


def span(of: Article, begins: str, size: int) -> tuple[int, int]:
    at = of.text.index(begins)
    return at, at + size


def claim(of: Article, begins: str, size: int, speaker: str | None) -> Claim:
    citation = cite(of, *span(of, begins, size))
    return Claim(citation.quote, speaker, None, False, (citation,))


def answer(passages: list[tuple[Article, str, int]], *claims: Claim) -> Answer:
    evidence = tuple(Evidence(of, *span(of, begins, size), 1.0) for of, begins, size in passages)
    outcome = Outcome.ANSWERED if claims else Outcome.NO_EVIDENCE
    return Answer("", outcome, "", tuple(claims), evidence, 0.01)


RIGHT = claim(LEVY, "“The harbor", 76, "Quill")
WRONG_SPEAKER = claim(LEVY, "“The harbor", 76, "Ben Stone")
BESIDE = claim(LEVY, "The hall was full.", 18, None)
RUN: list[tuple[Asked, Answer]] = [
    (
        Asked("hit", "?", "position", "Ada Quill", True, (QUILL,), ((0,),)),
        answer([(LEVY, "The board", 150)], RIGHT, BESIDE),
    ),
    (
        Asked("both", "?", "compare", None, True, (QUILL, STONE, FINCH), ((0,), (1, 2))),
        answer([(FERRY, "Cara", 20), (LEVY, "The board", 5000), (FERRY, "Cara", 83)], WRONG_SPEAKER),
    ),
    (
        Asked("late", "?", "position", None, True, (FINCH,), ((0,),)),
        answer([(LEVY, "The hall", 18)] * 7 + [(FERRY, "Cara", 83)]),
    ),
    (Asked("none", "?", "position", None, True, (FINCH,), ((0,),)), answer([])),
    (Asked("mis1", "?", "misattributed", "Ben Stone", False, (QUILL,), ((0,),)), answer([], WRONG_SPEAKER)),
    (Asked("mis2", "?", "misattributed", "Ben Stone", False, (QUILL,), ((0,),)), answer([], RIGHT)),
    (Asked("abs1", "?", "absent", None, False, (), ()), answer([], BESIDE)),
    (Asked("abs2", "?", "absent", None, False, (), ()), answer([])),
]


def text_of(url: str) -> str | None:
    return ARTICLES[url].text if url in ARTICLES else None


def reference(path: Path) -> dict[str, float]:
    spec = importlib.util.spec_from_file_location("reference_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    questions: list[dict[str, Any]] = [
        {
            "id": asked.id,
            "type": asked.kind,
            "question": asked.question,
            "speaker": asked.speaker,
            "answerable": asked.answerable,
            "gold": [{"url": g.url, "passage": g.passage, "speaker": g.speaker} for g in asked.gold],
            "needs": asked.needs,
        }
        for asked, _ in RUN
    ]
    results = [{"id": asked.id, **given.as_json()} for asked, given in RUN]
    articles = [{"url": one.url, "text": one.text} for one in ARTICLES.values()]
    figures: dict[str, float] = module.score(articles, questions, results)["all"]
    return figures


def test_the_figures_are_those_of_the_reference_scorer(shared: Callable[[str], Path]) -> None:
    figures = measure(RUN, text_of)
    theirs = reference(shared("polqa/score.py"))
    assert figures == pytest.approx({name: theirs[name] for name in figures})


def test_the_figures_are_right_by_hand() -> None:
    figures = measure(RUN, text_of)
    assert figures["recall@5"] == pytest.approx((1 + 1 + 0 + 0) / 4)
    assert figures["recall@10"] == pytest.approx(3 / 4)
    assert figures["mrr@10"] == pytest.approx((1 + 1 / 2 + 1 / 8 + 0) / 4)
    assert figures["answered"] == pytest.approx(2 / 4)
    assert figures["cited"] == pytest.approx((1 + 1 / 2) / 4)
    assert figures["precision"] == pytest.approx(2 / 3)
    assert figures["speaker"] == pytest.approx(1 / 2)
    assert figures["refused_mis"] == pytest.approx(1 / 2)
    assert figures["refused_abs"] == pytest.approx(1 / 2)
    assert figures["verbatim"] == 1


def test_a_quotation_that_does_not_stand_in_its_article_is_counted() -> None:
    assert measure(RUN[:1], lambda _: "Another text.")["verbatim"] == 0
    assert measure(RUN[:1], lambda _: None)["verbatim"] == 0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Rep. Ada Quill", "Quill", True),
        ("A. Quill", "Ada Quill", True),
        ("Tom Quill", "Ada Quill", False),
        (None, "Ada Quill", False),
        ("the president", "Ada Quill", False),
    ],
)
def test_names_are_compared_as_people_are_called(a: str | None, b: str, *, same: bool) -> None:
    assert same_person(a, b) is same
