"""An answer that was shown comes back as it was, from the record, for as long as its articles are there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from retrieval_parts import article, record_at, store

from retrieval.citing import cite, numbered
from retrieval.keeping import keep, kept
from retrieval.kept import Form, Kept, Request
from retrieval.record import ANSWERS_KEPT, Record
from retrieval.types import Answer, Article, Choice, Claim, Outcome, Question

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEVY = article(
    "levy", "“The levy must rise,” Ada Quill said. Ben Stone laughed.", title="Levy", published=date(2026, 2, 3)
)
FERRY = article("ferry", "Ben Stone said the ferry was late.", title="A wumbledore at the quay")
QUESTION = Question("What did Quill say?", "Quill", date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1), 7)
HERE = "guild", "channel"


def claim_of(article: Article, words: str, *, worded: bool = False) -> Claim:
    start = article.text.index(words)
    citation = cite(article, start, start + len(words))
    return Claim("Told anew." if worded else words, "Ada Quill", date(2026, 2, 3), True, (citation,), worded)


def shown(
    key: str = "k" * 16,
    *claims: Claim,
    where: tuple[str, str] = HERE,
    message: str = "m1",
    request: Request | None = None,
    **fields: object,
) -> Kept:
    asked = request or Request(Form.QUESTION, QUESTION)
    outcome = Outcome.ANSWERED if claims else Outcome.NO_EVIDENCE
    plain = {"passages": (), "seconds": 0.0, "model": None, **fields}
    answer = Answer(asked.question.text, outcome, "Told.", numbered(claims), **plain)  # type: ignore[arg-type]
    return Kept(key, *where, message, asked, ("Earlier?",), answer)


def asking(record: Record, texts: Sequence[str], *, place: str = "guild", conversation: str = "channel") -> None:
    for n, text in enumerate(texts):
        one = shown(f"{conversation}{text}", where=(place, conversation), message=f"{conversation}{n}",
                    request=Request(Form.QUESTION, Question(text)))  # fmt: skip
        assert keep(record, one, NOW + timedelta(minutes=n))


def test_an_answer_comes_back_as_it_was_shown(record: Record) -> None:
    store(record, LEVY, FERRY)
    claims = claim_of(LEVY, "“The levy must rise,” Ada Quill said."), claim_of(FERRY, FERRY.text, worded=True)
    request = Request(Form.COMPARISON, QUESTION, "Ben Stone")
    first = shown("a", *claims, request=request, model="a model")
    second = shown(
        "b", instead=numbered(claims), choices=(Choice(3, "Ada Quill", "mayor"), Choice(4, "Ida Quill"))
    )
    for one in (first, second):
        assert keep(record, one, NOW)
        assert kept(record, one.key, "guild") == one
    assert record.faults() == []


def test_passages_are_not_kept(record: Record, tmp_path: Path) -> None:
    store(record, LEVY)
    one = shown("a", claim_of(LEVY, "Ben Stone laughed."))
    assert keep(record, replace(one, answer=replace(one.answer, seconds=2.5)), NOW)
    back = kept(record, "a", "guild")
    assert back is not None
    assert (back.answer.passages, back.answer.seconds) == ((), 0.0)


def test_another_place_has_no_part_in_it(record: Record) -> None:
    assert keep(record, shown("a"), NOW)
    assert kept(record, "a", "guild")
    assert kept(record, "a", "another guild") is None
    assert kept(record, "b", "guild") is None


def test_a_key_holds_one_answer_the_last(record: Record) -> None:
    store(record, LEVY, FERRY)
    assert keep(record, shown("a", claim_of(LEVY, "Ben Stone laughed.")), NOW)
    last = shown("a", claim_of(FERRY, FERRY.text))
    assert keep(record, last, NOW)
    assert kept(record, "a", "guild") == last
    record.forget(LEVY.url)
    assert kept(record, "a", "guild") == last


def test_a_quotation_is_that_of_the_version_that_was_cited(record: Record) -> None:
    store(record, LEVY)
    one = shown("a", claim_of(LEVY, "“The levy must rise,” Ada Quill said."))
    assert keep(record, one, NOW)
    store(record, replace(LEVY, text=f"Corrected. {LEVY.text.replace('rise', 'fall')}"))
    assert kept(record, "a", "guild") == one


def test_a_forgotten_article_takes_the_answers_along_that_cite_it(record: Record, tmp_path: Path) -> None:
    store(record, LEVY, FERRY)
    both = claim_of(LEVY, "Ben Stone laughed."), claim_of(FERRY, FERRY.text)
    only = shown("levy", both[0])
    for one in (shown("both", *both), shown("instead", instead=numbered(both[1:])), only):
        assert keep(record, one, NOW)
    near = shown("near")
    assert keep(record, replace(near, answer=replace(near.answer, message=f"Nearest: “{FERRY.title}”.")), NOW)
    record.forget(FERRY.url)
    assert [kept(record, key, "guild") for key in ("both", "instead", "near", "levy")] == [None, None, None, only]
    record.close()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"wumbledore" not in left
    assert b"the ferry was late" not in left


def test_what_cites_an_article_that_was_forgotten_meanwhile_is_not_kept(record: Record) -> None:
    store(record, LEVY)
    one = shown("a", claim_of(LEVY, "Ben Stone laughed."))
    assert keep(record, one, NOW)
    record.forget(LEVY.url)
    assert keep(record, one, NOW) is False
    assert kept(record, "a", "guild") is None


def test_answers_are_dropped_when_they_were_kept_for_long_enough(record: Record) -> None:
    assert keep(record, shown("old"), NOW)
    assert keep(record, shown("a"), NOW + ANSWERS_KEPT)
    assert kept(record, "old", "guild")
    assert keep(record, shown("b"), NOW + ANSWERS_KEPT + timedelta(seconds=1))
    assert [bool(kept(record, key, "guild")) for key in ("old", "a", "b")] == [False, True, True]


def test_a_moment_without_a_time_zone_is_refused(record: Record) -> None:
    with pytest.raises(ValueError, match="zone"):
        keep(record, shown(), NOW.replace(tzinfo=None))


def test_a_conversation_remembers_its_last_questions_in_their_order(record: Record) -> None:
    asking(record, [f"q{n}" for n in range(8)])
    asking(record, ["x", "y"], conversation="another")
    asking(record, ["z"], place="another guild")
    assert record.asked_before("guild", "channel") == ("q3", "q4", "q5", "q6", "q7")
    assert record.asked_before("guild", "another") == ("x", "y")
    assert record.asked_before("guild", "nowhere") == ()


def test_a_thread_goes_on_from_the_question_in_whose_message_it_began(record: Record) -> None:
    asking(record, ["first", "second"])
    asking(record, ["third"], conversation="channel0")
    assert record.asked_before("guild", "channel0") == ("first", "third")
    assert record.asked_before("another guild", "channel0") == ()


def test_only_questions_are_remembered(record: Record) -> None:
    asking(record, ["q"])
    for form in (Form.POSITIONS, Form.COMPARISON, Form.CLAIM):
        assert keep(record, shown(form.value, request=Request(form, QUESTION)), NOW + timedelta(hours=1))
    assert record.asked_before("guild", "channel") == ("q",)


def test_questions_of_one_moment_keep_their_order(record: Record) -> None:
    for text in "cab":
        assert keep(record, shown(text, request=Request(Form.QUESTION, Question(text))), NOW)
    assert record.asked_before("guild", "channel") == ("c", "a", "b")


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "'); DROP TABLE answers; --", "“🙂”" * 500], ids=repr)
def test_any_question_is_kept_and_remembered_letter_for_letter(text: str, record: Record) -> None:
    one = shown(request=Request(Form.QUESTION, Question(text)))
    assert keep(record, one, NOW)
    assert kept(record, one.key, "guild") == one
    assert record.asked_before("guild", "channel") == (text,)


def test_what_was_kept_is_there_when_the_record_is_opened_again(tmp_path: Path) -> None:
    record = record_at(tmp_path)
    store(record, LEVY)
    one = shown("a", claim_of(LEVY, "Ben Stone laughed."))
    assert keep(record, one, NOW)
    record.close()
    record = record_at(tmp_path)
    assert kept(record, "a", "guild") == one
    record.close()
