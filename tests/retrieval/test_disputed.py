"""What is disputed is in no answer until it is dismissed, and what stands beside it is. What answers further."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from retrieval_parts import add, article, library_at

from retrieval.citing import cite
from retrieval.kept import Dispute
from retrieval.library import Library
from retrieval.minilm import MiniLM
from retrieval.settings import Settings
from retrieval.types import Answer, Citation, Claim, Outcome, Question
from retrieval.writing import open_writer
from tests.retrieval.chat_double import Asked, Say, Server, chatting, claims

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEVY = article(
    "levy",
    "The harbor board met in a full hall.\n\n“The harbor levy must be doubled before winter,” Ada Quill said.\n\n"
    "The gulls were loud.\n\nBen Stone said the harbor levy must not rise at all.",
    title="Board divided over harbor levy",
    published=date(2024, 3, 5),
)
LATER = article(
    "later",
    "Ada Quill said in June that the harbor levy should stay as it is.\n\nCara Finch was in the hall.",
    title="Quill turns on the levy",
    published=date(2024, 6, 30),
)
QUESTION = Question("What did Ada Quill say about the harbor levy?")
DOUBLED = "must be doubled"


@pytest.fixture
def library(tmp_path: Path, minilm: MiniLM) -> Iterator[Library]:
    with library_at(tmp_path, model=minilm) as opened:
        add(opened, LEVY, LATER)
        yield opened


@pytest.fixture
def server() -> Iterator[Server]:
    with chatting() as opened:
        yield opened


@pytest.fixture
def writing(tmp_path: Path, minilm: MiniLM, server: Server) -> Iterator[Library]:
    """With a model that words the answers, as the server is scripted."""
    given = {"ONRECORD_HOME": tmp_path, "OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": server.url}
    opening = partial(open_writer, Settings(**given))
    with library_at(tmp_path, model=minilm, open_writer=opening) as opened:
        add(opened, LEVY, LATER)
        yield opened


def worded(asked: Asked) -> Say:
    """Words the first piece of evidence faithfully."""
    first = asked.evidence[0]
    return Say(claims((f"Ada Quill said: {first.text}", "Ada Quill", [first.key])))


def cited(answer: Answer) -> list[Citation]:
    return [citation for claim in (*answer.claims, *answer.instead) for citation in claim.citations]


def all_shown(answer: Answer) -> str:
    """Every word of articles that an answer shows."""
    return "\n".join([*(one.quote for one in cited(answer)), *(one.text for one in answer.passages)])


def dispute(library: Library, words: str, question: Question = QUESTION) -> Dispute:
    """Dispute what an answer cites with these words."""
    citation = next(one for one in cited(library.ask(question)) if words in one.quote)
    place = citation.url, citation.version, citation.start, citation.end, citation.quote
    made = library.record.dispute(*place, "Ada Quill", "Not so.", "ben", NOW)
    assert made is not None
    return made


def test_disputed_words_leave_the_answer_and_come_back_when_the_dispute_is_dismissed(library: Library) -> None:
    before = library.ask(QUESTION)
    assert DOUBLED in all_shown(before)
    made = dispute(library, DOUBLED)
    answer = library.ask(QUESTION)
    assert DOUBLED not in all_shown(answer)
    assert [claim.citations[0].url for claim in answer.claims] == [LATER.url]
    library.record.settle_dispute(made.id, False, "cara", NOW)
    assert library.ask(QUESTION).claims == before.claims


def test_upheld_they_stay_away_also_when_the_article_changes_elsewhere(library: Library) -> None:
    made = dispute(library, DOUBLED)
    library.record.settle_dispute(made.id, True, "cara", NOW)
    assert DOUBLED not in all_shown(library.ask(QUESTION))
    add(library, replace(LEVY, text=f"The tide was low.\n\n{LEVY.text.replace('gulls were', 'gulls are')}"))
    assert DOUBLED not in all_shown(library.ask(QUESTION))
    add(library, replace(LEVY, text=LEVY.text.replace("doubled before winter", "doubled by spring")))
    assert "doubled by spring" in all_shown(library.ask(QUESTION)), "a corrected article speaks for itself"


def test_others_words_in_the_same_article_stay(library: Library) -> None:
    stones = Question("What did Ben Stone say about the harbor levy?")
    before = library.ask(stones)
    dispute(library, DOUBLED)
    after = library.ask(stones)
    assert after.claims == before.claims
    assert after.claims


def test_what_one_says_beside_his_disputed_words_is_shown_without_them(library: Library) -> None:
    text = "Ada Quill said the harbor levy must fall. Ada Quill said that harbor boats pay the levy twice."
    one = article("beside", text, published=date(2024, 9, 9))
    add(library, one)
    made = library.record.dispute(one.url, cite(one, 0, 1).version, 0, 41, text[:41], None, "No.", "ben", NOW)
    assert made is not None
    shown = all_shown(library.ask(QUESTION))
    assert "must fall" not in shown
    assert "pay the levy twice" in shown


def test_disputed_words_are_not_told_as_anothers_either(library: Library) -> None:
    question = Question("Why did Cara Finch say that the harbor levy must be doubled before winter?")
    assert library.ask(question).outcome is Outcome.WRONG_SPEAKER
    dispute(library, DOUBLED, question)
    answer = library.ask(question)
    assert DOUBLED not in all_shown(answer)
    assert DOUBLED not in answer.message


def test_where_all_that_answers_is_disputed_there_is_no_answer(library: Library) -> None:
    for words in (DOUBLED, "stay as it is"):
        dispute(library, words)
    answer = library.ask(QUESTION)
    assert answer.outcome is not Outcome.ANSWERED
    assert answer.claims == ()


@pytest.mark.parametrize("author", [None, "Ada Quill"])
def test_disputed_sentences_of_an_article_itself_are_not_shown(author: str | None, library: Library) -> None:
    text = "The lighthouse keeper was paid nine crowns a night. The lamp is older than any of us."
    add(library, replace(article("lamp", text, title="The lamp"), author=author))
    asked = "What does Ada Quill think about the lighthouse keeper?" if author else "What was the keeper paid?"
    question = Question(asked)
    assert "nine crowns" in "".join(one.quote for one in cited(library.ask(question)))
    dispute(library, "nine crowns", question)
    assert "nine crowns" not in all_shown(library.ask(question))


def test_a_model_sees_nothing_that_is_disputed(writing: Library, server: Server) -> None:
    server.script.append(worded)
    assert DOUBLED in all_shown(writing.ask(QUESTION))
    made = dispute(writing, DOUBLED)
    server.asked.clear()
    assert DOUBLED not in all_shown(writing.ask(QUESTION))
    assert DOUBLED not in server.asked[0].given
    writing.record.settle_dispute(made.id, False, "cara", NOW)
    writing.ask(QUESTION)
    assert DOUBLED in server.asked[-1].given


def test_what_is_disputed_while_a_model_writes_is_not_shown(writing: Library, server: Server) -> None:
    start = LEVY.text.index("“The harbor")
    end = LEVY.text.index("\n\nThe gulls")
    place = LEVY.url, cite(LEVY, 0, 1).version, start, end, LEVY.text[start:end]

    def disputing(asked: Asked) -> Say:
        assert writing.record.dispute(*place, None, "No.", "ben", NOW)
        first = next(one for one in asked.evidence if DOUBLED in one.text)
        return Say(claims(("Ada Quill said the harbor levy must be doubled.", "Ada Quill", [first.key])))

    server.script.append(disputing)
    answer = writing.ask(QUESTION)
    assert not [one for one in cited(answer) if DOUBLED in one.quote]


# ---------------------------------------------------------------- what answers further


@pytest.fixture
def long(library: Library) -> Library:
    """With many that answer."""
    some = [f"Ada Quill said that the harbor levy should rise by {n} percent in year {n}." for n in range(40)]
    add(library, *(article(f"a{n}", text) for n, text in enumerate(some)))
    return library


def places(some: tuple[Claim, ...]) -> list[tuple[str, int]]:
    return [(one.url, one.start) for claim in some for one in claim.citations]


def test_further_claims_are_none_of_those_shown_and_are_numbered_on(long: Library) -> None:
    answer = long.ask(QUESTION)
    more = long.more(QUESTION, (), answer.claims)
    assert len(answer.claims) < len(answer.claims) + len(more) <= 24
    assert not set(places(more)) & set(places(answer.claims))
    assert len(set(places(more))) == len(places(more))
    numbers = [one.n for claim in (*answer.claims, *more) for one in claim.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {claim.speaker for claim in more} == {"Ada Quill"}
    for one in (citation for claim in more for citation in claim.citations):
        stored = long.record.article(one.url)
        assert stored is not None
        assert stored.text[one.start : one.end] == one.quote
    assert long.more(QUESTION, (), (*answer.claims, *more)) == ()


def test_a_trace_tells_the_same_further_claims_without_a_search(long: Library) -> None:
    trace = long.explain(QUESTION)
    assert long.beyond(trace) == long.more(QUESTION, (), trace.answer.claims) != ()


def test_what_was_shown_is_known_again_after_its_article_changed(library: Library) -> None:
    shown = library.ask(QUESTION).claims
    add(library, replace(LEVY, text=f"The tide was low.\n\n{LEVY.text}"))
    assert LEVY.url not in {url for url, _ in places(library.more(QUESTION, (), shown))}


def test_nothing_disputed_answers_further(long: Library) -> None:
    answer = long.ask(QUESTION)
    more = long.more(QUESTION, (), answer.claims)
    one = more[0].citations[0]
    assert long.record.dispute(one.url, one.version, one.start, one.end, one.quote, None, "No.", "ben", NOW)
    assert one.url not in {url for url, _ in places(long.more(QUESTION, (), answer.claims))}


def test_what_does_not_fit_the_topic_answers_no_further(library: Library) -> None:
    add(library, article("ferry", "Ada Quill said the ferry cook bakes a fine almond cake on Sundays."))
    question = Question("What did Ada Quill say about the harbor levy and the boards of the port?")
    more = library.more(question, (), library.ask(question).claims)
    assert not [claim for claim in more if "cake" in claim.text]


@pytest.mark.parametrize("text", ["What did Dora Vane say about the harbor levy?", "", "?"])
def test_where_nothing_is_shown_nothing_answers_further(text: str, library: Library) -> None:
    answer = library.ask(Question(text))
    assert answer.claims == library.more(Question(text), (), ()) == ()


def test_a_follow_up_is_answered_further_as_it_was_answered(long: Library) -> None:
    follow_up, before = Question("And what about Ada Quill?"), ["What did Ben Stone say about the harbor levy?"]
    answer = long.ask(follow_up, before)
    more = long.more(follow_up, before, answer.claims)
    assert {claim.speaker for claim in more} == {"Ada Quill"}


def test_further_claims_name_where_else_they_stand(library: Library) -> None:
    add(library, replace(LATER, url="https://copy.example/later", outlet="Copy Post"))
    more = library.more(QUESTION, (), ())
    copies = [also.outlet for claim in more for one in claim.citations for also in one.also_in]
    assert copies == ["Copy Post"]
