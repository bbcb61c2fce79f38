"""What was asked and answered, what people said of it: written a batch at a time, read one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from helseassistent.reply import ReplyRecord
from helseassistent.review.cases import Entry, LoggedExchange, NewExchange, NewFeedback, Quote, UrgentSeen
from helseassistent.review.schema import exchanges, feedback, quotes, replies, urgent_counts
from helseassistent.review.store import Store
from helseassistent.types import Urgency


def asked(question: str) -> str:
    """The first words of the question in lower case, the same for all who ask alike; at most 300 characters."""
    return " ".join(re.findall(r"\w+", question.casefold()))[:300]  # PostgreSQL indexes no more than 2,700 bytes


def write(store: Store, entries: Sequence[Entry]) -> list[NewFeedback]:
    """Keep `entries` in one transaction; gives back the feedback on replies that are not in the log, which is not kept.

    An exchange that is there already stays as it is.
    """
    unknown = []
    with store.writing() as connection:
        for entry in entries:
            match entry:
                case NewExchange():
                    _add_exchange(connection, entry)
                case UrgentSeen():
                    _count(connection, entry)
                case NewFeedback():
                    if not _judge(connection, entry):
                        unknown.append(entry)
    return unknown


def exchange(store: Store, id: str) -> LoggedExchange | None:
    """The logged exchange of that reply id."""
    with store.reading() as connection:
        row = connection.execute(logged().where(exchanges.c.id == id)).one_or_none()
    return logged_from(row) if row else None


def reply_of(store: Store, id: str) -> ReplyRecord | None:
    """The reply as it was given."""
    with store.reading() as connection:
        found = connection.execute(select(replies.c.reply).where(replies.c.exchange == id)).scalar_one_or_none()
    return cast(ReplyRecord, found) if found else None


def quotes_of(store: Store, id: str) -> tuple[Quote, ...]:
    """What the reply quoted, in reading order; the digests of pages are not kept here."""
    with store.reading() as connection:
        rows = connection.execute(select(quotes).where(quotes.c.exchange == id).order_by(quotes.c.position)).all()
    return tuple(Quote(r.file, r.start, r.end, r.quote, r.page_url, r.title, r.publisher, r.last_updated) for r in rows)


def urgent_seen(store: Store) -> dict[tuple[date, Urgency], int]:
    """How many messages about danger there were, by day and kind."""
    with store.reading() as connection:
        rows = connection.execute(select(urgent_counts)).all()
    return {(row.day, cast(Urgency, row.urgency)): row.times for row in rows}


def logged() -> Select[tuple[object, ...]]:
    """A query for rows that `logged_from` takes, to be narrowed and ordered."""
    return select(exchanges, feedback.c.helpful, feedback.c.reason.label("feedback_reason")).join_from(
        exchanges, feedback, isouter=True
    )


def logged_from(row: Row[tuple[object, ...]]) -> LoggedExchange:
    """The row as a value."""
    return LoggedExchange(**row._mapping)


def _add_exchange(connection: Connection, entry: NewExchange) -> None:
    columns = ("id", "day", "question", "language", "kind", "reason", "notice", "confidence", "threshold")
    values = {name: getattr(entry, name) for name in (*columns, "generation", "engine", "turn")}
    values["asked"] = asked(entry.question)
    new = _insert(connection)(exchanges).values(values).on_conflict_do_nothing().returning(exchanges.c.seq)
    if not connection.execute(new).first():
        return
    connection.execute(replies.insert().values(exchange=entry.id, reply=entry.reply))
    said = [citation for claim in entry.reply["claims"] for citation in claim["citations"]]
    kept = ("file", "start", "end", "quote", "page_url", "title", "publisher")
    for position, citation in enumerate(said):
        updated = citation["last_updated"]
        row = {name: citation[name] for name in kept}  # type: ignore[literal-required]
        row |= {"exchange": entry.id, "position": position}
        row["last_updated"] = date.fromisoformat(updated) if updated else None
        connection.execute(quotes.insert().values(row))


def _count(connection: Connection, entry: UrgentSeen) -> None:
    new = _insert(connection)(urgent_counts).values(day=entry.day, urgency=entry.urgency, times=1)
    more = {"times": urgent_counts.c.times + 1}
    connection.execute(new.on_conflict_do_update(index_elements=["day", "urgency"], set_=more))


def _judge(connection: Connection, entry: NewFeedback) -> bool:
    """Keep it in place of an earlier one; whether the reply is in the log."""
    if not connection.execute(select(exchanges.c.seq).where(exchanges.c.id == entry.exchange)).first():
        return False
    said = {"helpful": entry.helpful, "reason": entry.reason, "day": entry.day}
    new = _insert(connection)(feedback).values(exchange=entry.exchange, **said)
    connection.execute(new.on_conflict_do_update(index_elements=["exchange"], set_=said))
    return True


def _insert(connection: Connection) -> type[sqlite.Insert] | type[postgresql.Insert]:
    return postgresql.Insert if connection.dialect.name == "postgresql" else sqlite.Insert
