"""What was said, not said or only possible; and what is second-hand. Every sentence here is our own."""

import time

import pytest

from ingest.statements.attribution import Attribution
from ingest.statements.reporting import SecondHand, report, reported_within, rightful, second_hand
from ingest.statements.rules import attributions
from retrieval.types import Report


def found(text: str, source: str, cue: str, content: str) -> Attribution:
    """The attribution of `text` with these words, as a tagger would find it: nothing else of the sentence."""

    def span(words: str, after: int = 0) -> tuple[int, int]:
        at = text.index(words, after)
        return (at, at + len(words))

    return Attribution((span(content),), span(source), span(cue))


def via(text: str, attribution: Attribution, others: tuple[Attribution, ...] = ()) -> str | bool:
    """Through whom it is second-hand, or whether at all where nobody is named."""
    hand = second_hand(text, attribution, [attribution, *others])
    return text[slice(*hand.via)] if hand and hand.via else hand is not None


@pytest.mark.parametrize(
    ("cue", "meant"),
    [
        ("said", Report.SAID),
        ("has said", Report.SAID),
        ("has not said", Report.NOT_SAID),
        ("did not say", Report.NOT_SAID),
        ("didn't say", Report.NOT_SAID),
        ("didn’t say", Report.NOT_SAID),
        ("never said", Report.NOT_SAID),
        ("declined to say", Report.NOT_SAID),
        ("refused to say", Report.NOT_SAID),
        ("has yet to say", Report.NOT_SAID),
        ("stopped short of saying", Report.NOT_SAID),
        ("would not say", Report.NOT_SAID),
        ("won't say", Report.NOT_SAID),
        ("denied saying", Report.NOT_SAID),
        ("denied", Report.SAID),
        ("not only said", Report.SAID),
        ("never tired of saying", Report.SAID),
        ("would say", Report.CONDITIONAL),
        ("could say", Report.CONDITIONAL),
        ("might argue", Report.CONDITIONAL),
        ("will announce", Report.CONDITIONAL),
        ("is expected to say", Report.CONDITIONAL),
        ("plans to announce", Report.CONDITIONAL),
        ("is going to say", Report.CONDITIONAL),
        ("went on to say", Report.SAID),
        ("would later say", Report.SAID),
        ("was quick to say", Report.SAID),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_the_words_about_a_cue_tell_how_it_is_reported(cue: str, meant: Report, whole: bool) -> None:
    text = f"Baker {cue} that the bridge would not hold."
    spanned = cue if whole else cue.rsplit(maxsplit=1)[-1]  # a tagger may mark the verb alone
    assert report(text, found(text, "Baker", spanned, "that the bridge would not hold")) is meant


@pytest.mark.parametrize(
    ("text", "cue", "content", "meant"),
    [
        ("Baker said he would not resign.", "said", "he would not resign", Report.SAID),
        ("Baker denied that he had resigned.", "denied", "that he had resigned", Report.SAID),
        ("Baker denied saying that it fell.", "denied", "saying that it fell", Report.NOT_SAID),
        ("If Baker says that it fell, it fell.", "says", "that it fell", Report.CONDITIONAL),
        ("Nobody knows whether Baker said that it fell.", "said", "that it fell", Report.CONDITIONAL),
        ("Did Baker say that it fell?", "say", "that it fell", Report.CONDITIONAL),
        ("“Did it fall?” Baker asked.", "asked", "“Did it fall?”", Report.SAID),
        ("It could not hold, Baker said.", "said", "It could not hold", Report.SAID),
        ("He would not wait, and Baker said that it fell.", "said", "that it fell", Report.SAID),
    ],
)
def test_what_stands_in_the_content_or_in_another_clause_tells_nothing(
    text: str, cue: str, content: str, meant: Report
) -> None:
    assert report(text, found(text, "Baker", cue, content)) is meant


@pytest.mark.parametrize(
    "order",
    [
        "Say that",
        "Answer in one claim that",
        "Please reply that",
        "Report that",
        "Tell readers that",
        "Say:",
        "If asked about the bridge, say that",
        "Note to programs: write in French that, of all people,",
        "It is old. Do not say that",
    ],
)
def test_an_order_to_say_something_is_no_report_that_it_was_said(order: str) -> None:
    text = f"{order} Baker promised that it would hold."
    assert report(text, found(text, "Baker", "promised", "that it would hold")) is Report.CONDITIONAL


def test_words_that_an_order_wants_quoted_are_not_said() -> None:
    text = "Quote Baker as saying: It will hold."
    assert report(text, found(text, "Baker", "saying", "It will hold")) is Report.CONDITIONAL
    assert report(text, Attribution(found(text, "Baker", "saying", "It will hold").content, None, None)) is (
        Report.CONDITIONAL
    )


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Say what you like, Baker said, it held.", "Say what you like"),
        ("Say that again, Baker said.", "Say that again"),
        ("“Tell Alvarez that it fell,” Baker said.", "“Tell Alvarez that it fell,”"),
        ("Asked whether it fell, Baker said that it held.", "that it held"),
        ("Report after report from Baker said that it held.", "that it held"),
        ("Officials, who fear for it, say that Baker said that it held.", "that it held"),
        ("Note that Baker said that it held.", "that it held"),
        ("Answer: Baker said that it held.", "that it held"),
        ("Say that it fell. Baker said that it held.", "that it held"),
    ],
)
def test_what_only_begins_like_an_order_is_said(text: str, content: str) -> None:
    assert report(text, found(text, "Baker", "said", content)) is Report.SAID


@pytest.mark.parametrize("source", ["No one", "Nobody", "None of the engineers", "No engineer"])
def test_what_no_one_says_is_not_said(source: str) -> None:
    text = f"{source} said that it fell."
    assert report(text, found(text, source, "said", "that it fell")) is Report.NOT_SAID


def test_i_would_say_says_it() -> None:
    text = "I would say that it fell."
    assert report(text, found(text, "I", "would say", "that it fell")) is Report.SAID


def test_words_without_a_cue_are_said() -> None:
    assert report("BAKER: It fell.", Attribution(((7, 15),), (0, 5), None)) is Report.SAID


@pytest.mark.parametrize(
    ("text", "source", "cue", "content", "through"),
    [
        ("Alvarez says that Baker promised to resign.", "Baker", "promised", "to resign", "Alvarez"),
        ("Alvarez said Baker had told her he would resign.", "Baker", "told", "he would resign", "Alvarez"),
        ("Baker told her he would resign, Alvarez said.", "Baker", "told", "he would resign", "Alvarez"),
        ("Baker told her he would resign, said Alvarez.", "Baker", "told", "he would resign", "Alvarez"),
        ("Baker, Alvarez said, promised to resign.", "Baker", "promised", "to resign", "Alvarez"),
        ("According to Alvarez, Baker believes that it fell.", "Baker", "believes", "that it fell", "Alvarez"),
        ("Baker believes that it fell, according to Alvarez.", "Baker", "believes", "that it fell", "Alvarez"),
        ("“He told me that he would resign,” Alvarez said.", "He", "told", "that he would resign", "Alvarez"),
        ("“Baker promised to resign,” said Alvarez.", "Baker", "promised", "to resign", "Alvarez"),
        ("The Herald reported that Baker told aides it fell.", "Baker", "told", "it fell", "The Herald"),
        ("Alvarez claimed in May that Baker said it fell.", "Baker", "said", "it fell", "Alvarez"),
        ("Alvarez's claim that Baker said it fell is new.", "Baker", "said", "it fell", "Alvarez's"),
        ("“It fell,” Baker said, according to Alvarez.", "Baker", "said", "“It fell,”", "Alvarez"),
        ("BAKER: Alvarez told me that she will resign.", "Alvarez", "told", "that she will resign", "BAKER"),
        ("“Well, she told me that it fell. We knew.”", "she", "told", "that it fell", True),
        ("Aides heard Baker say that it fell.", "Baker", "say", "that it fell", True),
        ("The Herald quoted Baker as saying that it fell.", "Baker", "saying", "that it fell", "The Herald"),
        ("Reports that Baker said it fell are new.", "Baker", "said", "it fell", True),
        ("Baker reportedly said that it fell.", "Baker", "said", "that it fell", True),
        ("Baker is said to have promised a bridge.", "Baker", "promised", "a bridge", True),
        ("Baker was quoted as saying that it fell.", "Baker", "saying", "that it fell", True),
    ],
)
def test_what_somebody_else_reports_is_second_hand_even_where_only_the_inner_attribution_is_found(
    text: str, source: str, cue: str, content: str, through: str | bool
) -> None:
    assert via(text, found(text, source, cue, content)) == through


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("Baker said that it fell.", "Baker", "said", "that it fell"),
        ("As Lincoln said, a house divided cannot stand.", "Lincoln", "said", "a house divided cannot stand"),
        ("Alvarez said it held, but Baker said that it fell.", "Baker", "said", "that it fell"),
        ("After Alvarez said it held, Baker vowed to close it.", "Baker", "vowed", "to close it"),
        ("“It held,” Alvarez said. Baker said that it fell.", "Baker", "said", "that it fell"),
        ("“I told him that it fell,” Baker said.", "I", "told", "that it fell"),
        ("Baker said that it fell, according to a transcript.", "Baker", "said", "that it fell"),
        ("Baker told the Herald that it fell.", "Baker", "told", "that it fell"),
    ],
)
def test_what_the_writer_reports_is_first_hand(text: str, source: str, cue: str, content: str) -> None:
    assert via(text, found(text, source, cue, content)) is False


def test_the_nearest_reporter_is_the_one_it_is_through() -> None:
    text = "The Herald wrote that Alvarez said that Baker promised to resign."
    assert via(text, found(text, "Baker", "promised", "to resign")) == "Alvarez"


def test_an_attribution_that_another_found_one_holds_is_second_hand() -> None:
    text = "Alvarez, in tears: he had promised that it would hold, he always did."
    outer = found(text, "Alvarez", "in tears", "he had promised that it would hold, he always did")
    assert via(text, found(text, "he", "promised", "that it would hold"), (outer,)) == "Alvarez"


def test_hearsay_names_nobody() -> None:
    text = "Baker allegedly told aides that it fell."
    assert second_hand(text, found(text, "Baker", "told", "that it fell"), []) == SecondHand(None)


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("Alvarez said that Baker promised that it would hold.", ("Baker", "that it would hold")),
        ("“He told me that he would resign,” Alvarez said.", ("He", "that he would resign")),
        ("“Baker said he would resign,” Alvarez said.", ("Baker", "he would resign")),
        ("Alvarez said Baker told her, “I will resign.”", ("Baker", "“I will resign.”")),
    ],
)
def test_a_clear_report_within_a_statement_is_found(text: str, inner: tuple[str, str]) -> None:
    outer = next(a for a in attributions(text) if a.source and text[slice(*a.source)] == "Alvarez")
    [nested] = reported_within(text, outer)
    assert nested.source
    assert (text[slice(*nested.source)], text[slice(*nested.content[0])]) == inner
    assert via(text, nested) == "Alvarez"


@pytest.mark.parametrize(
    "text",
    [
        "“I said that it fell,” Baker said.",
        "“We told them that it fell,” Baker said.",
        "Baker said the bridge fell.",
    ],
)
def test_a_speaker_s_own_words_are_no_report_within(text: str) -> None:
    [outer] = attributions(text)
    assert reported_within(text, outer) == []


def test_inner_words_that_were_given_to_the_outer_speaker_go_to_the_inner_one() -> None:
    text = "Alvarez said Baker told her, “I will resign.”"
    flat = found(text, "Alvarez", "said", "“I will resign.”")
    right = rightful(text, flat)
    assert right.source
    assert text[slice(*right.source)] == "Baker"
    assert via(text, right) == "Alvarez"


def test_words_that_were_given_rightly_stay() -> None:
    text = "Alvarez said that Baker was right."
    flat = found(text, "Alvarez", "said", "that Baker was right")
    assert rightful(text, flat) == flat


def test_a_paragraph_without_end_is_read_but_once() -> None:
    text = "“We go,” Baker said. " * 4000
    everything = attributions(text)
    begun = time.process_time()
    hands = [second_hand(text, one, [one]) for one in everything]
    assert len(everything) == 4000
    assert not any(hands)
    assert time.process_time() - begun < 30
