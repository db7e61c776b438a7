"""Reads an article's statements: what is attributed, to whom, whether it was said at all, first-hand or not, when.

The tagger finds attributions, and the rules add what they are sure of; without the tagger's file the rules serve
alone. What the article's writer does not report himself never comes out as first-hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.statements import rules
from ingest.statements.attribution import Attribution
from ingest.statements.decoding import attributions
from ingest.statements.merging import merged
from ingest.statements.quotes import quotations
from ingest.statements.reporting import SecondHand, report, reported_within, second_hand
from ingest.statements.resolving import resolve
from ingest.statements.tagger import MODEL, SHA256, Tagger
from ingest.statements.when import said_on
from retrieval.sentences import Span
from retrieval.types import Article, Speaker, Statement

# Raise it with any change of what `Reader.read` gives, so that older libraries are told to reindex.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of an article: its statements in the order of the text, and who speaks in it."""

    statements: tuple[Statement, ...]
    speakers: tuple[Speaker, ...]


class Reader:
    """Reads articles, one at a time. Safe to use from several threads."""

    def __init__(self, tagger: Tagger | None) -> None:
        self._tagger = tagger

    @classmethod
    def open(cls, threads: int = 0) -> "Reader":
        """With the tagger where its file is there. Raises ModelError where it is damaged."""
        return cls(Tagger(threads) if MODEL.exists() else None)

    @property
    def name(self) -> str:
        """What a library remembers its statements to be read with."""
        return reader_name(rules_only=self._tagger is None)

    def read(self, article: Article) -> Reading:
        """The statements of an article, and its speakers."""
        found = self._attributions(article.text)
        # Who speaks is told with what is not sure to be a statement, too: "Roos agreed. “We go,” he said."
        statements, speakers = resolve(article, found)
        sure = {(one.content, one.source, one.cue) for one in found if one.sure}
        statements = [s for s in statements if (s.spans, s.source, s.cue) in sure]
        told = _told(article, statements, [one for one in found if one.sure])
        inner, more = _retold(article, told)
        everything = sorted([*told, *inner], key=lambda s: (s.start, s.end))
        return Reading(tuple(everything), tuple(dict.fromkeys([*speakers, *more])))

    def _attributions(self, text: str) -> list[Attribution]:
        if self._tagger is None:
            return rules.attributions(text)
        return merged(text, attributions(self._tagger.read(text, quotations(text))))


def reader_name(*, rules_only: bool | None = None) -> str:
    """What `Reader.open` would call itself, without opening it."""
    if rules_only is None:
        rules_only = not MODEL.exists()
    return f"statements {VERSION}, " + ("rules" if rules_only else f"tagger {SHA256[:12]}")


def _attribution(statement: Statement) -> Attribution:
    return Attribution(statement.spans, statement.source, statement.cue)


def _told(article: Article, statements: Sequence[Statement], found: list[Attribution]) -> list[Statement]:
    """The statements with how each is reported, through whom, and of which day."""
    through = {one: second_hand(article.text, one, found) for one in found}
    named = {s.source: s.speaker for s in statements if s.source}
    unnamed = {t.via: one for one, t in through.items() if t and t.via and t.via not in named}
    if unnamed:
        others, _ = resolve(article, [Attribution(one.content, via, None) for via, one in unnamed.items()])
        named |= {s.source: s.speaker for s in others if s.source}
    return [_reported(article, statement, through[_attribution(statement)], named) for statement in statements]


def _reported(
    article: Article, statement: Statement, through: SecondHand | None, named: Mapping[Span, str | None]
) -> Statement:
    one = _attribution(statement)
    via = named.get(through.via) if through and through.via else None
    return replace(
        statement,
        report=report(article.text, one),
        # "Brandt said she had promised …": nobody stands between her and her words.
        second_hand=through is not None and (via is None or via != statement.speaker),
        via=via if via != statement.speaker else None,
        said_on=said_on(article.text, article.published, one) or article.published,
    )


def _retold(article: Article, told: Sequence[Statement]) -> tuple[list[Statement], list[Speaker]]:
    """What the speakers say that others said."""
    known = {(s.source, s.cue) for s in told}
    outer = {
        inner: one
        for one in told
        for inner in reported_within(article.text, _attribution(one))
        if (inner.source, inner.cue) not in known
    }
    if not outer:
        return [], []
    statements, speakers = resolve(article, sorted(outer, key=lambda one: one.content))
    found = []
    for s in statements:
        by = outer[_attribution(s)]
        if s.speaker != by.speaker or s.speaker is None:
            how = report(article.text, _attribution(s))
            found.append(replace(s, second_hand=True, via=by.speaker, report=how, said_on=by.said_on))
    return found, speakers
