"""The tables of the log, the same for SQLite and PostgreSQL; no column holds an address, a browser or a citizen's time.

A change here needs a file in `migrations/versions` that makes it; tests/review/test_store.py compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by an INTEGER key only


def _of_exchange(*, primary: bool = False, nullable: bool = False) -> Column[str]:
    key = ForeignKey("exchanges.id", ondelete="CASCADE")
    return Column("exchange", Text, key, primary_key=primary, nullable=nullable)


exchanges = Table(
    "exchanges",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("day", Date, nullable=False),
    Column("question", Text, nullable=False),
    Column("asked", Text, nullable=False, index=True),
    Column("language", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("notice", Text),
    Column("confidence", Float, nullable=False),
    Column("threshold", Float),
    Column("generation", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    CheckConstraint("kind IN ('answer', 'abstention')", name="kind"),
    sqlite_autoincrement=True,  # a number is never used again
)
# Apart from `exchanges`, so that a look through all questions does not read every reply.
replies = Table("replies", metadata, _of_exchange(primary=True), Column("reply", JSON, nullable=False))
quotes = Table(
    "quotes",
    metadata,
    _of_exchange(primary=True),
    Column("position", Integer, primary_key=True),
    Column("file", Text, nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("page_url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("last_updated", Date),
)
feedback = Table(
    "feedback",
    metadata,
    _of_exchange(primary=True),
    Column("helpful", Boolean, nullable=False),
    Column("reason", Text),
    Column("day", Date, nullable=False),
)
urgent_counts = Table(
    "urgent_counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("urgency", Text, primary_key=True),
    Column("times", Integer, nullable=False),
)
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", SEQUENCE, primary_key=True, autoincrement=True),
    _of_exchange(nullable=True),
    Column("version", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("importance", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("right", JSON, nullable=False),  # quotes
    Column("generation", Text, nullable=False),
    Column("day", Date, nullable=False, index=True),
    UniqueConstraint("exchange", "version"),
    sqlite_autoincrement=True,
)
approved = Table(
    "approved",
    metadata,
    Column("id", Text, primary_key=True),
    Column("question", Text, nullable=False),
    Column("asked", Text, nullable=False, index=True),
    Column("language", Text, nullable=False),
    Column("quotes", JSON, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("generation", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("changes", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("state IN ('standing', 'flagged', 'withdrawn')", name="state"),
)
gold = Table(
    "gold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("question", Text, nullable=False),
    Column("asked", Text, nullable=False, unique=True),
    Column("language", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("right", JSON, nullable=False),  # quotes
    Column("rejected", JSON, nullable=False),  # quotes
    Column("regression", Boolean, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("importance", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("verdict", SEQUENCE, nullable=False),  # outlives the verdict
    Column("state", Text, nullable=False),
    Column("changed", Integer, nullable=False),
    CheckConstraint("state IN ('active', 'resting', 'open')", name="state"),
)
users = Table(
    "users",
    metadata,
    Column("id", SEQUENCE, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("oidc_issuer", Text),
    Column("oidc_subject", Text),
    UniqueConstraint("oidc_issuer", "oidc_subject"),
    CheckConstraint("role IN ('leser', 'fagperson', 'administrator')", name="role"),
    sqlite_autoincrement=True,
)
sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", SEQUENCE, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("began", Integer, nullable=False),  # minutes since 1970, of staff; gone when the session ends
    Column("seen", Integer, nullable=False),
)
login_failures = Table(
    "login_failures",
    metadata,
    Column("name", Text, primary_key=True),  # as digest: people type their password here by mistake
    Column("minute", Integer, primary_key=True),
    Column("times", Integer, nullable=False),
)
views = Table(
    "views",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("user", Text, nullable=False),
    Column("exchange", Text, nullable=False, index=True),  # outlives the case
    Column("what", Text, nullable=False),
    Column("day", Date, nullable=False, index=True),
    sqlite_autoincrement=True,
)
# What the program remembers of its own work, such as the day of the last deletion.
marks = Table("marks", metadata, Column("name", Text, primary_key=True), Column("day", Date, nullable=False))

Index("ix_feedback_helpful", feedback.c.helpful)
Index("ix_exchanges_day", exchanges.c.day, exchanges.c.kind, exchanges.c.reason, exchanges.c.id)
