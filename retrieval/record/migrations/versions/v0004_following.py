"""Copies of one text, versions of articles, what was forgotten, pages and feeds that are followed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("articles", sa.Column("copy_of", sa.Integer))
    op.create_index("ix_articles_copy_of", "articles", ["copy_of"])
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("outlet", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("published", sa.Date),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fetched_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("url", "sha256"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sketches",
        sa.Column("hash", sa.BigInteger, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sketches_article_id", "sketches", ["article_id"])
    op.create_table("forgotten", sa.Column("url_sha256", sa.String(64), primary_key=True))
    op.create_table(
        "pages",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("etag", sa.Text),
        sa.Column("modified", sa.Text),
        sa.Column("article_url", sa.Text, nullable=False),
    )
    op.create_index("ix_pages_article_url", "pages", ["article_url"])
    _feeds()


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text),
        sa.Column("kind", sa.String(16)),
        sa.Column("etag", sa.Text),
        sa.Column("modified", sa.Text),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.Column("checked_at", sa.DateTime),
        sa.Column("answered_at", sa.DateTime),
        sa.Column("new_at", sa.DateTime),
        sa.Column("failure", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "entries",
        sa.Column("feed_id", sa.Integer, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("updated", sa.DateTime),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_index("ix_entries_url", "entries", ["url"])
