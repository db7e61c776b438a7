"""What should never happen: the person gets a sentence and an incident's id, the log the traceback under it."""

import re
from pathlib import Path

import pytest

from tests.processes.command import Done, Onrecord

pytestmark = pytest.mark.slow

WORDS = "the disk turned into cheese"
# Python runs this before the command; it makes searching fail as nothing of ours would.
BROKEN = f"""
import retrieval.search

def candidates(*_, **__):
    raise ZeroDivisionError("{WORDS}")

retrieval.search.Search.candidates = candidates
"""


@pytest.fixture
def broken(own_samples: Onrecord, tmp_path: Path) -> tuple[Onrecord, dict[str, str]]:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text(BROKEN, encoding="utf-8")
    return own_samples, {"PYTHONPATH": str(tmp_path / "broken")}


def only_incident(done: Done) -> str:
    """The id that the person is given; nothing else of what went wrong may show."""
    found: set[str] = set(re.findall(r"incident ([0-9a-f]{8})\b", done.err, re.IGNORECASE))
    assert (done.status, len(found)) == (3, 1), done.err
    assert WORDS not in done.out + done.err
    assert "ZeroDivisionError" not in done.out + done.err
    return found.pop()


def test_an_unexpected_error_is_an_incident(broken: tuple[Onrecord, dict[str, str]]) -> None:
    onrecord, variables = broken
    done = onrecord.run("ask", "What did Turner propose?", "--json", **variables)
    incident = only_incident(done)
    assert done.out == ""
    log = (onrecord.home / "incidents.log").read_text(encoding="utf-8")
    assert incident in log
    assert "Traceback" in log
    assert WORDS in log


def test_an_incident_that_cannot_be_logged_still_shows_no_traceback(
    broken: tuple[Onrecord, dict[str, str]],
) -> None:
    onrecord, variables = broken
    (onrecord.home / "incidents.log").mkdir()
    only_incident(onrecord.run("ask", "What did Turner propose?", "--json", **variables))
