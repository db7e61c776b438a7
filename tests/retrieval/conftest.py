"""Libraries and records in a fresh folder, other processes, and the real embedding opened once."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from retrieval_parts import library_at, record_at

from ingest.chunking import maker
from ingest.pipeline import ingest
from ingest.reading import read
from retrieval.embedding import MINILM, Embedder
from retrieval.index import Index
from retrieval.library import Library
from retrieval.minilm import MiniLM
from retrieval.record import Record

_SAMPLES = Path(__file__).parents[1] / "samples"
_ANOTHER = str(Path(__file__).with_name("another_process.py"))
Another = Callable[..., Any]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a .env file."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM(2)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLM) -> Iterator[Library]:
    """The sample articles, the namesake's among them, with the real embedding: only to be read."""
    folder = tmp_path_factory.mktemp("samples")
    record = Record.open(f"sqlite:///{folder / 'library.sqlite3'}")
    index = Index.open(record, folder / "chroma", url=None, notify=lambda _: None)
    with Library(record, index, Embedder(MINILM, minilm), maker(MINILM)) as library:
        given = [str(_SAMPLES / "articles"), str(_SAMPLES / "namesake")]
        ingest(library, read(given, max_bytes=10**8), lambda _: None)
        yield library


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    opened = record_at(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with library_at(tmp_path) as opened:
        yield opened


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts another process on the library of this test."""
    running: list[subprocess.Popen[str]] = []

    def started(command: str, *args: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, _ANOTHER, str(tmp_path), command, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def another(start: Callable[..., "subprocess.Popen[str]"]) -> Another:
    """Runs a command in another process to its end; what it told."""

    def ran(command: str, *args: str) -> Any:
        process = start(command, *args)
        told, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return json.loads(told.splitlines()[-1]) if told else None

    return ran
