"""Processes that read: the same as without them, in order, in bounded memory, and none of them is ever left."""

import gc
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from ingest import workers as module
from ingest.pipeline import ingest
from ingest.reading import read, unread
from ingest.statements.reader import Reader, Reading
from ingest.unread import Failed, Same, Unread
from ingest.workers import AT_ONCE, Arrival, Workers
from retrieval.types import Article, Rejection
from tests.ingest.test_pipeline import assert_sound, opened, quietly, stored
from tests.ingest.web.site import page_of, write

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SAMPLES = str(ROOT / "tests" / "samples" / "articles")
LIMIT = 20_000_000


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.open(1)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are started with the first article."""
    monkeypatch.setattr(module, "AT_ONCE", 0)


def samples() -> list[Article]:
    found = [one for one in read([SAMPLES], max_bytes=LIMIT) if isinstance(one, Article)]
    more = [Article(f"https://quay.example/{n}", write(n).text, write(n).title) for n in range(20 - len(found))]
    assert len(found + more) == 20
    return found + more


def page(n: int, padding: int = 0) -> Unread:
    url = f"https://quay.example/{n}"
    data = page_of(write(n), url).encode() + b" " * padding
    return Unread(url, "text/html", data, "utf-8", url=url, origin=n)


@pytest.fixture
def left_over() -> Iterator[None]:
    """No process may be left when the test has ended."""
    yield
    until = time.monotonic() + 10
    while active_children() and time.monotonic() < until:
        time.sleep(0.05)
    assert active_children() == []


def test_readings_are_the_same_wherever_they_are_made(reader: Reader, soon: None, left_over: None) -> None:
    articles = samples()
    here = [reader.read(article) for article in articles]
    with Workers(reader, 2) as workers:
        awaited = [workers.statements(article) for article in articles]
        assert workers.apart
        assert [one.result() for one in awaited] == here
    assert sum(len(one.statements) for one in here) > 20


def test_pages_are_the_same_wherever_they_are_read(reader: Reader, soon: None, left_over: None) -> None:
    items = list(unread([SAMPLES], max_bytes=LIMIT))
    here = [item.read() if isinstance(item, Unread) else item for item in items]
    assert sum(isinstance(item, Unread) for item in items) > 5
    with Workers(reader, 2) as workers:
        assert [arrival.outcome for arrival in workers.articles(items)] == here
        assert workers.apart


def test_few_articles_are_read_without_starting_a_process(reader: Reader) -> None:
    with Workers(reader, 2) as workers:
        for n in range(AT_ONCE):
            assert isinstance(workers.statements(samples()[n % 20]).result(), Reading)
        assert not workers.apart
        assert active_children() == []


def test_where_one_process_is_wanted_none_is_started(reader: Reader, soon: None) -> None:
    with Workers(reader, 1) as workers:
        assert len(list(workers.articles(page(n) for n in range(AT_ONCE + 5)))) == AT_ONCE + 5
        assert not workers.apart
    assert active_children() == []


def test_items_come_in_their_order_whatever_they_are(reader: Reader, left_over: None) -> None:
    article, refused = samples()[0], Rejection("a", "empty")
    items = [
        (article, refused, Failed(Rejection("b", "gone"), n), Same(n), page(n))[n % 5]
        for n in range(5 * AT_ONCE + 40)
    ]
    with Workers(reader, 2) as workers:
        arrivals = list(workers.articles(items))
        assert workers.apart
    for n, arrival in enumerate(arrivals):
        if n % 5 == 4:
            assert isinstance(arrival.outcome, Article)
            assert (arrival.outcome.url, arrival.origin) == (f"https://quay.example/{n}", n)
        else:
            expected = (Arrival(article), Arrival(refused), Arrival(Rejection("b", "gone"), n), Arrival(None, n))
            assert arrival == expected[n % 5]


def test_killed_processes_cost_nothing_but_time(reader: Reader, soon: None, left_over: None) -> None:
    arrivals = []
    with Workers(reader, 2) as workers:
        for arrival in workers.articles(page(n) for n in range(60)):
            arrivals.append(arrival)
            if len(arrivals) == 10:
                assert len(active_children()) == 2
                for process in active_children():
                    process.kill()
        readings = [workers.statements(article) for article in samples()[:3]]
        assert [one.result() for one in readings] == [reader.read(article) for article in samples()[:3]]
    assert [arrival.origin for arrival in arrivals] == list(range(60))
    assert all(isinstance(arrival.outcome, Article) for arrival in arrivals)


def test_a_process_that_is_killed_over_an_article_costs_nothing_but_time(
    reader: Reader, soon: None, left_over: None
) -> None:
    articles = samples()
    with Workers(reader, 2) as workers:
        first = workers.statements(articles[0])
        first.result()
        awaited = [workers.statements(article) for article in articles]
        active_children()[0].kill()
        assert [one.result() for one in awaited] == [reader.read(article) for article in articles]


def test_what_is_stored_is_the_same_though_processes_are_killed(
    reader: Reader, soon: None, left_over: None, tmp_path: Path
) -> None:
    pages = [page(n) for n in range(60)]

    def killing() -> Iterator[Unread]:
        for n, one in enumerate(pages):
            if n in (5, 20, 40):
                for process in active_children():
                    process.kill()
            yield one

    held = []
    for folder, items, count in (("a", iter(pages), 1), ("b", killing(), 2)):
        (tmp_path / folder).mkdir()
        with opened(tmp_path / folder) as library:
            ingest(library, items, quietly, Workers(reader, count))
            assert_sound(library)
            held.append((stored(library), library.record.counts()))
    assert held[0] == held[1]
    assert len(held[0][0]) == 60


def test_no_process_is_left_when_the_block_is_left_by_an_error(
    reader: Reader, soon: None, left_over: None
) -> None:
    def leave() -> None:
        with Workers(reader, 2) as workers:
            for n, _ in enumerate(workers.articles(page(n) for n in range(40))):
                assert n < 5 or len(active_children()) == 2
                if n == 5:
                    raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        leave()


def test_an_article_that_cannot_be_sent_back_or_breaks_the_reader_is_an_error_and_no_hang(
    reader: Reader, soon: None, left_over: None
) -> None:
    with Workers(reader, 2) as workers:
        awaited = workers.statements(None)  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            awaited.result()
        assert workers.statements(samples()[0]).result() == reader.read(samples()[0])


def test_many_large_pages_need_little_memory_here(reader: Reader, soon: None, left_over: None) -> None:
    size, total = 200_000, 2_000

    def pages() -> Iterator[Unread]:
        for n in range(total):
            # Too many words for an article to be looked for in them: it is the way there and back that counts.
            yield Unread(f"{n}", "application/pdf", os.urandom(64) * (size // 64), url="https://quay.example/a")

    with Workers(reader, 2) as workers:
        list(workers.articles([page(0), page(1)]))  # what is made once is there
        gc.collect()
        tracemalloc.start()
        try:
            count = sum(isinstance(arrival.outcome, Rejection) for arrival in workers.articles(pages()))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert workers.apart
    assert count == total
    assert peak < 60 * size


# What a process does that is to be killed or interrupted: it says so when processes beside it read.
_BUSY = """
import sys
from itertools import count
from ingest import workers
from ingest.statements.reader import Reader
from tests.ingest.test_workers import page
workers.AT_ONCE = 0
print("begun", flush=True)
try:
    with workers.Workers(Reader.open(1), 2) as reading:
        for n, _ in enumerate(reading.articles(page(n) for n in count())):
            if n == 20:
                print("busy", flush=True)
except KeyboardInterrupt:
    sys.exit(130)
"""


def below(pid: int) -> set[int]:
    """The processes that descend from one, zombies left out."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has just ended
            continue
        if state != "Z":
            parents[int(stat.parent.name)] = int(parent)
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    def state(pid: int) -> str:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return "Z"

    return {pid for pid in pids if state(pid) != "Z"}


def gone(pids: set[int], seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pids)


@pytest.fixture
def busy() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", _BUSY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    yield process
    children = below(process.pid)
    process.kill()
    process.communicate()
    for pid in alive(children):
        os.kill(pid, signal.SIGKILL)


def hear(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == word


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look at")
@pytest.mark.parametrize("moment", ["busy", "starting"])
def test_no_process_outlives_one_that_is_killed(moment: str, busy: "subprocess.Popen[str]") -> None:
    hear(busy, "begun")
    children = _until_there(busy, moment)
    busy.kill()
    busy.wait()
    assert gone(children)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look at")
@pytest.mark.parametrize("moment", ["busy", "starting"])
def test_ctrl_c_ends_all_of_it_and_no_process_beside_speaks_up(moment: str, busy: "subprocess.Popen[str]") -> None:
    hear(busy, "begun")
    children = _until_there(busy, moment)
    os.killpg(busy.pid, signal.SIGINT)  # as a terminal does
    _, err = busy.communicate(timeout=30)
    assert (busy.returncode, err) == (130, "")
    assert gone(children)


def _until_there(process: "subprocess.Popen[str]", moment: str) -> set[int]:
    if moment == "busy":
        hear(process, "busy")
    until = time.monotonic() + 30
    # Two that read, and what Python keeps beside them.
    while len(children := below(process.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    if moment == "starting":
        time.sleep(0.2)
    assert len(children) >= 3
    return children
