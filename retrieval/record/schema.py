"""The tables of the record, as SQLAlchemy sees them. The migrations make them; a test keeps the two equal."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# `maker` names the embedder and the chunking that an article's passages were made with, `reader` what read its
# statements: empty where nothing did, and where it is to be made anew. Of a copy, only what the original does not
# say has passages and statements.
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
    Column("reader", Text, nullable=False, server_default=text("''")),
    Column("fetched_at", DateTime, nullable=False),
    Column("copy_of", Integer),
    Index("ix_articles_copy_of", "copy_of"),
    Index("ix_articles_maker", "maker"),
    Index("ix_articles_reader", "reader"),
    Index("ix_articles_published", "published"),
    sqlite_autoincrement=True,
)

# What articles were before they changed; by url, for an article that changes gets another id.
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("title", Text),
    Column("outlet", Text),
    Column("author", Text),
    Column("published", Date),
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("fetched_at", DateTime, nullable=False),
    UniqueConstraint("url", "sha256"),
    sqlite_autoincrement=True,
)

# Some of the hashes of an original's runs of words, by which its copies are found.
sketches = Table(
    "sketches",
    metadata,
    Column("hash", BigInteger, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_sketches_article_id", "article_id"),
    sqlite_with_rowid=False,
)

# Articles that were removed for good, by the SHA-256 of their urls: what runs by itself does not bring them back.
forgotten = Table("forgotten", metadata, Column("url_sha256", String(64), primary_key=True))

# What a server gave to ask with whether a page has changed, and the article that the page became.
pages = Table(
    "pages",
    metadata,
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("modified", Text),
    Column("article_url", Text, nullable=False),
    Index("ix_pages_article_url", "article_url"),
)

# `checked_at`: when it was asked last; `answered_at`: when it last gave a feed, or said that nothing changed;
# `new_at`: when it last had something new. `failure` is why the last try failed. All times are UTC.
feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("title", Text),
    Column("kind", String(16)),
    Column("etag", Text),
    Column("modified", Text),
    Column("added_at", DateTime, nullable=False),
    Column("checked_at", DateTime),
    Column("answered_at", DateTime),
    Column("new_at", DateTime),
    Column("failure", Text),
    sqlite_autoincrement=True,
)

# What a feed listed. `reason` is why an entry was not stored, empty for a stored one; `tries` counts those left.
entries = Table(
    "entries",
    metadata,
    Column("feed_id", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("updated", DateTime),
    Column("seen_at", DateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", Text),
    Index("ix_entries_url", "url"),
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

# Written by a trigger for every passage that goes, so that an index elsewhere can follow; with a passage_id of 0
# for an article that came without passages.
removed = Table(
    "removed",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("passage_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# One row for each person or body, across articles; derived from the introductions (see `identities.py`).
speakers = Table(
    "speakers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("body", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

# A speaker as one article introduces him. `key` is what all forms of his name share; aliases and offices are
# JSON lists. Without a speaker_id it is not sure who of several he is.
introductions = Table(
    "introductions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("speaker_id", ForeignKey("speakers.id", ondelete="SET NULL")),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", Boolean, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("offices", Text, nullable=False),
    Column("party", Text),
    UniqueConstraint("article_id", "name"),
    Index("ix_introductions_key", "key"),
    Index("ix_introductions_speaker_id", "speaker_id"),
)

# As passages: no id is used twice, and a row never changes but for its speaker_id, of which no index elsewhere
# knows. `speaker` is the name as the article has it; only statements with one have a vector and full text.
statements = Table(
    "statements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("spans", Text, nullable=False),
    Column("source_start", Integer),
    Column("source_end", Integer),
    Column("cue_start", Integer),
    Column("cue_end", Integer),
    Column("kind", String(16), nullable=False),
    Column("speaker_id", ForeignKey("speakers.id", ondelete="SET NULL")),
    Column("speaker", Text),
    Column("resolution", String(16), nullable=False),
    Column("report", String(16), nullable=False),
    Column("second_hand", Boolean, nullable=False),
    Column("via", Text),
    Column("said_on", Date),
    Index("ix_statements_article_id", "article_id"),
    Index("ix_statements_speaker_id_said_on", "speaker_id", "said_on"),
    sqlite_autoincrement=True,
)

statement_vectors = Table(
    "statement_vectors",
    metadata,
    Column("statement_id", ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True),
    Column("embedding", LargeBinary, nullable=False),
)

removed_statements = Table(
    "removed_statements",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("statement_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# One row for each answer of a language model, or for what is set aside for one (not `settled`: all its tokens
# stand as input). `at` is UTC, `user` empty for the terminal, `cost` in US dollars, NULL where no price is known.
model_use = Table(
    "model_use",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("user", String(32), nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost", Float),
    Column("settled", Boolean, nullable=False),
    Index("ix_model_use_at", "at"),
    sqlite_autoincrement=True,
)

# What was shown of answers, for those who come back to them. `place` and `conversation` are where, `message` is
# what they were shown in, `body` is JSON (see `retrieval.keeping`), `at` is UTC.
answers = Table(
    "answers",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("place", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_answers_place_conversation_at", "place", "conversation", "at"),
    Index("ix_answers_message", "message"),
    Index("ix_answers_at", "at"),
)

# The articles that an answer cites: it goes with any of them.
answer_sources = Table(
    "answer_sources",
    metadata,
    Column("answer_key", ForeignKey("answers.key", ondelete="CASCADE"), primary_key=True),
    Column("url", Text, primary_key=True),
    Index("ix_answer_sources_url", "url"),
)

# Corrections that readers ask for: text[start:end] of an article in a version. `words_sha256` is of those words,
# the same in any version; `by` tells disputants apart. Times are UTC.
disputes = Table(
    "disputes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("version", String(12), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("words_sha256", String(64), nullable=False),
    Column("speaker", Text),
    Column("reason", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("settled_by", String(32)),
    Column("settled_at", DateTime),
    Index("ix_disputes_url", "url"),
    Index("ix_disputes_state", "state"),
    sqlite_autoincrement=True,
)

library = Table(
    "library",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
