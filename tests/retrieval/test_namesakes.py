"""Two of one surname in real articles are asked back, and the one who is chosen answers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.terminal.options import open_library
from retrieval.library import Library
from retrieval.settings import Settings
from retrieval.types import Outcome, Question
from tests.processes.command import Onrecord

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[1] / "samples"
QUESTION = Question("What did Turner say?")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """The samples that tell of Mike Turner and of Nina Turner."""
    onrecord = Onrecord(tmp_path / "home")
    onrecord.ok("ingest", SAMPLES / "articles" / "turner-north-korea.html", SAMPLES / "namesake")
    with open_library(Settings(ONRECORD_HOME=onrecord.home), None) as opened:
        yield opened


def test_the_namesake_who_is_chosen_answers_and_no_other(library: Library) -> None:
    answer = library.ask(QUESTION)
    assert answer.outcome is Outcome.AMBIGUOUS_SPEAKER
    assert {one.name for one in answer.choices} == {"Mike Turner", "Nina Turner"}
    for one in answer.choices:
        chosen = library.ask(replace(QUESTION, person="Turner", speaker=one.speaker))
        assert chosen.outcome is Outcome.ANSWERED
        assert {claim.speaker for claim in chosen.claims} == {one.name}
