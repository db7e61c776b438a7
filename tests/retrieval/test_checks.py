"""A model's claim beside its evidence: what may be shown, and what is told to be wrong with the rest."""

from dataclasses import replace
from datetime import date

import pytest

from retrieval.types import Citation, Claim
from retrieval.writing.checks import fault, same_speaker, says_nothing_new
from retrieval.writing.output import Returned, Worded, returned, schema, so_far

TEXT = (
    "Gov. Ada Quill of Vermont said on Tuesday that she would not raise the harbor levy above 2.5 million crowns "
    "before October 3. “We may close the old pier if the E.U. stops its grants,” Ms. Quill said, thanking Senator "
    "Ben Stone. She opposes the ferry tax."
)


def evidence(text: str = TEXT, speaker: str | None = "Ada Quill", day: date = date(2024, 9, 17)) -> Claim:
    citation = Citation(1, "https://a.example", "Quill at odds", "Quay Courier", None, day, text, 0, 9, "")
    return Claim(text, speaker, day, False, (citation,))


@pytest.mark.parametrize(
    "text",
    [
        "Ada Quill said she would not raise the harbor levy above 2.5 million crowns before October 3.",
        "Quill said that the harbor levy would not be raised above 2,500,000 crowns before 3 October 2024.",
        "Gov. Quill said the old pier may close if the European Union stops its grants.",
        "Governor Ada Quill opposes the ferry tax.",
        "Ada Quill told the Quay Courier on Tuesday that she opposes the ferry tax.",
        "Ms. Quill said she opposes the ferry tax.",
    ],
)
def test_what_its_evidence_says_may_be_shown(text: str) -> None:
    assert fault(text, [evidence()]) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Ada Quill said she would raise the harbor levy above 2.5 million crowns before October 3.", "negated"),
        ("Ada Quill said she will close the old pier if the E.U. stops its grants.", "uncertain"),
        ("Ada Quill said the old pier may close.", "condition"),
        ("Ada Quill supports the ferry tax.", "opposite"),
        ("Ada Quill said she would not raise the harbor levy above 3.5 million crowns.", "number"),
        ("Ada Quill said she would not raise the harbor levy before November 3.", "“November”"),
        ("Ada Quill said she would not raise the harbor levy before October 4.", "date"),
        ("Ada Quill thanked Senator Dan Stone.", "“Dan”"),
        ("Аda Quill opposes the ferry tax.", "begin"),  # a Cyrillic A
        ("Ben Stone opposes the ferry tax.", "begin"),
        ("Senator Ben Stone and Ada Quill oppose the ferry tax.", "begin"),
        ("Ada Quill and Ben Stone oppose the ferry tax.", "begin"),
        ("Ada Quill's rival opposes the ferry tax.", "begin"),
        ("Ada Quillfeather opposes the ferry tax.", "begin"),
        ("Ada Quill resigned over the ferry tax.", "resigned"),
        ("Ada Quill opposes the ferry tax (see below).", "markup"),
        ("Ada Quill opposes the ferry tax: quay.example/x", "link"),
        ("Ada Quill ‘opposes’ the ferry tax.", "quotes"),
        ("Ada Quill opposes\nthe ferry tax.", "not seen"),
        ("Ada Quill opposes the ferry tax." + "\u200b", "not seen"),
        ("Ada Quill opposes " + "the ferry tax " * 40, "longer"),
    ],
)
def test_what_it_does_not_say_is_not_shown_and_why_is_told(text: str, why: str) -> None:
    assert why in fault(text, [evidence()])


def test_evidence_of_nobody_gives_no_words_to_anybody() -> None:
    told = [evidence("The harbor levy rose to 90 crowns in 2023.", speaker=None)]
    assert fault("The harbor levy rose to 90 crowns in 2023.", told) == ""
    assert fault("Ada Quill said the harbor levy rose to 90 crowns in 2023.", told)
    assert not same_speaker("Ada Quill", told)
    assert same_speaker(None, told)
    assert same_speaker("", told)


def test_a_claims_speaker_is_the_one_speaker_of_all_its_evidence() -> None:
    quill = evidence()
    assert same_speaker("Ada Quill", [quill])
    assert same_speaker("Gov. Quill", [quill, quill])
    assert not same_speaker(None, [quill])
    assert not same_speaker("Ben Stone", [quill])
    assert not same_speaker("Ada Quill", [quill, replace(quill, speaker="Ben Stone")])
    assert not same_speaker("Ada Quill", [quill, replace(quill, speaker=None)])


def test_a_question_put_anew_says_nothing_that_its_conversation_did_not() -> None:
    before = ["What did Ada Quill say about the levy?"]
    assert says_nothing_new("What did Ada Quill say about the ferry tax?", [*before, "And the ferry tax?"])
    assert not says_nothing_new("What did Ben Stone say about the levy?", before)
    assert not says_nothing_new("What did Ada Quill say about the levy in 2023?", before)
    assert not says_nothing_new("", before)


# ---------------------------------------------------------------- what a model returns


def test_the_schema_requires_every_field_and_allows_no_other() -> None:
    shape = schema(Returned, "answer")
    claim = shape["properties"]["claims"]["items"]
    for one in (shape, claim):
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])
    assert "$ref" not in str(shape)


def test_only_complete_claims_of_an_unfinished_answer_are_taken() -> None:
    whole = '{"answers": true, "claims": [{"text": "a", "speaker": null, "evidence": ["k"]}, {"text": "b", '
    first = Worded(text="a", speaker=None, evidence=["k"])
    for end in range(len(whole)):
        found = so_far(whole[:end])
        assert found in ([], [first])
    assert so_far(whole) == [first]
    assert so_far(whole.replace("true", "false")) == []


@pytest.mark.parametrize(
    "text",
    ["", "no", "[]", '{"answers": true}', '{"answers": "true", "claims": []}', '{"answers": true, "claims": [1]}'],
)
def test_what_is_not_in_the_form_is_nothing(text: str) -> None:
    assert returned(text) is None


def test_a_fence_around_the_json_and_fields_beside_ours_do_no_harm() -> None:
    found = returned('```json\n{"answers": false, "claims": [], "url": "https://evil.example"}\n```')
    assert found == Returned(answers=False, claims=[])
