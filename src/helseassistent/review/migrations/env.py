"""Alembic runs this: the changes are made on the connection that `store` holds, in its transaction."""

from __future__ import annotations

from alembic import context

from helseassistent.review.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
