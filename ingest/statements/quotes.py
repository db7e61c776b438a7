"""Quotation marks: which characters of a text stand between them.

Pairs are made inside a paragraph. Curly marks tell by themselves which way they face, straight ones and `''` by
what stands beside them, and where that leaves it open they open where none is open and close where one is. A
quotation that stays open ends with its paragraph.
"""

import re
from dataclasses import dataclass

from retrieval.sentences import Span

_MARK = re.compile(r"''|``|[\"“”„«»]")
_OPENS, _CLOSES = frozenset("“„«"), frozenset("”»")
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Quotation:
    """text[start:end], its marks included; `closed` is False where its paragraph ends first."""

    start: int
    end: int
    closed: bool


def quotations(text: str) -> list[Quotation]:
    """The quotations of `text`, in order; none lies within another."""
    found = []
    for line in _LINE.finditer(text):
        opened: int | None = None
        for mark in _MARK.finditer(text, *line.span()):
            opens = _faces(text, mark.span(), opened is not None)
            if opens and opened is None:
                opened = mark.start()
            elif not opens and opened is not None:
                found.append(Quotation(opened, mark.end(), closed=True))
                opened = None
        if opened is not None:
            found.append(Quotation(opened, line.end(), closed=False))
    return found


def directed(text: str, found: list[Quotation]) -> str:
    """`text` with every mark of a quotation curly, and just as long: what a reader of any style of marks sees."""
    letters = list(text)
    for quotation in found:
        _curl(letters, quotation.start, "“")
        if quotation.closed:
            _curl(letters, quotation.end - 1, "”")
    return "".join(letters)


def _curl(letters: list[str], at: int, mark: str) -> None:
    double = letters[at] in "'`"
    letters[at] = mark
    if double:
        letters[at + (1 if mark == "“" else -1)] = " "


def _faces(text: str, mark: Span, inside: bool) -> bool:
    """Whether a mark opens a quotation."""
    start, end = mark
    if text[start] in _OPENS or text[start:end] == "``":
        return True
    if text[start] in _CLOSES:
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    left = not before or before.isspace() or before in "([—–-"
    right = not after or after.isspace() or after in ".,;:!?)]—–-"
    return left if left != right else not inside
