"""Corrections that readers ask for are kept, settled and forgotten; what is disputed is found in any version."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from retrieval_parts import article, record_at, store

from retrieval.kept import Dispute, State
from retrieval.record import MOST_OPEN, Record, version_of
from retrieval.types import Article

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEVY = article("levy", "Ada Quill said the levy must rise. Ben Stone laughed. Cara Finch said the wall is sound.")
FERRY = article("ferry", "Ben Stone said the ferry was late.")
FIRST, LAST = "Ada Quill said the levy must rise.", "Cara Finch said the wall is sound."


def disputed(record: Record, words: str, by: str = "ada", *, of: Article = LEVY, **other: Any) -> Dispute | None:
    start = of.text.index(words)
    plain = {"words": words, "speaker": "Ada Quill", "reason": "She did not.", "by": by, "now": NOW}
    return record.dispute(of.url, version_of(of), start, start + len(words), **plain | other)


def sure(dispute: Dispute | None) -> Dispute:
    assert dispute is not None
    return dispute


def withheld(record: Record, of: Article, words: str) -> bool:
    start = of.text.index(words)
    return record.withheld().overlaps(of, start, start + len(words))


@pytest.fixture
def full(record: Record) -> Record:
    store(record, LEVY, FERRY)
    return record


def test_a_dispute_is_told_with_the_words_that_it_is_about(full: Record) -> None:
    one = sure(disputed(full, FIRST))
    expected = Dispute(
        id=one.id,
        url=LEVY.url,
        version=version_of(LEVY),
        start=0,
        end=len(FIRST),
        quote=FIRST,
        speaker="Ada Quill",
        reason="She did not.",
        by="ada",
        at=NOW,
        state=State.OPEN,
    )
    assert one == expected
    assert full.disputes() == [one]
    assert full.faults() == []


def test_disputes_are_listed_by_their_state_the_newest_first(full: Record) -> None:
    first, second, third = (sure(disputed(full, w)).id for w in (FIRST, "Ben Stone laughed.", LAST))
    full.settle_dispute(first, True, "ben", NOW)
    full.settle_dispute(third, False, "ben", NOW)
    ids = {state: [one.id for one in full.disputes(state)] for state in (State.UPHELD, State.DISMISSED, None)}
    assert ids == {State.UPHELD: [first], State.DISMISSED: [third], None: [third, second, first]}
    assert [one.id for one in full.disputes()] == [second]


def test_the_same_words_are_disputed_once_by_one_and_by_others_again(full: Record) -> None:
    first = sure(disputed(full, FIRST))
    assert disputed(full, FIRST, reason="Never.", now=NOW + timedelta(days=1)) == first
    assert sure(disputed(full, FIRST, "ben")).id != first.id
    changed = replace(LEVY, text=f"Corrected. {LEVY.text}")
    store(full, changed)
    assert sure(disputed(full, FIRST, of=changed)).id == first.id
    full.settle_dispute(first.id, False, "ben", NOW)
    assert sure(disputed(full, FIRST)).state is State.DISMISSED
    assert len(full.disputes(None)) == 2


def test_who_has_enough_open_disputes_must_wait_until_one_is_settled(full: Record) -> None:
    many = article("many", " ".join(f"Sentence number {n} stands here." for n in range(MOST_OPEN + 1)))
    store(full, many)
    words = [f"Sentence number {n} stands here." for n in range(MOST_OPEN + 1)]
    first = [sure(disputed(full, one, of=many)) for one in words[:-1]]
    assert disputed(full, words[-1], of=many) is None
    assert disputed(full, words[0], of=many) == first[0]
    assert disputed(full, words[-1], "ben", of=many)
    full.settle_dispute(first[0].id, True, "ben", NOW)
    assert disputed(full, words[-1], of=many)


def test_of_many_at_once_no_more_than_the_most_are_open(full: Record) -> None:
    words = [f"Sentence number {n} stands here." for n in range(2 * MOST_OPEN)]
    many = article("many", " ".join(words))
    store(full, many)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda one: disputed(full, one, of=many), words))
    assert sum(one is not None for one in done) == len(full.disputes()) == MOST_OPEN


def test_a_dispute_may_be_settled_anew(full: Record) -> None:
    number = sure(disputed(full, FIRST)).id
    states = [sure(full.settle_dispute(number, upheld, "ben", NOW)).state for upheld in (True, False, True)]
    assert states == [State.UPHELD, State.DISMISSED, State.UPHELD]


@pytest.mark.parametrize("number", [0, -1, 2, 2**63, -(2**80)])
def test_there_is_nothing_to_settle_where_there_is_no_dispute(number: int, full: Record) -> None:
    disputed(full, FIRST)
    assert full.settle_dispute(number, True, "ben", NOW) is None
    assert [one.state for one in full.disputes(None)] == [State.OPEN]


def test_no_dispute_is_kept_of_an_article_that_is_not_there(full: Record) -> None:
    assert disputed(full, "Ada Quill", of=article("nowhere", "Ada Quill was there.")) is None
    assert full.disputes(None) == []


def test_a_moment_without_a_time_zone_is_refused(full: Record) -> None:
    bare = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        disputed(full, FIRST, now=bare)
    with pytest.raises(ValueError, match="zone"):
        full.settle_dispute(1, True, "ben", bare)


def test_what_is_forgotten_takes_its_disputes_along(full: Record, tmp_path: Path) -> None:
    disputed(full, FIRST, reason="A wumbledore said it.")
    other = sure(disputed(full, FERRY.text, of=FERRY))
    full.forget(LEVY.url)
    assert full.disputes(None) == [other]
    assert full.faults() == []
    full.close()
    assert b"wumbledore" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_quotation_is_that_of_the_version_that_is_disputed(full: Record) -> None:
    number = sure(disputed(full, FIRST)).id
    store(full, replace(LEVY, text=LEVY.text.replace("rise", "fall")))
    assert [(one.id, one.quote) for one in full.disputes()] == [(number, FIRST)]


def test_words_are_withheld_while_their_dispute_is_open_or_upheld(full: Record) -> None:
    assert not full.withheld()
    number = sure(disputed(full, FIRST)).id
    assert withheld(full, LEVY, "levy must")
    assert not withheld(full, LEVY, "Ben Stone laughed.")
    assert not withheld(full, FERRY, "Ben Stone")
    full.settle_dispute(number, True, "ben", NOW)
    assert withheld(full, LEVY, FIRST)
    full.settle_dispute(number, False, "ben", NOW)
    assert not withheld(full, LEVY, FIRST)
    assert not full.withheld()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"The board met.\n\n{text}",
        lambda text: text.replace("laughed", "wept"),
        lambda text: text.replace(". ", ".\n\n"),
        lambda text: text.replace("Ben Stone laughed. ", ""),
        lambda text: text.replace("levy must", "levy, must"),
    ],
)
def test_disputed_words_are_withheld_wherever_they_stand_in_another_version(
    change: Callable[[str], str], full: Record
) -> None:
    disputed(full, f"{FIRST} Ben Stone laughed.")
    changed = replace(LEVY, text=change(LEVY.text))
    store(full, changed)
    assert withheld(full, changed, "must rise")
    assert not withheld(full, changed, LAST)
    assert withheld(full, LEVY, "must rise"), "the version that is disputed, for those who come back to it"


def test_other_words_in_their_place_are_not_withheld(full: Record) -> None:
    disputed(full, FIRST)
    changed = replace(LEVY, text=LEVY.text.replace("must rise", "may fall"))
    store(full, changed)
    assert not withheld(full, changed, "may fall")


def test_disputes_are_there_when_the_record_is_opened_again(full: Record, tmp_path: Path) -> None:
    one = disputed(full, FIRST)
    full.close()
    record = record_at(tmp_path)
    assert record.disputes() == [one]
    assert withheld(record, LEVY, FIRST)
    record.close()


def test_a_reason_is_kept_no_longer_than_a_reader_may_write(full: Record) -> None:
    assert len(sure(disputed(full, FIRST, reason="x" * 10**6)).reason) <= 1000


@pytest.mark.parametrize("words", ["", "…", "\ud800", "\0"], ids=repr)
def test_words_of_any_kind_can_be_disputed(words: str, full: Record) -> None:
    given = LEVY.url, version_of(LEVY), 0, len(FIRST), words, None, "No.", "ada", NOW
    one = sure(full.dispute(*given))
    assert full.dispute(*given) == one
