"""What a cue attributes: content before it, behind it, or around it."""

from ingest.statements.rules import behind, sources, words
from ingest.statements.rules.cues import Cue
from ingest.statements.rules.extents import ceiling, floor, parenthetical
from ingest.statements.rules.occasions import skip
from ingest.statements.rules.tokens import Token, Unit
from retrieval.sentences import Span

# "“…,” he said of the plan that the union had refused, “…”": how far behind its cue a quotation goes on, in words.
_RESUMES = 25
# A shorter quotation before a cue is part of the clause that it stands in.
_ALONE = 4


def content(unit: Unit, cues: list[Cue], number: int) -> tuple[Span, ...]:
    """The spans that the cue `cues[number]` of a unit attributes; none where the rules find none."""
    tokens, cue = unit.tokens, cues[number]
    lowest, highest = floor(tokens, cues, number), ceiling(tokens, cues, number)
    left, right = cue.left, cue.right
    as_said = left > lowest and tokens[left - 1].word == "as" and not cue.shares
    if as_said and right < len(tokens) and tokens[right].word == ",":
        return _around(unit, (left - 1, left - 1), (right, highest))
    if cue.verb == "according":
        aside = sources.aside(tokens, right)
        if not any(token.wordy for token in tokens[lowest:left]):
            lowest = 0  # “…,” Turner said, according to Alvarez: the whole is what she says
        ends = aside >= len(tokens) or tokens[aside].word == "," or left > lowest
        return _around(unit, (lowest, left), (aside if ends else right, highest))
    if cue.inverted:
        return _around(unit, (lowest, left), (right, highest))
    at = behind.begins(tokens, cue, right)
    if parenthetical(tokens, (lowest, left), at) and not cue.shares:
        return _around(unit, (lowest, left), (at, highest))
    return behind.content(unit, cue, at, highest)


def _around(unit: Unit, before: Span, after: Span) -> tuple[Span, ...]:
    """Content within the positions `before` a cue, and what of it goes on within those `after` it."""
    tokens, (at, end) = unit.tokens, after
    spans = [span for span in (_before(unit, before),) if span]
    at = skip(tokens, at)
    while at < end and not tokens[at].wordy and not tokens[at].quoted:
        at += 1
    quoted = bool(spans) and tokens[before[1] - 1].quoted
    if quoted and at < end and not tokens[at].quoted and tokens[at].word != "that":
        at = _resumed(tokens, at, end)
    if at < end and not _dangling(tokens[at]) and (rest := behind.until(unit, at, end)):
        spans.append(rest)
    return tuple(spans)


def _resumed(tokens: list[Token], at: int, end: int) -> int:
    """Where a quotation goes on behind its cue; `end` where it does not."""
    for here in range(at, min(end, at + _RESUMES)):
        if tokens[here].quoted:
            return here if tokens[here - 1].word in (",", ":", ";", "—") else end
    return end


def _dangling(token: Token) -> bool:
    """Whether what follows the cue belongs to it, not to the content: `, who …`, `, adding …`."""
    return not token.quoted and (token.word in ("who", "which") or token.word in words.GERUNDS)


def _before(unit: Unit, within: Span) -> Span | None:
    tokens, (start, left) = unit.tokens, within
    while start < left and not tokens[start].wordy and not tokens[start].quoted:
        start += 1
    if start < left and tokens[start].word in ("and", "but") and within[0]:
        start += 1
    if start >= left:
        return None
    if tokens[left - 1].quoted:
        start = _quotation(unit, start, left)
    end = left - 1
    while end > start and not tokens[end].wordy and not tokens[end].quoted:
        end -= 1
    return (tokens[start].start, tokens[end].end)


def _quotation(unit: Unit, start: int, left: int) -> int:
    """Where the quotation before a cue begins, if a comma or a colon sets it apart; else `start`."""
    last = unit.tokens[left - 1]
    opened = next((q.start for q in reversed(unit.quotes) if q.start <= last.start and last.end <= q.end), None)
    at = left - 1
    while at > start and opened is not None and unit.tokens[at - 1].start >= opened:
        at -= 1
    apart = at > start and unit.tokens[at - 1].word in (",", ":", ".")
    return at if apart and left - at > _ALONE else start
