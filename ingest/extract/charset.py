"""From bytes to text: byte order marks, a declared charset, UTF-8, then a guess. Binary content is refused."""

import codecs
import re

from ingest.extract.draft import Refusal

_MAGIC = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "a PNG image",
    b"GIF8": "a GIF image",
    b"\xff\xd8\xff": "a JPEG image",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"{\\rtf": "a rich text document",
    b"SQLite format 3": "a database",
}
# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Charsets that pages declare. Python knows more codecs, and some (unicode_escape, utf_7) rewrite plain text.
_DECLARABLE = re.compile(
    r"utf-?8|iso[-_]?8859|windows-|cp\d|gb|big5|euc|shift|x-sjis|koi8|mac|latin|iso-2022|tis-"
)
# Browsers read these labels as windows-1252, and so does whoever wrote the page (WHATWG encoding standard).
_AS_WINDOWS = {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1", "us-ascii", "ascii"}
# What English text in windows-1252 holds beyond ASCII; a guesser knows these bytes in 30 other code pages.
_WESTERN = frozenset("\xa0“”‘’‚„–—…•·€£¥¢©®™°§½¼¾«»¡¿×†ˆ˜Œœ" + "".join(map(chr, range(0xC0, 0x100))))
# French has 5 % such characters, Russian and Greek over 60 %; Central European text has bytes beyond this set.
_FEW = 0.15
# A guess needs no more, and it takes seconds on megabytes.
_SAMPLE = 64_000
# Texts hold a stray control character now and then; sound and pictures hold 10 % and more.
_MOST_CONTROLS = 0.005
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_BINARY = Refusal("binary content, not text")


def media_type(header: str) -> tuple[str, str | None]:
    """The media type of a Content-Type, in small letters and empty where it gives none, and its charset."""
    kind, *parameters = header[:500].split(";")
    kind = kind.split(",")[0].strip().lower()
    charset = re.search(r"\bcharset\s*=\s*[\"']?([\w:.-]{2,40})", ";".join(parameters), re.IGNORECASE)
    return kind if "/" in kind else "", charset[1] if charset else None


def decode(data: bytes, declared: str | None = None) -> str | Refusal:
    """The text of `data`; `declared` is the charset that the content itself names."""
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return Refusal(f"binary content, not text: it begins like {kind}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strictly(data[len(mark) :], encoding)
            return Refusal(f"it is marked as {encoding.upper()} but is not") if text is None else _checked(text)
    if b"\x00" in data:
        return _BINARY
    text = _strictly(data, _safe(declared)) if declared else None
    text = _strictly(data, "utf-8") if text is None else text
    return _checked(_guessed(data) if text is None else text)


def _checked(text: str) -> str | Refusal:
    if "\x00" in text or len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        return _BINARY
    return text


def _safe(declared: str) -> str:
    label = declared.strip().lower()
    if label in _AS_WINDOWS:
        return "cp1252"
    return label if _DECLARABLE.match(label) else "utf-8"


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _guessed(data: bytes) -> str:
    western = _strictly(data, "cp1252")
    if western is not None and _plausible(western):
        return western
    from charset_normalizer import from_bytes

    for match in from_bytes(_telling(data)):
        if (text := _strictly(data, match.encoding)) is not None:
            return text
    return western if western is not None else data.decode("latin-1")


def _plausible(text: str) -> bool:
    beyond = [character for character in text if character > "\x7f"]
    return len(beyond) <= _FEW * len(text) and _WESTERN.issuperset(beyond)


def _telling(data: bytes) -> bytes:
    """A sample around the first byte beyond ASCII: before it every code page reads alike."""
    first = re.search(rb"[\x80-\xff]", data)
    start = max(0, first.start() - _SAMPLE // 2) if first else 0
    return data[start : start + _SAMPLE]
