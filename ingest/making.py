"""Makes of an article what is stored: its passages and statements, those that its original lacks, embedded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ingest.chunking import passages
from ingest.statements.indexed import Indexed, indexed
from ingest.statements.reader import Reading
from ingest.stories import Originals, one_text, sketch, untold
from retrieval.record import Heard, Made, Record, Story, Vectors
from retrieval.record.values import no_vectors
from retrieval.types import Article, Passage

if TYPE_CHECKING:
    from retrieval.library import Library

# Articles of an older version that get their sketches in one transaction.
RECALLED = 200


@dataclass(frozen=True, slots=True)
class Work:
    """An article with what of it is to be stored."""

    article: Article
    reading: Reading
    cut: Sequence[Passage]
    story: Story = field(default_factory=Story)


def whole(article: Article, reading: Reading) -> Work:
    """All of an article."""
    return Work(article, reading, passages(article.text))


def apart(works: Sequence[Work]) -> tuple[list[Work], list[Work]]:
    """Articles of which none is a copy of another, and those that are copies of them."""
    known = Originals()
    of = [known.of(work.article.text, n) for n, work in enumerate(works)]
    originals = [work for n, work in enumerate(works) if of[n] == n]
    return originals, [work for n, work in enumerate(works) if of[n] != n]


def compared(record: Record, work: Work, beside: Sequence[Work]) -> Work:
    """Of a whole article, only what the record's original of it does not say; all of it where there is none.

    `beside` are those that it is stored together with, none of them a copy of another.
    """
    article, reading = work.article, work.reading
    found = sketch(article.text)
    seen = record.last_article()
    for number, other in record.alike(found, article.url).items():
        if one_text(article.text, other.text):
            known = [stored.statement for stored in record.statements_of(other.url)]
            cut, said = untold(article, work.cut, reading.statements, other.text, known)
            names = {one.speaker for one in said}
            speakers = tuple(one for one in reading.speakers if one.name in names)
            return Work(article, Reading(tuple(said), speakers), cut, Story((), number))
    return replace(work, story=Story(found, None, seen, frozenset(one.article.url for one in beside)))


def embedded(library: "Library", works: Sequence[Work]) -> list[Made]:
    """Ready to be stored, all embedded in one call. Raises ModelError."""
    found = [indexed(work.article, work.cut, work.reading.statements) for work in works]
    vectors, parts = library.embedder.with_parts(
        [text for one in found for text in one.texts], [its for one in found for its in one.parts]
    )
    made, at = [], 0
    for work, one in zip(works, found, strict=True):
        end = at + len(work.cut)
        heard = _heard(work.reading, one, parts[at:end])
        made.append(Made(work.article, work.cut, vectors[at:end], heard, work.story))
        at = end
    return made


def recall(record: Record) -> Iterator[int]:
    """Give the articles that an older version stored what their copies are found by; how many, in steps."""
    while older := record.unsketched(RECALLED):
        record.sketch({number: sketch(text) for number, text in older})
        yield len(older)


def _heard(reading: Reading, found: Indexed, parts: Sequence[Vectors]) -> Heard:
    vectors = [parts[passage][part] for passage, part in found.places]
    matrix = np.stack(vectors) if vectors else no_vectors()
    return Heard(reading.statements, reading.speakers, found.bodies, matrix)
