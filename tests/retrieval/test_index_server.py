"""With a Chroma server, several processes share one index; without its answer the record serves."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from retrieval_parts import add, article, found, library_at, numbered_articles, record_at, store

from retrieval.index import Index

pytestmark = pytest.mark.slow

LEVY = article("levy", "The harbor levy should be doubled before winter, Ada Quill said.")
FERRY = article("ferry", "The ferry timetable will be thinned out, Ben Stone said.")
Serve = Callable[[], tuple[str, "subprocess.Popen[bytes]"]]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a Chroma server on loopback; its address and its process."""
    running: list[subprocess.Popen[bytes]] = []

    def started() -> tuple[str, "subprocess.Popen[bytes]"]:
        port = _free_port()
        chroma = str(Path(sys.executable).with_name("chroma"))
        options = ["run", "--host", "127.0.0.1", "--port", str(port), "--path", str(tmp_path / "server")]
        process = subprocess.Popen([chroma, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running.append(process)
        deadline = time.monotonic() + 30
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return f"http://127.0.0.1:{port}", process

    yield started
    for process in running:
        process.kill()
        process.wait()


def test_a_server_is_used_and_followed_and_another_opening_shares_it(tmp_path: Path, serve: Serve) -> None:
    url, _ = serve()
    said: list[str] = []
    with library_at(tmp_path, said, url=url) as one, library_at(tmp_path, said, url=url) as two:
        add(one, *numbered_articles("port", range(8)), LEVY)
        assert (one.index.kind, two.index.kind) == ("chroma", "chroma")
        assert found(two, "harbor levy doubled", 1) == [LEVY.text]
        store(two.record, FERRY)
        assert found(one, "ferry timetable thinned", 1) == [FERRY.text]
        two.record.forget(FERRY.url)
        assert FERRY.text not in found(one, "ferry timetable thinned", 20)
        assert one.index.faults() == two.index.faults() == []
    assert said == []
    assert not (tmp_path / "chroma").exists()


def test_two_libraries_on_one_server_do_not_meet(tmp_path: Path, serve: Serve) -> None:
    url, _ = serve()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with library_at(tmp_path / "a", url=url) as one, library_at(tmp_path / "b", url=url) as two:
        add(one, LEVY)
        add(two, FERRY)
        assert found(one, "ferry timetable", 5) == [LEVY.text]
        assert found(two, "harbor levy", 5) == [FERRY.text]


def test_fresh_clears_the_library_on_the_server_and_makes_it_again(tmp_path: Path, serve: Serve) -> None:
    url, _ = serve()
    with library_at(tmp_path, url=url) as library:
        add(library, LEVY, FERRY)
    record = record_at(tmp_path)
    index = Index.open(record, tmp_path / "chroma", url=url, notify=pytest.fail, fresh=True)
    assert (index.kind, index.faults()) == ("chroma", [])
    index.close()
    record.close()


def test_a_server_that_dies_leaves_a_sentence_and_the_right_answers(tmp_path: Path, serve: Serve) -> None:
    url, process = serve()
    said: list[str] = []
    with library_at(tmp_path, said, url=url) as library:
        add(library, LEVY, FERRY)
        process.kill()
        process.wait()
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]
        assert library.index.kind == "exact"
        assert found(library, "ferry timetable thinned", 1) == [FERRY.text]
    assert len(said) == 1


def test_a_server_that_is_not_there_leaves_a_sentence_and_the_right_answers(tmp_path: Path) -> None:
    said: list[str] = []
    with library_at(tmp_path, said, url=f"http://127.0.0.1:{_free_port()}") as library:
        add(library, LEVY)
        assert found(library, "harbor levy doubled", 1) == [LEVY.text]
        assert library.index.kind == "exact"
    assert len(said) == 1
