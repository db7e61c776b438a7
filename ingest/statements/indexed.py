"""What is indexed of a statement: the sentences that hold it, with who says it, in which article, and when."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from retrieval.record import heading
from retrieval.sentences import sentences
from retrieval.types import Article, Statement


def bodies(article: Article, statements: Sequence[Statement]) -> list[str | None]:
    """For each statement the whole sentences from its first word to its last; None where no speaker is known."""
    spans = sentences(article.text)
    starts, ends = [start for start, _ in spans], [end for _, end in spans]

    def body(statement: Statement) -> str:
        first = max(0, bisect_right(starts, statement.start) - 1)
        last = min(len(ends) - 1, bisect_left(ends, statement.end))
        return article.text[starts[first] : ends[last]]

    return [body(statement) if statement.speaker else None for statement in statements]


def embedded(article: Article, statement: Statement, body: str) -> str:
    """What is embedded: the speaker's full name stands where the sentences may say "he"."""
    return f"{statement.speaker}: {body}\n{heading(article)}"
