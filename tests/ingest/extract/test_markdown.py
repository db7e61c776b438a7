"""Markdown: the words stay, the marks go, and front matter says what it says or is refused."""

from datetime import date

import pytest

from ingest.extract import markdown
from ingest.extract.draft import Draft, Refusal

BODY = (
    "The council should double the [harbor levy](https://x.example) before **winter**, the mayor _said_ on\n"
    "Tuesday, because the `sea wall` cannot wait for another year of talks between the port and the state."
)
PLAIN = (
    "The council should double the harbor levy before winter, the mayor said on Tuesday, because the sea wall "
    "cannot wait for another year of talks between the port and the state."
)


def extracted(text: str) -> Draft:
    draft = markdown.extract(text.encode())
    assert isinstance(draft, Draft), draft
    return draft


def test_marks_go_and_words_stay() -> None:
    assert extracted(BODY).text == PLAIN


def test_pictures_quote_marks_and_raw_html_go() -> None:
    others = "![A ferry](f.jpg)\n\n> “No,” Pike\n> answered.\n\n<div>ad</div>\n\n- one\n- two\n\n## What next\n"
    source = f"{BODY}\n\n{others}"
    assert extracted(source).text.split("\n\n") == [PLAIN, "“No,” Pike answered.", "one", "two", "What next"]


def test_front_matter_is_read_and_stripped() -> None:
    draft = extracted(
        "---\ntitle: 'Levy: doubled'\nurl: https://quay.example/levy\noutlet: Quay Post\nauthor:\n  - Ada Quill\n"
        f"  - Li Wei\ndate: 2024-03-05\n---\n\n{BODY}\n"
    )
    assert draft == Draft(
        PLAIN, "https://quay.example/levy", "Levy: doubled", "Quay Post", "Ada Quill, Li Wei", date(2024, 3, 5)
    )


def test_a_source_that_is_an_address_is_the_url_and_another_the_outlet() -> None:
    assert extracted(f"---\nsource: https://quay.example/a\n---\n{BODY}").url == "https://quay.example/a"
    assert extracted(f"---\nsource: Quay Post\n---\n{BODY}").outlet == "Quay Post"


def test_the_first_heading_is_the_title_and_leaves_the_text() -> None:
    draft = extracted(f"# Levy *doubled*\n\n{BODY}")
    assert (draft.title, draft.text) == ("Levy doubled", PLAIN)


def test_a_title_of_the_front_matter_wins_and_another_heading_stays() -> None:
    draft = extracted(f"---\ntitle: Levy doubled\n---\n# The plan\n\n{BODY}")
    assert (draft.title, draft.text) == ("Levy doubled", f"The plan\n\n{PLAIN}")


@pytest.mark.parametrize(
    "matter",
    [
        "---\ntitle: [open\n---\n",
        "---\ntitle: Levy\n",
        "---\n- a\n- b\n---\n",
        "---\ntitle: {a: b}\n---\n",
        "---\ndate: someday\n---\n",
        "---\ndate: 2024-13-45\n---\n",
        "---\nauthor: [[a, b], 3]\n---\n",
        "---\na: &a [*a, *b]\n---\n",
    ],
)
def test_broken_front_matter_is_refused_with_its_name(matter: str) -> None:
    refused = markdown.extract(f"{matter}\n{BODY}".encode())
    assert isinstance(refused, Refusal)
    assert "front matter" in refused.reason


def test_empty_values_of_front_matter_are_unknown() -> None:
    draft = extracted(f"---\ntitle:\nauthor: []\noutlet: ''\ndate:\n---\n{BODY}")
    assert draft == Draft(PLAIN)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert extracted(f"---\n\n{BODY}").text == PLAIN


def test_metadata_alone_is_no_article() -> None:
    assert isinstance(markdown.extract(b"---\ntitle: Levy\n---\n\nSoon.\n"), Refusal)
