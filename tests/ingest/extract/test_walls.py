"""Pages that stand where an article should are told apart, and no true article is taken for one of them.

`walls/` holds pages of our own; `walls.json` says what each is, and what was known of the response.
"""

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from ingest.extract import webpage
from ingest.extract.walls import REASONS, Signs, wall

PAGES = Path(__file__).with_name("walls")
RIGHT: dict[str, dict[str, Any]] = json.loads((PAGES / "walls.json").read_text("utf-8"))
KINDS = {reason: kind for kind, reason in REASONS.items()}
NEWS = "The council should double the harbor levy before winter, Mayor Dana Fields said on Tuesday at the docks."


def judged(name: str, *, alone: bool = False) -> str:
    """What a page is taken for, on what extraction finds in it; `alone`: as a saved file, without its response."""
    page = (PAGES / f"{name}.html").read_text("utf-8")
    response = {} if alone else {key: value for key, value in RIGHT[name].items() if key != "is"}
    read = webpage._read(page)
    title, text = (read[0].title, read[1]) if read else (None, "")
    reason = wall(title, [part for part in text.split("\n") if part.strip()], Signs(page=page, **response))
    return "article" if reason is None else KINDS[reason]


def test_every_page_has_its_right_answer() -> None:
    assert sorted(RIGHT) == sorted(page.stem for page in PAGES.glob("*.html"))
    assert {page["is"] for page in RIGHT.values()} == {*REASONS, "article"}


@pytest.mark.parametrize("name", [name for name, page in RIGHT.items() if page["is"] == "article"])
def test_a_true_article_is_never_refused(name: str) -> None:
    assert judged(name) == "article"
    assert judged(name, alone=True) == "article"


def test_nearly_every_page_is_told_by_its_kind() -> None:
    walls = {name: page["is"] for name, page in RIGHT.items() if page["is"] != "article"}
    wrong = {name: judged(name) for name, kind in walls.items() if judged(name) != kind}
    assert len(wrong) <= 0.05 * len(walls), wrong


@pytest.mark.parametrize(
    ("signs", "kind"),
    [
        (Signs(status=404), "missing"),
        (Signs(status=410), "missing"),
        (Signs(status=451), "region"),
        (Signs(status=401), "sign-in"),
        (Signs(status=500), "error"),
        (Signs(headers={"cf-mitigated": "challenge"}), "robot-check"),
        (Signs(requested="https://quay.example/a/levy-plan", final="https://quay.example/"), "missing"),
        (Signs(requested="https://quay.example/a/levy-plan", final="https://quay.example/login?to=a"), "sign-in"),
    ],
)
def test_the_response_tells_what_the_text_does_not(signs: Signs, kind: str) -> None:
    assert wall("Levy", [NEWS], signs) == REASONS[kind]


@pytest.mark.parametrize(
    ("requested", "final"),
    [
        ("https://quay.example/a/levy-plan", "https://www.quay.example/a/levy-plan/"),
        ("https://quay.example/", "https://quay.example/"),
        ("https://quay.example/news", "https://quay.example/"),
        ("http://[", "https://quay.example/"),
        ("https://quay.example/login/levy-plan", "https://quay.example/login/levy"),
    ],
)
def test_a_redirect_between_forms_of_one_address_is_harmless(requested: str, final: str) -> None:
    assert wall("Levy", [NEWS], Signs(200, requested, final)) is None


def test_a_long_text_that_asks_for_a_subscription_is_whole() -> None:
    asks = "Subscribe to continue reading."
    gated = Signs(page='<script type="application/ld+json">{"isAccessibleForFree": false}</script>')
    assert wall("Levy", [NEWS] * 30 + [asks], gated) is None
    assert wall("Levy", [NEWS, asks], gated) == REASONS["paywall"]


def test_nothing_known_and_nothing_found_is_no_wall() -> None:
    assert wall(None, [], Signs()) is None
    assert wall("", ["", " "], Signs(page="<")) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "<script",
        "<script></script>",
        "<noscript>",
        "<",
        "<p ",
        "“",
        '"',
        "we and our ",
        "you may ",
        "a.",
        "Sie ",
        "the page ",
    ],
)
def test_time_grows_with_the_page_and_not_with_its_square(piece: str) -> None:
    much = piece * (1_000_000 // len(piece))
    began = perf_counter()
    wall(much[:100_000], [much], Signs(page=much))
    wall(much[:100_000], [], Signs(page=much))
    assert perf_counter() - began < 10
