"""The gold set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# As in v0001: a question that somebody has deleted must not live on in what PostgreSQL plans by.
_NO_STATISTICS = {"gold": ("question", "asked"), "approved": ("question", "asked")}


def upgrade() -> None:
    """Make its table."""
    op.create_table(
        "gold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("right", sa.JSON(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("regression", sa.Boolean(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("importance", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("verdict", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'resting', 'open')", name=op.f("ck_gold_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold")),
        sa.UniqueConstraint("asked", name=op.f("uq_gold_asked")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _NO_STATISTICS.items():
            for column in columns:
                op.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" SET STATISTICS 0')
