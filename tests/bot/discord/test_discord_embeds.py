"""Answers laid out as messages: within Discord's limits, whole claims, numbers that match, nothing that acts."""

import itertools
import random
import re
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from discord_answers import (
    EXTREMES,
    HOSTILE,
    QUOTE,
    InPlace,
    answer,
    as_read,
    choices,
    citation,
    claim,
    copies,
    live,
    markup,
    refused,
    texts,
    unmarked,
)

from bot.discord.embeds import PAGES, WRITING, Page, draft, further, pages, passages
from bot.text import size
from retrieval.types import Answer, Claim, Outcome, Remark


def _texts(shown: tuple[Page, ...]) -> list[str]:
    return [page.embed.description or "" for page in shown]


def _laid_out(asked: Answer) -> str:
    """All messages as read, checked against the limits on the way."""
    shown = pages(asked)
    assert 1 <= len(shown) <= PAGES
    for page in shown:
        assert 0 < size(page.embed.description or "") <= 4096
        assert len(page.embed) <= 6000
        assert len(page.embed.title or "") <= 256
        assert not page.embed.fields
    assert all(page.attachment is None for page in shown[:-1])
    return as_read(unmarked("\n\n".join(_texts(shown))))


def test_a_claim_shows_speaker_quotation_outlet_date_and_link() -> None:
    (text,) = _texts(pages(answer(claim())))
    assert "**Jane Turner**" in text
    assert f"> [1] “{QUOTE}”" in as_read(text)
    assert "Evening Post · 2024-03-02" in text
    assert "news.example.org · [open](https://news.example.org/1#:~:text=We%20will,spring)" in text


def test_each_number_stands_with_its_own_quotation_and_source() -> None:
    cited = [citation(n, quote=f"quotation number {n}.", outlet=f"Outlet {n}") for n in range(1, 41)]
    text = _laid_out(answer(*(claim(c) for c in cited)))
    found = re.findall(r"\[(\d+)\] “quotation number (\d+)\.”\nOutlet (\d+) ", text)
    assert found == [(str(n),) * 3 for n in range(1, 41)]


def test_a_second_hand_claim_and_an_unknown_speaker_are_labelled() -> None:
    text = _laid_out(answer(claim(second_hand=True), claim(speaker=None)))
    assert "second-hand" in text
    assert "Speaker not established" in text


def test_words_that_the_quotation_holds_are_not_said_twice() -> None:
    assert _laid_out(answer(claim(text=QUOTE))).count(QUOTE) == 1


def test_a_models_words_stand_above_their_quotations_and_are_none() -> None:
    cited = [citation(n, quote=f"Turner said: forty homes, part {n}.") for n in (1, 2)]
    worded = claim(*cited, text="Turner said: forty homes", worded=True)
    for text in (_laid_out(answer(worded)), _as_file(worded)):
        lines = text.splitlines()
        at = lines.index("Turner said: forty homes")
        assert lines[at + 1] == "[1] “Turner said: forty homes, part 1.”"
        assert lines[at + 3] == "[2] “Turner said: forty homes, part 2.”"


def _as_file(worded: Claim) -> str:
    """A claim as the attached file has it: beside quotations that fill every message."""
    filling = citation(9, quote="word " * 2000)
    return pages(answer(replace(worded, citations=(*worded.citations, filling))))[-1].attachment or ""


def test_copies_and_remarks_stand_below_the_source_of_their_citation() -> None:
    said = Remark("retraction", "The report could not be confirmed.")
    cited = citation(1, also_in=copies("Harbor Ledger", "Quay Courier", None), remark=said)
    worded = claim(cited, citation(2), text="Turner proposed homes.", worded=True)
    for text in (_laid_out(answer(worded)), _as_file(worded)):
        lines = text.splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith("[1] “"))
        assert lines[at + 1].startswith("Evening Post · ")
        assert lines[at + 2 : at + 4] == [
            "also in: Harbor Ledger, Quay Courier, bay2.example (3 copies of the same text)",
            "⚠ Retracted: The report could not be confirmed.",
        ]
        assert lines[at + 4].startswith("[2] “")
        assert "also in" not in "\n".join(lines[at + 4 :])


def test_a_long_remark_is_cut_in_the_message_and_whole_in_the_file() -> None:
    said = " ".join(f"word{n}" for n in range(80))
    remarked = claim(citation(1, remark=Remark("correction", said)))
    (line,) = [line for line in _laid_out(answer(remarked)).splitlines() if line.startswith("⚠ ")]
    assert line.endswith("…")
    assert len(line) <= len("⚠ Correction: ") + 200
    assert f"⚠ Correction: {said}\n" in _as_file(remarked)


def test_claims_with_many_copies_and_remarks_stay_whole_and_none_is_lost() -> None:
    below: dict[str, Any] = {"also_in": copies(*["*" * 500] * 3, "_" * 500, "~" * 500, "[" * 500, "🙂" * 500, "#")}
    below["remark"] = Remark("correction", "`" * 600)
    claims = [
        claim(*(citation(m, **below) for m in range(n, n + 3)), text=f"Claim {n}.", worded=True)
        for n in range(1, 60, 3)
    ]
    shown = pages(answer(*claims))
    everything = "\n\n".join([_laid_out(answer(*claims)), shown[-1].attachment or ""])
    for one in claims:
        (block,) = [block for block in everything.split("\n\n") if f"\n{one.text}\n" in block]
        assert re.findall(r"^\[(\d+)\] “", block, re.MULTILINE) == [str(c.n) for c in one.citations]
        assert [block.count(start) for start in ("\nalso in: ", "\n⚠ Correction: ")] == [3, 3]


def test_a_draft_shows_its_claims_as_the_answer_does() -> None:
    claims = [claim(citation(n), text=f"Turner proposed {n} homes.", worded=True) for n in (1, 2, 3)]
    (whole,) = _texts(pages(answer(*claims, message=WRITING)))
    assert draft("What did Turner propose?", claims).description == whole
    assert whole.startswith(draft("What did Turner propose?", claims[:2]).description or "-")


def test_a_draft_is_one_message_however_much_is_there() -> None:
    claims = [claim(citation(n, quote=f"{n}: {'word ' * 120}")) for n in range(1, 99)]
    first = draft("Why?", claims)
    assert size(first.description or "") <= 4096
    assert not first.footer
    assert "[1] “1: word" in as_read(first.description or "")


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.ANSWERED])
def test_an_outcome_without_claims_shows_its_message(outcome: Outcome) -> None:
    (page,) = pages(answer(outcome=outcome, message="Only 3 articles mention her."))
    assert page.embed.title
    assert "Only 3 articles mention her." in as_read(page.embed.description or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_words_from_articles_show_but_do_not_act(text: str) -> None:
    below: dict[str, Any] = {"also_in": copies(text), "remark": Remark("correction", text)}
    hostile = claim(citation(quote=text, title=text, outlet=text, **below), text=f"Also {text}", speaker=text)
    shown = pages(answer(hostile, question=text, message=text))
    assert f"“{text}”" in as_read(unmarked(_texts(shown)[0]))
    acting = live(_texts(shown)[0])
    ours = re.sub(r"\*\*|\[1\] |\[open\]\(https://news\.example\.org/1#:~:text=We%20will,spring\)", "", acting)
    assert not re.search(r"[`*_~|<>\[\]()#@]|://", ours)


def test_a_quotation_of_many_lines_stays_whole() -> None:
    quote = "First line.\n\nSecond line.\n- a point\n1. another"
    assert f"“{quote}”" in _laid_out(answer(claim(citation(quote=quote))))


def test_direction_marks_do_not_reach_the_reader() -> None:
    marked = claim(citation(quote="safe \u202etxe.exe\u202c", title="\u2067title\u2069"), speaker="\u200fJane")
    (text,) = _texts(pages(answer(marked)))
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)


def test_an_article_without_a_web_address_has_no_link() -> None:
    text = _laid_out(answer(claim(citation(url="/home/me/one.txt", link="/home/me/one.txt"))))
    assert "[open]" not in text
    assert "/home/me" not in text


def test_titles_of_four_thousand_characters_leave_room() -> None:
    long = claim(citation(title="*" * 4000, outlet="_" * 4000), speaker="@" * 4000)
    assert QUOTE in _laid_out(answer(long, question="`" * 4000, message="|" * 4000))


def test_long_answers_split_between_claims_and_never_inside_one() -> None:
    claims = [
        claim(citation(n, quote=f"{n}: {'word ' * 120}"), text=f"Claim {n}", worded=True) for n in range(1, 16)
    ]
    texts = [as_read(unmarked(text)) for text in _texts(pages(answer(*claims)))]
    assert len(texts) > 1
    for c in claims:
        (cited,) = c.citations
        whole = re.compile(rf"{c.text}\n\[{cited.n}\] “{cited.quote}”\nEvening Post.*{re.escape(cited.link)}")
        assert sum(bool(whole.search(text)) for text in texts) == 1


def test_a_claim_that_fits_no_message_goes_into_a_file_whole() -> None:
    quote = "@everyone [x](http://evil.example) " + "word " * 2000
    before, after = claim(citation(1)), claim(citation(3))
    shown = pages(answer(before, claim(citation(2, quote=quote)), after))
    text = _laid_out(answer(before, claim(citation(2, quote=quote)), after))
    assert "[1] “" in text
    assert "[3] “" in text
    assert "[2] “" not in text
    assert "attached file" in text
    assert f"[2] “{quote}”" in (shown[-1].attachment or "")


def test_two_hundred_citations_are_all_there() -> None:
    many = claim(*(citation(n) for n in range(1, 201)))
    assert "attached file" in _laid_out(answer(many))
    attachment = pages(answer(many))[-1].attachment or ""
    assert [int(n) for n in re.findall(r"^\[(\d+)\] “", attachment, re.MULTILINE)] == list(range(1, 201))


def test_two_hundred_claims_do_not_flood_the_channel_and_none_is_lost() -> None:
    claims = [claim(citation(n), text=f"Claim {n}.") for n in range(1, 201)]
    shown = pages(answer(*claims))
    everything = _laid_out(answer(*claims)) + (shown[-1].attachment or "")
    assert len(shown) == PAGES
    assert [int(n) for n in re.findall(r"^\[(\d+)\] “", everything, re.MULTILINE)] == list(range(1, 201))


def test_an_answer_whose_words_are_empty_still_shows_something() -> None:
    assert _laid_out(replace(answer(), question="", message=""))


def test_a_claim_tells_in_how_many_outlets_it_stands_where_there_are_several() -> None:
    told = [citation(1, also_in=copies("Quay Courier", " evening  POST ")), citation(2, outlet="Harbor Ledger")]
    assert "second-hand · 3 outlets\n" in _laid_out(answer(claim(*told, second_hand=True)))
    assert "outlet" not in _laid_out(answer(claim(citation(1, also_in=copies("Evening Post")))))


def test_days_are_written_in_the_language_that_is_asked_for() -> None:
    (page,) = pages(answer(claim(citation(published=date(2024, 3, 2)))), language="fr")
    text = as_read(page.embed.description or "")
    assert "said 1 mars 2024" in text
    assert "Evening Post · 2 mars 2024 · " in text


def test_the_question_may_be_left_out() -> None:
    (page,) = pages(answer(claim()), question=False)
    (whole,) = pages(answer(claim()))
    assert page.embed.description == (whole.embed.description or "").partition("\n")[2]
    assert draft(None, [claim()]).description == (draft("", [claim()]).description or "").partition("\n")[2]


def test_an_ambiguous_name_lists_whom_it_may_mean() -> None:
    text = _laid_out(answer(outcome=Outcome.AMBIGUOUS_SPEAKER, choices=choices(3)))
    assert text.endswith("• **Jane Turner 0** · mayor\n• **Jane Turner 1** · mayor\n• **Jane Turner 2** · mayor")


def test_of_many_namesakes_those_that_do_not_fit_are_counted() -> None:
    many = choices(300, name="*" * 300, office="_" * 300)
    text = _laid_out(answer(outcome=Outcome.AMBIGUOUS_SPEAKER, choices=many, message="`" * 4000))
    listed = text.count("\n• **")
    assert text.endswith(f"\n• and {300 - listed} more")


def test_grouped_claims_stand_below_the_name_of_their_speaker_on_every_page() -> None:
    said = [
        claim(citation(n, quote=f"{who} {n}: {'word ' * 120}"), text=f"Claim {n}", speaker=who)
        for n, who in enumerate(["Mike Turner"] * 9 + ["Ann Kirby"] * 9, 1)
    ]
    embeds = [page.embed for page in pages(answer(*said), grouped=True)]
    assert len(embeds) > 2
    for embed in embeds:
        over = ""
        for line in as_read(embed.description or "").splitlines():
            over = line.removeprefix("### ") if line.startswith("### ") else over
            if found := re.match(r"> \[\d+\] “(\D+) \d", line):
                assert found[1] == over
        assert (
            max(as_read(embed.description or "").count(f"### {who}\n") for who in ("Mike Turner", "Ann Kirby"))
            == 1
        )
    numbers = re.findall(r"^> \[(\d+)\] “", as_read(texts(embeds)), re.MULTILINE)
    assert numbers == [str(n) for n in range(1, 19)]


def test_what_is_further_keeps_its_numbers_below_its_sentence() -> None:
    (page,) = further([claim(citation(7)), claim(citation(8), second_hand=True)], "*Two* more.", "de")
    text = page.embed.description or ""
    assert text.startswith("\\*Two\\* more.\n\n**Jane Turner** · said 01.03.2024\n")
    assert re.findall(r"^> \[(\d)\] ", text, re.MULTILINE) == ["7", "8"]


def test_a_passage_shows_the_quotation_in_bold_in_its_place_below_its_source() -> None:
    (page,) = passages([InPlace(citation(4), "The council met on Monday. ", " Nobody objected.")])
    heading, quoted = (page.embed.description or "").split("\n")
    assert heading.startswith("[4] Evening Post · 2024-03-05 · Council meets, part 4 · news.example.org · [open](")
    assert quoted == f"> The council met on Monday. **{QUOTE}** Nobody objected."


def test_of_a_passage_only_what_surrounds_the_quotation_is_cut_and_at_words() -> None:
    words = " ".join(f"word{n}" for n in range(400))
    quote = f"{'A long quotation. ' * 80}End."
    (page,) = passages([InPlace(citation(quote=quote), f"{words} ", f" {words}")])
    shown = as_read(page.embed.description or "")
    before, found, after = re.findall(r"> … (.*)\*\*(.*)\*\*(.*) …$", shown)[0]
    assert found == quote
    assert f" {before}" in f" {words} "
    assert f"{after} " in f" {words} "
    assert len(before) <= 300 >= len(after)


def test_a_quotation_that_leaves_no_room_stands_alone_and_one_that_fits_nowhere_in_the_file() -> None:
    tight, huge = "x" * 3600, "y" * 5000
    cited = [
        InPlace(citation(n, quote=quote), "before " * 99, " after" * 99) for n, quote in enumerate((tight, huge))
    ]
    shown = passages(cited)
    assert f"**{tight}**" in texts(page.embed for page in shown)
    assert "y" * 9 not in texts(page.embed for page in shown)
    assert f"[1] “{huge}”" in (shown[-1].attachment or "")
    assert "[0] " not in (shown[-1].attachment or "")


def test_two_hundred_passages_are_all_there_and_none_is_broken() -> None:
    cited = [InPlace(citation(n, quote=f"quotation {n}; {'word ' * 40}end {n}"), "a. ", " b.") for n in range(200)]
    shown = passages(cited)
    whole = as_read(texts(page.embed for page in shown)) + (shown[-1].attachment or "")
    assert len(shown) == PAGES
    found = re.findall(r"quotation (\d+); [word ]+end (\d+)", whole)
    assert found == [(str(n), str(n)) for n in range(200)]


def test_whole_articles_around_a_quotation_go_into_no_file() -> None:
    article = "word " * 200_000
    shown = passages([InPlace(citation(n, quote="long " * 900), article, article) for n in range(60)])
    assert len(shown[-1].attachment or "") < 60 * (5 * 900 + 1500)


def test_without_passages_it_says_so() -> None:
    (page,) = passages([])
    assert page.embed.description


def _all_of(text: str, number: int, **below: Any) -> list[Page]:
    """Everything that is laid out of an answer, with the text wherever a text may come from outside."""
    cited = citation(number, quote=text, title=text, outlet=text, author=text, **below)
    said = claim(cited, text=f"{text} also", speaker=text, worded=True)
    whole = answer(said, said, question=text, message=text, outcome=Outcome.WRONG_SPEAKER)
    meant = replace(
        whole, claims=(), outcome=Outcome.AMBIGUOUS_SPEAKER, choices=choices(3, name=text, office=text)
    )
    around = InPlace(cited, text, text)
    return [
        *pages(whole),
        *pages(whole, language="ar", question=False, grouped=True),
        *pages(meant),
        *further([said], text),
        *passages([around, around], "ja"),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_add_nothing_that_acts(text: str) -> None:
    def acting(words: str) -> list[str]:
        below = {"also_in": copies(words), "remark": Remark("correction", words)}
        return markup(texts(page.embed for page in _all_of(words, 1, **below)))

    assert acting(text) == acting("plain words")


@pytest.mark.parametrize("text", [*EXTREMES, *HOSTILE, *(one * 40 for one in HOSTILE)])
def test_discord_takes_whatever_is_in_it(text: str, discord_rules: ModuleType | None) -> None:
    shown = _all_of(text, 10**9, also_in=copies(*[text] * 9), remark=Remark(text, text))
    assert not refused(discord_rules, *(page.embed for page in shown))
    assert all((page.attachment or "").encode() is not None for page in shown)


def test_discord_takes_every_mixture_of_claims(discord_rules: ModuleType | None) -> None:
    pool = random.Random(7)
    words = [*EXTREMES, *HOSTILE, QUOTE, "word " * 700]
    for outcome, language, grouped in itertools.product(Outcome, ("iso", "cs"), (False, True)):
        cited = [
            citation(n, quote=pool.choice(words), title=pool.choice(words), link="https://x.example/" + "a" * n)
            for n in range(200)
        ]
        said = [
            claim(*cited[n : n + size_], speaker=pool.choice(words), text=pool.choice(words), said_on=None)
            for n, size_ in ((n, pool.randrange(4)) for n in range(0, 200, 3))
        ]
        asked = answer(*said, outcome=outcome, question=pool.choice(words), choices=choices(pool.randrange(99)))
        shown = pages(asked, language=language, grouped=grouped)
        assert 1 <= len(shown) <= PAGES
        assert not refused(discord_rules, *(page.embed for page in shown))


def test_an_articles_title_stands_with_its_first_number_and_every_number_keeps_its_link() -> None:
    first, other = citation(1, version="a"), citation(2)
    same = {"url": first.url, "link": first.link, "title": first.title}
    again, changed = citation(3, version="a", **same), citation(4, version="b", **same)
    text = _laid_out(answer(*map(claim, (first, other, again, changed))))
    (line,) = [line for line in text.splitlines() if "same article as [1]" in line]
    assert "news.example.org · [open](https://news.example.org/1#" in line
    assert text.count("· Council meets, part 1 ·") == 2  # another version is another article
    (page,) = passages([InPlace(first, "", ""), InPlace(again, "", "")])
    assert "[3] Evening Post · 2024-03-04 · same article as [1] · " in (page.embed.description or "")


def test_a_long_remark_ends_with_a_whole_word() -> None:
    said = " ".join(f"word{n}" for n in range(80))
    text = _laid_out(answer(claim(citation(1, remark=Remark("correction", said)))))
    (line,) = [line for line in text.splitlines() if line.startswith("⚠ ")]
    assert f"{line.removeprefix('⚠ Correction: ').removesuffix(' …')} " in said
