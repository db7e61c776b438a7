"""Who writes an article: whom "I" and "we" mean outside quotation marks."""

import re
from bisect import bisect_left
from functools import cached_property

from ingest.statements.naming import BODY_WORDS, key
from retrieval.names import untitled
from retrieval.types import Article

_PART = r"[A-ZÀ-ÖØ-Þ][\w.’'-]*"
_NAME = rf"{_PART}(?: (?:de|van|von|der|la) )?(?: {_PART}){{1,3}}"
_BYLINE = re.compile(rf"^(?:By|BY|by) ({_NAME}(?:(?:, | and |, and ){_NAME})*)", re.MULTILINE)
_SIGNED = re.compile(rf"^[ \t]*(?:[-–—]{{1,2}} ?)?({_NAME})(?:,[^\n]{{0,60}})?[ \t]*$", re.MULTILINE)
_ABOUT = re.compile(rf"^[*_(\[]?({_NAME}),? (?:is|was|are|teaches|writes|serves|lives|works)\b", re.MULTILINE)
# Characters from the beginning and the end of an article within which its authors are told.
BYLINE_WITHIN, NOTE_WITHIN = 1500, 700
_BETWEEN = re.compile(r"\s*(?:,| and | & |;|\|)\s*")


class Authors:
    """The authors of one article. Read where they are first asked for: few articles say "I"."""

    def __init__(self, article: Article) -> None:
        self._text = article.text
        self._given = _people(re.sub(r"^by\s+", "", (article.author or "").strip(), flags=re.IGNORECASE))

    def at(self, at: int) -> list[str]:
        """Those who write what stands at a character: by the article, its byline or the next signature."""
        return self._given or self._byline or self._signature(at)

    @cached_property
    def _byline(self) -> list[str]:
        found = _BYLINE.search(self._text, 0, BYLINE_WITHIN)
        return _people(found[1]) if found else []

    @cached_property
    def _signatures(self) -> list[tuple[int, list[str]]]:
        """Where letters are signed, and the note about the author at the end."""
        lines = [(match.start(), _people(match[1])) for match in _SIGNED.finditer(self._text) if match.start()]
        note = _ABOUT.search(self._text, max(0, len(self._text) - NOTE_WITHIN))
        return [(at, names) for at, names in lines if names] + (
            [(len(self._text), _people(note[1]))] if note else []
        )

    def _signature(self, at: int) -> list[str]:
        n = bisect_left(self._signatures, at, key=lambda signed: signed[0])
        return self._signatures[n][1] if n < len(self._signatures) else []


def _people(names: str) -> list[str]:
    bare = (" ".join(untitled(name.strip(" ."))) for name in _BETWEEN.split(names))
    found = [name.title() if name.isupper() else name for name in bare]
    return [name for name in found if _is_name(name)]


def _is_name(name: str) -> bool:
    words = name.split()
    return re.fullmatch(_NAME, name) is not None and not any(key(word) in BODY_WORDS for word in words)
