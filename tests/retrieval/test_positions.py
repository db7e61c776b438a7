"""What somebody is on record with: his own words alone, verbatim, numbered; and never a namesake's."""

from datetime import date
from pathlib import Path

import pytest

from retrieval.library import Library
from retrieval.positions import comparison, positions
from retrieval.types import Answer, Outcome, Question

SAMPLES = Path(__file__).parents[1] / "samples"


def sound(library: Library, answer: Answer, *speakers: str) -> None:
    """Every claim is somebody's of these, and every quotation stands in the record; the numbers run through."""
    cited = [citation for claim in answer.claims for citation in claim.citations]
    assert [citation.n for citation in cited] == list(range(1, len(cited) + 1))
    assert {claim.speaker for claim in answer.claims} <= set(speakers)
    for citation in cited:
        stored = library.record.article(citation.url)
        assert stored
        assert stored.text[citation.start : citation.end] == citation.quote


def ids(answer: Answer) -> dict[str | None, int]:
    return {choice.office: choice.speaker for choice in answer.choices}


def test_without_a_topic_it_is_all_that_he_says_the_latest_first(samples: Library) -> None:
    answer = positions(samples, Question("", person="Joe Biden"))
    assert (answer.outcome, answer.question) == (Outcome.ANSWERED, "Joe Biden")
    assert len(answer.claims) > 1
    sound(samples, answer, "Joe Biden")
    days = [claim.said_on or date.min for claim in answer.claims]
    assert days == sorted(days, reverse=True)


def test_on_a_topic_only_what_fits_it_is_shown(samples: Library) -> None:
    answer = positions(samples, Question("the abortion ban", person="JD Vance"))
    assert (answer.outcome, answer.question) == (Outcome.ANSWERED, "JD Vance on the abortion ban")
    sound(samples, answer, "JD Vance")
    assert "abortion" in answer.claims[0].text
    assert len(answer.claims) < len(positions(samples, Question("", person="JD Vance")).claims)


def test_copies_of_an_article_are_named_with_its_quotation(samples: Library) -> None:
    answer = positions(samples, Question("", person="Mike Turner"))
    also = {copy.url for claim in answer.claims for citation in claim.citations for copy in citation.also_in}
    assert also == {"https://plains-telegraph.example/wire/2024-10-24/turner-kirby-north-korea"}


@pytest.mark.parametrize("topic", ["fishing quotas", "Trump"])
def test_nothing_that_fits_is_said_to_be_nothing(topic: str, samples: Library) -> None:
    answer = positions(samples, Question(topic, person="Chip Roy"))
    assert (answer.outcome, answer.claims) == (Outcome.NO_EVIDENCE, ())
    assert "15 articles" in answer.message


@pytest.mark.parametrize("name", ["Nobody Known", "", None, "\ud800", "x" * 100_000, '"*(', "the"])
def test_whoever_is_not_known_says_nothing(name: str | None, samples: Library) -> None:
    for topic in ("", "the levy"):
        answer = positions(samples, Question(topic, person=name))
        assert (answer.outcome, answer.claims) == (Outcome.NO_EVIDENCE, ())


def test_a_name_of_several_asks_back_and_the_choice_tells_them_apart(samples: Library) -> None:
    unclear = positions(samples, Question("", person="Tim Scott"))
    assert (unclear.outcome, unclear.claims) == (Outcome.AMBIGUOUS_SPEAKER, ())
    by = ids(unclear)
    assert by.keys() == {"mayor", "senator"}
    mayor = positions(samples, Question("", person="Tim Scott", speaker=by["mayor"]))
    senator = positions(samples, Question("", person="Tim Scott", speaker=by["senator"]))
    urls = [{c.url for claim in one.claims for c in claim.citations} for one in (mayor, senator)]
    assert all(urls)
    assert not urls[0] & urls[1]


def test_of_several_him_is_meant_who_speaks_on_the_topic(samples: Library) -> None:
    answer = positions(samples, Question("student debt", person="Turner"))
    assert answer.question == "Nina Turner on student debt"
    sound(samples, answer, "Nina Turner")


def test_only_the_time_that_is_asked_for_counts(samples: Library) -> None:
    def days(**when: date) -> set[date | None]:
        return {claim.said_on for claim in positions(samples, Question("", person="Joe Biden", **when)).claims}

    middle = date(2024, 1, 1)
    assert days(until=middle) | days(since=middle) == days() - {None}  # undated ones fit no days
    assert all(day and day <= middle for day in days(until=middle))
    assert positions(samples, Question("in 1999", person="Joe Biden")).outcome is Outcome.NO_EVIDENCE


def test_no_more_claims_than_are_asked_for(samples: Library) -> None:
    assert len(positions(samples, Question("", person="Joe Biden"), most=1).claims) == 1


def test_two_are_compared_one_after_the_other(samples: Library) -> None:
    answer = comparison(samples, Question("North Korean troops", person="Mike Turner"), "John Kirby")
    assert answer.question == "Mike Turner and John Kirby on North Korean troops"
    assert list(dict.fromkeys(claim.speaker for claim in answer.claims)) == ["Mike Turner", "John Kirby"]
    sound(samples, answer, "Mike Turner", "John Kirby")


def test_who_of_two_is_silent_is_told(samples: Library) -> None:
    answer = comparison(samples, Question("abortion", person="Mike Turner"), "JD Vance", most_each=1)
    assert (answer.outcome, len(answer.claims)) == (Outcome.ANSWERED, 1)
    assert "from Mike Turner" in answer.message
    both = comparison(samples, Question("fishing", person="Mike Turner"), "Chip Roy")
    assert both.outcome is Outcome.NO_EVIDENCE


def test_either_of_two_may_be_chosen_among_namesakes(samples: Library) -> None:
    unclear = comparison(samples, Question("", person="JD Vance"), "Tim Scott")
    assert (unclear.outcome, unclear.claims) == (Outcome.AMBIGUOUS_SPEAKER, ())
    chosen = Question("", person="JD Vance", speaker=ids(unclear)["mayor"])
    answer = comparison(samples, chosen, "Tim Scott")
    assert answer.outcome is Outcome.ANSWERED
    sound(samples, answer, "JD Vance", "Tim Scott")


def test_a_word_or_two_in_what_somebody_else_says_is_nobodys_statement(samples: Library) -> None:
    asked = Question("What did Biden say?")
    first = samples.ask(asked).claims
    shown = [*first, *samples.more(asked, (), first), *positions(samples, Question("", person="Biden")).claims]
    assert len(shown) > len(first) > 0
    assert not [one for one in shown if "which Biden wants" in one.citations[0].quote]
