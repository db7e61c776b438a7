"""What the tagger finds, corrected and joined with what the rules are sure of. Every sentence here is our own."""

import pytest

from ingest.statements.attribution import Attribution
from ingest.statements.merging import merged


def tagged(text: str, source: str | None, cue: str | None, *content: str, sure: bool = True) -> Attribution:
    """A find of the tagger, by its words."""

    def span(words: str) -> tuple[int, int]:
        at = text.index(words)
        return (at, at + len(words))

    spans = tuple(span(words) for words in content)
    return Attribution(spans, span(source) if source else None, span(cue) if cue else None, sure)


def read(text: str, *finds: Attribution) -> list[tuple[str | None, str | None, list[str]]]:
    """Sources, cues and contents as words."""

    def words(span: tuple[int, int] | None) -> str | None:
        return text[slice(*span)] if span else None

    return [(words(a.source), words(a.cue), [text[slice(*s)] for s in a.content]) for a in merged(text, finds)]


def test_what_the_rules_are_sure_of_is_added_where_the_tagger_found_nothing() -> None:
    text = "Baker said that the bridge was unsafe."
    assert read(text) == [("Baker", "said", ["that the bridge was unsafe"])]


def test_what_both_found_is_there_once() -> None:
    text = "Baker said that the bridge was unsafe."
    assert read(text, tagged(text, "Baker", "said", "the bridge was unsafe")) == [
        ("Baker", "said", ["the bridge was unsafe"])
    ]


def test_a_find_without_a_source_takes_that_of_the_rules() -> None:
    text = "“The bridge is old,” Baker said."
    assert read(text, tagged(text, None, None, "“The bridge is old,”")) == [
        ("Baker", "said", ["“The bridge is old,”"])
    ]


def test_an_unsure_find_gives_way_to_the_rules() -> None:
    text = "He has not said when the bridge will open."
    assert merged(text, [tagged(text, "He", "has not said", "when the bridge will open", sure=False)])[0].sure


@pytest.mark.parametrize(
    "cue",
    [
        "has not said",
        "did not say",
        "would not say",
        "hasn’t said",
        "declined to say",
        "refused to say",
        "has yet to say",
    ],
)
@pytest.mark.parametrize("first", ["when", "whether", "how", "why", "who"])
def test_what_somebody_has_not_said_is_found_without_the_tagger(cue: str, first: str) -> None:
    text = f"Baker {cue} {first} they will close it."
    assert read(text) == [("Baker", cue, [f"{first} they will close it"])]


def test_hearsay_is_found_without_the_tagger() -> None:
    text = "Governor Ruth Baker is said to have called the bridge a ruin."
    assert read(text) == [("Governor Ruth Baker", "is said to have called", ["the bridge a ruin"])]


def test_hearsay_that_was_found_without_a_source_is_that_of_its_subject() -> None:
    text = "Governor Ruth Baker is said to have called the bridge a ruin."
    found = tagged(text, None, "is said", "Governor Ruth Baker", "to have called the bridge a ruin")
    assert read(text, found) == [("Governor Ruth Baker", "is said to have called", ["the bridge a ruin"])]


@pytest.mark.parametrize(
    "content", [("to announce", "that the bridge will close"), ("to announce that the bridge will close",)]
)
def test_a_verb_that_carries_the_cue_belongs_to_it_and_its_subject_speaks(content: tuple[str, ...]) -> None:
    text = "Mayor Ruth Baker is expected to announce that the bridge will close."
    assert read(text, tagged(text, None, "is expected", *content)) == [
        ("Mayor Ruth Baker", "is expected to announce", ["that the bridge will close"])
    ]


def test_a_carried_cue_that_the_rules_do_not_know_is_whole_as_well() -> None:
    text = "Baker, though pressed, was loath to say whether it was safe."
    assert read(text, tagged(text, "Baker", "was loath", "to say", "whether it was safe")) == [
        ("Baker", "was loath to say", ["whether it was safe"])
    ]


def test_a_listener_is_no_content() -> None:
    text = "Baker told donors that the bridge was safe."
    assert read(text, tagged(text, "Baker", "told", "donors", "that the bridge was safe")) == [
        ("Baker", "told", ["that the bridge was safe"])
    ]


def test_pieces_that_only_a_blank_parts_are_one() -> None:
    text = "The bridge was never safe, Baker said."
    assert read(text, tagged(text, "Baker", "said", "The bridge was", "never safe")) == [
        ("Baker", "said", ["The bridge was never safe"])
    ]


@pytest.mark.parametrize("between", [" ", "\n\n"])
def test_another_s_cue_between_two_quotations_parts_them(between: str) -> None:
    text = f"“Then nobody will cross,” she said.{between}“Let them swim,” Tom Baker said."
    joined = tagged(text, "Tom Baker", "said", "“Then nobody will cross,”", "“Let them swim,”")
    assert [(source, content) for source, _, content in read(text, joined)] == [
        ("she", ["“Then nobody will cross,”"]),
        ("Tom Baker", ["“Let them swim,”"]),
    ]


def test_a_quotation_that_its_own_cue_breaks_stays_one() -> None:
    text = "“We can wait,” Baker said, “but not until spring.”"
    found = tagged(text, "Baker", "said", "“We can wait,”", "“but not until spring.”")
    assert read(text, found) == [("Baker", "said", ["“We can wait,”", "“but not until spring.”"])]


def test_a_salutation_is_no_source_and_the_letter_is_its_writer_s() -> None:
    text = "To the editor: I think the bridge is ugly. It hums.\n\nRuth Baker"
    found = tagged(text, "the editor", "To", "I think the bridge is ugly. It hums")
    assert read(text, found) == [("I", "think", ["the bridge is ugly"])]


def test_inner_words_that_were_given_to_the_outer_speaker_go_to_the_inner_one() -> None:
    text = "Alvarez said Baker told her, “I will resign.”"
    assert ("Baker", "told", ["“I will resign.”"]) in read(
        text, tagged(text, "Alvarez", "said", "“I will resign.”")
    )


def test_a_turn_of_a_transcript_is_whole() -> None:
    text = "HOST: Why close it?\n\nBAKER: It is old. It will fall.\n\nHOST: When?\n\nBAKER: Soon enough."
    assert read(text, tagged(text, None, None, "It will fall")) == [
        ("HOST", None, ["Why close it?"]),
        ("BAKER", None, ["It is old. It will fall."]),
        ("HOST", None, ["When?"]),
        ("BAKER", None, ["Soon enough."]),
    ]


def test_what_somebody_else_says_within_a_turn_is_kept_beside_it() -> None:
    text = "HOST: Well?\n\nBAKER: Roos said that it will fall.\n\nHOST: When?\n\nBAKER: Soon enough."
    inner = tagged(text, "Roos", "said", "that it will fall")
    assert ("Roos", "said", ["that it will fall"]) in read(text, inner)
