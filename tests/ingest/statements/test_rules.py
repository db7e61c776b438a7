"""Who is said to say what, by rules alone. Every sentence here is our own."""

import gc
import time

import pytest

from ingest.statements.attribution import Attribution
from ingest.statements.rules import attributions, sure, transcript


def read(text: str, found: list[Attribution] | None = None) -> list[tuple[str | None, list[str]]]:
    """Sources and contents as words, without the marks around them."""
    trimmed = " \n,.:?!“”\"'`"
    return [
        (text[slice(*a.source)] if a.source else None, [text[slice(*span)].strip(trimmed) for span in a.content])
        for a in (attributions(text) if found is None else found)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Baker said that the bridge was unsafe.",
        "Baker said the bridge was unsafe.",
        "Baker said on Tuesday that the bridge was unsafe.",
        "Baker said in an interview with WKRP that the bridge was unsafe.",
        "Baker told reporters the bridge was unsafe.",
        "Baker told the council that the bridge was unsafe.",
        "Baker has repeatedly said the bridge was unsafe.",
        "Baker went on to say that the bridge was unsafe.",
        "The bridge was unsafe, Baker said.",
        "The bridge was unsafe, said Baker.",
        "The bridge was unsafe, according to Baker.",
        "According to Baker, the bridge was unsafe.",
        "As Baker noted, the bridge was unsafe.",
        "Baker's claim that the bridge was unsafe",
        "Baker tweeted that the bridge was unsafe.",
        "Baker wrote in his memoir that the bridge was unsafe.",
        "Baker wrote in a letter to the mayor that the bridge was unsafe.",
    ],
)
def test_a_reported_clause_goes_to_whoever_the_cue_names(text: str) -> None:
    [(source, content)] = read(text)
    assert source is not None
    assert source.removesuffix("'s") == "Baker"
    assert [span.removeprefix("that ").lower() for span in content] == ["the bridge was unsafe"]


@pytest.mark.parametrize("marks", ["“”", '""', ("''", "''"), ("``", "''")])
@pytest.mark.parametrize("cue", ["Baker said", "said Baker", "Baker told the council on Monday"])
def test_marks_of_any_kind_hold_a_quotation(marks: str, cue: str) -> None:
    text = f"{marks[0]}We cannot wait for spring,{marks[1]} {cue}."
    assert read(text) == [("Baker", ["We cannot wait for spring"])]


def test_a_quotation_that_its_cue_breaks_is_one_attribution() -> None:
    text = "“We can wait,” Baker said, “but not until spring.”"
    assert read(text) == [("Baker", ["We can wait", "but not until spring"])]


def test_sentences_quoted_behind_the_cue_go_on_the_same_attribution() -> None:
    text = "“We can wait,” said Baker, a retired engineer. “Spring is far. The bridge is not.”"
    [(source, content)] = read(text)
    assert source == "Baker, a retired engineer"
    assert content == ["We can wait", "Spring is far. The bridge is not"]


def test_a_clause_that_its_cue_breaks_is_one_attribution() -> None:
    assert read("The bridge, Baker said, was unsafe.") == [("Baker", ["The bridge", "was unsafe"])]


def test_a_quotation_over_paragraphs_is_one_attribution() -> None:
    text = "“The bridge is unsafe,” Baker said. “We knew.\n\n“We knew it in May.\n\n“We did nothing at all.”"
    [(source, content)] = read(text)
    assert source == "Baker"
    assert content == ["The bridge is unsafe", "We knew", "We knew it in May", "We did nothing at all"]


def test_a_paragraph_of_quotation_goes_to_the_speaker_before_it() -> None:
    text = "Baker said the bridge was unsafe.\n\n“We knew it in May and in June.”"
    assert read(text)[-1] == ("Baker", ["We knew it in May and in June"])


def test_a_colon_gives_the_next_paragraph_to_who_stands_before_it() -> None:
    text = "Baker was blunt when asked, and said this:\n\n“We knew it in May and in June.”"
    assert ("Baker", ["We knew it in May and in June"]) in [(s, c[-1:]) for s, c in read(text)]


def test_a_quotation_goes_to_the_cue_that_follows_it_in_its_paragraph() -> None:
    text = "“The bridge is old. It was never safe.” “We knew it all along,” Baker said."
    [(source, content)] = read(text)
    assert (source, content[-1]) == ("Baker", "We knew it all along")
    assert "The bridge is old" in content[0]


def test_the_subject_before_a_colon_says_the_quotation_behind_it() -> None:
    assert read("Baker was blunt: “The bridge will fall.”") == [("Baker", ["The bridge will fall"])]


@pytest.mark.parametrize(
    "source",
    [
        "The union",
        "The senator",
        "She",
        "They",
        "A spokesman for the mayor",
        "Campaign manager Ruth Baker",
        "Mayor Ruth Baker of Dayton",
        "Ruth Baker, the mayor of Dayton,",
        "Ruth Baker (D-Ohio)",
        "Some of the mayor's oldest allies",
        "Baker and Alvarez",
        "Miller, Baker and Alvarez",
        "The Bureau of Bridges",
        "One in five",
    ],
)
def test_people_bodies_roles_and_pronouns_are_sources(source: str) -> None:
    assert read(f"{source} said the bridge was unsafe.") == [(source.rstrip(","), ["the bridge was unsafe"])]


def test_an_aside_belongs_to_its_source_and_not_to_the_content() -> None:
    text = "Alvarez, who chairs the committee, said the bridge was unsafe."
    assert read(text) == [("Alvarez, who chairs the committee", ["the bridge was unsafe"])]


def test_two_cues_of_one_subject_are_two_attributions() -> None:
    text = "Baker called the bridge unsafe and said that it must close."
    assert read(text) == [("Baker", ["the bridge unsafe"]), ("Baker", ["that it must close"])]


def test_a_participle_has_the_subject_of_its_sentence() -> None:
    text = "Ruth Baker opposed the vote, saying the bridge was unsafe."
    assert read(text)[-1] == ("Ruth Baker", ["the bridge was unsafe"])


def test_two_speakers_of_one_sentence_keep_their_own_words() -> None:
    text = "Baker said the bridge was unsafe, but Alvarez said it would hold."
    assert read(text) == [("Baker", ["the bridge was unsafe"]), ("Alvarez", ["it would hold"])]


def test_a_clause_that_leads_to_another_ends_where_that_begins() -> None:
    text = "After Baker said the bridge was unsafe, Alvarez vowed to close it."
    assert read(text) == [("Baker", ["the bridge was unsafe"]), ("Alvarez", ["to close it"])]


def test_a_verb_within_the_content_does_not_end_it() -> None:
    text = "Baker said the plan would help and supports the town."
    assert read(text) == [("Baker", ["the plan would help and supports the town"])]


def test_a_report_within_a_report_gives_both() -> None:
    text = "Alvarez says that Baker promised to resign."
    assert read(text) == [("Alvarez", ["that Baker promised to resign"]), ("Baker", ["to resign"])]


def test_a_headline_names_its_speaker_before_a_colon() -> None:
    text = "Baker: Bridge must close\n\nThe mayor, Ruth Baker, spoke in Dayton."
    assert read(text)[0] == ("Baker", ["Bridge must close"])


def test_a_headline_that_names_a_genre_names_no_speaker() -> None:
    assert not read("Exclusive: Bridge must close\n\nAn exclusive look at the bridge.")


def test_a_headline_in_capitals_has_its_cue() -> None:
    assert read("Bridge Must Close, Baker Says\n\nIt was built in May.") == [("Baker", ["Bridge Must Close"])]


TALK = "HOST: Why close it?\n\nBAKER: It is old. (Laughs.)\n\nIt will fall.\n\nHOST: When?\n\nBAKER: Soon enough."


def test_a_turn_of_a_transcript_holds_its_paragraphs_and_no_stage_directions() -> None:
    assert read(TALK, transcript(TALK)) == [
        ("HOST", ["Why close it"]),
        ("BAKER", ["It is old", "It will fall"]),
        ("HOST", ["When"]),
        ("BAKER", ["Soon enough"]),
    ]
    assert attributions(TALK) == sure(TALK, attributions(TALK)) == transcript(TALK)


def test_an_excerpt_ends_with_the_paragraph_of_its_last_turn() -> None:
    text = f"One.\n\nTwo.\n\nThree.\n\n{TALK}\n\nThe bridge opened in May."
    assert read(text, transcript(text))[-1] == ("BAKER", ["Soon enough"])


def test_one_tag_or_a_table_is_no_transcript() -> None:
    assert not transcript("BAKER: It is old.")
    assert not transcript("Ohio: 30 delegates\n\nIowa: 20 delegates\n\nNote: both are ours.")


def test_words_quoted_for_their_oddity_are_nobody_s() -> None:
    assert not read("The “bridge” of Dayton was built in May.")


def test_sure_leaves_out_what_the_rules_only_guess() -> None:
    text = "Baker said that the bridge was unsafe. Alvarez criticized the plan."
    assert read(text, sure(text, attributions(text))) == [("Baker", ["that the bridge was unsafe"])]


BROKEN = {
    "nothing": "",
    "spaces": " \n\n ",
    "unbalanced": "“Baker said ” “ “ the bridge " * 50,
    "a sentence of 10,000 words": "Baker said the bridge " * 2500,
    "capitals": "BAKER SAID THE BRIDGE WAS UNSAFE. " * 50,
    "no punctuation": "baker said the bridge was unsafe and alvarez said no " * 50,
    "Russian": "Бейкер сказал, что мост старый. " * 50,
    "Chinese": "贝克说这座桥不安全。" * 50,
    "marks": "\"'“”«»„``''" * 50,
    "tags": "BAKER: \n" * 50,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_text_breaks_nothing_and_every_span_lies_in_it(text: str) -> None:
    for found in (*attributions(text), *sure(text, attributions(text)), *transcript(text)):
        spans = [*found.content, *(span for span in (found.source, found.cue) if span)]
        assert found.content
        assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize(
    "piece",
    [
        "Baker said ",
        "Baker, who said ",
        "“We go,” Baker said. ",
        "“ ",
        "A. ",
        "BAKER: we go\n\n",
        "the head of ",
        "' ",
    ],
)
def test_time_grows_with_the_text_and_not_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        gc.disable()  # what other tests have left is not this text's doing
        try:
            begun = time.process_time()
            attributions(piece * (length // len(piece)))
            return time.process_time() - begun
        finally:
            gc.enable()

    assert seconds(80_000) < 8 * seconds(20_000) + 0.2
