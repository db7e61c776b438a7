"""Articles that come as JSON objects. Their text is taken as it is, letter for letter, or not at all."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from ingest.extract import dates, webpage, wording
from ingest.extract.draft import Draft, Refusal

_JSON_TYPES = {"dict": "an object", "list": "a list", "str": "a string", "int": "a number", "float": "a number"}
_JSON_TYPES |= {"bool": "true or false", "NoneType": "null"}


class _Record(BaseModel):
    """The fields of one article; others are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    url: str = ""
    id: str = ""
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    text: str | None = None
    html: str | None = None

    @field_validator("url", "id", "title", "outlet", "author", "published")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return wording.line(value)


@dataclass(frozen=True, slots=True)
class Broken:
    """JSON that cannot be read, and the line of it where reading stopped."""

    line: int
    reason: str


def loaded(source: str | bytes) -> Any | Broken:
    """The value that `source` writes as JSON."""
    try:
        return json.loads(source)
    except json.JSONDecodeError as error:
        return Broken(error.lineno, f"not valid JSON: {error.msg.lower()} (column {error.colno})")
    except UnicodeDecodeError:
        return Broken(1, "not valid JSON: it is not UTF-8")
    except RecursionError:
        return Broken(1, "not valid JSON: it is nested too deeply")
    except ValueError:
        return Broken(1, "not valid JSON: a number in it is too long")


def extract(value: Any) -> Draft | Refusal:
    """The article that one JSON object holds."""
    if not isinstance(value, dict):
        return Refusal(f"not a JSON object but {_kind(value)}")
    try:
        record = _Record.model_validate(value)
    except ValidationError as error:
        return Refusal("; ".join(_reason(dict(problem)) for problem in error.errors(include_url=False)))
    published = _published(record.published)
    if isinstance(published, Refusal):
        return published
    url = record.url or record.id
    if not url:
        return Refusal("url is missing or empty")
    said = Draft("", url, record.title, record.outlet, record.author, published)
    return _with_text(record, said)


def _published(written: str | None) -> date | Refusal | None:
    day = dates.day(written) if written else None
    return Refusal("published is not a date") if written and day is None else day


def _with_text(record: _Record, said: Draft) -> Draft | Refusal:
    if record.text is None and record.html is not None:
        return _from_html(record.html, said)
    if record.text is None:
        return Refusal("text is missing")
    if not record.text.strip():
        return Refusal("text is empty")
    if not wording.storable(record.text):
        return Refusal("text holds characters that cannot be stored (NUL or half of a surrogate pair)")
    return Draft(record.text, said.url, said.title, said.outlet, said.author, said.published)


def _from_html(html: str, said: Draft) -> Draft | Refusal:
    """The page's article; what the record says wins over what the page says."""
    if not html.strip():
        return Refusal("html is empty")
    page = webpage.from_markup(html)
    if isinstance(page, Refusal):
        return page
    return Draft(
        page.text,
        said.url,
        said.title or page.title,
        said.outlet or page.outlet,
        said.author or page.author,
        said.published or page.published,
    )


def _reason(problem: dict[str, Any]) -> str:
    name = ".".join(map(str, problem["loc"]))
    if problem["type"] == "missing":
        return f"{name} is missing"
    return f"{name} must be a string, not {_kind(problem['input'])}"


def _kind(value: Any) -> str:
    return _JSON_TYPES.get(type(value).__name__, "something else")
