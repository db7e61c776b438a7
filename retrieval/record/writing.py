"""Writes an article with all that is made of it, inside the transaction of the caller."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from retrieval.record.schema import articles, passages, vectors
from retrieval.types import Article, Passage

Vectors = NDArray[np.float32]


class Put(StrEnum):
    """What storing an article did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def content_hash(article: Article) -> str:
    """Changes when anything changes that is stored of an article."""
    parts = [article.title, article.outlet, article.author, str(article.published), article.text]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def heading(article: Article) -> str:
    """Title, outlet and date, as they are indexed and embedded beside a passage; never shown."""
    day = article.published and f"{article.published:%Y-%m-%d}, {article.published:%B} {article.published.day}"
    return "\n".join(
        line for line in (article.title, ", ".join(part for part in (article.outlet, day) if part)) if line
    )


def put(db: sa.Connection, article: Article, cut: Sequence[Passage], embedded: Vectors, maker: str) -> Put:
    sha256 = content_hash(article)
    query = sa.select(articles.c.id, articles.c.sha256, articles.c.maker).where(articles.c.url == article.url)
    old = db.execute(query).one_or_none()
    if old and (old.sha256, old.maker) == (sha256, maker):
        return Put.UNCHANGED
    if old:
        db.execute(articles.delete().where(articles.c.id == old.id))
    row = {name: getattr(article, name) for name in Article.__slots__}
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    inserted = db.execute(articles.insert().values(**row, sha256=sha256, maker=maker, fetched_at=now))
    article_id = inserted.inserted_primary_key[0] if inserted.inserted_primary_key else 0
    first = (db.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")) or 0) + 1
    if cut:
        _insert_passages(db, article, article_id, first, cut, embedded)
    return Put.UPDATED if old else Put.ADDED


def _insert_passages(
    db: sa.Connection, article: Article, article_id: int, first: int, cut: Sequence[Passage], embedded: Vectors
) -> None:
    ids = range(first, first + len(cut))
    db.execute(
        passages.insert(),
        [
            {"id": i, "article_id": article_id, "start": p.start, "end": p.end}
            for i, p in zip(ids, cut, strict=True)
        ],
    )
    blobs = [vector.astype("<f4").tobytes() for vector in embedded]
    db.execute(
        vectors.insert(), [{"passage_id": i, "embedding": blob} for i, blob in zip(ids, blobs, strict=True)]
    )
    title = heading(article)
    db.execute(
        sa.text("INSERT INTO passages_fts (rowid, title, body) VALUES (:id, :title, :body)"),
        [{"id": i, "title": title, "body": p.text} for i, p in zip(ids, cut, strict=True)],
    )
