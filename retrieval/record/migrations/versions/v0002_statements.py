"""Statements, who makes them, their vectors and full text, and what keeps them in step."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Empty: nothing has been read of who says what in the articles that are there already.
    op.add_column("articles", sa.Column("reader", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_index("ix_articles_reader", "articles", ["reader"])
    _speakers()
    _statements()
    op.create_table(
        "removed_statements",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("statement_id", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.execute(
        "CREATE VIRTUAL TABLE statements_fts "
        "USING fts5(speaker, title, body, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    op.execute(
        "CREATE TRIGGER statements_removed AFTER DELETE ON statements WHEN old.speaker IS NOT NULL BEGIN "
        "DELETE FROM statements_fts WHERE rowid = old.id; "
        "INSERT INTO removed_statements (statement_id) VALUES (old.id); END"
    )


def _speakers() -> None:
    op.create_table(
        "speakers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "introductions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("speaker_id", sa.Integer, sa.ForeignKey("speakers.id", ondelete="SET NULL")),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.Boolean, nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.Column("offices", sa.Text, nullable=False),
        sa.Column("party", sa.Text),
        sa.UniqueConstraint("article_id", "name"),
    )
    op.create_index("ix_introductions_key", "introductions", ["key"])
    op.create_index("ix_introductions_speaker_id", "introductions", ["speaker_id"])


def _statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
        sa.Column("source_start", sa.Integer),
        sa.Column("source_end", sa.Integer),
        sa.Column("cue_start", sa.Integer),
        sa.Column("cue_end", sa.Integer),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("speaker_id", sa.Integer, sa.ForeignKey("speakers.id", ondelete="SET NULL")),
        sa.Column("speaker", sa.Text),
        sa.Column("resolution", sa.String(16), nullable=False),
        sa.Column("report", sa.String(16), nullable=False),
        sa.Column("second_hand", sa.Boolean, nullable=False),
        sa.Column("via", sa.Text),
        sa.Column("said_on", sa.Date),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_statements_article_id", "statements", ["article_id"])
    op.create_index("ix_statements_speaker_id_said_on", "statements", ["speaker_id", "said_on"])
    op.create_table(
        "statement_vectors",
        sa.Column(
            "statement_id", sa.Integer, sa.ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
    )
