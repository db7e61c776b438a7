"""The record holds an article as a whole or not at all, and says what changed."""

import sqlite3
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from retrieval_parts import MAKER, article, hashed, numbered_articles, record_at, store

from retrieval.record import Counter, Filter, Made, Put, Record
from retrieval.types import Article, Passage

LEVY = article("levy", "The harbor levy should be doubled before winter, Ada Quill said.", title="Levy plan")
CHANGED = article("levy", "The ferry timetable will be thinned out, Ben Stone said.", title="Ferry plan")


def texts(record: Record, *terms: str, where: Filter | None = None) -> list[str]:
    hits = record.lexical(terms, 10, where)
    stored = record.passages([hit.id for hit in hits])
    return [stored[hit.id].text for hit in hits]


def raw(folder: Path, *statements: str) -> list[object]:
    """What another program with plain SQLite does to the file; foreign keys are off there."""
    database = sqlite3.connect(folder / "library.sqlite3")
    try:
        rows = [row for statement in statements for row in database.execute(statement)]
        database.commit()
        return rows
    finally:
        database.close()


def test_an_article_comes_back_as_it_was_given(record: Record) -> None:
    given = Article(
        "https://quay.example/é?a=1", "Line one.\r\n\r\n“Two” \t 🙂\u00a0", "T", "O", "A", date(2024, 2, 29)
    )
    assert store(record, given) == [Put.ADDED]
    assert record.article(given.url) == given
    assert record.article("https://quay.example/other") is None
    assert list(record.articles()) == [given]


def test_the_same_article_again_changes_nothing(record: Record) -> None:
    store(record, LEVY)
    before = record.counter()
    assert store(record, LEVY) == [Put.UNCHANGED]
    assert record.counter() == before
    assert record.unchanged([LEVY, CHANGED], MAKER) == {LEVY.url}


@pytest.mark.parametrize(
    "other",
    [
        CHANGED,
        Article(LEVY.url, LEVY.text, "Another title", LEVY.outlet),
        Article(LEVY.url, LEVY.text, LEVY.title, "Another outlet"),
        Article(LEVY.url, LEVY.text, LEVY.title, LEVY.outlet, "Ada Quill"),
        Article(LEVY.url, LEVY.text, LEVY.title, LEVY.outlet, None, date(2024, 1, 1)),
    ],
)
def test_whatever_changed_replaces_the_article(record: Record, other: Article) -> None:
    store(record, LEVY)
    assert not record.unchanged([other], MAKER)
    assert store(record, other) == [Put.UPDATED]
    assert list(record.articles()) == [other]


def test_another_maker_replaces_an_article_that_did_not_change(record: Record) -> None:
    store(record, LEVY)
    assert [a.url for a in record.articles(not_made_by="other")] == [LEVY.url]
    assert store(record, LEVY, maker="other") == [Put.UPDATED]
    assert record.makers() == ["other"]
    assert list(record.articles(not_made_by="other")) == []


def test_nothing_of_an_old_version_stays_findable(record: Record, tmp_path: Path) -> None:
    store(record, LEVY)
    (old,) = record.ids()
    store(record, CHANGED)
    assert texts(record, "harbor", "quill") == []
    assert texts(record, "ferry") == [CHANGED.text]
    assert record.passages([old]) == {}
    assert record.vectors([old])[0] == []
    assert record.articles_with("harbor levy") == 0
    assert {record.counts()[name] for name in ("articles", "passages", "vectors", "full_text")} == {1}
    assert record.faults() == []
    assert raw(tmp_path, "SELECT rowid FROM passages_fts WHERE passages_fts MATCH 'harbor OR levy'") == []


def test_forgetting_leaves_nothing_but_the_note_of_it(record: Record) -> None:
    store(record, LEVY, CHANGED, *numbered_articles("port", range(3)))
    before = record.counter()
    (kept, *_) = (i for i, p in record.passages(record.ids()).items() if p.article.url == LEVY.url)
    assert record.forget(LEVY.url)
    assert not record.forget(LEVY.url)
    assert texts(record, "ferry") == []
    assert {record.counts()[name] for name in ("articles", "passages", "vectors", "full_text")} == {3}
    (removal,) = record.removed_since(before.removal)
    assert removal == (record.counter().removal, kept)


def test_the_counter_rises_with_every_change_and_no_id_comes_back(record: Record) -> None:
    assert record.counter() == Counter(0, 0)
    store(record, LEVY)
    assert record.counter() == Counter(1, 0)
    record.forget(LEVY.url)
    assert record.counter().removal == 1
    store(record, LEVY)
    assert record.counter() == Counter(2, 1)
    assert record.ids() == [2]
    assert record.ids_since(1, 10) == [2]
    assert record.ids_since(2, 10) == []


def test_a_batch_with_a_bad_article_stores_nothing_of_any(record: Record) -> None:
    bad = Passage(0, 3, CHANGED.text[:3])
    vectors = hashed().passages(["a", "b"])
    good = Made(LEVY, [Passage(0, 5, LEVY.text[:5])], vectors[:1])
    with pytest.raises(ValueError, match="zip"):
        record.put([good, Made(CHANGED, [bad], vectors)], MAKER)
    assert record.counts()["articles"] == 0
    assert record.counter() == Counter(0, 0)
    assert record.faults() == []


def test_an_article_without_passages_can_be_stored_and_forgotten(record: Record) -> None:
    empty = article("empty", "")
    assert store(record, empty) == [Put.ADDED]
    assert record.article(empty.url) == empty
    assert record.forget(empty.url)


def test_vectors_come_back_as_they_were_stored(record: Record) -> None:
    store(record, LEVY, *numbered_articles("port", range(2)))
    ids, matrix = record.vectors_since(0)
    assert ids == sorted(ids)
    np.testing.assert_array_equal(matrix[0], hashed().passages([LEVY.text])[0])
    assert record.vectors([10_000])[0] == []


def test_titles_outlets_and_dates_are_found_in_the_full_text(record: Record) -> None:
    store(record, article("a", "The board met.", title="Seawall talks", published=date(2024, 10, 23)))
    for term in ("seawall", "courier", "october", "2024"):
        assert texts(record, term) == ["The board met."]


def test_words_are_found_by_their_stems_and_without_their_accents(record: Record) -> None:
    store(record, article("a", "The propósal doubled the levies."))
    assert texts(record, "proposals") == texts(record, "levy") == ["The propósal doubled the levies."]


@pytest.mark.parametrize(
    "term",
    [
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(a b)",
        "*",
        "lev*",
        '"',
        '""',
        "title:levy",
        "^levy",
        "-levy",
        "(",
        "a\0b",
        "'",
        ";",
        "",
    ],
)
def test_query_syntax_in_a_term_is_only_words(record: Record, term: str) -> None:
    store(record, LEVY)
    assert texts(record, term, "harbor") == [LEVY.text]
    assert record.articles_with(term) in (0, 1)


def test_thousands_of_terms_are_no_error(record: Record) -> None:
    store(record, LEVY)
    assert texts(record, *(f"word{n}" for n in range(5000)), "harbor") == [LEVY.text]


def test_phrases_are_counted_by_article(record: Record) -> None:
    store(record, LEVY, article("other", "Levy harbor. " * 200))
    assert record.articles_with("harbor levy") == 2
    assert record.articles_with("Ada Quill") == 1


@pytest.fixture
def dated(record: Record) -> Record:
    days = {"first": date(2024, 1, 1), "second": date(2024, 6, 30), "third": date(2025, 1, 1), "undated": None}
    store(record, *(article(name, f"The {name} levy.", published=day) for name, day in days.items()))
    return record


@pytest.mark.parametrize(
    ("since", "until", "names"),
    [
        (None, None, {"first", "second", "third", "undated"}),
        (date(2024, 6, 30), None, {"second", "third"}),
        (None, date(2024, 6, 30), {"first", "second"}),
        (date(2024, 1, 2), date(2024, 12, 31), {"second"}),
        (date(2025, 1, 2), None, set()),
    ],
)
def test_a_filter_takes_both_its_days_and_leaves_out_the_undated(
    dated: Record, since: date | None, until: date | None, names: set[str]
) -> None:
    where = Filter(since, until)
    wanted = {f"The {name} levy." for name in names}
    assert set(texts(dated, "levy", where=where)) == wanted
    assert {p.text for p in dated.passages(dated.ids(where)).values()} == wanted
    assert set(dated.vectors_where(where)[0]) == set(dated.ids(where))


def test_the_listing_is_newest_first_with_the_undated_last(dated: Record) -> None:
    assert [str(row["url"]).rsplit("/", 1)[1] for row in dated.listing()] == [
        "third",
        "second",
        "first",
        "undated",
    ]
    assert all("text" not in row for row in dated.listing())
    assert dated.coverage() == (4, date(2024, 1, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ("DELETE FROM articles", "reference"),
        ("INSERT INTO vectors VALUES (999, x'00')", "vectors"),
        ("INSERT INTO passages_fts (rowid, title, body) VALUES (999, '', 'lost')", "passages_fts"),
        ("DELETE FROM vectors", "differ"),
    ],
)
def test_damage_by_another_program_is_seen(record: Record, tmp_path: Path, damage: str, word: str) -> None:
    store(record, LEVY)
    assert record.faults() == []
    raw(tmp_path, damage)
    assert any(word in fault for fault in record.faults())


def test_readers_see_nothing_of_a_write_under_way(record: Record, tmp_path: Path) -> None:
    store(record, LEVY)
    writer = sqlite3.connect(tmp_path / "library.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM passages")
    assert texts(record, "harbor") == [LEVY.text]
    writer.execute("ROLLBACK")
    writer.close()


def test_two_openings_of_one_record_see_each_others_articles(record: Record, tmp_path: Path) -> None:
    other = record_at(tmp_path)
    store(other, LEVY)
    other.close()
    assert texts(record, "harbor") == [LEVY.text]


def test_a_term_is_counted_by_its_stem_in_passages(record: Record) -> None:
    store(record, LEVY, article("other", "The levies rose. The harbor slept."))
    assert record.frequencies(["levy", "harbor", "ferry", 'od"d']) == [2, 2, 0, 0]
    assert record.frequencies([]) == []


def test_what_is_read_in_a_snapshot_is_of_one_moment(record: Record, tmp_path: Path) -> None:
    store(record, LEVY)
    other = record_at(tmp_path)
    with record.snapshot():
        assert record.count() == 1
        store(other, article("more", "The ferry timetable will be thinned out."))
        assert record.count() == 1
        assert other.count() == 2
    other.close()
    assert record.count() == 2
