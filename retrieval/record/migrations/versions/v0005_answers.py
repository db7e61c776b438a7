"""What was shown of answers, for those who come back to them, and what readers say is wrong with it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _answers()
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("version", sa.String(12), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("words_sha256", sa.String(64), nullable=False),
        sa.Column("speaker", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_by", sa.String(32)),
        sa.Column("settled_at", sa.DateTime),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_disputes_url", "disputes", ["url"])
    op.create_index("ix_disputes_state", "disputes", ["state"])


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_answers_place_conversation_at", "answers", ["place", "conversation", "at"])
    op.create_index("ix_answers_message", "answers", ["message"])
    op.create_index("ix_answers_at", "answers", ["at"])
    op.create_table(
        "answer_sources",
        sa.Column("answer_key", sa.String(32), sa.ForeignKey("answers.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
    )
    op.create_index("ix_answer_sources_url", "answer_sources", ["url"])
