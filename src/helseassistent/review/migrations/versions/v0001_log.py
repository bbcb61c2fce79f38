"""The tables of the log, of verdicts and approved answers, and of those who may see them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# What PostgreSQL keeps of a column's values to plan queries would outlive the rows.
_NO_STATISTICS = {
    "exchanges": ("question", "asked"),
    "replies": ("reply",),
    "verdicts": ("question", "note", "right"),
}


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "approved",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('standing', 'flagged', 'withdrawn')", name=op.f("ck_approved_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approved")),
    )
    op.create_index(op.f("ix_approved_asked"), "approved", ["asked"], unique=False)
    op.create_index(op.f("ix_approved_state"), "approved", ["state"], unique=False)
    op.create_table(
        "exchanges",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('answer', 'abstention')", name=op.f("ck_exchanges_kind")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_exchanges")),
        sa.UniqueConstraint("id", name=op.f("uq_exchanges_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_exchanges_asked"), "exchanges", ["asked"], unique=False)
    op.create_index(op.f("ix_exchanges_day"), "exchanges", ["day"], unique=False)
    op.create_table(
        "login_failures",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "minute", name=op.f("pk_login_failures")),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "urgent_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "urgency", name=op.f("pk_urgent_counts")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("oidc_issuer", sa.Text(), nullable=True),
        sa.Column("oidc_subject", sa.Text(), nullable=True),
        sa.CheckConstraint("role IN ('leser', 'fagperson', 'administrator')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.UniqueConstraint("oidc_issuer", "oidc_subject", name=op.f("uq_users_oidc_issuer_oidc_subject")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "views",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_views")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_views_day"), "views", ["day"], unique=False)
    op.create_index(op.f("ix_views_exchange"), "views", ["exchange"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchanges.id"], name=op.f("fk_feedback_exchange"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("exchange", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_helpful", "feedback", ["helpful"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("last_updated", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["exchange"], ["exchanges.id"], name=op.f("fk_quotes_exchange"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("exchange", "position", name=op.f("pk_quotes")),
    )
    op.create_index(op.f("ix_quotes_file"), "quotes", ["file"], unique=False)
    op.create_table(
        "replies",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchanges.id"], name=op.f("fk_replies_exchange"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("exchange", name=op.f("pk_replies")),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_sessions_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user"), "sessions", ["user"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("exchange", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("importance", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("right", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["exchange"], ["exchanges.id"], name=op.f("fk_verdicts_exchange"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
        sa.UniqueConstraint("exchange", "version", name=op.f("uq_verdicts_exchange_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_verdicts_day"), "verdicts", ["day"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _NO_STATISTICS.items():
            for column in columns:
                op.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" SET STATISTICS 0')
