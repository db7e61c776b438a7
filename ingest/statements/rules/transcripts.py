"""Turns of a transcript: lines that begin with `NAME:`."""

import re
from collections import Counter

from ingest.statements.attribution import Attribution
from retrieval.sentences import Span

_TAG = re.compile(
    r"^[^\S\n]*[\"“]?(?P<who>[A-Z][\w.’'-]*(?:[^\S\n]+[A-Z(][\w.’'&)-]*){0,4})"
    r"(?:[^\S\n]*[(\[][^)\]\n]{1,60}[)\]]|,[^:\n]{1,40})?:(?=\s+[^\s\d$])",
    re.MULTILINE,
)
_STAGE = re.compile(r"\([^()\n]{1,80}\)|\[[^\[\]\n]{1,80}\]")
_NOBODY = frozenset(
    "q a photo photos related watch update updated read editor's correction corrected note notes source "
    "sources video click here breaking exclusive also more listen caption date time where when who what "
    "why how subject to from re cc fact facts claim question answer verdict ruling pros cons today "
    "tomorrow ps step part chapter rating of the week reads reading latest stat live total".split()
)
# This much prose before the first turn makes the transcript an excerpt within an article.
PROSE = 3


def transcript(text: str) -> list[Attribution]:
    """What each turn of a transcript says; nothing where fewer than two turns stand in `text`.

    The source is the name, the content the whole turn up to the next tag, without stage directions. The last turn
    of an excerpt ends with its paragraph: what follows is the writer's.
    """
    tags = _tags(text)
    if not tags:
        return []
    excerpt = len([line for line in text[: tags[0].start()].split("\n") if line.strip()]) >= PROSE
    line = text.find("\n", tags[-1].end())
    last = line if excerpt and line >= 0 else len(text)
    ends = [*(tag.start() for tag in tags[1:]), last]
    turns = [(tag, _spoken(text, tag.end(), end)) for tag, end in zip(tags, ends, strict=True)]
    return [Attribution(content, tag.span("who"), None) for tag, content in turns if content]


def turn(line: str) -> list[Attribution]:
    """What a line says as a turn of a transcript, if it begins with a tag; nothing else of the text is asked."""
    tag = _TAG.match(line)
    content = _spoken(line, tag.end(), len(line)) if tag and _person(tag["who"]) else ()
    return [Attribution(content, tag.span("who"), None)] if tag and content else []


def _tags(text: str) -> list[re.Match[str]]:
    """A tag in capitals is one once there are two; any other must come again ("Iowa: delegates" is a table)."""
    tags = [match for match in _TAG.finditer(text) if _person(match["who"])]
    seen = Counter(match["who"].split()[-1] for match in tags)
    tags = [match for match in tags if match["who"].isupper() or seen[match["who"].split()[-1]] > 1]
    return tags if len(tags) > 1 else []


def _person(who: str) -> bool:
    words = {word.strip(".") for word in who.lower().replace("’", "'").split()}
    return len(who) > 2 and not words & _NOBODY


def _spoken(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The lines of a turn as one span each, but for what is said about it in brackets."""
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text[start:end]):
        spans += _trimmed(text, start + line.start(), start + line.end())
    return tuple(spans)


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    pieces = []
    at = start
    for stage in [*_STAGE.finditer(text, start, end), None]:
        stop = stage.start() if stage else end
        piece = text[at:stop]
        if any(letter.isalnum() for letter in piece):
            pieces.append((at + len(piece) - len(piece.lstrip()), at + len(piece.rstrip())))
        at = stage.end() if stage else end
    return pieces
