"""Several processes on one library: killed ones lose nothing, and living ones do not get into each other's way."""

import random
import time
from pathlib import Path

import pytest

from tests.processes.command import Onrecord, hear, lines, say
from tests.processes.kill_ingest import faults, killed

pytestmark = pytest.mark.slow

TOPICS = "ferry levy, tram fare, harbour dredging, school roof, water main, night bus, sea wall, library hours"
PEOPLE = "Orla Finch, Bram Okafor, Una Grell, Ilse Brandvold, Tomas Reyes, Ada Quill"


def article(n: int) -> dict[str, object]:
    person, topic = PEOPLE.split(", ")[n % 6], TOPICS.split(", ")[n % 8]
    text = f"“The {topic} plan number {n} must pass before winter,” Mayor {person} said on Monday.\n\n"
    return {"url": f"https://quay.example/{n}", "title": f"Plan {n}", "text": text + "The council met late. " * 12}


def batches(numbers: range, size: int = 6) -> list[dict[str, object]]:
    """Articles; each batch of them ends early, because its last address comes twice."""
    found = []
    for n in numbers:
        found += [article(n)] * (2 if n % size == size - 1 else 1)
    return found


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text(lines(rows), encoding="utf-8")
    return path


@pytest.fixture
def onrecord(tmp_path: Path) -> Onrecord:
    return Onrecord(tmp_path / "home")


def test_an_ingest_that_is_killed_at_any_moment_is_completed_by_the_next(
    onrecord: Onrecord, tmp_path: Path
) -> None:
    given = written(tmp_path / "given.jsonl", batches(range(60)))
    chosen = random.Random(60)
    for _ in range(5):
        killed(onrecord, given, chosen.uniform(0.5, 3.5))
    onrecord.ok("ingest", given)
    assert faults(onrecord, given, "What did Orla Finch say about the ferry levy?") == []


def test_what_another_process_ingests_answers_at_once(onrecord: Onrecord, tmp_path: Path) -> None:
    onrecord.ok("ingest", written(tmp_path / "given.jsonl", batches(range(12))))
    with onrecord.start("ask", "--batch", "-") as asker:
        say(asker, {"id": 1, "question": "What did Orla Finch say about the ferry levy?"})
        assert hear(asker)["outcome"] == "answered"
        text = "“Zeppelins will return to the quay by May,” Mayor Nell Ostrander said on Friday."
        onrecord.ok("ingest", "-", stdin=lines([{"url": "https://quay.example/new", "text": text}]))
        done = time.monotonic()
        say(asker, {"id": 2, "question": "What did Nell Ostrander say about zeppelins?"})
        answer = hear(asker)
        assert time.monotonic() - done < 2
        assert answer["answer"]["claims"][0]["citations"][0]["url"] == "https://quay.example/new"
        onrecord.ok("articles", "forget", "https://quay.example/new")
        say(asker, {"id": 3, "question": "What did Nell Ostrander say about zeppelins?"})
        assert "https://quay.example/new" not in {passage["url"] for passage in hear(asker)["passages"]}
        assert asker.communicate(timeout=60) == (b"", b"")
    assert asker.returncode == 0
    onrecord.ok("doctor")


def test_two_ingests_at_once_store_everything_once(onrecord: Onrecord, tmp_path: Path) -> None:
    first = written(tmp_path / "first.jsonl", batches(range(40)))
    second = written(tmp_path / "second.jsonl", batches(range(20, 60)))
    running = [onrecord.start("ingest", path, "--json") for path in (first, second)]
    for process in running:
        with process:
            _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    both = written(tmp_path / "both.jsonl", batches(range(60)))
    assert faults(onrecord, both, "What did Orla Finch say about the ferry levy?") == []
    assert onrecord.ok("ingest", both, "--json").json["unchanged"] == 70


def test_an_ingest_killed_beside_an_asker_leaves_it_answering(onrecord: Onrecord, tmp_path: Path) -> None:
    given = written(tmp_path / "given.jsonl", batches(range(60)))
    onrecord.ok("ingest", written(tmp_path / "few.jsonl", batches(range(6))))
    with onrecord.start("ask", "--batch", "-") as asker:
        killed(onrecord, given, 2.5)
        say(asker, {"id": 8, "question": "What did Orla Finch say about the ferry levy?"})
        assert hear(asker)["outcome"] == "answered"
        onrecord.ok("ingest", given)
        say(asker, {"id": 9, "question": "What did Ada Quill say about plan number 59?"})
        urls = {passage["url"] for passage in hear(asker)["passages"]}
        assert "https://quay.example/59" in urls
        assert asker.communicate(timeout=60) == (b"", b"")
    assert faults(onrecord, given, "What did Orla Finch say about the ferry levy?") == []
