"""A command loads what it needs and no more: what is heavy makes everybody wait."""

import pytest

from tests.processes.command import Onrecord

pytestmark = pytest.mark.slow

HEAVY = {"chromadb", "onnxruntime", "sqlalchemy", "langchain_core", "discord", "trafilatura", "numpy"}


def loaded(onrecord: Onrecord, *arguments: str) -> set[str]:
    """The packages that a command imports."""
    err = onrecord.ok(*arguments, PYTHONPROFILEIMPORTTIME="1").err
    names = [line.rpartition("|")[2].strip() for line in err.splitlines() if line.startswith("import time:")]
    assert "typer" in names
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["ask", "--help"], ["articles", "--help"]], ids=str
)
def test_help_waits_for_nothing_heavy(arguments: list[str], onrecord: Onrecord) -> None:
    # Typer itself loads pydantic for the help of a single command.
    allowed = {"pydantic"} if len(arguments) > 1 else set()
    assert loaded(onrecord, *arguments) & (HEAVY | {"pydantic"}) <= allowed


def test_a_question_waits_for_nothing_that_only_others_need(samples: Onrecord) -> None:
    unneeded = {"langchain", "langchain_openai", "openai", "discord", "trafilatura", "pypdf", "alembic"}
    found = loaded(samples, "ask", "What did Turner propose?", "--json")
    assert "langchain_core" in found
    assert found & unneeded == set()


def test_a_listing_waits_for_no_model_and_no_index(samples: Onrecord) -> None:
    found = loaded(samples, "articles", "list")
    assert found & {"chromadb", "onnxruntime", "langchain_core", "discord", "alembic"} == set()
