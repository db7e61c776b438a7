"""Which sentences of an article are whose, from its statements."""

from retrieval.speech import Said, spoken
from retrieval.types import Kind, Report, Resolution, Statement

TEXT = (
    "The ferry stays, Ilse Brandt said. The weather was fine. It will cost more, she said, but Jan Roos said no."
)


def said(words: str, speaker: str | None, *, second_hand: bool = False, report: Report = Report.SAID) -> Said:
    start = TEXT.index(words)
    span = (start, start + len(words))
    return Said(Statement((span,), None, None, Kind.INDIRECT, speaker, Resolution.NAME, report, second_hand), 0.5)


def speakers(*statements: Said) -> list[tuple[str, str | None, bool]]:
    return [(TEXT[s.start : s.end][:9], s.speaker, s.second_hand) for s in spoken(TEXT, statements)]


def test_a_sentence_is_his_whose_statement_it_holds_and_nobodys_without_one() -> None:
    assert speakers(said("The ferry stays", "Ilse Brandt")) == [
        ("The ferry", "Ilse Brandt", False),
        ("The weath", None, False),
        ("It will c", None, False),
    ]


def test_a_sentence_with_two_speakers_comes_once_for_each() -> None:
    found = speakers(said("It will cost more", "Ilse Brandt"), said("no", "Jan Roos"))
    assert found[2:] == [("It will c", "Ilse Brandt", False), ("It will c", "Jan Roos", False)]


def test_what_was_not_said_is_nobodys() -> None:
    for report in (Report.NOT_SAID, Report.CONDITIONAL):
        assert all(
            s.speaker is None for s in spoken(TEXT, [said("The ferry stays", "Ilse Brandt", report=report)])
        )


def test_words_without_a_known_speaker_are_nobodys() -> None:
    assert all(s.speaker is None for s in spoken(TEXT, [said("The ferry stays", None)]))


def test_second_hand_words_are_marked_unless_he_also_says_so_himself() -> None:
    retold = said("The ferry stays", "Ilse Brandt", second_hand=True)
    assert speakers(retold)[0] == ("The ferry", "Ilse Brandt", True)
    assert speakers(retold, said("ferry stays", "Ilse Brandt"))[0] == ("The ferry", "Ilse Brandt", False)


def test_without_statements_every_sentence_is_there_and_nobodys() -> None:
    assert [TEXT[s.start : s.end] for s in spoken(TEXT, [])] == [
        "The ferry stays, Ilse Brandt said.",
        "The weather was fine.",
        "It will cost more, she said, but Jan Roos said no.",
    ]
    assert list(spoken("", [])) == []
