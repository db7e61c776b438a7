"""A citation's link lands on the quotation, and a quotation that no longer stands is not shown."""

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from retrieval_parts import article

from retrieval.citing import cite, fragment_link, numbered, verified, with_copies
from retrieval.record import version_of
from retrieval.types import Article, Claim, Copy

URL = "https://quay.example/levy?a=1,2&b=3"
LEVY = article("levy", "The mayor spoke. “We will not pay,” Ada Quill said. The hall fell silent.")


def directive(words: str, url: str = URL) -> str:
    address, _, text = fragment_link(url, words).partition("#:~:text=")
    assert address == url
    return text


@pytest.mark.parametrize(
    "words",
    [
        "We will, she said, pay",
        "a well-known levy",
        "5 % & more",
        "“We” – ‘they’",
        "''so''",
        "a+b=c/d?e#f",
        "naïve 字 🙂",
    ],
)
def test_what_has_a_meaning_in_a_fragment_is_escaped(words: str) -> None:
    text = directive(words)
    assert not set(text) & set(",-& #?\"'“”")
    assert unquote(text) == words


def test_a_long_quotation_is_marked_from_its_first_words_to_its_last() -> None:
    first, last = directive("one, two " * 5 + "middle " * 30 + "nine-ten end.").split(",")
    assert unquote(first).startswith("one, two")
    assert unquote(last).endswith("nine-ten end.")


def test_no_part_of_a_link_crosses_a_line() -> None:
    parts = directive("First line here\n\nand the last line.").split(",")
    assert [unquote(part) for part in parts] == ["First line here", "and the last line."]


def test_white_space_in_the_text_is_one_space_in_the_page() -> None:
    assert unquote(directive("We \u00a0 will\t not")) == "We will not"


def test_an_address_keeps_its_own_fragment() -> None:
    assert fragment_link("https://quay.example/#vote", "We will") == "https://quay.example/#vote:~:text=We%20will"


@pytest.mark.parametrize("url", ["https://quay.example/#:~:text=old", "https://quay.example/#vote:~:text=old"])
def test_an_address_with_a_text_fragment_gets_the_right_one(url: str) -> None:
    link = fragment_link(url, "We will")
    assert link.count(":~:") == 1
    assert link.endswith(":~:text=We%20will")


@pytest.mark.parametrize("url", ["file:///levy.txt", "javascript:alert(1)", "levy", "", "urn:levy"])
def test_an_address_that_is_no_web_page_gets_no_fragment(url: str) -> None:
    assert fragment_link(url, "We will") == url


def claim_of(start: int, end: int) -> Claim:
    citation = cite(LEVY, start, end)
    return Claim(citation.quote, None, None, False, (citation,))


def test_a_citation_quotes_the_stored_text_at_its_offsets() -> None:
    citation = cite(LEVY, 17, 51)
    assert citation.quote == LEVY.text[17:51]
    assert (citation.url, citation.outlet) == (LEVY.url, LEVY.outlet)


def test_a_claim_whose_article_changed_or_went_is_dropped() -> None:
    claim = claim_of(17, 51)
    assert verified([claim], lambda _: LEVY) == [claim]
    assert verified([claim], lambda _: article("levy", LEVY.text.replace("not ", ""))) == []
    assert verified([claim], lambda _: article("levy", " " + LEVY.text)) == []
    assert verified([claim], lambda _: None) == []


def test_a_claim_without_a_citation_is_dropped() -> None:
    assert verified([Claim("We will", None, None, False, ())], lambda _: LEVY) == []


def test_citations_are_numbered_through_all_claims_from_one() -> None:
    two = Claim("both", None, None, False, claim_of(0, 16).citations + claim_of(17, 51).citations)
    claims = numbered([two, claim_of(52, 73)])
    assert [citation.n for claim in claims for citation in claim.citations] == [1, 2, 3]


@pytest.mark.parametrize(
    "changed",
    [{"text": LEVY.text + " "}, {"title": "Levy"}, {"outlet": None}, {"author": "Bo"}, {"published": date.max}],
    ids=str,
)
def test_a_citation_tells_the_version_of_its_article(changed: dict[str, Any]) -> None:
    version = cite(LEVY, 17, 51).version
    assert version == cite(LEVY, 0, 16).version == version_of(LEVY)
    assert cite(replace(LEVY, **changed), 17, 51).version not in ("", version)


CORRECTED = "Correction: An earlier version of this article gave the wrong year."
RETRACTED = "Retraction: This article has been retracted, because its source could not be confirmed."


def test_a_citation_carries_what_its_article_says_of_itself() -> None:
    remark = cite(article("levy", f"{LEVY.text}\n\n{CORRECTED}"), 17, 51).remark
    assert remark
    assert (remark.kind, remark.text) == ("correction", CORRECTED)
    assert cite(LEVY, 17, 51).remark is None


@pytest.mark.parametrize("notices", [(CORRECTED, RETRACTED), (RETRACTED, CORRECTED)])
def test_a_retraction_goes_before_a_correction(notices: tuple[str, str]) -> None:
    remark = cite(article("levy", "\n\n".join([LEVY.text, *notices])), 17, 51).remark
    assert remark
    assert (remark.kind, remark.text) == ("retraction", RETRACTED)


def test_what_only_a_title_says_is_told_in_the_titles_words() -> None:
    titled = article("levy", LEVY.text, title="RETRACTED: Mayor will not pay")
    remark = cite(titled, 17, 51).remark
    assert remark
    assert (remark.kind, remark.text) == ("retraction", titled.title)


def copied(*texts: str, of: str = LEVY.url) -> dict[str, list[Article]]:
    return {of: [article(f"copy{n}", text, title=f"Copy {n}") for n, text in enumerate(texts)]}


@pytest.mark.parametrize(
    "text",
    [
        LEVY.text,
        "Ada Quill spoke. 'We will not pay',  Ada Quill said.",
        "“WE WILL\nNOT PAY” — Ada Quill said that.",
    ],
)
def test_a_copy_that_has_the_quotation_in_another_style_is_told_of(text: str) -> None:
    (claim,) = with_copies([claim_of(17, 51)], copied("The mayor spoke.", text))
    (citation,) = claim.citations
    assert citation.also_in == (Copy("https://quay.example/copy1", "Copy 1", "Quay Courier", None),)
    assert replace(citation, also_in=()) == cite(LEVY, 17, 51)


@pytest.mark.parametrize("text", ["“We will pay,” Ada Quill said.", "The hall fell silent.", ""])
def test_a_copy_without_the_quotation_is_not_told_of(text: str) -> None:
    assert with_copies([claim_of(17, 51)], copied(text)) == [claim_of(17, 51)]


def test_copies_of_another_article_are_not_told_of() -> None:
    assert with_copies([claim_of(17, 51)], copied(LEVY.text, of="https://quay.example/other")) == [
        claim_of(17, 51)
    ]
