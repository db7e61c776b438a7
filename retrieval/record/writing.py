"""Writes an article with all that is made of it, inside the transaction of the caller."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from retrieval.record import stories
from retrieval.record.identities import Touched, introduce
from retrieval.record.schema import (
    articles,
    forgotten,
    introductions,
    passages,
    removed,
    statement_vectors,
    statements,
    vectors,
    versions,
)
from retrieval.record.values import Heard, Made, Put, Vectors, statement_row
from retrieval.types import Article, Statement


def content_hash(article: Article) -> str:
    """Changes when anything changes that is stored of an article."""
    parts = [article.title, article.outlet, article.author, str(article.published), article.text]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def url_hash(url: str) -> str:
    """Under what a url is remembered that was removed for good."""
    return hashlib.sha256(url.encode()).hexdigest()


def version_of(article: Article) -> str:
    """What tells this version of an article from others under its url; a citation carries it."""
    return content_hash(article)[:12]


def heading(article: Article) -> str:
    """Title, outlet and date, as they are indexed and embedded beside a passage; never shown."""
    day = article.published and f"{article.published:%Y-%m-%d}, {article.published:%B} {article.published.day}"
    return "\n".join(
        line for line in (article.title, ", ".join(part for part in (article.outlet, day) if part)) if line
    )


def put(db: sa.Connection, made: Made, maker: str, reader: str, touched: Touched, *, stored: bool) -> Put | None:
    """Store an article. Whose speakers must be sorted out afterwards is added to `touched`.

    None where nothing was stored, because what it is to be compared with has changed since it was.
    """
    article, sha256 = made.article, content_hash(made.article)
    old = db.execute(sa.select(articles).where(articles.c.url == article.url)).mappings().one_or_none()
    if old and (old["sha256"], old["maker"], old["reader"]) == (sha256, maker, reader):
        return Put.UNCHANGED
    if stored and (old is None or old["sha256"] != sha256):
        return Put.UNCHANGED
    if not stories.stands(db, made.story, article.url):
        return None
    if old:
        if old["sha256"] != sha256:
            _keep_version(db, old)
        remove(db, old["id"], touched)
    row = {name: getattr(article, name) for name in Article.__slots__}
    row |= {"sha256": sha256, "maker": maker, "reader": reader, "fetched_at": now()}
    article_id = _inserted(db, articles.insert().values(**row, copy_of=made.story.copy_of))
    # Whoever stores it again has asked for it: what runs by itself looks first.
    db.execute(forgotten.delete().where(forgotten.c.url_sha256 == url_hash(article.url)))
    stories.store(db, made.story, article_id)
    _insert_passages(db, made, article_id)
    _insert_heard(db, article, article_id, made.heard, touched)
    if not made.passages:  # a copy that says nothing new: whoever follows the record must look at it all the same
        db.execute(removed.insert().values(passage_id=0))
    return Put.UPDATED if old else Put.ADDED


def remove(db: sa.Connection, article_id: int, touched: Touched) -> None:
    """Delete an article with all that is made of it. Its copies are to be made anew, for they lean on it."""
    touched.article(db, article_id)
    db.execute(articles.update().where(articles.c.copy_of == article_id).values(copy_of=None, maker="", reader=""))
    db.execute(articles.delete().where(articles.c.id == article_id))


def _keep_version(db: sa.Connection, old: sa.RowMapping) -> None:
    """What an article was; one that goes back to what it was before is no version more."""
    same = (versions.c.url == old["url"]) & (versions.c.sha256 == old["sha256"])
    db.execute(versions.delete().where(same))
    db.execute(versions.insert().values({c.name: old[c.name] for c in versions.c if c.name != "id"}))


def now() -> datetime:
    """UTC, as the record keeps times."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def restate(db: sa.Connection, article: Article, heard: Heard, reader: str, touched: Touched) -> bool:
    """Replace the statements of an article. False where it is not stored just so any more."""
    query = sa.select(articles.c.id).where(
        articles.c.url == article.url, articles.c.sha256 == content_hash(article)
    )
    article_id = db.scalar(query)
    if article_id is None:
        return False
    touched.article(db, article_id)
    db.execute(statements.delete().where(statements.c.article_id == article_id))
    db.execute(introductions.delete().where(introductions.c.article_id == article_id))
    db.execute(articles.update().where(articles.c.id == article_id).values(reader=reader))
    _insert_heard(db, article, article_id, heard, touched)
    return True


def _insert_passages(db: sa.Connection, made: Made, article_id: int) -> None:
    ids = _next_ids(db, "passages", len(made.passages))
    cut = [
        {"id": i, "article_id": article_id, "start": p.start, "end": p.end}
        for i, p in zip(ids, made.passages, strict=True)
    ]
    title = heading(made.article)
    indexed = [{"id": i, "title": title, "body": p.text} for i, p in zip(ids, made.passages, strict=True)]
    _many(db, passages.insert(), cut)
    _many(db, vectors.insert(), _embedded("passage_id", ids, made.vectors))
    _many(db, sa.text("INSERT INTO passages_fts (rowid, title, body) VALUES (:id, :title, :body)"), indexed)


def _insert_heard(db: sa.Connection, article: Article, article_id: int, heard: Heard, touched: Touched) -> None:
    introduce(db, article_id, heard, touched)
    ids = _next_ids(db, "statements", len(heard.statements))
    rows = [
        {"id": i, "article_id": article_id, **statement_row(said)}
        for i, said in zip(ids, heard.statements, strict=True)
    ]
    title = heading(article)
    indexed = [
        {"id": i, "speaker": said.speaker, "title": title, "body": text}
        for i, said, text in zip(ids, heard.statements, heard.texts, strict=True)
        if _belong(said, text)
    ]
    spoken = [i for i, said in zip(ids, heard.statements, strict=True) if said.speaker is not None]
    _many(db, statements.insert(), rows)
    _many(db, statement_vectors.insert(), _embedded("statement_id", spoken, heard.vectors))
    columns = "(rowid, speaker, title, body) VALUES (:id, :speaker, :title, :body)"
    _many(db, sa.text(f"INSERT INTO statements_fts {columns}"), indexed)


def _belong(said: Statement, text: str | None) -> bool:
    if (said.speaker is None) is not (text is None):
        raise ValueError("a statement has a text to index where, and only where, it has a speaker")
    return text is not None


def _embedded(key: str, ids: Sequence[int], matrix: Vectors) -> list[dict[str, Any]]:
    blobs = [vector.astype("<f4").tobytes() for vector in matrix]
    return [{key: i, "embedding": blob} for i, blob in zip(ids, blobs, strict=True)]


def _next_ids(db: sa.Connection, table: str, n: int) -> range:
    """Ids that no row has had: AUTOINCREMENT's own count, so that all rows of a table can be sent at once."""
    last = db.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table}) or 0
    return range(last + 1, last + 1 + n)


def _many(db: sa.Connection, query: sa.Executable, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(query, rows)


def _inserted(db: sa.Connection, query: sa.Insert) -> int:
    key = db.execute(query).inserted_primary_key
    return int(key[0]) if key else 0
