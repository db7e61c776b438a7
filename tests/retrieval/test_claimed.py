"""Whether words are on record: found letter for letter, whatever is around them, and given to nobody else."""

import time
from pathlib import Path

import pytest

from retrieval.claimed import on_record
from retrieval.library import Library
from retrieval.types import Outcome

SAMPLES = Path(__file__).parents[1] / "samples"


KIRBY = "they're fair game, they're fair targets"


@pytest.mark.parametrize(
    "message",
    [
        KIRBY,
        KIRBY.upper(),
        f"> **{KIRBY}**",
        f">>> _{KIRBY}_",
        f"||{KIRBY}|| ",
        f"<@123456789012345678> {KIRBY} <:wow:123456789012345678>",
        "they\u200b’re  *fair*\ngame —\nthey’re `fair` targets",
        f"[{KIRBY}](https://elsewhere.example/x)",
        f"John Kirby said “{KIRBY}.” Wow.",
        f'Kirby: "{KIRBY}"',
        f'"{KIRBY}" - Kirby',
        f'Did anybody say "{KIRBY}"?',
    ],
)
def test_words_are_found_whatever_is_around_them(message: str, samples: Library) -> None:
    answer = on_record(samples, message)
    assert (answer.outcome, [claim.speaker for claim in answer.claims]) == (Outcome.ANSWERED, ["John Kirby"])
    assert "word for word" in answer.message
    assert "Not on record" not in answer.message
    citation = answer.claims[0].citations[0]
    stored = samples.record.article(citation.url)
    assert stored
    assert stored.text[citation.start : citation.end] == citation.quote
    assert "fair targets" in citation.quote
    assert citation.also_in


@pytest.mark.parametrize("claimed", ["Mike Turner", "Turner", "Obama", "Tim Walz"])
def test_words_that_another_said_are_never_his_to_whom_they_are_given(claimed: str, samples: Library) -> None:
    answer = on_record(samples, f"{claimed} said “{KIRBY}”")
    assert (answer.outcome, answer.claims) == (Outcome.WRONG_SPEAKER, ())
    assert [claim.speaker for claim in answer.instead] == ["John Kirby"]


def test_a_telling_without_a_speaker_does_not_make_the_claimed_one_right(samples: Library) -> None:
    words = "If North Korean troops were to invade Ukraine's sovereign territory"
    answer = on_record(samples, f'Kirby: "{words}"')
    assert answer.outcome is Outcome.WRONG_SPEAKER
    assert {claim.speaker for claim in answer.instead} == {"Mike Turner"}


def test_it_is_told_how_many_of_the_quotations_are_found(samples: Library) -> None:
    answer = on_record(samples, "Vance: “I never supported a national ban” and “dogs are to be painted green”")
    assert answer.message.startswith("1 of 2 quotations is on record")
    assert [claim.speaker for claim in answer.claims] == ["JD Vance"]


def test_a_word_left_out_is_no_finding_word_for_word(samples: Library) -> None:
    answer = on_record(samples, "JD Vance said “I supported a national ban”")
    assert answer.message.startswith("Not on record word for word.")


def test_what_is_only_meant_is_looked_for_by_its_meaning(samples: Library) -> None:
    answer = on_record(samples, "we should attack North Korean troops directly")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.message.startswith("Not on record word for word.")
    assert answer.claims[0].speaker == "Mike Turner"
    other = on_record(samples, "Nina Turner said that student debt must stay")
    assert all(claim.speaker == "Nina Turner" for claim in other.claims)


def test_what_nobody_said_is_not_on_record(samples: Library) -> None:
    answer = on_record(samples, "the moon is made of cheese")
    assert (answer.outcome, answer.claims) == (Outcome.NO_EVIDENCE, ())


HOSTILE = ("", " ", "\x00", "\ud800", "\u202e\u200b", '" OR NEAR(" a b c "', "NOT said AND * OR (")
REPEATED = (
    "🚢",
    '"',
    "“",
    "''",
    "a b c d ",
    "[",
    "<@",
    "> ",
    "||",
    "\\",
    "ﷺ a b c ",
    "é́",
    "“a b c d” ",
    "https://",
    "x",
)


@pytest.mark.parametrize("message", [*HOSTILE, *((one * 4000)[:4000] for one in REPEATED)])
def test_nothing_that_is_sent_breaks_it_or_takes_long(message: str, samples: Library) -> None:
    started = time.perf_counter()
    answer = on_record(samples, message)
    assert time.perf_counter() - started < 5
    assert answer.outcome is not Outcome.ANSWERED or answer.claims
