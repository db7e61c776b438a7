"""The project's own files: the locks hold what they promise, the README's picture is true."""

import re
from pathlib import Path

import pytest

from bot.terminal.options import open_library
from ingest.pipeline import ingest
from ingest.reading import read
from retrieval.settings import Settings
from retrieval.types import Question
from tests.samples.picture import PICTURE, QUESTION, draw

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^(\S+==[^\s;]+(?: ;.*?)?) \\$", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_and_hashes_every_package(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    blocks = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_core_lock_pulls_neither_torch_nor_cuda() -> None:
    names = {pin.split("==")[0] for pin in pins("requirements.lock")}
    assert "chromadb" in names
    assert not [name for name in names if re.match(r"torch|nvidia|cuda|triton|sentence-transformers", name)]


def test_the_development_lock_holds_the_core_lock_pin_for_pin() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_the_readme_shows_the_answer_that_the_samples_give(tmp_path: Path) -> None:
    settings = Settings(ONRECORD_HOME=tmp_path)
    with open_library(settings, "demo", make=True) as library:
        ingest(library, read([str(ROOT / "tests/samples/articles")], max_bytes=10**8), lambda _: None)
        assert draw(library.ask(Question(QUESTION))) == PICTURE.read_text(encoding="utf-8")
