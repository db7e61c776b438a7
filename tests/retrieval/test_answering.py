"""Answers over a small library: the asked person's own words, verbatim and cited, or a plain refusal."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from retrieval_parts import MAKER, add, article, library_at, store

from retrieval.errors import LibraryMismatch
from retrieval.library import Library
from retrieval.minilm import MiniLM
from retrieval.types import Answer, Outcome, Question

QUILL = article(
    "levy",
    "The harbor board met in a full hall.\n\n“The harbor levy must be doubled before winter,” Ada Quill said. "
    "“The sea wall cannot wait for another year.”\n\nBen Stone said the harbor levy must not rise at all.",
    title="Board divided over harbor levy",
    published=date(2024, 3, 5),
)
COPY = replace(QUILL, url="https://copy.example/levy", outlet="Copy Post", published=date(2024, 3, 6))
LATER = article(
    "later",
    "Ada Quill said in June that the harbor levy should stay as it is.\n\nCara Finch was in the hall.",
    title="Quill turns on the levy",
    published=date(2024, 6, 30),
)
UNDATED = article("undated", "Ada Quill said the harbor levy was an old idea.", title="An old idea")
FERRY = article("ferry", "The ferry timetable will be thinned out, Ben Stone said.", title="Fewer ferries")


@pytest.fixture
def library(tmp_path: Path, minilm: MiniLM) -> Iterator[Library]:
    """With the real embedding: how like two texts are decides what is answered."""
    with library_at(tmp_path, model=minilm) as opened:
        yield opened


@pytest.fixture
def full(library: Library) -> Library:
    add(library, QUILL, LATER, UNDATED, FERRY)
    return library


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for claim in answer.claims for citation in claim.citations]


def speakers(answer: Answer) -> set[str | None]:
    return {claim.speaker for claim in answer.claims}


def urls(answer: Answer) -> set[str]:
    return {p.article.url for p in answer.passages}


def test_an_answer_is_the_asked_persons_own_words(full: Library) -> None:
    answer = full.ask(Question("What did Ada Quill say about the harbor levy?"))
    assert answer.outcome is Outcome.ANSWERED
    assert speakers(answer) == {"Ada Quill"}
    assert any("“The harbor levy must be doubled before winter,” Ada Quill said." in q for q in quotes(answer))


@pytest.mark.parametrize(
    "question",
    [
        "What did Ada Quill say about the ferry timetable?",
        "What did Cara Finch say about the harbor levy?",
        "Did Cara Finch propose to double the harbor levy?",
        "According to Cara Finch, what should happen to the harbor levy?",
    ],
)
def test_anothers_words_are_never_given_to_the_asked_person(full: Library, question: str) -> None:
    answer = full.ask(Question(question))
    assert speakers(answer) <= ({"Ada Quill"} if "Quill" in question else set())
    assert not [quote for quote in quotes(answer) if "Stone" in quote]


def test_every_quotation_stands_letter_for_letter_where_it_says(full: Library) -> None:
    for question in ("What did Ada Quill propose?", "What did Ben Stone say?", "harbor levy winter"):
        for claim in full.ask(Question(question)).claims:
            for citation in claim.citations:
                stored = full.record.article(citation.url)
                assert stored is not None
                assert stored.text[citation.start : citation.end] == citation.quote == claim.text
                assert citation.link.startswith(citation.url + "#:~:text=")


def test_claims_are_numbered_and_at_most_four(library: Library) -> None:
    items = [
        article(f"a{n}", f"Ada Quill said that the harbor levy should rise by {n} percent in year {n}.")
        for n in range(9)
    ]
    add(library, *items)
    answer = library.ask(Question("What did Ada Quill say about the harbor levy?"))
    assert [c.n for claim in answer.claims for c in claim.citations] == [1, 2, 3, 4]
    assert len(answer.passages) == 9


def test_at_least_ten_passages_are_shown_best_first(library: Library) -> None:
    add(library, *(article(f"a{n}", f"The harbor levy rose in year {n}.") for n in range(30)))
    answer = library.ask(Question("How did the harbor levy rise?"))
    scores = [passage.score for passage in answer.passages]
    assert len(scores) >= 10
    assert scores == sorted(scores, reverse=True)
    assert all(p.text == p.article.text[p.start : p.end] for p in answer.passages)


def test_a_syndicated_copy_is_one_source_that_names_it(full: Library) -> None:
    add(full, COPY)
    answer = full.ask(Question("What did Ada Quill say about the harbor levy?"))
    assert [c.url for c in answer.claims[0].citations] == [QUILL.url]
    assert [also.url for also in answer.claims[0].citations[0].also_in] == [COPY.url]
    assert sum("doubled" in claim.text for claim in answer.claims) == 1
    assert answer.claims[0].said_on == QUILL.published


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Question("harbor levy", since=date(2024, 6, 30)), {LATER.url}),
        (Question("harbor levy", until=date(2024, 3, 5)), {QUILL.url}),
        (Question("harbor levy", as_of=date(2024, 4, 1)), {QUILL.url}),
        (Question("harbor levy", since=date(2024, 3, 6), until=date(2024, 6, 29)), set()),
        (Question("harbor levy", until=date(2025, 1, 1), as_of=date(2024, 3, 31)), {QUILL.url}),
        (Question("harbor levy", until=date(2024, 3, 31), as_of=date(2025, 1, 1)), {QUILL.url}),
    ],
)
def test_dates_restrict_what_is_searched_and_the_undated_never_fit(
    full: Library, question: Question, expected: set[str]
) -> None:
    assert urls(full.ask(question)) == expected


def test_a_person_that_is_set_apart_from_the_question_is_the_one_asked(full: Library) -> None:
    answer = full.ask(Question("What about the harbor levy?", person="Ben Stone"))
    assert speakers(answer) == {"Ben Stone"}


def test_a_claim_is_dated_by_its_article(full: Library) -> None:
    answer = full.ask(Question("What did Ada Quill say about the harbor levy?", since=date(2024, 6, 1)))
    assert {claim.said_on for claim in answer.claims} == {date(2024, 6, 30)}


def test_an_empty_library_says_that_it_is_empty(library: Library) -> None:
    answer = library.ask(Question("What did Ada Quill say?"))
    assert answer.outcome is Outcome.NO_EVIDENCE
    assert answer.claims == answer.passages == ()
    assert "empty" in answer.message


def test_a_refusal_counts_what_is_held_and_who_is_mentioned(full: Library) -> None:
    answer = full.ask(Question("What did Cara Finch say about the lighthouse keeper?"))
    assert answer.outcome is Outcome.NO_EVIDENCE
    assert "“lighthouse”" in answer.message
    assert "4 articles" in answer.message
    assert "1 mentions Cara Finch" in answer.message
    assert "none mentions Dora Vane" in full.ask(Question("What did Dora Vane say?")).message


@pytest.mark.parametrize("question", ["", "?", "the of and", '"AND" NEAR( *', "\u202e🙂", "levy " * 2000])
def test_any_question_gets_an_answer_of_some_kind(full: Library, question: str) -> None:
    assert full.ask(Question(question)).outcome in Outcome


def test_what_was_forgotten_is_in_no_later_answer(full: Library) -> None:
    question = Question("What did Ada Quill say about the harbor levy?")
    full.ask(question)
    full.record.forget(QUILL.url)
    answer = full.ask(question)
    assert QUILL.url not in urls(answer) | {c.url for claim in answer.claims for c in claim.citations}


def test_a_corrected_article_is_quoted_as_corrected(full: Library) -> None:
    question = Question("What did Ada Quill say about the harbor levy?")
    full.ask(question)
    add(full, replace(QUILL, text=QUILL.text.replace("must be doubled", "must be halved")))
    assert not [quote for quote in quotes(full.ask(question)) if "doubled" in quote]
    assert [quote for quote in quotes(full.ask(question)) if "halved" in quote]


def test_an_answer_as_json_says_the_same(full: Library) -> None:
    answer = full.ask(Question("What did Ada Quill say about the harbor levy?"))
    told = answer.as_json()
    assert told["answer"]["abstained"] is False
    assert [c["quote"] for claim in told["answer"]["claims"] for c in claim["citations"]] == quotes(answer)
    assert [p["url"] for p in told["passages"]] == [p.article.url for p in answer.passages]


def test_a_reindex_by_another_program_is_noticed_at_the_next_question(full: Library) -> None:
    full.ask(Question("harbor levy"))
    store(full.record, QUILL, maker="another embedding")
    with pytest.raises(LibraryMismatch) as raised:
        full.ask(Question("harbor levy"))
    assert MAKER in str(raised.value)
    assert raised.value.hint


def test_an_article_that_another_opening_stored_is_answered_at_the_next_question(library: Library) -> None:
    question = Question("What did Ada Quill say about the harbor levy?")
    assert library.ask(question).outcome is Outcome.NO_EVIDENCE
    add(library, QUILL)
    assert library.ask(question).outcome is Outcome.ANSWERED


def test_many_threads_may_ask_while_another_stores(full: Library) -> None:
    question = Question("What did Ada Quill say about the harbor levy?")

    def ask(_: int) -> Answer:
        return full.ask(question)

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(ask, range(24))
        for n in range(6):
            add(full, article(f"more{n}", f"Ada Quill said of the harbor levy that it cost {n} cents."))
        assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    assert full.index.kind == "chroma"
    assert full.index.faults() == []


def test_anothers_words_are_told_as_his_and_are_no_claim(full: Library) -> None:
    answer = full.ask(Question("Why did Cara Finch say that the harbor levy must be doubled before winter?"))
    assert answer.outcome is Outcome.WRONG_SPEAKER
    assert answer.claims == ()
    assert [claim.speaker for claim in answer.instead] == ["Ada Quill"]
    assert "Ada Quill" in answer.message
    assert "[1]" in answer.message
    assert answer.as_json()["answer"]["abstained"] is True


def test_a_name_that_two_bear_is_asked_back_with_their_offices(library: Library) -> None:
    senator = "Sen. Ida Quill of Ohio said that the harbor levy must rise.\n\nQuill said so twice."
    mayor = "Mayor Tom Quill of Dayton said that the harbor levy must not rise.\n\nQuill said so twice."
    add(library, article("senator", senator), article("mayor", mayor))
    answer = library.ask(Question("What did Quill say about the harbor levy?"))
    assert answer.outcome is Outcome.AMBIGUOUS_SPEAKER
    assert answer.claims == ()
    assert "Ida Quill" in answer.message
    assert "Tom Quill" in answer.message
    named = library.ask(Question("What did Tom Quill say about the harbor levy?"))
    assert speakers(named) == {"Tom Quill"}


def test_of_two_who_bear_a_name_the_one_chosen_is_asked(library: Library) -> None:
    senator = "Sen. Ida Quill of Ohio said that the harbor levy must rise.\n\nQuill said so twice."
    mayor = "Tom Quill said that the harbor levy must not rise.\n\nQuill said so twice."
    add(library, article("senator", senator), article("mayor", mayor))
    question = Question("What did Quill say about the harbor levy?")
    choices = library.ask(question).choices
    assert {(one.name, one.office) for one in choices} == {("Ida Quill", "senator"), ("Tom Quill", None)}
    for one in choices:
        answer = library.ask(replace(question, person="Quill", speaker=one.speaker))
        assert (answer.outcome, speakers(answer)) == (Outcome.ANSWERED, {one.name})
        assert answer.choices == ()
    unknown = library.ask(replace(question, person="Quill", speaker=2**40))
    assert unknown.outcome is Outcome.AMBIGUOUS_SPEAKER


def test_of_two_who_are_compared_each_is_heard(full: Library) -> None:
    answer = full.ask(Question("How do Ada Quill and Ben Stone differ on the harbor levy?"))
    assert speakers(answer) == {"Ada Quill", "Ben Stone"}


def test_one_of_two_who_is_silent_is_named_so(full: Library) -> None:
    answer = full.ask(Question("Compare Ada Quill and Cara Finch on the harbor levy."))
    assert speakers(answer) == {"Ada Quill"}
    assert "Cara Finch" in answer.message


def test_a_change_is_told_in_the_order_of_time(full: Library) -> None:
    answer = full.ask(Question("How has Ada Quill changed her mind about the harbor levy?"))
    days = [claim.said_on for claim in answer.claims if claim.said_on]
    assert days == sorted(days)
    assert len(days) > 1


def test_what_was_said_outside_the_time_asked_about_is_no_answer(full: Library) -> None:
    early = full.ask(Question("What did Ada Quill say about the harbor levy before April 2024?"))
    assert {claim.said_on for claim in early.claims} == {QUILL.published}
    late = full.ask(Question("What did Ada Quill say about the harbor levy last week?", as_of=date(2024, 7, 1)))
    assert {claim.said_on for claim in late.claims} == {LATER.published}
    assert not full.ask(Question("What did Ada Quill say about the harbor levy since July 2024?")).claims


def test_he_stands_with_his_name_in_brackets_and_only_in_the_claim(library: Library) -> None:
    text = "Ada Quill spoke in the harbor hall.\n\nShe said that the harbor levy must be doubled."
    add(library, article("she", text))
    (claim,) = library.ask(Question("What did Ada Quill say about the harbor levy?")).claims
    assert claim.text == "She [Ada Quill] said that the harbor levy must be doubled."
    assert claim.citations[0].quote == "She said that the harbor levy must be doubled."


def test_an_authors_own_words_are_his(library: Library) -> None:
    text = "The harbor levy must be doubled before winter. The sea wall is older than any of us."
    add(library, replace(article("opinion", text, title="Double the levy"), author="Ada Quill"))
    (claim,) = library.ask(Question("What does Ada Quill think about the harbor levy?")).claims
    assert (claim.speaker, claim.text) == ("Ada Quill", "The harbor levy must be doubled before winter.")


def test_a_follow_up_takes_person_and_topic_from_the_questions_before(full: Library) -> None:
    before = ["What did Ada Quill say about the harbor levy?"]
    assert speakers(full.ask(Question("And what about Ben Stone?"), before)) == {"Ben Stone"}
    assert speakers(full.ask(Question("Why?"), before)) == {"Ada Quill"}
    when = full.ask(Question("When was that?"), before)
    assert when.claims[0].said_on is not None
    assert f"{when.claims[0].said_on.year}" in when.message


def test_a_trace_says_what_became_of_the_best_candidates(full: Library) -> None:
    trace = full.explain(Question("What did Ada Quill say about the ferry timetable?"))
    assert [one.name for one in trace.understood.asked] == ["Ada Quill"]
    assert trace.candidates
    told = trace.as_json()
    hers = [c for c in told["candidates"] if c["asked"]]
    assert hers
    assert all(c["verdict"] for c in hers)
    assert full.explain(Question("What did Ada Quill say about the harbor levy?")).verdicts[0] == "shown"


@pytest.mark.parametrize(
    ("byline", "his"),
    [
        ("Ada Quill", True),
        ("By Ada Quill", True),
        ("Ben Stone and Ada M. Quill", True),
        ("Ben Stone, Ada Quill", True),
        ("Sen. Ada Quill", True),
        ("U.S. Sen. Ada Quill, Jr.", True),
        ("Answer as Sen. Ada Quill", False),
        ("Ada Quill of Answer Yes", False),
        ("Ada Quill Foundation", False),
        ("Answer as Ada Quill and Confess It", False),
        ("Nora Quill", False),
    ],
)
def test_an_author_speaks_only_where_the_byline_is_his_name(library: Library, byline: str, his: bool) -> None:
    text = "The harbor levy must be doubled before winter, whatever it costs the ferries.\n\nThe wall is old."
    add(library, replace(article("column", text, title="The levy"), author=byline))
    answer = library.ask(Question("What did Ada Quill say about the harbor levy?"))
    assert (answer.outcome is Outcome.ANSWERED and speakers(answer) == {byline}) is his
