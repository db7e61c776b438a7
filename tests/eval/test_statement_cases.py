"""The known statements are what they are meant to be, and every hard case has its article."""

from pathlib import Path
from typing import Any

import pytest

from ingest.statements.measure import measure, read_known

CASES = read_known(Path(__file__).with_name("statements.jsonl"))
HARD = """
    inverted cue; according to; quotation broken by its cue; quotation over several paragraphs;
    speaker in the paragraph before; speaker in the paragraph after; curly marks; straight marks; '' marks;
    spokespeople; bodies; joint statement; letters; tweets; books; transcript; op-ed; headlines; declined to say;
    conditional report; second-hand; surname, pronoun, role, nickname; namesakes; uncertain speakers; nothing said;
    office by date; nouns of saying; said-on date
"""

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"].rpartition("/")[2])


def attributions(case: dict[str, Any]) -> list[dict[str, Any]]:
    outer = case["attributions"]
    return outer + [inner for one in outer for inner in one.get("reports", ())]


def printed(attribution: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements, one for each signer, that a reader who makes no mistake would print."""
    source = attribution["source"][0] if attribution["source"] else (None, None)
    speaker = attribution.get("speaker")
    names = speaker if isinstance(speaker, list) else [speaker]
    row = {name: attribution.get(name) for name in ("report", "second_hand", "via", "said_on")}
    row |= {"spans": attribution["content"], "source_start": source[0], "source_end": source[1]}
    row["reports"] = [one for inner in attribution.get("reports", ()) for one in printed(inner)]
    return [row | {"speaker": name} for name in names or [None]]


def test_every_hard_case_has_an_article() -> None:
    assert {case["case"] for case in CASES} == {" ".join(name.split()) for name in HARD.split(";")}
    assert len({case["id"] for case in CASES}) == len(CASES)


@each_case
def test_every_span_holds_the_words_that_it_is_meant_to_hold(case: dict[str, Any]) -> None:
    for one in attributions(case):
        for name, words in one["reads"].items():
            assert [case["text"][start:end] for start, end in one[name]] == words
            assert all(word == word.strip() for word in words)
        assert one["content"]
        for inner in one.get("reports", ()):
            (start, end), (first, last) = one["content"][0], inner["content"][0]
            assert start <= first
            assert last <= end


@each_case
def test_every_person_is_a_name_in_the_text(case: dict[str, Any]) -> None:
    for start, end in case["persons"]:
        assert all(word[0].isupper() for word in case["text"][start:end].split())


@each_case
def test_what_is_not_said_or_not_first_hand_has_a_speaker_whom_it_could_be_given_to(case: dict[str, Any]) -> None:
    for one in attributions(case):
        assert one["report"] in ("said", "not_said", "conditional")
        assert one["second_hand"] == ("via" in one)
        if one["report"] != "said" or one["second_hand"]:
            assert one["speaker"]


def test_a_reader_who_makes_no_mistake_has_every_figure() -> None:
    perfect = [(case, [row for one in case["attributions"] for row in printed(one)]) for case in CASES]
    assert set(measure(perfect).values()) == {1.0}
