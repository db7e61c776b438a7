"""The tables of the record, as SQLAlchemy sees them. The migrations make them; a test keeps the two equal."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

# `maker` names the embedder and the chunking that an article's passages were made with.
articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("title", Text),
    Column("outlet", Text),
    Column("author", Text),
    Column("published", Date),
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("maker", Text, nullable=False),
    Column("fetched_at", DateTime, nullable=False),
    Index("ix_articles_maker", "maker"),
    Index("ix_articles_published", "published"),
    sqlite_autoincrement=True,
)

# An id is never used twice (AUTOINCREMENT), and a row never changes: whoever knows the highest id that he
# has seen, and the highest `removed.n`, knows all that happened since.
passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    UniqueConstraint("article_id", "start"),
    sqlite_autoincrement=True,
)

# float32, little-endian, as many as the embedder's dimension.
vectors = Table(
    "vectors",
    metadata,
    Column("passage_id", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("embedding", LargeBinary, nullable=False),
)

# Written by a trigger for every passage that goes, so that an index elsewhere can follow.
removed = Table(
    "removed",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("passage_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)

library = Table(
    "library",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
