"""Reports count by day, kind and reason without reading what was asked."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Widen the index of days."""
    op.drop_index("ix_exchanges_day", "exchanges")
    op.create_index("ix_exchanges_day", "exchanges", ["day", "kind", "reason", "id"])
