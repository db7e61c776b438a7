"""Statements live and die with their article, and are found by their words, their speaker and their days."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from retrieval_parts import MAKER, READER, article, hashed, heard, made, quoted, record_at, said, store

from retrieval.record import Counter, Filter, Heard, Made, Of, Put, Record
from retrieval.types import Kind, Report, Resolution, Statement

TEXT = "“The levy,” Ada Quill said, “must double.” A spokesman agreed. Ben Stone may object, he has not said so."
LEVY = article("levy", TEXT, title="Levy plan", published=date(2024, 5, 1))
BROKEN = Statement(
    spans=((1, 10), (29, 41)),
    source=(12, 21),
    cue=(22, 26),
    kind=Kind.DIRECT,
    speaker="Ada Quill",
    resolution=Resolution.NAME,
    said_on=date(2024, 4, 30),
)
NOBODYS = said(LEVY, "agreed", None)
DENIED = said(
    LEVY,
    "object",
    "Ben Stone",
    kind=Kind.MIXED,
    resolution=Resolution.PRONOUN,
    report=Report.NOT_SAID,
    second_hand=True,
    via="Ada Quill",
)
WHOLE = made(LEVY, BROKEN, NOBODYS, DENIED, texts=["The levy must double.", "Ben Stone may object."])
COUNTED = ("statements", "statement_vectors", "statement_full_text", "speakers")


def put(record: Record, *given: Made, reader: str = READER) -> list[Put]:
    return record.put(given, MAKER, reader)


def held(record: Record) -> tuple[int, ...]:
    return tuple(record.counts()[name] for name in COUNTED)


def texts(record: Record, *terms: str, where: Filter | None = None) -> list[str]:
    hits = record.lexical(terms, 10, where, Of.STATEMENTS)
    stored = record.statements([hit.id for hit in hits])
    return [stored[hit.id].text for hit in hits]


def test_statements_come_back_as_they_were_given(record: Record) -> None:
    put(record, WHOLE)
    stored = record.statements_of(LEVY.url)
    assert [one.statement for one in stored] == [BROKEN, NOBODYS, DENIED]
    assert [one.speaker_id is None for one in stored] == [False, True, False]
    assert {one.article for one in stored} == {LEVY}
    assert stored[0].text == LEVY.text[1:41]
    assert record.statements([one.id for one in stored]) == {one.id: one for one in stored}
    assert record.statements_of("https://quay.example/other") == []
    assert record.faults() == []


def test_the_statements_of_several_articles_come_in_the_order_of_their_texts(record: Record) -> None:
    backwards = made(article("back", TEXT), DENIED, BROKEN)
    put(record, WHOLE, backwards, quoted("third", "Una Grell", "Let it stand."))
    ids = record.passages(record.ids())
    whole = {p.article_id: p.article for p in ids.values() if p.article.url != "https://quay.example/third"}
    found = record.statements_in({**whole, 999: LEVY})
    assert found.pop(999) == []
    assert {article_id: [s.statement for s in told] for article_id, told in found.items()} == {
        article_id: [BROKEN, NOBODYS, DENIED] if one == LEVY else [BROKEN, DENIED]
        for article_id, one in whole.items()
    }


def test_only_statements_with_a_speaker_are_indexed(record: Record) -> None:
    put(record, WHOLE)
    assert held(record) == (3, 2, 2, 2)
    spoken = record.ids(of=Of.STATEMENTS)
    assert [one.id for one in record.statements_of(LEVY.url) if one.statement.speaker] == spoken
    ids, matrix = record.vectors_since(0, Of.STATEMENTS)
    assert ids == spoken == record.ids_since(0, 10, Of.STATEMENTS)
    np.testing.assert_array_equal(matrix, hashed().passages(["The levy must double.", "Ben Stone may object."]))
    assert (record.count(Of.STATEMENTS), record.count()) == (2, 1)


def test_statements_are_found_by_their_words_their_speaker_and_their_articles_heading(record: Record) -> None:
    put(record, WHOLE)
    for term in ("double", "ada quill", "plan", "courier", "may 2024"):
        assert LEVY.text[1:41] in texts(record, *term.split())
    assert texts(record, "spokesman") == []
    assert texts(record) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda record: put(record, made(replace(LEVY, title="Changed"))),
        lambda record: put(record, made(LEVY), reader="another"),
        lambda record: record.restate([(LEVY, heard())], "another"),
        lambda record: record.forget(LEVY.url),
    ],
)
def test_nothing_of_what_was_heard_stays_when_its_article_goes_or_is_read_anew(
    record: Record, tmp_path: Path, change: object
) -> None:
    put(record, WHOLE)
    old = record.ids(of=Of.STATEMENTS)
    assert callable(change)
    change(record)
    assert held(record) == (0, 0, 0, 0)
    assert texts(record, "double", "quill", "object") == []
    assert record.statements(old) == {}
    assert record.vectors(old, Of.STATEMENTS)[0] == []
    assert [row for _, row in record.removed_since(0, Of.STATEMENTS)] == old
    assert record.speakers() == record.speakers_named("Ada Quill") == []
    assert record.faults() == []
    database = sqlite3.connect(tmp_path / "library.sqlite3")
    assert database.execute("SELECT rowid FROM statements_fts WHERE statements_fts MATCH 'levy'").fetchall() == []
    database.close()


def test_the_counter_of_statements_rises_with_every_change_and_no_id_comes_back(record: Record) -> None:
    assert record.counter(Of.STATEMENTS) == Counter(0, 0)
    put(record, WHOLE)
    assert record.counter(Of.STATEMENTS) == Counter(3, 0)
    record.forget(LEVY.url)
    assert record.counter(Of.STATEMENTS) == Counter(0, 2)
    put(record, WHOLE)
    assert record.counter(Of.STATEMENTS) == Counter(6, 2)
    assert record.ids(of=Of.STATEMENTS) == [4, 6]


def test_another_reader_replaces_an_article_that_did_not_change(record: Record) -> None:
    assert put(record, WHOLE) == [Put.ADDED]
    assert put(record, WHOLE) == [Put.UNCHANGED]
    assert record.unchanged([LEVY], MAKER, READER) == {LEVY.url}
    assert record.unchanged([LEVY], MAKER, "another") == record.unchanged([LEVY], MAKER) == set()
    assert put(record, WHOLE, reader="another") == [Put.UPDATED]


def test_reading_anew_leaves_passages_alone_and_reaches_whatever_another_read(record: Record) -> None:
    put(record, WHOLE)
    store(record, article("old", "Ben Stone said that ferries are late."))
    assert record.readers() == {"": 1, READER: 1}
    passages, before = record.ids(), record.counter()
    (old,) = record.articles(not_read_by=READER)
    late = said(old, "ferries are late", "Ben Stone")
    assert record.restate([(old, heard(late))], READER) == 1
    assert [one.statement for one in record.statements_of(old.url)] == [late]
    assert (record.ids(), record.counter()) == (passages, before)
    assert record.readers() == {READER: 2}
    assert list(record.articles(not_read_by=READER)) == []
    assert record.faults() == []


def test_reading_anew_passes_over_an_article_that_changed_or_went_meanwhile(record: Record) -> None:
    put(record, WHOLE)
    changed = replace(LEVY, text="Nothing was said.")
    assert record.restate([(changed, heard()), (article("gone", "x"), heard())], "another") == 0
    assert record.readers() == {READER: 1}
    assert len(record.statements_of(LEVY.url)) == 3


BAD: list[Heard] = [
    Heard([BROKEN], [], [], hashed().passages(["a"])),
    Heard([BROKEN], [], ["a"]),
    Heard([BROKEN], [], ["a"], hashed().passages(["a", "b"])),
    Heard([BROKEN], [], [None], hashed().passages(["a"])),
    Heard([NOBODYS], [], ["a"]),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_batch_with_bad_statements_stores_nothing_of_any_and_takes_nothing_away(
    record: Record, bad: Heard
) -> None:
    before = quoted("before", "Una Grell", "Let it stand.")
    put(record, before)
    counters = record.counter(), record.counter(Of.STATEMENTS)
    with pytest.raises(ValueError, match=r"zip|text to index"):
        put(
            record,
            made(before.article),
            WHOLE,
            replace(WHOLE, article=article("bad", TEXT), heard=bad),
            reader="x",
        )
    with pytest.raises(ValueError, match=r"zip|text to index"):
        record.restate([(before.article, bad)], "x")
    assert [one.text for one in record.statements_of(before.article.url)] == ["Let it stand."]
    assert [one.name for one in record.speakers()] == ["Una Grell"]
    assert record.counts()["articles"] == 1
    assert (record.counter(), record.counter(Of.STATEMENTS)) == counters
    assert record.faults() == []


@pytest.fixture
def dated(record: Record) -> Record:
    days = {"first": date(2024, 1, 1), "second": date(2024, 6, 30), "third": date(2025, 1, 1), "undated": None}
    people = {"first": "Ada Quill", "second": "Ben Stone", "third": "Ada Quill", "undated": "Ada Quill"}
    put(record, *(quoted(n, people[n], f"The {n} levy.", published=day) for n, day in days.items()))
    return record


@pytest.mark.parametrize(
    ("since", "until", "people", "names"),
    [
        (None, None, None, {"first", "second", "third", "undated"}),
        (None, None, {"Ada Quill"}, {"first", "third", "undated"}),
        (None, None, {"Ada Quill", "Ben Stone"}, {"first", "second", "third", "undated"}),
        (None, None, set(), set()),
        (date(2024, 6, 30), None, {"Ada Quill"}, {"third"}),
        (date(2024, 1, 1), date(2024, 6, 30), None, {"first", "second"}),
        (date(2024, 1, 1), date(2024, 6, 30), {"Ben Stone"}, {"second"}),
    ],
)
def test_a_filter_selects_days_and_speakers(
    dated: Record, since: date | None, until: date | None, people: set[str] | None, names: set[str]
) -> None:
    ids = {one.name: one.id for one in dated.speakers()}
    where = Filter(since, until, None if people is None else frozenset(ids[name] for name in people))
    wanted = {f"The {name} levy." for name in names}
    assert set(texts(dated, "levy", where=where)) == wanted
    fitting = dated.ids(where, Of.STATEMENTS)
    assert {one.text for one in dated.statements(fitting).values()} == wanted
    assert dated.vectors_where(where, Of.STATEMENTS)[0] == fitting
    holding = dated.passages(dated.ids(where)).values()
    assert {one.text[one.text.index("The ") : -1] for one in holding} == wanted
    assert dated.vectors_where(where)[0] == dated.ids(where)


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (["INSERT INTO statement_vectors VALUES (999, x'00')"], "statement_vectors"),
        (
            ["INSERT INTO statements_fts (rowid, speaker, title, body) VALUES (999, '', '', 'lost')"],
            "statements_fts",
        ),
        (["DELETE FROM statement_vectors"], "differ"),
        (["UPDATE statements SET speaker_id = 999"], "statements"),
        (["DELETE FROM introductions"], "speakers"),
        (["DELETE FROM statements"], "statement_vectors"),
    ],
)
def test_damage_by_another_program_is_seen(
    record: Record, tmp_path: Path, damage: Sequence[str], word: str
) -> None:
    put(record, WHOLE)
    database = sqlite3.connect(tmp_path / "library.sqlite3")
    for statement in damage:
        database.execute(statement)
    database.commit()
    database.close()
    assert any(word in fault for fault in record.faults())


def test_two_openings_of_one_record_see_each_others_statements(record: Record, tmp_path: Path) -> None:
    other = record_at(tmp_path)
    put(other, WHOLE)
    other.close()
    assert len(texts(record, "levy")) == 2
