"""The record keeps who is who across articles, whatever the order in which they come, change and go."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from retrieval_parts import MAKER, READER, article, heard, made, quoted, said

from retrieval.record import Filter, Made, Of, Record
from retrieval.speakers import Fact, FactKind
from retrieval.types import Resolution, Speaker


def turner(name: str, written: str, day: int, *offices: str, party: str | None = None) -> Made:
    speaker = Speaker(written, False, frozenset(["Turner"]), frozenset(offices), party)
    return quoted(name, written, f"Item {name} must pass.", [speaker], published=date(2024, 1, day))


MIKES = [
    turner("a", "Mike Turner", 3, "congressman", party="Republican"),
    turner("b", "Rep. Michael Turner", 1, "congressman", "chairman"),
    turner("c", "Turner of Ohio", 9),
]
CLINTONS = [quoted(name, name, f"{name} spoke.") for name in ("Bill Clinton", "Hillary Clinton", "Clinton")]


def who(record: Record) -> dict[str, str | None]:
    """The speaker of each article's statement, by his name across articles."""
    names = {one.id: one.name for one in record.speakers()}
    return {
        one.article.url.rsplit("/", 1)[1]: one.speaker_id and names[one.speaker_id]
        for one in record.statements(record.ids(of=Of.STATEMENTS)).values()
    }


def put(record: Record, *given: Made) -> None:
    record.put(given, MAKER, READER)


def test_one_person_under_many_forms_is_one_speaker(record: Record) -> None:
    put(record, *MIKES)
    (one,) = record.speakers()
    assert (one.name, one.body, one.articles) == ("Michael Turner", False, 3)
    for form in ("Turner", "Mike Turner", "Rep. Turner", "michael turner", "Turner of Ohio"):
        assert record.speakers_named(form) == [one]
    for form in ("Nina Turner", "Turnbull", "", "Mike"):
        assert record.speakers_named(form) == []
    texts = {
        s.text for s in record.statements(record.ids(Filter(speakers=frozenset([one.id])), Of.STATEMENTS)).values()
    }
    assert texts == {f"Item {name} must pass." for name in "abc"}


def test_facts_say_what_articles_gave_him_and_when(record: Record) -> None:
    put(record, *MIKES)
    (one,) = record.speakers()
    first, second, third = (date(2024, 1, day) for day in (1, 3, 9))
    assert record.speaker_facts([one.id, 999]) == {
        one.id: [
            Fact(FactKind.ALIAS, "Mike Turner", second, second),
            Fact(FactKind.ALIAS, "Rep. Michael Turner", first, first),
            Fact(FactKind.ALIAS, "Turner", first, third),
            Fact(FactKind.ALIAS, "Turner of Ohio", third, third),
            Fact(FactKind.OFFICE, "chairman", first, first),
            Fact(FactKind.OFFICE, "congressman", first, second),
            Fact(FactKind.PARTY, "Republican", second, second),
        ]
    }


def test_what_an_article_took_with_it_is_no_fact_any_more(record: Record) -> None:
    put(record, *MIKES)
    record.forget(MIKES[1].article.url)
    put(record, replace(MIKES[0], heard=heard(), article=replace(MIKES[0].article, title="Read anew")))
    (one,) = record.speakers()
    assert (one.name, one.articles) == ("Turner", 1)
    assert record.speaker_facts([one.id]) == {
        one.id: [Fact(FactKind.ALIAS, "Turner of Ohio", *[date(2024, 1, 9)] * 2)]
    }
    record.forget(MIKES[2].article.url)
    assert record.counts()["speakers"] == 0
    assert record.faults() == []


def test_a_surname_is_given_to_nobody_once_a_namesake_is_known_and_back_when_he_goes(record: Record) -> None:
    bill, hillary, alone = CLINTONS
    put(record, bill, alone)
    assert who(record)["Clinton"] == "Bill Clinton"
    put(record, hillary)
    assert who(record) == {"Bill Clinton": "Bill Clinton", "Hillary Clinton": "Hillary Clinton", "Clinton": None}
    assert [one.name for one in record.speakers_named("Clinton")] == ["Bill Clinton", "Hillary Clinton"]
    record.forget(bill.article.url)
    assert who(record)["Clinton"] == "Hillary Clinton"
    assert record.faults() == []


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_articles_does_not_matter(record: Record, seed: int) -> None:
    chosen = random.Random(seed)
    given = [
        *MIKES,
        *CLINTONS,
        quoted("d", "Nina Turner", "Item d must pass."),
        turner("e", "Turner", 5, "congressman"),
    ]
    gone = quoted("gone", "Bill Turner", "Nothing.")
    given.insert(0, gone)
    chosen.shuffle(given)
    for one in given:
        put(record, one)
    record.forget(gone.article.url)
    assert who(record) == {
        **dict.fromkeys("abe", "Michael Turner"),
        # Two Turners are known, and no article gives Mike an office of Ohio.
        "c": None,
        "d": "Nina Turner",
        "Bill Clinton": "Bill Clinton",
        "Hillary Clinton": "Hillary Clinton",
        "Clinton": None,
    }
    assert record.faults() == []


def test_a_speaker_keeps_his_id_while_articles_come_and_go(record: Record) -> None:
    put(record, *MIKES)
    (before,) = record.speakers()
    put(record, quoted("d", "Nina Turner", "Item d must pass."), turner("e", "Michael R. Turner", 5))
    record.forget(MIKES[0].article.url)
    assert {one.name: one.id for one in record.speakers()}["Michael R. Turner"] == before.id


def test_a_mayor_named_like_a_senator_is_another(record: Record) -> None:
    put(record, turner("a", "John Turner", 1, "mayor"), turner("b", "John Turner", 9, "senator"))
    assert len(record.speakers_named("John Turner")) == 2
    put(record, turner("c", "John Turner", 9, "senator", "former mayor"))
    assert len(record.speakers_named("John Turner")) == 1


def test_bodies_are_speakers_too_and_no_persons(record: Record) -> None:
    one = article("a", "The White House said no. White said yes.")
    put(
        record,
        made(
            one,
            said(one, "no", "The White House", resolution=Resolution.BODY),
            said(one, "yes", "White"),
        ),
        quoted("b", "White House", "Maybe.", [Speaker("White House", body=True)]),
    )
    assert [(s.name, s.body, s.articles) for s in record.speakers_named("the White House")] == [
        ("The White House", True, 2)
    ]
    assert [(s.name, s.body) for s in record.speakers_named("White")] == [("White", False)]


def test_a_speaker_who_is_introduced_twice_in_an_article_is_one_with_all_that_was_said_of_him(
    record: Record,
) -> None:
    twice = [Speaker("Ada Quill", offices=frozenset([office]), party=None) for office in ("mayor", "chair")]
    put(record, quoted("a", "Ada Quill", "Yes.", [*twice, Speaker("Ada Quill", party="Green")]))
    (one,) = record.speakers()
    assert {fact.value for fact in record.speaker_facts([one.id])[one.id]} == {"mayor", "chair", "Green"}


def test_two_processes_that_store_words_of_one_man_make_one_speaker(record: Record, start: Any) -> None:
    writers = [start("quote_many", form, "25") for form in ("Mike Turner", "Rep. Michael Turner")]
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [one.articles for one in record.speakers()] == [50]
    assert set(who(record).values()) == {record.speakers()[0].name}
    assert record.faults() == []


def test_a_write_that_fails_leaves_who_is_who_as_it_was(record: Record) -> None:
    put(record, CLINTONS[0], CLINTONS[2])
    bad = replace(CLINTONS[1], heard=replace(CLINTONS[1].heard, texts=[]))
    with pytest.raises(ValueError, match="zip"):
        put(record, bad)
    assert who(record)["Clinton"] == "Bill Clinton"
    assert len(record.speakers()) == 1


def test_an_office_is_its_words_in_any_order_and_as_an_adjective_and_of_its_days(record: Record) -> None:
    pena = Speaker("Enrique Peña", False, frozenset(), frozenset(["mexican president"]))
    fox = Speaker("Vicente Fox", False, frozenset(), frozenset(["president of mexico"]))
    old = Speaker("Jo Roe", False, frozenset(), frozenset(["former mexican president"]))
    put(
        record,
        quoted("a", "Enrique Peña", "The wall is a mistake.", [pena], published=date(2016, 7, 1)),
        quoted("b", "Vicente Fox", "The wall is a joke.", [fox], published=date(2004, 7, 1)),
        quoted("c", "Jo Roe", "The wall is old.", [old], published=date(2016, 7, 1)),
    )

    def held(office: str, since: date | None = None) -> set[str]:
        return {one.name for one in record.speakers_in_office(office, since, None)}

    assert held("president mexico", date(2016, 1, 1)) == {"Enrique Peña"}
    assert held("mexican president") == {"Enrique Peña", "Vicente Fox"}
    assert held("president of mexico", date(2020, 1, 1)) == {"Enrique Peña", "Vicente Fox"}
    assert held("president") == held("") == set()


def test_whose_name_begins_or_ends_with_what_is_asked_is_meant_where_nobody_bears_it(record: Record) -> None:
    museum = Speaker("Smithsonian Institution", True)
    put(
        record,
        quoted("a", "Aung San Suu Kyi", "The vote was fair."),
        quoted("b", "Smithsonian Institution", "The hall is open.", [museum]),
    )
    assert [one.name for one in record.speakers_named("Suu Kyi")] == ["Aung San Suu Kyi"]
    assert [one.name for one in record.speakers_named("Smithsonian")] == ["Smithsonian Institution"]
    assert record.speakers_named("Tom Kyi") == record.speakers_named("Smith") == []
