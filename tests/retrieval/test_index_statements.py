"""The index of statements follows the record as that of passages does, and is there only where it is needed."""

import json
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromadb
import pytest
from chromadb.config import Settings
from retrieval_parts import (
    MAKER,
    READER,
    add,
    found,
    hashed,
    heard,
    library_at,
    nearest_statements,
    numbered_articles,
    quoted,
    record_at,
)

from retrieval.index.exact import Exact
from retrieval.library import Library
from retrieval.record import Filter, Made, Of

if TYPE_CHECKING:
    import subprocess

LEVY = quoted("levy", "Ada Quill", "The harbor levy should be doubled before winter.", published=date(2024, 1, 1))
FERRY = quoted("ferry", "Ben Stone", "The ferry timetable will be thinned out.", published=date(2024, 9, 1))
BOARDS = [quoted(f"board{n}", f"Una{n} Grell", f"The board put off item {n}.") for n in range(12)]
Start = Callable[..., "subprocess.Popen[str]"]


def put(library: Library, *given: Made) -> None:
    library.record.put(given, MAKER, READER)


def assert_finds(library: Library, kind: str = "chroma") -> None:
    assert nearest_statements(library, "harbor levy doubled", 1) == [
        "The harbor levy should be doubled before winter."
    ]
    assert nearest_statements(library, "ferry timetable thinned", 1) == [
        "The ferry timetable will be thinned out."
    ]
    assert found(library, "harbor levy doubled", 1) == [LEVY.article.text]
    assert library.index.kind == kind
    assert library.index.faults() == []


def collections(folder: Path) -> int:
    client = chromadb.PersistentClient(folder / "chroma", settings=Settings(anonymized_telemetry=False))
    try:
        return len(client.list_collections())
    finally:
        client.close()


def test_statements_are_found_beside_passages_and_again_after_a_good_closing(tmp_path: Path) -> None:
    with library_at(tmp_path) as library:
        put(library, LEVY, FERRY, *BOARDS)
        assert_finds(library)
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        assert_finds(library)
    assert said == []


def test_a_library_without_statements_has_no_index_of_them(tmp_path: Path) -> None:
    with library_at(tmp_path) as library:
        add(library, *numbered_articles("port", range(3)))
        assert nearest_statements(library, "board") == []
        assert library.index.kind == "chroma"
        assert library.index.faults() == []
    assert collections(tmp_path) == 1
    with library_at(tmp_path) as library:
        put(library, LEVY, FERRY)
        assert_finds(library)
    assert collections(tmp_path) == 2


def test_chroma_and_exact_search_give_the_same_nearest_statements(library: Library) -> None:
    put(library, LEVY, FERRY, *BOARDS)
    vector = hashed().question("the board doubled the harbor levy")
    chroma = library.index.nearest(vector, 5, of=Of.STATEMENTS)
    exact = Exact(library.record, Of.STATEMENTS).nearest(vector, 5, library.record.counter(Of.STATEMENTS))
    assert library.index.kind == "chroma"
    assert [hit.score for hit in chroma] == pytest.approx([hit.score for hit in exact], abs=1e-5)
    assert chroma[0].id == exact[0].id


def test_what_replaces_or_forgets_an_article_takes_its_statements_out_of_the_index(library: Library) -> None:
    put(library, LEVY, FERRY, *BOARDS)
    assert_finds(library)
    put(library, quoted("ferry", "Ben Stone", "The trams stay."))
    assert "The ferry timetable will be thinned out." not in nearest_statements(library, "ferry timetable", 20)
    assert nearest_statements(library, "trams stay", 1) == ["The trams stay."]
    library.record.restate([(LEVY.article, heard())], "another")
    library.record.forget(BOARDS[0].article.url)
    assert len(nearest_statements(library, "board levy", 50)) == 12
    assert library.index.faults() == []


def test_a_search_by_speakers_and_days_is_exact_over_those_that_fit(library: Library) -> None:
    put(library, LEVY, FERRY, *BOARDS)
    (ada,) = library.record.speakers_named("Ada Quill")
    vector = hashed().question("the board put off item 3")

    def texts(where: Filter, of: Of) -> list[str]:
        ids = [hit.id for hit in library.index.nearest(vector, 50, where, of=of)]
        stored = library.record.stored(ids, of)
        return [stored[i].text for i in ids]

    hers = Filter(speakers=frozenset([ada.id]))
    assert texts(hers, Of.STATEMENTS) == ["The harbor levy should be doubled before winter."]
    assert texts(hers, Of.PASSAGES) == [LEVY.article.text]
    assert texts(Filter(date(2024, 6, 1)), Of.STATEMENTS) == ["The ferry timetable will be thinned out."]
    assert texts(Filter(speakers=frozenset()), Of.STATEMENTS) == []


def test_what_another_process_stores_or_forgets_the_owner_finds_at_its_next_search(
    library: Library, another: Any
) -> None:
    put(library, *BOARDS)
    another("quote", "ferry", "Ben Stone", "The ferry timetable will be thinned out.")
    assert nearest_statements(library, "ferry timetable thinned", 1) == [
        "The ferry timetable will be thinned out."
    ]
    theirs = another("search_statements", "ferry timetable thinned")
    assert (theirs["kind"], theirs["texts"][0]) == ("exact", "The ferry timetable will be thinned out.")
    assert another("forget", "ferry") is True
    assert "The ferry timetable will be thinned out." not in nearest_statements(library, "ferry timetable", 20)
    assert (library.index.kind, library.index.faults()) == ("chroma", [])


def test_without_the_index_statements_are_found_all_the_same(tmp_path: Path, start: Start) -> None:
    owner = start("own")
    assert owner.stdout is not None
    assert json.loads(owner.stdout.readline()) == "chroma"
    with library_at(tmp_path) as library:
        put(library, LEVY, FERRY, *BOARDS)
        assert_finds(library, "exact")
        library.record.forget(FERRY.article.url)
        assert "The ferry timetable will be thinned out." not in nearest_statements(library, "ferry timetable", 20)
    owner.communicate("")


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 12, 40])
def test_a_library_whose_owner_was_killed_while_it_wrote_statements_is_whole(
    tmp_path: Path, start: Start, after: int
) -> None:
    owner = start("quote_until_killed")
    assert owner.stdout is not None
    acknowledged = [int(owner.stdout.readline()) for _ in range(after)][-1]
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    with library_at(tmp_path) as library:
        record = library.record
        assert record.faults() == []
        assert library.index.faults() == []
        assert library.index.kind == "chroma"
        held = {one.text for one in record.statements(record.ids(of=Of.STATEMENTS)).values()}
        last = [
            n for n in range(acknowledged + 1) if n > acknowledged - 6
        ]  # the next may have replaced the oldest
        assert {f"Levy number {n} must pass." for n in last} <= held
        assert record.counts()["articles"] == record.counts()["statements"] == len(held)


def test_an_index_that_missed_statements_is_made_again(tmp_path: Path) -> None:
    with library_at(tmp_path) as library:
        put(library, LEVY, FERRY, *BOARDS)
        assert_finds(library)
        chroma = library.index._chroma
        assert chroma is not None
        chroma.rows(Of.STATEMENTS).delete(library.record.ids(of=Of.STATEMENTS)[:3])
        assert library.index.faults() != []
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        assert_finds(library)
    assert len(said) == 1


@pytest.mark.slow
def test_an_index_from_before_statements_goes_on_and_gets_them(tmp_path: Path) -> None:
    with library_at(tmp_path) as library:
        add(library, LEVY.article, FERRY.article)
        assert found(library, "harbor levy doubled", 1) == [LEVY.article.text]
    record = record_at(tmp_path)
    record.restate([(LEVY.article, LEVY.heard), (FERRY.article, FERRY.heard)], READER)
    record.close()
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        assert_finds(library)
    assert said == []
