"""What a library holds is counted as it is stored."""

from datetime import date

from retrieval_parts import MAKER, article, made, quoted, said, store

from retrieval.record import Record
from retrieval.record.holdings import Holdings, OutletHeld
from retrieval.types import Report, Speaker

MARCH, JUNE = date(2024, 3, 5), date(2024, 6, 1)


def test_an_empty_library_holds_nothing(record: Record) -> None:
    assert record.holdings() == Holdings(0, 0, None, None, 0, (), ())
    assert record.outlets_held() == []
    assert record.contents(0, 10) == []
    assert record.said_by({1}, None, None, 10) == []


def test_holdings_count_articles_months_and_known_speakers(record: Record) -> None:
    unknown = article("unknown", "Somebody said that the levy is an old idea.", published=JUNE)
    record.put(
        [
            quoted("a", "Ada Quill", "The levy must rise.", published=MARCH),
            quoted("b", "Ada Quill", "The wall must stand.", published=date(2024, 3, 31)),
            quoted("c", "Ben Stone", "The ferry must go."),
            made(unknown, said(unknown, "the levy is an old idea", None)),
        ],
        MAKER,
    )
    held = record.holdings()
    assert (held.articles, held.copies, held.first, held.last, held.statements) == (4, 0, MARCH, JUNE, 3)
    assert held.months == ((date(2024, 3, 1), 2), (date(2024, 6, 1), 1))
    assert [(one.name, one.articles) for one in held.speakers] == [("Ada Quill", 2), ("Ben Stone", 1)]
    assert list(held.speakers) == record.speakers()


def test_no_more_than_ten_speakers_stand_for_a_library(record: Record) -> None:
    record.put([quoted(str(n), f"Ada Quill{chr(97 + n)}", "The levy must rise.") for n in range(12)], MAKER)
    assert list(record.holdings().speakers) == record.speakers()[:10]


def test_outlets_stand_by_how_much_is_held_of_them_and_nameless_ones_are_one(record: Record) -> None:
    first, second = article("a", "The levy rose.", published=JUNE), article("b", "It fell.", published=MARCH)
    nameless = article("c", "The wall stands.")
    store(record, first, second, type(nameless)(nameless.url, nameless.text))
    assert record.outlets_held() == [
        OutletHeld("Quay Courier", 2, MARCH, JUNE),
        OutletHeld(None, 1, None, None),
    ]


def test_what_somebody_said_comes_latest_first_and_of_the_days_that_are_asked_for(record: Record) -> None:
    told = article("told", "Ada Quill said that the wall must stand.", published=JUNE)
    denied = article("denied", "Ada Quill did not say that the wall must go.", published=JUNE)
    record.put(
        [
            quoted("undated", "Ada Quill", "The ferry must go."),
            quoted("early", "Ada Quill", "The levy must rise.", published=MARCH),
            made(told, said(told, "the wall must stand", "Ada Quill", said_on=date(2024, 1, 2))),
            made(denied, said(denied, "the wall must go", "Ada Quill", report=Report.NOT_SAID)),
            quoted("other", "Ben Stone", "The levy must fall.", published=JUNE),
        ],
        MAKER,
    )
    ada = {one.id for one in record.speakers() if one.name == "Ada Quill"}

    def words(since: date | None, until: date | None, most: int = 9) -> list[str]:
        ids = record.said_by(ada, since, until, most)
        stored = record.statements(ids)
        return [stored[i].text for i in ids]

    assert words(None, None) == ["The levy must rise.", "the wall must stand", "The ferry must go."]
    assert words(date(2024, 2, 1), None) == ["The levy must rise."]
    assert words(None, date(2024, 1, 2)) == ["the wall must stand"]
    assert words(None, None, 1) == ["The levy must rise."]


def test_contents_are_read_on_from_any_article_in_the_letters_that_are_stored(record: Record) -> None:
    wide = article("wide", "🚢 “Ünder the 🌊 wall,” Ada Quill said.", title="Wall")
    record.put([made(wide, said(wide, "Ünder the 🌊 wall,", "Ada Quill"))], MAKER)
    record.put([quoted("b", "Ben Stone", "The ferry must go.", speakers=[Speaker("Ben Stone")])], MAKER)
    first, second = record.contents(0, 9)
    assert first.title == "Wall"
    assert [words for _, words in first.said] == ["Ünder the 🌊 wall,"]
    assert [words for _, words in second.said] == ["The ferry must go."]
    assert record.contents(0, 1) == [first]
    assert record.contents(first.article, 9) == [second]
    assert record.contents(second.article, 9) == []
