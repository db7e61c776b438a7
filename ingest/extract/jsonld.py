"""What a page says of itself in JSON-LD (schema.org). Reads the page's claims; does not judge them."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from ingest.extract import dates, wording

_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$")
_ARTICLE = re.compile(r"(?:article|blogposting|report)$", re.IGNORECASE)
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Claims:
    """The fields of the page's own article, as far as it names them."""

    headline: str | None = None
    author: str | None = None
    published: date | None = None
    publisher: str | None = None
    url: str | None = None


def claims(scripts: Iterable[str]) -> Claims:
    """The first news article that a page's JSON-LD `scripts` describe; empty where they describe none."""
    objects = [found for script in scripts for found in _objects(_loaded(script))]
    articles = [found for found in objects if _is_article(found) and _word(found.get("headline"))]
    if not articles:
        return Claims()
    article, named = articles[0], {found["@id"]: found for found in objects if _names(found)}
    written = article.get("datePublished")
    return Claims(
        _word(article.get("headline")),
        wording.line(", ".join(_people(article.get("author"), named))),
        dates.day(written) if isinstance(written, str) else None,
        next(iter(_people(article.get("publisher"), named)), None),
        _address(article),
    )


def _loaded(script: str) -> Any:
    try:
        return json.loads(_WRAPPING.sub("", script), strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object of the page itself: not the related articles that hang from it as parts or mentions."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "author", "publisher"):
            yield from _objects(value.get(key), depth + 1)


def _is_article(found: dict[str, Any]) -> bool:
    kinds = found.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in kinds)


def _names(found: dict[str, Any]) -> bool:
    return isinstance(found.get("@id"), str) and _word(found.get("name")) is not None


def _people(value: Any, named: dict[str, dict[str, Any]]) -> list[str]:
    """Names of people or of an outlet: given as text, as objects, or by reference to an object elsewhere."""
    names = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            whole = named.get(str(item.get("@id")), item) if _word(item.get("name")) is None else item
            item = whole.get("name")  # noqa: PLW2901 - what stands for the person is looked at in the same way
        name = _word(item)
        if name and not name.startswith(("http:", "https:")) and name not in names:
            names.append(name)
    return names


def _address(article: dict[str, Any]) -> str | None:
    page = article.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = page.get("@id") or page.get("url")
    return next((at for at in (article.get("url"), page) if isinstance(at, str)), None)


def _word(value: Any) -> str | None:
    return wording.line(re.sub(r"<[^<>]*>", "", unescape(value))) if isinstance(value, str) else None
