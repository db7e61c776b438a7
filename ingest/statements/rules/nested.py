"""One report within another: who is reported to report, around an attribution or inside it.

A tagger's labels do not nest, so it finds the outer attribution or the inner one; these rules find the other.
"""

from dataclasses import replace
from functools import lru_cache

from ingest.statements.attribution import Attribution
from ingest.statements.quotes import Quotation, quotations
from ingest.statements.rules import clauses, words
from ingest.statements.rules.tokens import units
from ingest.statements.rules.transcripts import turn
from retrieval.sentences import Span

# How much of a longer paragraph is read on either side of a cue; one is seldom half as long.
AROUND = 1000
FIRST = frozenset(("i", "we", "my", "our", "i'm", "i’m"))
_MARKS = {ord(mark): " " for mark in '“”"„«»'}
_CLEAR = frozenset(
    "said says told tells promised vowed pledged claimed claims argued argues announced warned insisted "
    "insists wrote writes admitted denied acknowledged declared added confirmed predicted tweeted "
    "testified swore threatened".split()
)
_THIRD = frozenset("he she they".split())
_DEFINITE = frozenset("the his her their".split())
_LONGEST = 6
_CLAUSE = frozenset("that he she they it we i to the a his her their there this if whether".split())


def beside(text: str, span: Span) -> list[Attribution]:
    """What the rules find in the paragraph of `span`, a paragraph that begins with `NAME:` taken as his turn."""
    start, end = paragraph(text, span)
    return [_moved(other, start) for other in _read(text[start:end])]


def paragraph(text: str, span: Span) -> Span:
    """The paragraph of `span`; of one without end a part that its neighbours share, so that it is read once."""
    start = text.rfind("\n", 0, span[0]) + 1
    end = text.find("\n", span[1])
    end = end if end >= 0 else len(text)
    if end - start > 3 * AROUND:
        cell = (span[0] - start) // AROUND
        start, end = start + max(0, cell - 1) * AROUND, min(end, start + (cell + 2) * AROUND)
    return start, max(end, span[1])


def around(text: str, attribution: Attribution) -> list[Attribution]:
    """What the rules find beside an attribution that holds its cue or its source: a clause or a turn."""
    anchor = attribution.cue or attribution.source or attribution.content[0]
    start, end = paragraph(text, anchor)
    near, at = text[start:end], _moved(attribution, -start)
    return [_moved(other, start) for other in _read(near) if holds(other, at) and _tells(near, other)]


def holds(outer: Attribution, inner: Attribution) -> bool:
    """Whether the cue or the source of one attribution stands in the content of another."""
    return _covers(outer, inner.cue) or _covers(outer, inner.source)


def quoted(text: str, attribution: Attribution) -> bool:
    """Whether cue and source stand in one quotation: somebody quoted reports it, known or not."""
    cue, source = attribution.cue, attribution.source
    if not cue or not source or not text[cue[0]].isalpha():
        return False
    start, end = paragraph(text, cue)
    whole = not start or text[start - 1] == "\n"  # else straight marks cannot be told apart
    first, last = min(cue[0], source[0]) - start, max(cue[1], source[1]) - start
    return any(
        quote.start <= first and last <= quote.end
        for quote in _marks(text[start:end])
        if (quote.closed or quote.start == 0) and (whole or text[start + quote.start] in "“„«")
    )


# Every attribution of a paragraph asks for it, one after the other.
@lru_cache(16)
def _read(near: str) -> tuple[Attribution, ...]:
    return (*(other for unit in units(near) for other in clauses.attributions(unit)), *turn(near))


@lru_cache(16)
def _marks(near: str) -> tuple[Quotation, ...]:
    return tuple(quotations(near))


def reported_within(text: str, attribution: Attribution) -> list[Attribution]:
    """What the words of `attribution` report of somebody else.

    Clear cases only: a name, a role ("the mayor") or he, she, they, with a verb of saying and a clause or a
    quotation.
    """
    found = []
    for start, end in attribution.content:
        inner = text[start:end]
        if inner[:1] in '“"„«':
            inner = inner.translate(_MARKS).replace("''", "  ")
        for unit in units(inner):
            found += [_moved(a, start) for a in clauses.attributions(unit) if _clear(inner, a)]
    return [other for other in found if other.source != attribution.source]


def rightful(text: str, attribution: Attribution) -> Attribution:
    """The attribution, given to the inner speaker where it gives his words to the outer one.

    `Alvarez said Turner told her, “I will resign.”`: found flat, the quotation is Alvarez's; it is Turner's.
    """
    cue = attribution.cue
    if not cue or not attribution.source:
        return attribution
    near = beside(text, cue)
    outer = [a for a in near if a.source and overlap(a.source, attribution.source)]
    for inner in near:
        same = inner.source and inner.cue and _share(inner, attribution) >= 0.8
        if same and any(_covers(a, inner.source) and _covers(a, inner.cue) for a in outer):
            return replace(attribution, source=inner.source, cue=inner.cue)
    return attribution


def _tells(text: str, found: Attribution) -> bool:
    """Whether an attribution reports a clause, not an object ("attacked her rival after she said")."""
    cue = text[slice(*found.cue)].lower() if found.cue else ""
    verb = cue.split()[-1] if cue.split() else ""
    return not found.cue or cue.startswith("according") or verb in words.TELLING or verb in words.NOUNS


def overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _covers(outer: Attribution, span: Span | None) -> bool:
    return span is not None and any(start <= span[0] and span[1] <= end for start, end in outer.content)


def _share(a: Attribution, b: Attribution) -> float:
    """How much two contents have in common, from 0 to 1, in characters."""
    common = sum(max(0, min(x[1], y[1]) - max(x[0], y[0])) for x in a.content for y in b.content)
    total = sum(end - start for one in (a, b) for start, end in one.content) - common
    return common / total if total else 0.0


def _clear(text: str, found: Attribution) -> bool:
    if not found.source or not found.cue or text[slice(*found.cue)].lower().split()[-1] not in _CLEAR:
        return False
    source, content = text[slice(*found.source)], text[found.content[0][0] : found.content[-1][1]]
    named = (
        source.lower() in _THIRD or (source[-1:].isalnum() and source.split()[-1][0].isupper()) or _role(source)
    )
    first = content.split(maxsplit=1)[0].lower() if content.strip() else ""
    finite = any(word in words.FINITE or word.endswith("ed") for word in content.lower().split())
    clause = (
        (first in _CLAUSE and (finite or first == "to"))
        or content[:1] in "“\"‘'"
        or found.content[0][0] < found.cue[0]
    )
    long = len(content.split()) > (1 if first == "to" else 2)
    return named and source.lower() not in ("i", "we") and clause and long


def _role(source: str) -> bool:
    """Whether a phrase may be somebody's role: "the mayor", "her lawyer", "the governor of Ohio"."""
    phrase = source.lower().split()
    return 1 < len(phrase) <= _LONGEST and phrase[0] in _DEFINITE and source[-1].isalnum()


def _moved(found: Attribution, by: int) -> Attribution:
    def move(span: Span) -> Span:
        return (span[0] + by, span[1] + by)

    source, cue = found.source, found.cue
    return Attribution(
        tuple(map(move, found.content)), move(source) if source else None, move(cue) if cue else None
    )
