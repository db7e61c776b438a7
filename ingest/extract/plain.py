"""Plain text: wrapped lines become paragraphs, a headline the title, a saved page loses its furniture."""

import re
from itertools import pairwise
from statistics import median

from ingest.extract import charset, saved_page, wording
from ingest.extract.draft import Draft, Refusal, enough

# Typewriter and mail widths; text that was not wrapped has a paragraph a line, far longer than this.
_WIDEST = 120
_NARROWEST = 40
# A line shorter than this share of the width was ended on purpose.
_FULL = 0.6
_SENTENCE_END = re.compile(r"[.!?…:;][\"”’»)\]]*$")
_ITEM = re.compile(r"(?:[-*•–]|\d{1,3}[.)])\s")


def extract(data: bytes) -> Draft | Refusal:
    """The article in a `.txt` file."""
    text = charset.decode(data)
    if isinstance(text, Refusal):
        return text
    lines = reflowed(wording.body(text).expandtabs().split("\n"))
    page = saved_page.without_furniture(lines)
    if page is not None:
        return enough(page)
    title, rest = headline(lines)
    return enough(Draft(wording.paragraphs(rest), title=wording.line(title)))


def headline(lines: list[str]) -> tuple[str | None, list[str]]:
    """The first line where it stands alone and reads as a title, and the lines after it."""
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None or not saved_page.titular(lines[first]):
        return None, lines
    rest = lines[first + 1 :]
    return (lines[first], rest) if rest and not rest[0].strip() else (None, lines)


def reflowed(lines: list[str]) -> list[str]:
    """`lines` with the parts of each hard-wrapped paragraph joined; as they are where nothing is wrapped."""
    width = _width(lines)
    if width is None:
        return lines
    joined: list[list[str]] = []
    before = ""
    for line in lines:
        if _continues(before, line, width):
            joined[-1].append(line.strip())
        else:
            joined.append([line.strip()])
        before = line
    return [" ".join(pieces) for pieces in joined]


def _width(lines: list[str]) -> int | None:
    """The column at which the text is wrapped; None where lines end with their sentences or run on."""
    filled = [line.rstrip() for line in lines if line.strip()]
    narrow = [len(line) for line in filled if len(line) <= _WIDEST]
    if len(narrow) < 0.9 * len(filled) or not narrow or max(narrow) < _NARROWEST:
        return None
    width = max(narrow)
    inner = [a.rstrip() for a, b in pairwise(lines) if a.strip() and b.strip()]
    full = [line for line in inner if len(line) >= _FULL * width]
    open_ended = [line for line in full if not _SENTENCE_END.search(line)]
    if not full or len(open_ended) < 0.5 * len(full) or median(map(len, inner)) < _FULL * width:
        return None
    return width


def _continues(before: str, line: str, width: int) -> bool:
    if not before.strip() or not line.strip() or _ITEM.match(line.strip()):
        return False
    if line.startswith("  ") and not before.startswith("  "):
        return False  # an indented first line
    return len(before.rstrip()) >= _FULL * width or line.strip()[0].islower()
