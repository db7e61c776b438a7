"""Answers in the terminal: where copies of a text stand, what an article says of itself, and nothing that acts."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from bot.terminal.rendering import show
from bot.wording import also_in, remark
from retrieval.types import Answer, Citation, Claim, Copy, Outcome, Remark

QUOTE = "We will not wait another year for the sea wall."
NOTICE = "An earlier version of this article gave the wrong year for the levy."


def citation(n: int = 1, **changes: Any) -> Citation:
    url = f"https://quay.example/{n}"
    return replace(Citation(n, url, f"Levy {n}", f"Outlet {n}", None, None, QUOTE, 0, len(QUOTE), url), **changes)


def claim(*citations: Citation, **changes: Any) -> Claim:
    return replace(Claim(QUOTE, "Dana Fields", None, False, citations or (citation(),)), **changes)


def copies(*outlets: str | None) -> tuple[Copy, ...]:
    return tuple(Copy(f"https://www.bay{n}.example/levy", None, outlet, None) for n, outlet in enumerate(outlets))


def printed(*claims: Claim, colours: bool = False) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen, width=1000, force_terminal=colours, color_system="standard" if colours else None
    )
    show(console, Answer("What about the wall?", Outcome.ANSWERED, "On record.", claims, (), 0.1))
    return screen.getvalue()


def below_source(shown: str, n: int = 1) -> str:
    """The line after the source of a citation."""
    lines = [line.strip() for line in shown.splitlines()]
    return next(lines[at + 1] for at, line in enumerate(lines) if f"Outlet {n} · " in line)


@pytest.mark.parametrize("worded", [False, True])
def test_copies_stand_below_the_source_of_their_citation(worded: bool) -> None:
    cited = citation(also_in=copies("Harbor Ledger", "Quay Courier", None))
    shown = printed(claim(citation(2), cited, worded=worded))
    below = "also in: Harbor Ledger, Quay Courier, bay2.example (3 copies of the same text)"
    assert below_source(shown) == below
    assert shown.count("also in") == 1


@pytest.mark.parametrize("worded", [False, True])
def test_sources_that_tell_of_it_independently_are_no_copies(worded: bool) -> None:
    shown = printed(claim(citation(1), citation(2), worded=worded))
    assert "also in" not in shown
    assert "Outlet 2" in shown


def test_an_outlet_with_several_copies_is_named_once() -> None:
    shown = also_in(citation(also_in=copies("Harbor Ledger", "Harbor  Ledger", "Harbor\u200b Ledger")))
    assert shown.count("Ledger") == 1
    assert "3 copies" in shown


def test_of_many_outlets_five_are_named_and_the_others_counted() -> None:
    names = [f"Paper-{n}" for n in range(12)]
    shown = also_in(citation(also_in=copies(*names, *names)))
    assert [name for name in names if f"{name}," in shown or f"{name} " in shown] == names[:5]
    assert "and 7 more" in shown
    assert "24 copies" in shown
    assert "more" not in also_in(citation(also_in=copies(*names[:5])))


@pytest.mark.parametrize("url", ["/home/me/levy.txt", "https://[bad", "javascript:alert(1)", ""])
def test_a_copy_without_outlet_and_web_address_is_of_an_unknown_outlet(url: str) -> None:
    assert "unknown outlet" in also_in(citation(also_in=(Copy(url, None, None, None),)))


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("correction", "Correction: "), ("clarification", "Clarification: "), ("retraction", "Retracted: ")],
)
@pytest.mark.parametrize("worded", [False, True])
def test_what_an_article_says_of_itself_stands_whole_and_in_yellow(kind: str, heading: str, worded: bool) -> None:
    said = Remark(kind, f"{NOTICE * 8}\n{NOTICE}")
    shown = printed(claim(citation(remark=said), worded=worded))
    assert below_source(shown) == f"{heading}{NOTICE * 8} {NOTICE}"
    coloured = printed(claim(citation(remark=said), worded=worded), colours=True)
    assert f"\x1b[33m{heading}" in coloured


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("correction", f"Correction: {NOTICE}"),
        ("correction", f"(CORRECTED on May 3: {NOTICE})"),
        ("correction", f"Corrections & Clarifications: {NOTICE}"),
        ("clarification", f"* Clarification: {NOTICE}"),
        ("retraction", "RETRACTED: Council doubles the levy"),
    ],
)
def test_a_heading_of_the_articles_own_is_not_said_twice(kind: str, words: str) -> None:
    assert remark(Remark(kind, words)) == words


def test_words_that_only_begin_like_a_heading_get_one() -> None:
    assert remark(Remark("retraction", f"Correction: {NOTICE}")).startswith("Retracted: ")
    assert remark(Remark("correction", "Correctional officers are meant.")).startswith("Correction: ")


def test_nothing_in_a_copy_or_remark_steers_the_terminal() -> None:
    hostile = "[red]\x1b[2J\x07\u202eevil[/red]\r"
    cited = citation(also_in=copies(hostile), remark=Remark("correction", hostile))
    shown = printed(claim(cited))
    assert not set("\x1b\x07\u202e\r") & set(shown)
    assert shown.count("[red][2Jevil[/red]") == 2
