"""A statement, known or read, as the measure compares it: its letters, its source's words, of what sort it is.

What counts as the same letters, as quoted and as a person's is what the data set's own measure (PolNeAR) counts:
figures can be compared with those of others.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval.sentences import Span

Row = Mapping[str, Any]

# Of all letters of two statements, the share that both must have.
ENOUGH = 0.5
_PERSONAL = frozenset("he she i his her him my".split())
_EDGES = "\"“”„«»'‘’` \t\n\r.,;:!?—–-―()[]*"
_BEFORE = re.compile(rf"[{re.escape(_EDGES)}]*(?:that )?[{re.escape(_EDGES)}]*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SMALL = frozenset("the a an of and to in for on at by with from as that this its it is was who which or".split())
# From a mark to a mark, and none between.
_QUOTATION = re.compile(r"[\"“][\"“”]*(?:[^\"“”]*[\"“”]+)?")
_BODY = re.compile(
    r"\b(?:News|Times|Post|Party|Committee|House|Senate|Court|Department|University|Institute|Center|PAC|Press|"
    r"Journal|Journalism|Republicans?|Democrats?|Politico|Breitbart|Campaign|Council|Administration|Poll)\b"
)
# What may follow a person's name that heads a source; "Quill's aides" and "Quill supporters" are not Quill.
_AFTER_NAME = re.compile(r"(?:[’']s?)?\s*(?:$|[,;(—–-]|(?:who|of|from|in|and|himself|herself)\b)")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as it is compared: one for all its signers.

    `letters` are the places of its content's letters in the text, `source` the source's words with their places;
    `sorts`: direct, mixed or indirect, "person" and "speech"; `rows` what it was made of, one for each signer.
    """

    letters: frozenset[int]
    source: frozenset[tuple[int, str]]
    sorts: frozenset[str]
    rows: tuple[Row, ...]

    @property
    def signers(self) -> frozenset[str]:
        given = self.rows[0].get("speaker")
        names = given if isinstance(given, list) else [row.get("speaker") for row in self.rows]
        return frozenset(name.replace("’", "'").lower() for name in names if name)

    def same_source(self, other: "Said") -> bool:
        """Whether the sources share a word, or both are absent."""
        return bool(self.source & other.source) or not (self.source or other.source)


def gathered(line: Row, rows: Iterable[Row]) -> list[Said]:
    """The statements of one side, in their order; those that differ by nothing but the signer are one."""
    alike: dict[tuple[tuple[Span, ...], tuple[Span, ...]], list[Row]] = defaultdict(list)
    for row in rows:
        content = _trimmed(line["text"], _content(row))
        if _letters(line["text"], content):
            alike[content, _source(row)].append(row)
    return [_said(line, content, source, found) for (content, source), found in alike.items()]


def paired(known: Sequence[Said], read: Sequence[Said]) -> list[tuple[Said, Said]]:
    """Those that are the same: one to one, the likest first, then those with more of the source in common."""
    candidates = sorted(
        (-like, -len(one.source & other.source), i, j)
        for i, one in enumerate(known)
        for j, other in enumerate(read)
        if (like := likeness(one, other)) >= ENOUGH
    )
    left, right, found = set(range(len(known))), set(range(len(read))), []
    for _, _, i, j in candidates:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            found.append((known[i], read[j]))
    return found


def likeness(one: Said, other: Said) -> float:
    """The letters that both have, of all that either has."""
    return len(one.letters & other.letters) / len(one.letters | other.letters)


def _said(line: Row, content: Sequence[Span], source: Sequence[Span], rows: Sequence[Row]) -> Said:
    text = line["text"]
    sorts = {_kind(text, _content(rows[0]))}
    if _is_person(text, source, line.get("persons", ())):
        sorts.add("person")
    if rows[0].get("speech", True):
        sorts.add("speech")
    return Said(_letters(text, content), _words(text, source), frozenset(sorts), tuple(rows))


def _content(row: Row) -> list[Span]:
    return [(start, end) for start, end in row.get("content") or row["spans"]]


def _source(row: Row) -> tuple[Span, ...]:
    if "source" in row:
        return tuple((start, end) for start, end in row["source"])
    return () if row["source_end"] is None else ((row["source_start"], row["source_end"]),)


def _trimmed(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Without blanks, marks and a "that" at the edges."""
    found = set()
    for start, end in spans:
        edge = _BEFORE.match(text, start, end)
        first = edge.end() if edge else start
        last = first + len(text[first:end].rstrip(_EDGES))
        if first < last:
            found.add((first, last))
    return tuple(sorted(found))


def _letters(text: str, spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(at for start, end in spans for at in range(start, end) if text[at].isalnum())


def _words(text: str, spans: Iterable[Span]) -> frozenset[tuple[int, str]]:
    """Each word with its place; small ones only where there are no others."""
    words = {(m.start(), m[0].lower()) for start, end in spans for m in _WORD.finditer(text, start, end)}
    return frozenset({word for word in words if word[1] not in _SMALL} or words)


def _kind(text: str, spans: Iterable[Span]) -> str:
    """By the quotation marks in and around the content."""
    pieces = [_with_marks(text.replace("''", '""'), *span).strip(" \n.,;:") for span in spans]
    if all(_QUOTATION.fullmatch(piece) for piece in pieces if piece):
        return "direct"
    return "mixed" if any(re.search(r"[\"“”]", piece) for piece in pieces) else "indirect"


def _with_marks(text: str, start: int, end: int) -> str:
    """A content is no less quoted where its span leaves out the marks, the last of them behind a comma."""
    first = start - 1 if start and text[start - 1] in '"“' else start
    behind = re.compile(r"[\"”]|.[\"”]", re.DOTALL).match(text, end)
    return text[first : behind.end() if behind else end]


def _is_person(text: str, spans: Sequence[Span], persons: Iterable[Span]) -> bool:
    """A personal pronoun, or a phrase that a person's name heads; `persons`: where such names stand."""
    if not spans:
        return False
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    if text[low:high].strip().lower() in _PERSONAL:
        return True
    return any(
        low - 1 <= start
        and end <= high + 1
        and not _BODY.search(text[start:end])
        and _AFTER_NAME.match(text[end : max(end, high)])
        for start, end in persons
    )
