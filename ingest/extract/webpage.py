"""HTML: the article's paragraphs by trafilatura, and what the page says of itself. It fetches nothing."""

import re
from dataclasses import replace
from typing import Any

from ingest.extract import charset, dates, jsonld, saved_page, unseen, wording
from ingest.extract.draft import FEWEST_WORDS, NO_TEXT, Draft, Refusal
from ingest.extract.quiet import quiet
from ingest.extract.walls import Signs, wall

_NOTHING = Signs()
# Where browsers look for a charset: in the first kilobyte; some pages have it after their long first comment.
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})|<\?xml[^>]{0,200}?encoding=[\"']([\w.-]{2,40})"
)
_CHARSET_WITHIN = 4096
# A page of its own says so early; a piece of one comes as the "html" of a JSON object.
_WHOLE = re.compile(r"<(?:html|body|head)\b", re.IGNORECASE)
_WHOLE_WITHIN = 20_000
# Parts of a page that trafilatura keeps now and then: what stands under pictures, beside and below an article.
_PRUNED = [
    "//figcaption",
    "//aside",
    "//nav",
    *(
        f"//*[self::div or self::p or self::span or self::section or self::ul][contains(@{where}, '{mark}')]"
        for where, mark in (
            ("class", "caption"),
            ("class", "photo-credit"),
            ("class", "related"),
            ("class", "newsletter"),
            ("class", "cookie"),
            ("class", "consent"),
            ("id", "cookie"),
            ("id", "consent"),
        )
    ),
]
# Trafilatura's second and third opinion take time with the square of the page: 23 s at 26,000 elements, 308 s at
# 90,000 (0.6 and 2.3 s without them). Pages of news have 1,000 to 5,000.
_MANY_ELEMENTS = 10_000
_SENTENCE = re.compile(r"\w[.!?…][\"”’»)\]]*$")
_SAVED_FROM = re.compile(
    r"<!-- saved from url=\(\d+\)(https?://\S+) -->|<!--\s*Page saved with SingleFile\s+url:\s*(https?://\S+)"
)


def extract(data: bytes, charset_told: str | None = None, signs: Signs = _NOTHING) -> Draft | Refusal:
    """The article in a page; `charset_told` is what its server says of it, and wins over what the page says."""
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    label = (declared[1] or declared[2]).decode("ascii", "replace") if declared else None
    page = charset.decode(data, charset_told or label)
    return page if isinstance(page, Refusal) else from_markup(page, signs)


def from_markup(page: str, signs: Signs = _NOTHING) -> Draft | Refusal:
    """The article in a page, or in a piece of one."""
    signs = replace(signs, page=page)
    with quiet("trafilatura", "htmldate", "courlan", "justext"):
        try:
            read = _read(page)
        except Exception:  # noqa: BLE001 - a page can break an HTML library in ways that none of them lists
            read = None
    if read is None:
        return Refusal(wall(None, (), signs) or NO_TEXT)
    told, text = read
    parts = saved_page.strip([part for line in wording.body(text).split("\n") for part in _unmarked(line.strip())])
    parts = _without_title(parts, told.title)
    unfit = wall(told.title, parts, signs) or (None if _enough(parts) else NO_TEXT)
    return Refusal(unfit) if unfit else replace(told, text=wording.paragraphs(parts))


def _read(page: str) -> tuple[Draft, str] | None:
    """What the page says of itself, and the lines of its article; None where trafilatura finds none."""
    from trafilatura import bare_extraction, extract_metadata, load_html

    if not _WHOLE.search(page[:_WHOLE_WITHIN]):
        page = f"<html><body><article>{page}</article></body></html>"
    # Given a tree, trafilatura leaves out its own limit on sizes; ours was checked before.
    tree: Any = load_html(page, len(page) * 4)
    if tree is None:
        return None
    # What a page says of itself is for machines, and much of it is hidden.
    claims = jsonld.claims(tree.xpath("//script[contains(@type, 'ld+json')]/text()"))
    tags = extract_metadata(tree, date_config={"original_date": True, "extensive_search": False})
    unseen.remove(tree)
    found: Any = bare_extraction(
        tree,
        include_comments=False,
        include_formatting=False,
        with_metadata=False,
        fast=tree.xpath("count(//*)") > _MANY_ELEMENTS,
        prune_xpath=_PRUNED,
    )
    return (_metadata(page, claims, tags), found.text or "") if found else None


def _metadata(page: str, told: jsonld.Claims, found: Any) -> Draft:
    """What the page says of its article: its JSON-LD first, which is written for machines, then its other tags."""
    saved = _SAVED_FROM.search(page[:_WHOLE_WITHIN])
    addresses = (found.url, told.url, (saved[1] or saved[2]) if saved else None)
    return Draft(
        "",
        next((at for at in addresses if at and re.match(r"https?://[^/\s]", at)), None),
        told.headline or wording.line(found.title),
        told.publisher or wording.line(found.sitename),
        told.author or wording.line((found.author or "").replace("; ", ", ")),
        told.published or dates.day(found.date or ""),
    )


def _unmarked(line: str) -> list[str]:
    """A line without the marks that trafilatura adds for lists and tables: they are not the page's own words."""
    if line.startswith("| ") and line.endswith(" |"):
        return [cell for cell in re.split(r" ?\| ?", line) if cell and not re.fullmatch("-+", cell)]
    return [words] if (words := line.removeprefix("- ")) else []


def _without_title(parts: list[str], title: str | None) -> list[str]:
    return parts[1:] if parts and title and wording.line(parts[0]) == title else parts


def _enough(parts: list[str]) -> bool:
    """Whether these paragraphs have sentences enough for an article."""
    return sum(len(part.split()) for part in parts if _SENTENCE.search(part)) >= FEWEST_WORDS
