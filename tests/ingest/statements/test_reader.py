"""An article's statements as they are read: first-hand only what its writer reports. Every sentence is our own."""

import time
from datetime import date
from pathlib import Path

import pytest

from ingest.statements import reader as module
from ingest.statements.offices import offices
from ingest.statements.reader import Reader, reader_name
from retrieval.types import Article, Report, Statement


@pytest.fixture(scope="module", params=["tagger", "rules"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Both kinds: what a test here asks holds with and without the tagger."""
    return Reader.open(1) if request.param == "tagger" else Reader(None, offices(), "rules")


def read(reader: Reader, text: str) -> list[Statement]:
    return list(reader.read(Article("https://herald.example/1", text, published=date(2024, 5, 17))).statements)


def of(statements: list[Statement], speaker: str | None) -> Statement:
    [found] = [one for one in statements if one.speaker == speaker]
    return found


def test_the_rules_serve_where_the_model_file_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MODEL", tmp_path / "missing.onnx")
    opened = Reader.open()
    assert opened.name == reader_name()
    assert opened.name.endswith("rules")
    assert of(read(opened, "Ruth Baker said that the bridge was unsafe."), "Ruth Baker").report is Report.SAID


def test_a_library_can_tell_what_its_statements_were_read_with(tmp_path: Path) -> None:
    own = tmp_path / "offices.csv"
    names = {reader_name(own)}
    for row in ("Ruth Baker,mayor,,,2024-01-01,\n", "Ruth Baker,judge,,,2024-01-01,\n"):
        own.write_text(row)
        names.add(reader_name(own))
    assert len(names) == 3
    assert Reader.open(1, own).name == reader_name(own)


def test_words_of_which_the_text_gives_no_day_are_of_the_article_s(reader: Reader) -> None:
    text = "Ruth Baker said that the bridge was unsafe. On Monday, Leo Alvarez said that the bridge was safe."
    found = read(reader, text)
    assert of(found, "Ruth Baker").said_on == date(2024, 5, 17)
    assert of(found, "Leo Alvarez").said_on == date(2024, 5, 13)


def test_what_somebody_reports_of_himself_is_not_second_hand(reader: Reader) -> None:
    text = "Ruth Baker chairs the board. Ruth Baker said that she had promised the town that it would hold."
    found = read(reader, text)
    assert found
    assert not any(one.second_hand for one in found if one.speaker == "Ruth Baker")


def test_what_a_speaker_reports_of_another_is_second_hand_through_him(reader: Reader) -> None:
    text = "Leo Alvarez said that Ruth Baker had told him that the bridge would hold."
    found = read(reader, text)
    assert not of(found, "Leo Alvarez").second_hand
    inner = of(found, "Ruth Baker")
    assert (inner.second_hand, inner.via) == (True, "Leo Alvarez")


def test_a_role_that_a_speaker_reports_of_is_second_hand_through_him(reader: Reader) -> None:
    text = "Mayor Ruth Baker is away. According to Leo Alvarez, the mayor promised to reopen it within two years."
    inner = of(read(reader, text), "Ruth Baker")
    assert (inner.second_hand, inner.via) == (True, "Leo Alvarez")


def test_words_that_unnamed_people_report_are_second_hand_through_nobody(reader: Reader) -> None:
    text = (
        "Governor Ruth Baker told her aides in May that the bridge could not be saved, "
        "three people who were at the meeting said."
    )
    found = read(reader, text)
    inner = of(found, "Ruth Baker")
    assert (inner.second_hand, inner.via) == (True, None)
    outer = of(found, None)
    assert outer.source
    assert text[slice(*outer.source)] == "three people who were at the meeting"


def test_what_is_expected_to_be_said_is_conditional_and_has_its_speaker(reader: Reader) -> None:
    text = "Mayor Ruth Baker is expected to announce that the bridge will close."
    assert of(read(reader, text), "Ruth Baker").report is Report.CONDITIONAL


def test_what_is_not_said_is_not_said(reader: Reader) -> None:
    text = "Mayor Ruth Baker has not said when the bridge will open."
    assert of(read(reader, text), "Ruth Baker").report is Report.NOT_SAID


def test_hearsay_is_second_hand(reader: Reader) -> None:
    text = "Mayor Ruth Baker is said to have called the bridge a ruin."
    assert of(read(reader, text), "Ruth Baker").second_hand


def test_a_body_and_others_are_one_source(reader: Reader) -> None:
    text = "The storm will pass by noon, the weather service and others said."
    [one] = read(reader, text)
    assert one.source
    assert text[slice(*one.source)] == "the weather service and others"


TALK = (
    "HOST: Why close it?\n\nRUTH BAKER: It is old.\n\nIt will fall.\n\nHOST: Who says so?\n\n"
    "RUTH BAKER: Leo Alvarez told me that the piers are hollow. We believe him.\n\nHOST: Thank you."
)


def test_turns_of_a_transcript_are_whole_and_what_is_reported_in_them_is_second_hand(reader: Reader) -> None:
    found = read(reader, TALK)
    turns = [[TALK[slice(*span)] for span in one.spans] for one in found if not one.second_hand]
    assert ["It is old.", "It will fall."] in turns
    assert ["Leo Alvarez told me that the piers are hollow. We believe him."] in turns
    assert of(found, "Leo Alvarez").second_hand
    assert of(found, "Leo Alvarez").via == "Ruth Baker"


def test_what_is_not_sure_to_be_a_statement_is_none() -> None:
    found = read(Reader.open(1), "The “bridge” of Dayton was built in May. It is long. Ruth Baker was there.")
    assert not found


def test_the_speakers_are_those_who_speak(reader: Reader) -> None:
    text = "Ruth Baker met Leo Alvarez and Ann Roos. Ruth Baker said that the bridge was unsafe."
    reading = reader.read(Article("https://herald.example/1", text))
    assert [speaker.name for speaker in reading.speakers] == ["Ruth Baker"]


BROKEN = {
    "nothing": "",
    "blanks": " \n\n\t \n",
    "unbalanced marks": '“Baker said “ the bridge ” was " unsafe, she said “ ' * 60,
    "a sentence of 10,000 words": "Baker said the bridge is old and it hums all night over the slow brown river "
    * 625,
    "all capitals": "MAYOR RUTH BAKER SAID THE BRIDGE WAS UNSAFE. “WE MUST CLOSE IT,” SHE SAID.\n\n" * 30,
    "no punctuation": "ruth baker said the bridge was unsafe and leo alvarez told her no " * 60,
    "Arabic": "وقال بيكر إن الجسر غير آمن. «يجب أن نغلقه»، قالت روث.\n\n" * 30,
    "Chinese": "贝克说：“这座桥不安全。”市长周二表示，桥将关闭。\n\n" * 30,
    "German": "Baker sagte, die Brücke sei nicht sicher. „Wir müssen sie schließen“, sagte sie.\n\n" * 30,
    "one word": "bridge" * 5000,
    "marks alone": "“”\"'„«»``''" * 300,
    "null and odd characters": "Baker said\x00 the bridge\u200b was \ufeffunsafe\U0001f600. " * 30,
}
# On one core of a busy machine; the longest takes a quarter of it.
SECONDS = 10.0


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_article_costs_neither_a_crash_nor_minutes(reader: Reader, text: str) -> None:
    begun = time.thread_time()
    found = read(reader, text)
    assert time.thread_time() - begun < SECONDS
    for one in found:
        spans = [*one.spans, *(span for span in (one.source, one.cue) if span)]
        assert one.spans
        assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize(
    "piece",
    [
        "Mayor Ruth Baker said on Monday that the bridge was unsafe. “We must close it,” she said.\n\n",
        "“We must close it,” Baker said. ",
        "HOST: Why close it?\n\nBAKER: Alvarez said that it is old.\n\n",
    ],
    ids=["paragraphs", "one paragraph", "transcript"],
)
def test_an_article_of_200_kilobytes_takes_seconds(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    begun = time.thread_time()
    assert read(Reader(None, offices(), "rules"), text)
    assert time.thread_time() - begun < 2 * SECONDS
