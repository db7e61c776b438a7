"""The index may be lost, broken or another process's: answers stay right, and a sentence says what happened."""

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from retrieval_parts import add, article, found, hashed, library_at, numbered_articles, record_at, store

from retrieval.errors import LibraryMismatch
from retrieval.index import Index
from retrieval.index.exact import Exact

if TYPE_CHECKING:
    import subprocess

LEVY = article("levy", "The harbor levy should be doubled before winter, Ada Quill said.")
FERRY = article("ferry", "The ferry timetable will be thinned out, Ben Stone said.")
PORTS = numbered_articles("port", range(12))
Start = Callable[..., "subprocess.Popen[str]"]


def closed_library(folder: Path) -> None:
    with library_at(folder) as library:
        add(library, LEVY, FERRY, *PORTS)


def answers(folder: Path) -> tuple[list[str], str]:
    """What is said on opening, and the kind of search; the answers themselves must be right."""
    said: list[str] = []
    with library_at(folder, said) as library:
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]
        assert found(library, "ferry timetable thinned", 1) == [FERRY.text]
        assert library.index.faults() == []
        return said, library.index.kind


def test_an_empty_library_has_nothing_near(tmp_path: Path) -> None:
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        assert found(library, "harbor levy") == []
        assert library.index.kind == "chroma"
    assert said == []


def test_what_was_closed_in_good_order_is_trusted_without_a_word(tmp_path: Path) -> None:
    closed_library(tmp_path)
    assert (tmp_path / "chroma.seal").exists()
    assert answers(tmp_path) == ([], "chroma")


def test_an_open_index_bears_no_seal(tmp_path: Path) -> None:
    closed_library(tmp_path)
    with library_at(tmp_path):
        assert not (tmp_path / "chroma.seal").exists()


def test_chroma_and_exact_search_give_the_same_nearest(tmp_path: Path) -> None:
    with library_at(tmp_path) as library:
        add(library, LEVY, FERRY, *PORTS)
        vector = hashed().question("the board met about the harbor levy")
        chroma, exact = (
            library.index.nearest(vector, 5),
            Exact(library.record).nearest(vector, 5, library.record.counter()),
        )
        assert library.index.kind == "chroma"
    assert [hit.score for hit in chroma] == pytest.approx([hit.score for hit in exact], abs=1e-5)
    assert chroma[0].id == exact[0].id


@pytest.mark.parametrize("k", [1, 14, 500])
def test_as_many_are_near_as_there_are_at_most(tmp_path: Path, k: int) -> None:
    with library_at(tmp_path) as library:
        add(library, LEVY, FERRY, *PORTS)
        vector = hashed().question("board")
        assert len(library.index.nearest(vector, k)) == min(k, 14)
        assert len(Exact(library.record).nearest(vector, k, library.record.counter())) == min(k, 14)


def test_one_process_owns_the_index_and_another_finds_the_same_without_it(tmp_path: Path, another: Any) -> None:
    with library_at(tmp_path) as library:
        add(library, LEVY, FERRY, *PORTS)
        theirs = another("search", "harbor levy doubled")
        ours = library.index.nearest(hashed().question("harbor levy doubled"), 5)
        assert (library.index.kind, theirs["kind"]) == ("chroma", "exact")
    assert theirs["texts"][0] == LEVY.text
    assert theirs["scores"] == pytest.approx([hit.score for hit in ours], abs=1e-5)


def test_what_another_process_stores_or_forgets_the_owner_finds_at_its_next_search(
    library: Any, another: Any
) -> None:
    add(library, *PORTS)
    assert found(library, "ferry timetable thinned", 1) != [FERRY.text]
    another("put", "ferry", FERRY.text)
    assert library.index.kind == "chroma"
    assert found(library, "ferry timetable thinned", 1) == [FERRY.text]
    another("put", "ferry", LEVY.text)
    assert FERRY.text not in found(library, "ferry timetable thinned", 20)
    assert another("forget", "ferry") is True
    assert LEVY.text not in found(library, "harbor levy doubled", 20)
    assert library.index.faults() == []


def test_what_the_owner_stores_or_forgets_others_find_at_their_next_search(tmp_path: Path, start: Start) -> None:
    owner = start("own")
    assert owner.stdout is not None
    assert json.loads(owner.stdout.readline()) == "chroma"
    with library_at(tmp_path) as library:
        assert library.index.kind == "exact"
        add(library, *PORTS)
        store(library.record, FERRY)
        assert found(library, "ferry timetable thinned", 1) == [FERRY.text]
        library.record.forget(FERRY.url)
        assert FERRY.text not in found(library, "ferry timetable thinned", 20)
        store(library.record, LEVY)
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]
    owner.communicate("")
    with library_at(tmp_path) as library:
        assert library.index.kind == "chroma"
        assert library.index.faults() == []
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]


def test_ownership_passes_on_when_the_owner_dies(tmp_path: Path, start: Start) -> None:
    closed_library(tmp_path)
    owner = start("own")
    assert owner.stdout is not None
    owner.stdout.readline()
    owner.kill()
    owner.wait()
    assert answers(tmp_path)[1] == "chroma"


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 8, 30])
def test_a_library_whose_owner_was_killed_while_it_wrote_keeps_all_that_was_acknowledged(
    tmp_path: Path, start: Start, after: int
) -> None:
    owner = start("write_until_killed")
    assert owner.stdout is not None
    acknowledged = [int(owner.stdout.readline()) for _ in range(after)][-1]
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    with library_at(tmp_path) as library:
        assert library.index.kind == "chroma"
        held = {one.url for one in library.record.articles()}
        assert {one.url for one in numbered_articles("endless", range(acknowledged + 1))} <= held
        assert library.record.faults() == []
        assert library.index.faults() == []
        assert found(library, "the endless board put off the vote", 5)


def garble(folder: Path) -> None:
    for path in (folder / "chroma").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\x13garbage" * 4096)


def truncate(folder: Path) -> None:
    for path in (folder / "chroma").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")


def remove(folder: Path) -> None:
    shutil.rmtree(folder / "chroma")


def hollow(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("damage", [garble, truncate, remove, hollow])
def test_a_damaged_or_missing_index_is_made_again_with_one_sentence(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    closed_library(tmp_path)
    damage(tmp_path)
    said, kind = answers(tmp_path)
    assert len(said) == 1
    assert kind == "chroma"
    assert answers(tmp_path) == ([], "chroma")


def test_where_no_index_can_be_made_the_record_serves_with_one_sentence(tmp_path: Path) -> None:
    closed_library(tmp_path)
    remove(tmp_path)
    (tmp_path / "chroma").write_text("in the way")
    (tmp_path / "chroma.seal").unlink()
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]
        assert library.index.kind == "exact"
    assert said


def test_an_index_that_missed_something_is_brought_up_to_the_record(tmp_path: Path) -> None:
    with library_at(tmp_path) as library:
        add(library, *PORTS)
    record = record_at(tmp_path)
    store(record, LEVY, FERRY)
    record.forget(PORTS[0].url)
    record.close()
    assert answers(tmp_path) == ([], "chroma")


def test_an_index_of_another_library_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    closed_library(tmp_path / "other")
    record = record_at(tmp_path)
    store(record, LEVY, FERRY)
    record.close()
    shutil.copytree(tmp_path / "other" / "chroma", tmp_path / "chroma")
    assert answers(tmp_path)[1] == "chroma"


def test_fresh_makes_the_index_again_from_the_record(tmp_path: Path) -> None:
    closed_library(tmp_path)
    marker = tmp_path / "chroma" / "marker"
    marker.touch()
    record = record_at(tmp_path)
    said: list[str] = []
    index = Index.open(record, tmp_path / "chroma", url=None, notify=said.append, fresh=True)
    assert not marker.exists()
    assert index.faults() == []
    assert (index.kind, said) == ("chroma", [])
    index.close()
    record.close()


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.close()
    library.close()
    with library_at(tmp_path) as again:
        assert again.index.kind == "chroma"


def test_an_index_that_fails_while_it_is_used_gives_way_and_is_looked_at_when_opened_again(tmp_path: Path) -> None:
    said: list[str] = []
    with library_at(tmp_path, said) as library:
        add(library, LEVY, FERRY, *PORTS)
        # What Chroma refuses: a vector of another length, from a model that changed behind its name.
        with pytest.raises(LibraryMismatch):
            library.index.nearest(hashed().question("levy")[:8], 3)
        assert library.index.kind == "exact"
        assert len(said) == 1
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]
    assert not (tmp_path / "chroma.seal").exists()
    assert answers(tmp_path) == ([], "chroma")
