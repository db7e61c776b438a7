"""Reads an article's statements: what is attributed, to whom, whether it was said at all, first-hand or not, when.

The tagger finds attributions, and the rules add what they are sure of; without the tagger's file the rules serve
alone. What the article's writer does not report himself never comes out as first-hand.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.statements import rules
from ingest.statements.attribution import Attribution
from ingest.statements.decoding import attributions
from ingest.statements.merging import merged
from ingest.statements.offices import Offices, offices
from ingest.statements.quotes import quotations
from ingest.statements.reporting import SecondHand, report, reported_within, second_hand
from ingest.statements.resolving import ENCLOSING, resolve
from ingest.statements.tagger import MODEL, SHA256, Tagger
from ingest.statements.when import said_on
from retrieval.sentences import Span
from retrieval.types import Article, Speaker, Statement

# Raise it with any change of what `Reader.read` gives, so that older libraries are told to reindex.
VERSION = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of an article: its statements in the order of the text, and who speaks in it."""

    statements: tuple[Statement, ...]
    speakers: tuple[Speaker, ...]


class Reader:
    """Reads articles, one at a time. Safe to use from several threads."""

    def __init__(self, tagger: Tagger | None, table: Offices, name: str) -> None:
        """`name` is what a library remembers its statements to be read with."""
        self.name = name
        self._tagger = tagger
        self._table = table

    @classmethod
    def open(cls, threads: int = 0, own_offices: Path | None = None) -> "Reader":
        """With the tagger where its file is there, and a user's own table of offices where that is.

        Raises ModelError where the tagger's file is damaged, and ConfigurationError where the table is.
        """
        tagger = Tagger(threads) if MODEL.exists() else None
        return cls(tagger, offices(own_offices), reader_name(own_offices))

    def read(self, article: Article) -> Reading:
        """The statements of an article, and its speakers."""
        found = self._attributions(article.text)
        # Who speaks is told with what is not sure to be a statement, too: "Roos agreed. “We go,” he said."
        statements, speakers = resolve(article, found, self._table)
        sure = {(one.content, one.source, one.cue) for one in found if one.sure}
        statements = [s for s in statements if (s.spans, s.source, s.cue) in sure]
        told = _told(article, statements, [one for one in found if one.sure], self._table)
        inner, more = _retold(article, told, self._table)
        everything = sorted([*told, *inner], key=lambda s: (s.start, s.end))
        return Reading(tuple(everything), tuple(dict.fromkeys([*speakers, *more])))

    def _attributions(self, text: str) -> list[Attribution]:
        if self._tagger is None:
            return rules.attributions(text)
        return merged(text, attributions(self._tagger.read(text, quotations(text))))


def reader_name(own_offices: Path | None = None) -> str:
    """What `Reader.open` would call itself, without opening it."""
    name = f"statements {VERSION}, " + (f"tagger {SHA256[:12]}" if MODEL.exists() else "rules")
    if own_offices is None or not own_offices.is_file():
        return name
    return f"{name}, own offices {hashlib.sha256(own_offices.read_bytes()).hexdigest()[:12]}"


def _attribution(statement: Statement) -> Attribution:
    return Attribution(statement.spans, statement.source, statement.cue)


def _told(
    article: Article, statements: Sequence[Statement], found: list[Attribution], table: Offices
) -> list[Statement]:
    """The statements with how each is reported, through whom, and of which day."""
    starts = [one.content[0][0] for one in found]
    through = {one: second_hand(article.text, one, _near(one, found, starts)) for one in found}
    named = {s.source: s.speaker for s in statements if s.source}
    unnamed = {t.via: one for one, t in through.items() if t and t.via and t.via not in named}
    if unnamed:
        via_only = [Attribution(one.content, via, None) for via, one in unnamed.items()]
        others, _ = resolve(article, via_only, table)
        named |= {s.source: s.speaker for s in others if s.source}
    return [_reported(article, statement, through[_attribution(statement)], named) for statement in statements]


def _near(one: Attribution, found: list[Attribution], starts: Sequence[int]) -> list[Attribution]:
    """Those that may hold an attribution: the last few that begin before its cue and source end."""
    last = bisect_right(starts, max(end for _, end in (one.content[0], *filter(None, (one.source, one.cue)))))
    return found[max(0, last - ENCLOSING) : last]


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


def _retold(article: Article, told: Sequence[Statement], table: Offices) -> tuple[list[Statement], list[Speaker]]:
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
    statements, speakers = resolve(article, sorted(outer, key=lambda one: one.content), table)
    found = []
    for s in statements:
        by = outer[_attribution(s)]
        if s.speaker != by.speaker if s.speaker else _named(article.text, s):
            how = report(article.text, _attribution(s))
            found.append(replace(s, second_hand=True, via=by.speaker, report=how, said_on=by.said_on))
    return found, speakers


def _named(text: str, statement: Statement) -> bool:
    """Whether a source that is nobody known may still be somebody: "the report" is not, "Roos" and "he" are."""
    source = text[slice(*statement.source)] if statement.source else ""
    return not source.lower().startswith(("the ", "his ", "her ", "their "))
