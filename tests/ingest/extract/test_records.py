"""JSON objects: the text as given or not at all, and every wrong field named."""

from datetime import date
from typing import Any

import pytest

from ingest.extract import records
from ingest.extract.draft import Draft, Refusal

URL = "https://quay.example/levy"


def record(**fields: Any) -> dict[str, Any]:
    return {"url": URL, "text": "Short.", **fields}


def test_all_fields_are_taken() -> None:
    value = record(
        title=" Levy\n plan ", outlet="Quay", author="Ada Quill", published="2024-03-05T10:00:00Z", other=1
    )
    assert records.extract(value) == Draft("Short.", URL, "Levy plan", "Quay", "Ada Quill", date(2024, 3, 5))


@pytest.mark.parametrize("text", ["  a\r\n\tb \n\n", "x\u00a0y\u202fz\x1b\u2028", "\ufeffa", "e\u0301 \U0001f600"])
def test_text_is_taken_letter_for_letter(text: str) -> None:
    draft = records.extract(record(text=text))
    assert isinstance(draft, Draft)
    assert draft.text == text


@pytest.mark.parametrize("name", ["title", "outlet", "author", "published"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_null_and_blank_fields_are_unknown(name: str, value: str | None) -> None:
    assert records.extract(record(**{name: value})) == Draft("Short.", URL)


@pytest.mark.parametrize("name", ["url", "title", "outlet", "author", "published", "text", "html"])
@pytest.mark.parametrize("value", [3, 2.5, True, [], ["a"], {}])
def test_a_wrong_type_is_refused_with_its_field(name: str, value: object) -> None:
    refused = records.extract(record(**{name: value}))
    assert isinstance(refused, Refusal)
    assert name in refused.reason


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"text": "a"}, "url"),
        ({"url": " ", "text": "a"}, "url"),
        ({"url": None, "text": "a"}, "url"),
        ({"url": URL}, "text"),
        ({"url": URL, "text": " \n"}, "text"),
        ({"url": URL, "html": ""}, "html"),
        ({"url": URL, "text": "a\x00b"}, "text"),
        ({"url": URL, "text": "a\ud800b"}, "text"),
        ({"url": URL, "text": "a", "published": "soon"}, "published"),
        (["a"], "a list"),
        ("a", "a string"),
        (None, "null"),
    ],
)
def test_what_is_missing_or_cannot_be_stored_is_refused(value: object, named: str) -> None:
    refused = records.extract(value)
    assert isinstance(refused, Refusal)
    assert named in refused.reason


def test_characters_that_cannot_be_stored_leave_a_title() -> None:
    assert records.extract(record(title="Le\udfffvy\x00")) == Draft("Short.", URL, "Levy")


def test_html_stands_for_text_and_the_record_wins() -> None:
    sentence = "The council should double the harbor levy before winter, the mayor said on Tuesday at the docks."
    html = (
        f"<html><head><title>Page</title></head><body><article><h1>Page</h1><p>{sentence}</p><p>{sentence[4:]}</p>"
    )
    draft = records.extract({"url": URL, "html": html, "title": "Mine"})
    assert draft == Draft(
        f"{sentence}\n\n{sentence[4:]}", URL, "Mine", draft.outlet if isinstance(draft, Draft) else None
    )


@pytest.mark.parametrize("source", [b"{", b"\xff\xff", b"[" * 100_000, b"1" * 10_000, b'{"a": "\xe9"}', b""])
def test_broken_json_is_a_value(source: bytes) -> None:
    assert isinstance(records.loaded(source), records.Broken)
