"""onrecord eval: figures against floors, for sets of questions, statements and copies alike."""

import json
from pathlib import Path

import pytest

from tests.processes.command import Onrecord

pytestmark = pytest.mark.slow


def floors(path: Path, value: float) -> Path:
    lowest = {"cases": {"overlap": value}, "copies": {"precision": value}}
    path.write_text(json.dumps(lowest), encoding="utf-8")
    return path


def test_a_statement_set_is_measured_and_figures_above_their_floors_pass(
    onrecord: Onrecord, tmp_path: Path
) -> None:
    done = onrecord.ok("eval", "--set", "cases", "--floors", floors(tmp_path / "floors.json", 0.5))
    measured = {line.split()[0]: line.split()[1:] for line in done.out.splitlines() if len(line.split()) > 1}
    assert float(measured["overlap"][0]) >= 0.5
    assert measured["overlap"][1:] == ["0.500"]
    assert measured.keys() >= {"with_source", "direct", "indirect", "speaker", "report", "false_first_hand"}


def test_copies_are_measured_in_their_own_order_in_others_and_by_halves(
    onrecord: Onrecord, tmp_path: Path
) -> None:
    done = onrecord.ok("eval", "--set", "copies", "--floors", floors(tmp_path / "floors.json", 0.5))
    figures = {f"{part}{name}" for part in ("", "shuffled ", "even ", "odd ") for name in ("precision", "recall")}
    lines = [line.rsplit(maxsplit=2) for line in done.out.splitlines() if "0.500" in line]
    assert [line[0] for line in lines] == ["precision"]
    assert all(any(line.startswith(f"{name} ") for line in done.out.splitlines()) for name in figures)


@pytest.mark.parametrize(("name", "figure"), [("cases", "overlap"), ("copies", "precision")])
def test_a_figure_below_its_floor_is_status_1_with_a_sentence(
    name: str, figure: str, onrecord: Onrecord, tmp_path: Path
) -> None:
    done = onrecord.run("eval", "--set", name, "--floors", floors(tmp_path / "floors.json", 1.1))
    assert done.status == 1
    assert f"{name}: {figure} is" in done.err


def test_a_set_that_there_is_not_is_status_2_and_names_those_there_are(onrecord: Onrecord) -> None:
    done = onrecord.run("eval", "--set", "missing", COLUMNS="200")
    assert (done.status, done.out) == (2, "")
    assert all(name in done.err for name in ("samples", "cases", "copies", "polqa", "polnear"))


@pytest.mark.parametrize("written", [None, "no JSON"])
def test_floors_that_cannot_be_read_are_status_2(written: str | None, onrecord: Onrecord, tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    if written is not None:
        path.write_text(written, encoding="utf-8")
    done = onrecord.run("eval", "--set", "cases", "--floors", path)
    assert (done.status, done.out) == (2, "")
