"""What reviewers say of cases: kept as versions, so that nobody's words are overwritten."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import cast

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from helseassistent.review.cases import Conflict, NewVerdict, Quote, Verdict
from helseassistent.review.schema import verdicts
from helseassistent.review.store import Store


def judge(store: Store, said: NewVerdict, *, seen: int) -> Verdict | Conflict:
    """Keep a verdict of somebody who saw version `seen` of the case, 0 if there was none; on disk when it returns.

    On a question that nobody asked here there is nothing to see, and each verdict stands alone.
    """
    values = asdict(said) | {"right": [quote_record(quote) for quote in said.right]}
    try:
        with store.writing() as connection:
            standing = _standing(connection, said.exchange)
            if standing and standing.version != seen:
                return Conflict(standing)
            version = (standing.version if standing else 0) + 1
            added = connection.execute(verdicts.insert().values(values | {"version": version}))
            (id,) = added.inserted_primary_key or (0,)
            kept = Verdict(id, version, said)
    except IntegrityError:  # two at once, on a server
        now = history(store, said.exchange) if said.exchange else ()
        if not now or now[-1].version == seen:
            raise
        return Conflict(now[-1])
    return kept


def history(store: Store, exchange: str) -> tuple[Verdict, ...]:
    """All verdicts on a case, oldest first; the last one is in force."""
    with store.reading() as connection:
        rows = connection.execute(
            select(verdicts).where(verdicts.c.exchange == exchange).order_by(verdicts.c.version)
        ).all()
    return tuple(verdict_from(row) for row in rows)


def all_standing(store: Store) -> tuple[Verdict, ...]:
    """The verdict in force of every case, in the order they were given."""
    with store.reading() as connection:
        rows = connection.execute(select(verdicts).order_by(verdicts.c.id)).all()
    latest: dict[object, Verdict] = {}
    for row in rows:
        latest.pop(row.exchange or row.id, None)
        latest[row.exchange or row.id] = verdict_from(row)
    return tuple(latest.values())


def verdict_from(row: Row[tuple[object, ...]]) -> Verdict:
    """The row of `verdicts` as a value."""
    fields = dict(row._mapping)
    id, version = fields.pop("id"), fields.pop("version")
    fields["right"] = tuple(quote_from(record) for record in fields["right"])
    return Verdict(id, version, NewVerdict(**fields))


def quote_record(quote: Quote) -> dict[str, object]:
    """The quote as JSON."""
    return asdict(quote) | {"last_updated": quote.last_updated.isoformat() if quote.last_updated else None}


def quote_from(record: dict[str, object]) -> Quote:
    """The quote that `quote_record` wrote."""
    updated = record["last_updated"]
    fields = record | {"last_updated": date.fromisoformat(str(updated)) if updated else None}
    fields["headings"] = tuple(cast(list[str], record.get("headings", ())))
    return Quote(**fields)  # type: ignore[arg-type]


def _standing(connection: Connection, exchange: str | None) -> Verdict | None:
    if exchange is None:
        return None
    found = select(verdicts).where(verdicts.c.exchange == exchange).order_by(verdicts.c.version.desc()).limit(1)
    row = connection.execute(found).one_or_none()
    return verdict_from(row) if row else None
