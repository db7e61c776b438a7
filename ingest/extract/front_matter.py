"""YAML front matter: the block between lines of dashes at the top of a Markdown file. Never the text below it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ingest.extract import dates, wording
from ingest.extract.draft import Draft, Refusal

_BLOCK = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL | re.MULTILINE)
_LOOKS_OPEN = re.compile(r"---[ \t]*\n\s*[\w-]+:(?:\s|$)")
_URL = ("url", "link", "canonical", "canonical_url", "permalink", "source")
_OUTLET = ("outlet", "publication", "publisher", "site", "sitename", "source")
_PUBLISHED = ("published", "date", "publish_date", "pubdate")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)


def split(text: str) -> tuple[Draft, str] | Refusal:
    """What the front matter says, as a draft without text, and the Markdown below it."""
    text = text.lstrip("\n")
    block = _BLOCK.match(text)
    if block is None:
        if _LOOKS_OPEN.match(text):
            return Refusal("the front matter has no closing line of dashes")
        return Draft(""), text
    fields = _parsed(block[1])
    if isinstance(fields, Refusal):
        return fields
    if fields is None:  # a rule across the page, not front matter
        return Draft(""), text
    said = _draft(fields)
    return said if isinstance(said, Refusal) else (said, text[block.end() :])


def _parsed(block: str) -> Mapping[str, Any] | Refusal | None:
    import yaml

    try:
        fields = yaml.safe_load(block)
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        return Refusal(f"the front matter is not valid YAML{f' (line {at.line + 2})' if at else ''}")
    except (ValueError, RecursionError, ArithmeticError, AttributeError, TypeError, LookupError):
        return Refusal("the front matter is not valid YAML")  # a date such as 2024-13-45 is a ValueError
    if isinstance(fields, str):
        return None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        return Refusal("the front matter is not a list of names and values")
    return {str(name).casefold().replace(" ", "_"): value for name, value in fields.items()}


def _draft(fields: Mapping[str, Any]) -> Draft | Refusal:
    title, outlet = _text(fields.get("title")), _first(fields, _OUTLET, url=False)
    author = _people(fields.get("author", fields.get("authors", fields.get("byline"))))
    for name, value in (("title", title), ("author", author), ("outlet", outlet)):
        if value is _WRONG:
            return Refusal(f"the front matter's {name} is not text")
    written = next((fields[name] for name in _PUBLISHED if fields.get(name) is not None), None)
    published = _day(written)
    if published is None and written is not None and written != "":
        return Refusal("the front matter's date of publication is not a date")
    return Draft("", _first(fields, _URL, url=True), title, outlet, author, published)


# Stands for a value of a type that cannot be the field's; told apart by identity.
_WRONG = "\x00"


def _text(value: object) -> str | None:
    if isinstance(value, bool | list | dict):
        return _WRONG
    return None if value is None else wording.line(str(value))


def _people(value: object) -> str | None:
    """One name, or a list of names, or of mappings that hold a name."""
    people = value if isinstance(value, list) else [value]
    named = [_text(person.get("name") if isinstance(person, dict) else person) for person in people]
    if any(name is _WRONG for name in named):
        return _WRONG
    return wording.line(", ".join(re.sub(r"^\[\[(.+)\]\]$", r"\1", name) for name in named if name))


def _first(fields: Mapping[str, Any], names: tuple[str, ...], *, url: bool) -> str | None:
    """The first of the fields `names` that is a URL, or that is none; `source` may be either."""
    for name in names:
        value = _text(fields.get(name))
        if value is _WRONG:
            return None if url else _WRONG
        if value and bool(_SCHEME.match(value)) == url:
            return value
    return None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return dates.day(value) if isinstance(value, str) else None
