"""What is read from a text before anybody knows who is meant."""

from dataclasses import dataclass

from retrieval.sentences import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words, whom they are attributed to, and by which words: character spans of one text.

    `content` is in order, and never empty; `source` is None where nobody is named ("it was said"), `cue` where no
    word of saying stands (a bare quotation, a transcript). One that is not `sure` helps to tell who speaks
    afterwards, but is no statement.
    """

    content: tuple[Span, ...]
    source: Span | None
    cue: Span | None
    sure: bool = True
