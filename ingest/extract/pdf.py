"""PDF: the words of its pages as paragraphs, without page numbers and running heads. Scans are refused."""

import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.extract import saved_page, wording
from ingest.extract.draft import FEWEST_WORDS, Draft, Refusal, enough
from ingest.extract.quiet import quiet

if TYPE_CHECKING:
    from pypdf import PdfReader

# Running heads and page numbers stand in this many lines at the top and at the foot of a page.
_EDGE = 2
_PAGE_NUMBER = re.compile(r"(?:page )?[-–—|]? ?\d{1,4} ?(?:(?:/|of) ?\d{1,4})? ?[-–—|]?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:][\"”’»)\]]*$")
# A sentence that ends on a line shorter than this share of the column ends its paragraph.
_FULL = 0.85
_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
# Titles that word processors write by themselves.
_NO_TITLE = re.compile(
    r"untitled.*|microsoft (?:word|powerpoint)\b.*|.*\.(?:docx?|pdf|indd|rtf|odt|html?)|document\d*", re.IGNORECASE
)


def extract(data: bytes) -> Draft | Refusal:
    """The article in a `.pdf` file."""
    if b"%PDF-" not in data[:1024]:
        return Refusal("a damaged PDF, or another kind of file")
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        with quiet("pypdf"):
            return _read(data)
    except (DependencyError, FileNotDecryptedError):
        return _ENCRYPTED
    except Exception:  # noqa: BLE001 - damaged PDFs raise whatever their damage leads to, RecursionError included
        return Refusal("a damaged PDF that cannot be read")


_ENCRYPTED = Refusal("an encrypted PDF; save it without a password")


def _read(data: bytes) -> Draft | Refusal:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        return _ENCRYPTED
    pages = [wording.body(page.extract_text()).split("\n") for page in reader.pages]
    if sum(len(line.split()) for page in pages for line in page) < FEWEST_WORDS:
        return Refusal("a PDF without text, perhaps a scan; nothing here reads pictures")
    title, author = _told(reader)
    parts = saved_page.strip(paragraphs(without_running_heads(pages)))
    if title and parts and parts[0].casefold() == title.casefold():
        parts = parts[1:]
    return enough(Draft(wording.paragraphs(parts), title=title, author=author))


def _told(reader: "PdfReader") -> tuple[str | None, str | None]:
    """Title and author by the file's own metadata. Its dates are those of the file, not of the article."""
    said = reader.metadata
    if said is None:
        return None, None
    title, author = (
        wording.line(value) if isinstance(value, str) else None for value in (said.title, said.author)
    )
    return (None if title and _NO_TITLE.fullmatch(title) else title), author


def without_running_heads(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages, without those at their edges that number a page or stand on most of them."""
    filled = [[line.strip() for line in page] for page in pages]
    edges = [_edges(page) for page in filled]
    seen = Counter(form for page, at in zip(filled, edges, strict=True) for form in {_form(page[i]) for i in at})
    kept: list[str] = []
    for page, at in zip(filled, edges, strict=True):
        for number, line in enumerate(page):
            repeated = len(pages) > 1 and seen[_form(line)] > len(pages) / 2
            if not (number in at and (repeated or _PAGE_NUMBER.fullmatch(line))):
                kept.append(line)
    return kept


def _edges(page: list[str]) -> set[int]:
    filled = [at for at, line in enumerate(page) if line]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _form(line: str) -> str:
    """A line with its numbers made equal, as "Report, page 3" and "Report, page 4" are one running head."""
    return re.sub(r"\d+", "0", line.casefold())


def paragraphs(lines: list[str]) -> list[str]:
    """`lines` joined to paragraphs, words that were broken at line ends made whole."""
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    compounds = set(_COMPOUND.findall(" ".join(lines)))
    parts: list[list[str]] = [[]]
    for line in lines:
        if line:
            _append(parts[-1], line, compounds)
        if not line or (len(line) < _FULL * width and _SENTENCE_END.search(line)):
            parts.append([])
    return ["".join(part) for part in parts if part]


def _append(part: list[str], line: str, compounds: set[str]) -> None:
    """Adds a line to a paragraph: after a space, or right after the first half of a word that was broken."""
    broken = _BROKEN_WORD.search(part[-1]) if part else None
    if broken is None or not line[0].isalpha():
        part.append(f" {line}" if part else line)
        return
    rest = re.match(r"[^\W\d_]+", line)
    # "long-" and "term" are a compound where the text has it so elsewhere, or before a capital letter.
    if line[0].islower() and f"{broken[1]}-{rest[0] if rest else ''}" not in compounds:
        part[-1] = part[-1][:-1]
    part.append(line)
