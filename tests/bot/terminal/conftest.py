"""The command with an empty folder of libraries, and with the sample articles in it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.processes.command import Done, Onrecord

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"


@pytest.fixture
def onrecord(tmp_path: Path) -> Onrecord:
    """No library is there yet."""
    return Onrecord(tmp_path / "home")


@pytest.fixture(scope="session")
def samples_ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Onrecord, Done]:
    """The samples in the default library, and what ingesting them said."""
    onrecord = Onrecord(tmp_path_factory.mktemp("samples") / "home")
    return onrecord, onrecord.ok("ingest", SAMPLES, "--json")


@pytest.fixture(scope="session")
def samples(samples_ingested: tuple[Onrecord, Done]) -> Onrecord:
    """The samples in the default library, shared by all tests: only to be read."""
    return samples_ingested[0]


@pytest.fixture(scope="session")
def listed(samples: Onrecord) -> list[dict[str, Any]]:
    """The samples as `articles list` knows them."""
    found: list[dict[str, Any]] = samples.ok("articles", "list", "--json").json
    return found


@pytest.fixture
def own_samples(samples: Onrecord, tmp_path: Path) -> Onrecord:
    """The samples in a library of the test's own."""
    shutil.copytree(samples.home, tmp_path / "home", copy_function=shutil.copy2)
    return Onrecord(tmp_path / "home")
