"""The figures are the reference scorer's on the shared articles, and right by hand on sentences of our own."""

import importlib.util
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.statements.measure import measure, read_known

Row = dict[str, Any]

TEXT = (
    "“The levy must double,” Mayor Orla Finch said. Ben Stone’s aides said that the levy was dead. "
    "Stone declined to say whether he would run. Quill said that Finch had promised a bridge."
)
FINCH, AIDES, STONE, QUILL = "Mayor Orla Finch", "Ben Stone’s aides", "Stone", "Quill"
DOUBLE, DEAD, RUN = "“The levy must double,”", "that the levy was dead", "whether he would run"
BRIDGE, INNER = "Finch had promised a bridge", "a bridge"


def span(words: str) -> list[int]:
    at = TEXT.rindex(words)
    return [at, at + len(words)]


def known(content: str, source: str | None, **judged: object) -> Row:
    return {"content": [span(content)], "source": [span(source)] if source else [], "cue": [], **judged}


def read(content: str, source: str | None, speaker: str | None = None, **more: object) -> Row:
    start, end = span(source) if source else (None, None)
    return {"spans": [span(content)], "source_start": start, "source_end": end, "speaker": speaker, **more}


def figures(attributions: list[Row], statements: list[Row]) -> dict[str, float]:
    persons = [span("Orla Finch"), span("Ben Stone"), span("Stone"), span("Quill")]
    return measure([({"id": "1", "text": TEXT, "persons": persons, "attributions": attributions}, statements)])


def test_half_of_the_letters_make_a_statement_found_and_marks_make_no_difference() -> None:
    whole = known(DOUBLE, FINCH)
    assert figures([whole], [read("The levy must double", "Orla")])["all_with_source"] == 1
    assert figures([whole], [read("levy must", "Finch")])["all"] == 0
    assert figures([known(DEAD, AIDES)], [read("the levy was dead", AIDES)])["all"] == 1


def test_a_source_is_right_by_its_words_or_where_there_is_none() -> None:
    assert figures([known(DEAD, None)], [read(DEAD, None)])["all_with_source"] == 1
    for wanted, given in ((AIDES, None), (None, AIDES), (AIDES, QUILL)):
        found = figures([known(DEAD, wanted)], [read(DEAD, given)])
        assert (found["all"], found["all_with_source"]) == (1, 0)


def test_each_statement_is_found_once() -> None:
    again = [read(DEAD, AIDES), read(DEAD, AIDES), read("levy was dead", AIDES)]
    assert figures([known(DEAD, AIDES)], again)["all"] == pytest.approx(2 / (1 + 2))


def test_the_first_figures_are_of_what_persons_say() -> None:
    attributions = [known(DOUBLE, FINCH), known(DEAD, AIDES), known(RUN, STONE, speech=False)]
    found = figures(attributions, [read(DOUBLE, FINCH)])
    assert found["overlap"] == 1
    assert found["direct"] == 1
    assert found["indirect"] == 0
    assert found["all"] == pytest.approx(2 / 4)
    # What nobody said counts against the persons only where it is given to one.
    assert figures(attributions, [read(DOUBLE, FINCH), read("bridge", AIDES)])["overlap"] == 1
    assert figures(attributions, [read(DOUBLE, FINCH), read("bridge", QUILL)])["overlap"] == pytest.approx(2 / 3)


def test_a_speaker_is_right_where_all_signers_are_and_nobody_else() -> None:
    def right(speaker: object, *names: str | None) -> float | None:
        return figures([known(DEAD, AIDES, speaker=speaker)], [read(DEAD, AIDES, n) for n in names]).get("speaker")

    assert right("Orla O'Finch", "Orla O’Finch") == 1
    assert right("Orla Finch", "Finch") == 0
    assert right("Orla Finch", "Orla Finch", "Ben Stone") == 0
    assert right(["Orla Finch", "Ben Stone"], "Ben Stone", "Orla Finch") == 1
    assert right(["Orla Finch", "Ben Stone"], "Orla Finch") == 0
    assert right([], None) == 1
    assert right([], "Ben Stone") == 0
    assert right(None, "Ben Stone") is None


def test_what_was_not_said_may_not_come_out_as_said() -> None:
    unsaid = known(RUN, STONE, speaker="Ben Stone", report="not_said")

    def right(*statements: Row) -> float:
        return figures([unsaid], list(statements))["false_first_hand"]

    assert right() == 1
    assert right(read(RUN, STONE, "Ben Stone", report="not_said")) == 1
    assert right(read(RUN, STONE, "Ben Stone", report="said")) == 0
    assert right(read("declined to say whether he would run", None, "Ben Stone", report="said")) == 0
    assert right(read(RUN, None, report="said")) == 0
    assert right(read("run", STONE, "Ben Stone", report="said")) == 1


def test_what_a_speaker_reports_of_another_may_not_come_out_as_the_others_own() -> None:
    inner = known(INNER, "Finch", speaker="Orla Finch", second_hand=True, via="Ada Quill")
    outer = known(BRIDGE, QUILL, speaker="Ada Quill", reports=[inner])
    nested = read(INNER, "Finch", "Orla Finch", second_hand=True, via="Ada Quill")
    found = figures([outer], [read(BRIDGE, QUILL, "Ada Quill", reports=[nested])])
    assert {found[name] for name in ("all", "speaker", "second_hand", "via", "reports", "false_first_hand")} == {1}
    flat = figures([outer], [read(BRIDGE, QUILL, "Ada Quill"), read(INNER, "Finch", "Orla Finch")])
    assert flat["false_first_hand"] == 0
    assert flat["second_hand"] == 0
    assert flat["reports"] == 1
    assert flat["all"] == pytest.approx(2 / 3)


def worsened(line: Row, chance: random.Random) -> Iterator[Row]:
    """Statements like the known ones, with every kind of fault, and some that nobody said."""
    for one in line["attributions"]:
        content, source = [list(s) for s in one["content"]], one["source"][:1]
        fault = chance.randrange(12)
        if fault == 0:
            continue
        if fault in (1, 2):
            content[0][1] = min(len(line["text"]), max(content[0][0], content[0][1] + chance.randint(-90, 40)))
        if fault in (3, 4):
            content[0][0] = max(0, content[0][0] + chance.randint(-60, 60))
        if fault == 5:
            content = content[:1]
        if fault == 6:
            source = []
        if fault in (7, 8):
            source = [[at := chance.randrange(len(line["text"]) - 9), at + chance.randint(2, 9)]]
        if fault == 9:
            content.append([at := chance.randrange(len(line["text"])), min(at + 80, len(line["text"]))])
        start, end = source[0] if source else (None, None)
        name = chance.choice([one.get("speaker"), (one.get("speaker") or "").upper() or None, "Ada Quill"])
        row = {"spans": content, "source_start": start, "source_end": end, "speaker": name}
        yield from [row] * (2 if fault == 10 else 1)
    for person in line["persons"][::4]:
        at = chance.randrange(len(line["text"]))
        spans = [[at, min(at + 70, len(line["text"]))]]
        yield {"spans": spans, "source_start": person[0], "source_end": person[1], "speaker": None}


def reference(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("reference_attribution_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [3, 8])
def test_the_figures_are_those_of_the_reference_scorer(seed: int, shared: Callable[[str], Path]) -> None:
    chance = random.Random(seed)
    lines = read_known(shared("attribution/dev.jsonl"))
    pairs = [(line, list(worsened(line, chance))) for line in lines]
    theirs = reference(shared("attribution/score.py")).evaluate(
        {line["id"]: line for line in lines},
        {line["id"]: {"statements": json.loads(json.dumps(rows))} for line, rows in pairs},
    )
    ours = measure(pairs)
    for name, view in (
        ("overlap", "person+speech"),
        ("direct", "direct"),
        ("indirect", "indirect"),
        ("all", "all"),
    ):
        sourced = "with_source" if name == "overlap" else f"{name}_with_source"
        assert ours[name] == pytest.approx(theirs[view]["overlap"][2])
        assert ours[sourced] == pytest.approx(theirs[view]["both"][2])
        assert 0.2 < ours[sourced] < ours[name] < 0.95
    assert ours["speaker"] == pytest.approx(theirs["all"]["speaker"])
    assert 0.2 < ours["speaker"] < 0.95
