"""The text of sources.txt: everything in full, and nothing from outside that passes for one of its own lines."""

import re

import pytest
from discord_answers import EXTREMES, HOSTILE, QUOTE, answer, citation, claim, copies

from bot.discord.papers import sources
from retrieval.types import Outcome, Remark


def test_all_that_is_known_of_a_source_is_told() -> None:
    cited = citation(
        3,
        author="Kim Lee",
        version="a1b2",
        also_in=copies("Quay Courier"),
        remark=Remark("correction", "It was forty."),
    )
    text = sources(answer(claim(cited, second_hand=True)))
    for told in (
        "Question: What did Turner propose?\n",
        "Jane Turner · said 2024-03-01 · second-hand · 2 outlets\n",
        f"\n[3] “{QUOTE}”\n",
        "Outlet: Evening Post\n",
        "Author: Kim Lee\n",
        "Published: 2024-03-04\n",
        "Title: Council meets, part 3\n",
        "Address: https://news.example.org/3\n",
        "Link to the words: https://news.example.org/3#:~:text=We%20will,spring\n",
        "Version: a1b2\n",
        "Also in: Quay Courier · undated · https://www.bay0.example/\n",
        "Correction: It was forty.\n",
    ):
        assert told in text


def test_a_quotation_is_whole_and_its_number_its_own() -> None:
    cited = [citation(n, quote=f"quotation {n}.") for n in range(1, 201)]
    text = sources(answer(claim(*cited[:99]), claim(*cited[99:])))
    assert re.findall(r"^\[(\d+)\] “quotation (\d+)\.”$", text, re.MULTILINE) == [
        (str(n),) * 2 for n in range(1, 201)
    ]


def test_what_somebody_else_said_instead_is_told_with_its_sources() -> None:
    assert QUOTE in sources(answer(outcome=Outcome.WRONG_SPEAKER, instead=(claim(),)))


@pytest.mark.parametrize(
    "text", [*HOSTILE, *EXTREMES, "x”\n[2] “forged”\nClaim 2: Ann Kirby", "a\u2028[2] b\u2029c"]
)
def test_words_from_outside_begin_no_line_and_hold_nothing_unseen(text: str) -> None:
    below = {"also_in": copies(text), "remark": Remark("retraction", text), "author": text, "version": text}
    said = claim(citation(quote=text, title=text, outlet=text, **below), text=f"{text} also", speaker=text)
    written = sources(answer(said, question=text, message=text))
    begun = [line for line in written.splitlines() if line and not line.startswith("    ")]
    assert [line.split(" ")[0].split("\u2028")[0] for line in begun] == ["Question:", "Answer:", "Claim", "[1]"]
    assert not re.search(
        "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]", written
    )
    assert written.encode()


def test_a_path_on_the_operators_machine_is_not_told() -> None:
    assert "/home/me" not in sources(answer(claim(citation(url="/home/me/one.txt", link="/home/me/one.txt"))))
