"""A page copied from a browser into a text file: finds its headline, its byline and its day, drops its furniture.

Works on lines; a line that is no headline, byline, date or furniture is kept as it is.
"""

import re
from dataclasses import dataclass
from datetime import date

from ingest.extract import byline, dates, furniture, wording
from ingest.extract.draft import Draft

# Headlines, bylines and dates stand within this many filled lines: menus, a standfirst and a caption come between.
_HEAD = 20
# A byline, a date or a button stands this close below a headline.
_NEAR = 4
# Names of sections above the headline are no longer than this.
_LABEL_WORDS = 3
_LONGEST_TITLE = 200
_MOST_TITLE_WORDS = 30
_NO_TITLE_END = re.compile(r"[.:;,…][\"”’»)]*$")
_UPDATED = re.compile(r"\b(?:last )?(?:updated|modified)\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"^\W*(?:first |last )?(?:published|posted|created)\b(?: on| at)?\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")


@dataclass(slots=True)
class _Head:
    """What the top of the page says about the article. Filled line by line."""

    title: str | None = None
    authors: list[str] | None = None
    published: date | None = None


def titular(line: str) -> bool:
    """Whether `line` reads as a headline: short, and not a sentence with its full stop."""
    line = line.strip()
    short = 0 < len(line) <= _LONGEST_TITLE and 2 <= len(line.split()) <= _MOST_TITLE_WORDS
    return short and not _NO_TITLE_END.search(line)


def without_furniture(lines: list[str]) -> Draft | None:
    """The article of a saved page, or None where `lines` show no sign of being one."""
    filled = [line.strip() for line in lines if line.strip()]
    signs = [furniture.certain(line) for line in filled]
    signs[:_HEAD] = [sign or _by(line) for sign, line in zip(signs[:_HEAD], filled, strict=False)]
    if not any(signs):
        return None
    head = _Head(title=_headline(lines, filled, signs))
    kept = _body(_below_head(filled, signs, head))
    return Draft(
        wording.paragraphs(kept),
        title=wording.line(head.title),
        author=wording.line(", ".join(head.authors or [])),
        published=head.published,
    )


def strip(parts: list[str]) -> list[str]:
    """`parts` of an article that was found by other means, without the furniture that came along."""
    return _body([part for part in parts if not furniture.certain(part)])


def _headline(lines: list[str], filled: list[str], signs: list[bool]) -> str | None:
    """A line that the page repeats, else the first line of its own that stands alone or above the byline."""
    candidates = [
        (at, line)
        for at, line in enumerate(filled[:_HEAD])
        if titular(line) and not signs[at] and not furniture.label(line) and not furniture.lone_date(line)
    ]
    top = [_key(line) for line in filled[:_HEAD]]
    for _, line in candidates:
        if len(line.split()) > 3 and top.count(_key(line)) > 1:
            return line
    if not candidates:
        return None
    at, line = candidates[0]
    if any(len(earlier.split()) > _MOST_TITLE_WORDS for earlier in filled[:at]):
        return None
    alone = lines[next(i for i, raw in enumerate(lines) if raw.strip() == line) + 1 :][:1]
    return line if alone == [""] or any(signs[at + 1 : at + _NEAR]) else None


def _below_head(filled: list[str], signs: list[bool], head: _Head) -> list[str]:
    """The lines that are neither furniture nor the head's; fills `head` from those that are."""
    kept: list[str] = []
    headline = [head.title is not None and _key(line) == _key(head.title) for line in filled[:_HEAD]]
    above = headline.index(True) if True in headline else 0
    for at, line in enumerate(filled):
        in_head = at < _HEAD
        if (in_head and headline[at]) or (at < above and len(line.split()) <= _LABEL_WORDS):
            continue
        if signs[at]:
            _learn(line, head)
            continue
        beside = in_head and _beside_sign(at, filled, signs, head)
        if not (beside and (_learn(line, head) or _learn_name(line, head))):
            kept.append(line)
    return kept


def _beside_sign(at: int, filled: list[str], signs: list[bool], head: _Head) -> bool:
    """Whether the line above or below belongs to the head: a date, a caption, a byline, the headline again."""
    for near in (at - 1, at + 1):
        if 0 <= near < len(filled) and (
            (signs[near] and _heads(filled[near]))
            or (head.title and _key(filled[near]) == _key(head.title))
            or (furniture.lone_date(filled[near]) and near > at)
        ):
            return True
    return False


def _heads(line: str) -> bool:
    """Whether a piece of furniture is of the kind that stands around a byline, not in the middle of a text."""
    return (
        furniture.dated(line)
        or furniture.caption(line)
        or _by(line)
        or bool(re.match(r"\d|share", line, re.IGNORECASE))
    )


def _learn(line: str, head: _Head) -> bool:
    """Takes a name or a day from a line of the head; False where it holds neither."""
    named = byline.names(line)
    if named is not None:
        head.authors = head.authors or named
        return True
    if furniture.dated(line) or furniture.lone_date(line):
        first = _UPDATED.split(line, maxsplit=1)[0]
        head.published = head.published or dates.day(_PUBLISHED.sub("", first).strip(" |·•–—-,"))
        return True
    return False


def _learn_name(line: str, head: _Head) -> bool:
    """Takes a name without "By"; only from a line that is no furniture, or "Load More" would be an author."""
    if head.authors is None and byline.person(line):
        head.authors = [line]
        return True
    return False


def _body(lines: list[str]) -> list[str]:
    """`lines` without the words of menus and without the lists of other articles."""
    kept: list[str] = []
    in_list = False
    for line in lines:
        if furniture.section(line):
            in_list = True
        elif in_list and not _SENTENCE_END.search(line) and not furniture.speech(line):
            continue
        elif not furniture.label(line):
            in_list = False
            kept.append(line)
    return kept


def _by(line: str) -> bool:
    return byline.names(line) is not None


def _key(line: str) -> str:
    return "".join(filter(str.isalnum, line.casefold()))
