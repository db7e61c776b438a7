"""Copies of one text: which articles are, what of them is new, and what a library makes of them."""

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ingest.chunking import passages
from ingest.measure import measure, originals, read_known
from ingest.pipeline import forget, ingest
from ingest.statements.reader import Reader
from ingest.stories import KEPT, one_text, sketch, untold
from retrieval.library import Library
from retrieval.record.stories import SHARED
from retrieval.types import Article, Kind, Passage, Question, Report, Resolution, Statement
from tests.ingest.test_pipeline import assert_sound, opened, quietly, stored


def written(paragraphs: str) -> tuple[str, ...]:
    return tuple(" ".join(one.split()) for one in paragraphs.split("\n\n"))


STORY = written("""
HARLOW BAY (NW) -- The county council voted on Tuesday to close the ferry landing at Stone Point, after a debate
that ran past midnight.

“We cannot keep a landing open for nine passengers a day,” said council chair Maren Tolliver, who wrote the
motion. “The money belongs with the schools.”

The landing costs $1,200,000 a year, about 4 percent of what the county spends on transport.

Ferry workers filled the hall and held up lifebelts. Their union leader, Oskar Brandt, said the vote would cost 31
jobs before Christmas.

“They have never stood on that pier in January,” Brandt said. “Nobody asked the people who live out there.”

The council also asked its engineers to study a bus over the causeway, which floods several times each winter. A
report is due in September.

Tolliver said she would not run again in the spring, whatever the report says about the causeway.
""")
LOCAL, NEW_LEAD = written("""
“For six of my pupils the ferry is the only way to school,” said Ida Quill, who teaches on the island.

After seven hours of argument, islanders lost their boat: councillors have decided that Stone Point will be without
a pier from next summer.
""")
REWORDED = written(f"""
The county council on Tuesday voted to close the ferry landing at Stone Point, following a debate that went on past
midnight.

{STORY[1]}

The landing costs the county $1,200,000 a year, or about 4 percent of what it spends on transport.

Ferry workers filled the hall and waved lifebelts. Oskar Brandt, their union leader, said the vote would cost 31
jobs before Christmas.

{STORY[4]}

The council asked its engineers as well to study a bus over the causeway, which floods several times every winter.
Their report is due in September.

Tolliver said that she would not run again next spring, whatever the report says about the causeway.
""")
OTHER_ACCOUNT = written(f"""
Stone Point will lose its boat next summer.

{STORY[1]}

Islanders wept in the corridor when the count was read out, and one of them threw his cap at the clock.

By then most of the benches were empty. The few who stayed had come by the last crossing, and slept at the harbour
inn.

{STORY[4]}

What happens to the waiting room, which the parish painted blue two years ago, is anybody's guess.

The county has owned the pier since the herring trade failed, and has never made a penny from it.
""")
MOULD = written("""
Voters in {0} County approved a levy for {1} on Tuesday by a margin of {2} to {3}, with all precincts counted and a
few hundred ballots from overseas still on their way to the clerk.

“We went from door to door for three months, and the people heard us,” said {4}, who led the campaign for the levy.

The levy will add {5} dollars to the yearly tax on a home of middling value, and comes to an end after ten years
unless the voters choose to renew it. Opponents had said that the county should first sell its old courthouse.
""")
COUNTIES = (
    ("Alder", "libraries", "5,210", "4,190", "Hugh Stell", "34"),
    ("Birch", "parks", "8,032", "2,977", "Lena Croft", "27"),
)
HOUSE = (("“", '"'), ("”", '"'), (" percent", "%"), ("September", "Sept."), ("$1,200,000", "$1200000"))
HOUSE += (("six", "6"), ("nine", "9"), ("said council", "said Council"), ("Brandt said", "Mr. Brandt said"))
HOSTILE = ("", " \n ", "... !!! ???", "\ud800 half a pair", "nul \0 nul", "1,2.3,4 " * 9, "A —", "e\u0301" * 9)


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def styled(plain: str) -> str:
    for one, other in HOUSE:
        plain = plain.replace(one, other)
    return plain


def mould(county: Sequence[str]) -> str:
    return text(*MOULD).format(*county)


WHOLE = text(*STORY)
COPIES = {
    "another headline": text("Islanders to lose their boat", *STORY),
    "another dateline": WHOLE.replace("HARLOW BAY (NW) --", "STONE POINT, Sept. 3 —"),
    "house style": styled(WHOLE),
    "cut to a third": text(*STORY[:3]),
    "the end alone": text(*STORY[3:]),
    "another lead": text(NEW_LEAD, *STORY[1:]),
    "a paragraph more": text(*STORY[:4], LOCAL, *STORY[4:]),
    "paragraphs joined": " ".join(STORY),
    "paragraphs in another order": text(*STORY[:2], *reversed(STORY[2:])),
    "reworded": " ".join(REWORDED),
    "all of it": styled(text("Boat goes", NEW_LEAD, *STORY[1:3], LOCAL, *STORY[3:6])),
}
OTHERS = {
    "another's account of it": text(*OTHER_ACCOUNT),
    "a paragraph of it": text(LOCAL, NEW_LEAD, STORY[2], *OTHER_ACCOUNT[2:4]),
    "nothing of it": mould(COUNTIES[0]),
}


@pytest.mark.parametrize("kind", COPIES)
def test_copies_are_one_text_whichever_came_first_and_are_found(kind: str) -> None:
    assert one_text(COPIES[kind], WHOLE)
    assert one_text(WHOLE, COPIES[kind])
    assert len({*sketch(WHOLE)} & {*sketch(COPIES[kind])}) >= SHARED


@pytest.mark.parametrize("kind", OTHERS)
def test_what_shares_less_than_most_of_it_is_another_text(kind: str) -> None:
    assert not one_text(OTHERS[kind], WHOLE)
    assert not one_text(WHOLE, OTHERS[kind])


def test_reports_of_one_mould_with_other_names_and_numbers_are_two_texts() -> None:
    alder, birch = map(mould, COUNTIES)
    assert not one_text(alder, birch)
    assert one_text(alder, styled(alder))


def test_one_number_or_name_that_was_corrected_makes_no_other_text() -> None:
    assert one_text(WHOLE.replace("31 jobs", "13 jobs").replace("Oskar", "Oscar"), WHOLE)


def test_a_sketch_has_a_bounded_number_of_hashes_that_a_database_holds_and_titles_and_style_keep_most() -> None:
    found = sketch(WHOLE)
    assert len(found) == KEPT == len({*found} & {*sketch(" ".join(STORY))})
    assert all(-(2**63) <= one < 2**63 for one in sketch(" ".join(map(str, range(5000)))))
    assert sketch("Too short.") == sketch("too  SHORT")


@pytest.mark.parametrize("written", HOSTILE)
def test_texts_that_say_nothing_are_no_copies_of_a_story_and_break_nothing(written: str) -> None:
    assert not one_text(written, WHOLE)
    assert not one_text(WHOLE, written)
    assert one_text(written, written) == any(map(str.isalnum, written))
    assert len(sketch(written)) <= KEPT


def test_house_styles_are_the_same_words() -> None:
    here = "Rep. Ames and Mr. Poole paid 5 percent of $1,200,000 on Sept. 3"
    assert sketch(here) == sketch("Representative Ames and Poole paid five % of $1200000 on September three")


def _random_text(seed: int, known: int, long: int = 79, sentences: int = 395) -> str:
    chosen = random.Random(seed)
    runs = (" ".join(f"q{chosen.randrange(known)}" for _ in range(long)) for _ in range(sentences))
    return " ".join(f"A{run}." for run in runs)


def _of_one_mould(seed: int) -> str:
    return " ".join(f"A{' same' * 35} {'x' * (seed + n)} {'alike ' * 35}here." for n in range(395))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The levy was approved on Tuesday by the voters of the bay. " * 9000, "It was approved. " * 9000),
        ("word " * 100_000, "word " * 99_999),
        ("A" + " —" * 100_000, "A —" * 100_000),
        ("1,2." * 100_000, "1,2 " * 100_000),
        (_random_text(1, known=2), _random_text(2, known=2)),
        (_random_text(1, known=9), _random_text(2, known=9)),
        (_random_text(1, known=9, long=450), _random_text(2, known=9, long=450)),
        (_random_text(1, known=9, long=30, sentences=2500), _random_text(2, known=9, long=30, sentences=2500)),
        (_of_one_mould(1), _of_one_mould(400)),
    ],
    ids=[
        "one sentence",
        "no sentence",
        "dashes",
        "digits",
        "two words",
        "nine words",
        "long sentences",
        "many sentences",
        "one mould",
    ],
)
def test_long_and_repetitive_texts_take_a_second_at_most(one: str, other: str) -> None:
    steps = (
        lambda: sketch(one),
        lambda: one_text(one, other),
        lambda: untold(Article("u", one), [Passage(0, len(one), one)], [], other, []),
    )
    for step in steps:
        began = time.process_time()
        step()
        assert time.process_time() - began < 1


# ---------------------------------------------------------------- what a copy has that its original has not


def said(written: str, words: str, speaker: str | None, **fields: Any) -> Statement:
    at = written.index(words)
    span = (at, at + len(words))
    return Statement((span,), None, None, Kind.DIRECT, speaker, Resolution.NAME, **fields)


def paragraphs(written: str) -> list[Passage]:
    found, at = [], 0
    for one in written.split("\n\n"):
        found.append(Passage(at, at + len(one), one))
        at += len(one) + 2
    return found


PIER = "They have never stood on that pier in January"


def own(copy: str, its: Sequence[Statement], known: Sequence[Statement]) -> tuple[list[str], list[Statement]]:
    cut, statements = untold(Article("u", copy), paragraphs(copy), its, WHOLE, known)
    return [one.text for one in cut], statements


def test_a_sentence_that_was_reworded_is_not_new_but_one_of_the_same_words_in_another_order_is() -> None:
    assert own(text(*REWORDED), [], []) == ([], [])
    turned = (
        "In January have that pier never stood on they, said Brandt; the people out there who live asked nobody."
    )
    assert own(text(*STORY[:4], turned, *STORY[5:]), [], []) == ([turned], [])


def test_only_the_passages_with_new_sentences_are_kept() -> None:
    copy = styled(text(NEW_LEAD, *STORY[1:4], LOCAL, *STORY[4:]))
    assert own(copy, [], []) == ([NEW_LEAD, styled(LOCAL)], [])
    assert own(styled(text(*STORY[:3])), [], []) == ([], [])
    assert own(COPIES["another dateline"], [], []) == ([], [])


def test_a_sentence_with_another_number_is_new() -> None:
    changed = STORY[3].replace("31 jobs", "47 jobs")
    assert own(text(*STORY[:3], changed, *STORY[4:]), [], []) == ([changed], [])


def test_statements_that_the_original_has_from_the_same_speaker_are_left_out_whatever_their_style() -> None:
    copy = styled(WHOLE)
    known = [said(WHOLE, PIER, "Oskar Brandt")]
    assert own(copy, [said(copy, PIER, "Oskar Brandt")], known) == ([], [])


@pytest.mark.parametrize(
    ("speaker", "fields"),
    [
        ("Maren Tolliver", {}),
        (None, {}),
        ("Oskar Brandt", {"second_hand": True}),
        ("Oskar Brandt", {"report": Report.NOT_SAID}),
    ],
)
def test_the_same_words_of_another_or_said_otherwise_are_kept_with_their_passage(
    speaker: str | None, fields: dict[str, Any]
) -> None:
    other = said(WHOLE, PIER, speaker, **fields)
    assert own(WHOLE, [other], [said(WHOLE, PIER, "Oskar Brandt")]) == ([STORY[4]], [other])


# ---------------------------------------------------------------- in a library


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.open()


def article(name: str, *told: str, **fields: Any) -> Article:
    return Article(f"https://{name}.example/1", text(*told), fields.pop("title", name), outlet=name, **fields)


ORIGINAL = article("wire", *STORY)
COPY = article("bugle", styled(WHOLE), title="Boat goes")
LONGER = article("post", *STORY[:4], LOCAL, *STORY[4:])
SHORTER = article("sheet", *STORY[:4])


def say(library: Library, given: Article) -> set[str]:
    """What is on record of an article's statements."""
    return {one.text for one in library.record.statements_of(given.url)}


def spoken_in(library: Library) -> dict[str, int]:
    return {one.name: one.articles for one in library.record.speakers()}


def indexed(library: Library, one: Article) -> int:
    """How many of its passages are."""
    found = library.record.passages(library.record.ids())
    return sum(passage.article.url == one.url for passage in found.values())


def test_a_copy_is_stored_whole_and_adds_only_what_is_new(tmp_path: Path, reader: Reader) -> None:
    with opened(tmp_path) as library:
        ingest(library, [ORIGINAL], quietly, reader)
        before = spoken_in(library)
        ingest(library, [COPY], quietly, reader)
        assert stored(library)[COPY.url] == COPY.text
        assert (indexed(library, COPY), say(library, COPY)) == (0, set())
        assert before == spoken_in(library) == {"Maren Tolliver": 1, "Oskar Brandt": 1}
        ingest(library, [LONGER], quietly, reader)
        assert library.record.original(LONGER.url) == library.record.original(COPY.url) == ORIGINAL.url
        assert indexed(library, LONGER) == 1
        assert [one.statement.speaker for one in library.record.statements_of(LONGER.url)] == ["Ida Quill"]
        assert spoken_in(library) == before | {"Ida Quill": 1}
        assert_sound(library)


def test_another_article_with_the_same_quotations_counts_for_their_speakers(
    tmp_path: Path, reader: Reader
) -> None:
    account = article("gazette", *OTHER_ACCOUNT)
    with opened(tmp_path) as library:
        ingest(library, [ORIGINAL, account], quietly, reader)
        assert library.record.original(account.url) is None
        assert spoken_in(library)["Maren Tolliver"] == 2


def test_citations_name_the_copies_that_have_the_quotation_too(tmp_path: Path, reader: Reader) -> None:
    marked = article("herald", WHOLE.replace("“", '"').replace("”", '"'), title="Boat goes")
    without = article("flyer", *STORY[:3], title="Landing to close")
    with opened(tmp_path) as library:
        ingest(library, [ORIGINAL, marked, without], quietly, reader)
        answer = library.ask(Question("What did Oskar Brandt say about the pier in January?"))
    cited = [one for claim in answer.claims for one in claim.citations if PIER in one.quote]
    assert [one.url for one in cited] == [ORIGINAL.url]
    assert [also.url for also in cited[0].also_in] == [marked.url]


@pytest.mark.parametrize("order", [*permutations((ORIGINAL, LONGER, SHORTER))])
@pytest.mark.parametrize("at_once", [True, False])
def test_in_whatever_order_copies_come_all_is_on_record_and_nothing_twice_that_the_first_says(
    order: Sequence[Article], at_once: bool, tmp_path: Path, reader: Reader
) -> None:
    with opened(tmp_path) as library:
        for given in [order] if at_once else [[one] for one in order]:
            ingest(library, given, quietly, reader)
        assert [library.record.original(one.url) for one in order] == [None, order[0].url, order[0].url]
        assert set(spoken_in(library)) == {"Maren Tolliver", "Oskar Brandt", "Ida Quill"}
        first, second, third = (say(library, one) for one in order)
        assert not first & (second | third)
        assert first | second | third == {LONGER.text[s.start : s.end] for s in reader.read(LONGER).statements}
        assert_sound(library)


def test_a_copy_of_what_became_another_text_is_made_anew(tmp_path: Path, reader: Reader) -> None:
    changed = replace(ORIGINAL, text=mould(COUNTIES[0]))
    with opened(tmp_path) as library:
        ingest(library, [ORIGINAL, COPY, SHORTER], quietly, reader)
        ingest(library, [changed], quietly, reader)
        assert (library.record.original(COPY.url), library.record.original(SHORTER.url)) == (None, COPY.url)
        assert (indexed(library, COPY), indexed(library, SHORTER)) == (len(passages(COPY.text)), 0)
        assert say(library, COPY) == {COPY.text[s.start : s.end] for s in reader.read(COPY).statements}
        assert not library.record.pending()
        assert_sound(library)


def test_a_copy_of_an_original_that_changed_a_little_stays_one(tmp_path: Path, reader: Reader) -> None:
    changed = replace(ORIGINAL, title="Council closes landing", text=f"{WHOLE}\n\n{LOCAL}")
    with opened(tmp_path) as library:
        ingest(library, [ORIGINAL, LONGER], quietly, reader)
        assert say(library, LONGER)
        ingest(library, [changed], quietly, reader)
        assert library.record.original(LONGER.url) == ORIGINAL.url
        assert (indexed(library, LONGER), say(library, LONGER)) == (0, set())
        assert_sound(library)


def test_when_an_original_is_forgotten_one_of_its_copies_takes_its_place(tmp_path: Path, reader: Reader) -> None:
    with opened(tmp_path) as library:
        ingest(library, [ORIGINAL, COPY, LONGER], quietly, reader)
        assert forget(library, ORIGINAL.url, lambda: reader)
        assert set(stored(library)) == {COPY.url, LONGER.url}
        found = {one: library.record.original(one) for one in (COPY.url, LONGER.url)}
        assert found in ({COPY.url: None, LONGER.url: COPY.url}, {COPY.url: LONGER.url, LONGER.url: None})
        assert spoken_in(library) == {"Maren Tolliver": 1, "Oskar Brandt": 1, "Ida Quill": 1}
        assert library.record.article(ORIGINAL.url) is None
        assert_sound(library)


# ---------------------------------------------------------------- the measure


def known(*given: tuple[int, str]) -> list[dict[str, str]]:
    return [{"story": f"s{number:03}", "text": written} for number, written in given]


def test_figures_count_pairs_and_those_of_odd_and_even_stories_apart() -> None:
    alder, birch = map(mould, COUNTIES)
    copies = [(2, WHOLE), (2, COPIES["house style"]), (2, COPIES["a paragraph more"]), (3, alder), (4, birch)]
    assert set(measure(known(*copies)).values()) == {1.0}
    assert "odd recall" not in measure(known(*copies))
    missed = measure(known(*copies, (3, birch)))  # the known copy of alder's is found to be one of birch's
    assert (missed["precision"], missed["recall"]) == (3 / 4, 3 / 4)
    assert (missed["even precision"], missed["odd precision"]) == (3 / 4, 0.0)


def test_the_measure_finds_what_a_library_finds(tmp_path: Path, reader: Reader) -> None:
    rows = read_known(Path(__file__).parents[1] / "eval" / "copies" / "stories.jsonl")[40:75]
    given = [Article(f"https://x.example/{n}", row["text"], row["title"]) for n, row in enumerate(rows)]
    with opened(tmp_path) as library:
        ingest(library, given, quietly, reader)
        found = [library.record.original(one.url) or one.url for one in given]
    assert found == [given[n].url for n in originals([one.text for one in given])]
    assert len(set(found)) < len(found)
