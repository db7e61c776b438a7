"""What the record takes and gives, as small frozen data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from retrieval.record.schema import articles, passages, statements
from retrieval.types import Article, Kind, Passage, Report, Resolution, Speaker, Statement

Vectors = NDArray[np.float32]


class Of(StrEnum):
    """The two kinds of rows that are searched."""

    PASSAGES = "passages"
    STATEMENTS = "statements"


class Put(StrEnum):
    """What storing an article did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def no_vectors() -> Vectors:
    return np.empty((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class Heard:
    """Who says what in an article.

    `texts` has an entry for each statement: what is indexed of it (speaker, title, outlet and date are added), and
    None for a statement without a speaker. `vectors` [n, dimension] are those of the texts that are not None, in
    their order. `speakers` introduces those whom the statements name; one it leaves out is known by name alone.
    """

    statements: Sequence[Statement] = ()
    speakers: Sequence[Speaker] = ()
    texts: Sequence[str | None] = ()
    vectors: Vectors = field(default_factory=no_vectors)


@dataclass(frozen=True, slots=True)
class Story:
    """What an article has in common with others.

    `sketch` are the hashes by which its copies are found; `copy_of` is the id of the article that it is a copy of.
    It was compared with all articles up to the id `seen`, and with those under the urls `beside` it.
    """

    sketch: Sequence[int] = ()
    copy_of: int | None = None
    seen: int | None = None
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """An article with all that is made of it; `vectors` [len(passages), dimension] are its passages'."""

    article: Article
    passages: Sequence[Passage]
    vectors: Vectors
    heard: Heard = field(default_factory=Heard)
    story: Story = field(default_factory=Story)


@dataclass(frozen=True, slots=True)
class Counter:
    """How far the record has come: the highest id of a row with a vector and the number of the last removal."""

    row: int
    removal: int


Counters = Mapping[Of, Counter]


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a search to articles published in [since, until] by an outlet, and to the words of speakers.

    An undated article fits no days. A passage fits a speaker, given by id, where it holds part of a statement of
    his; no ids at all (None) are no restriction, an empty set fits nothing.
    """

    since: date | None = None
    until: date | None = None
    speakers: frozenset[int] | None = None
    outlet: str | None = None

    def clauses(self, of: Of) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = []
        if self.since:
            found.append(articles.c.published >= self.since)
        if self.until:
            found.append(articles.c.published <= self.until)
        if self.outlet:
            # What an outlet has copied stands in its original.
            copied = articles.alias()
            theirs = sa.select(copied.c.copy_of).where(
                copied.c.outlet == self.outlet, copied.c.copy_of.is_not(None)
            )
            found.append((articles.c.outlet == self.outlet) | articles.c.id.in_(theirs))
        if self.speakers is not None:
            his = statements.c.speaker_id.in_(self.speakers)
            found.append(his if of is Of.STATEMENTS else passages.c.id.in_(_holding(his)))
        return found

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.outlet) or self.speakers is not None


def _holding(condition: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    """The passages that hold part of such a statement."""
    held = passages.alias()
    overlap = (held.c.start < statements.c.end) & (held.c.end > statements.c.start)
    return (
        sa.select(held.c.id)
        .join(statements, held.c.article_id == statements.c.article_id)
        .where(condition, overlap)
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage or statement by its id, and its score; higher is better."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it was stored at a time (UTC). `id` is what a citation of it carries."""

    id: str
    fetched_at: datetime
    article: Article


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the article that it stands in."""

    id: int
    article_id: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement with the article that it stands in.

    `speaker_id` is None where the speaker is not known, or where it is not sure who of several he is.
    """

    id: int
    article_id: int
    article: Article
    speaker_id: int | None
    statement: Statement

    @property
    def start(self) -> int:
        return self.statement.start

    @property
    def end(self) -> int:
        return self.statement.end

    @property
    def text(self) -> str:
        """From the first span to the last, with what stands between them."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class StoredSpeaker:
    """A person or body, and in how many articles he speaks."""

    id: int
    name: str
    body: bool
    articles: int


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What was used of a language model.

    `answers` and tokens are those settled; `cost` is the sum of the known ones in US dollars, None where no answer
    has one; `unpriced` counts the answers without one. `reserved` tokens are set aside for answers under way, or
    for such as never came to an end.
    """

    model: str
    answers: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    unpriced: int
    reserved: int


def article_of(row: Mapping[str, object] | sa.RowMapping) -> Article:
    return Article(**{name: row[name] for name in Article.__slots__})  # type: ignore[arg-type]  # the schema's types


# A question reads a hundred statements: look-ups are six times as quick as the enumerations' own.
_KINDS = {one.value: one for one in Kind}
_RESOLUTIONS = {one.value: one for one in Resolution}
_REPORTS = {one.value: one for one in Report}


def statement_of(row: Mapping[str, Any] | sa.RowMapping, article: Article) -> StoredStatement:
    statement = Statement(
        spans=_spans(row),
        source=_span(row, "source"),
        cue=_span(row, "cue"),
        kind=_KINDS[row["kind"]],
        speaker=row["speaker"],
        resolution=_RESOLUTIONS[row["resolution"]],
        report=_REPORTS[row["report"]],
        second_hand=row["second_hand"],
        via=row["via"],
        said_on=row["said_on"],
    )
    return StoredStatement(row["id"], row["article_id"], article, row["speaker_id"], statement)


def _spans(row: Mapping[str, Any] | sa.RowMapping) -> tuple[tuple[int, int], ...]:
    written = row["spans"]
    if written.count("[") == 2:  # one span, as most have
        return ((row["start"], row["end"]),)
    return tuple((start, end) for start, end in json.loads(written))


def statement_row(statement: Statement) -> dict[str, Any]:
    """The columns of a statement but for its ids."""
    plain = {name: getattr(statement, name) for name in ("speaker", "second_hand", "via", "said_on")}
    source, cue = statement.source or (None, None), statement.cue or (None, None)
    return plain | {
        "start": statement.start,
        "end": statement.end,
        "spans": json.dumps(statement.spans),
        "source_start": source[0],
        "source_end": source[1],
        "cue_start": cue[0],
        "cue_end": cue[1],
        "kind": statement.kind.value,
        "resolution": statement.resolution.value,
        "report": statement.report.value,
    }


def _span(row: Mapping[str, Any] | sa.RowMapping, name: str) -> tuple[int, int] | None:
    start, end = row[f"{name}_start"], row[f"{name}_end"]
    return None if start is None else (start, end)


def utc(moment: datetime) -> datetime:
    """As a column holds it. A moment without a time zone is a mistake of the caller's."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None)
