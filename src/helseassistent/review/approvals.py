"""The approved answers as they are kept: made, flagged, renewed and withdrawn; nobody's change is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from helseassistent.errors import ReviewError
from helseassistent.review.cases import Approved, ApprovedConflict, ApprovedState, Change, Quote
from helseassistent.review.exchanges import asked
from helseassistent.review.schema import approved as table
from helseassistent.review.store import Store
from helseassistent.review.verdicts import quote_from, quote_record
from helseassistent.types import Language


@dataclass(frozen=True, slots=True)
class NewApproval:
    """An answer that somebody has just looked at; its quotes are complete (see `standing.complete`)."""

    id: str  # of the gold case of the same question
    question: str  # masked
    language: Language
    quotes: tuple[Quote, ...]
    reviewer: str
    day: date
    generation: str


def approve(connection: Connection, new: NewApproval) -> None:
    """Keep it standing, in place of an earlier one to the same question."""
    insert = postgresql.Insert if connection.dialect.name == "postgresql" else sqlite.Insert
    values: dict[str, object] = {
        "question": new.question,
        "asked": asked(new.question),
        "language": new.language,
        "quotes": [quote_record(quote) for quote in new.quotes],
        "reviewer": new.reviewer,
        "day": new.day,
        "generation": new.generation,
        "state": "standing",
        "changes": [],
    }
    again = values | {"version": table.c.version + 1}
    row = insert(table).values(id=new.id, version=1, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=again))


def all_approved(store: Store, *, state: ApprovedState | None = None) -> tuple[Approved, ...]:
    """The approved answers, or those in one state, the newest first."""
    wanted = select(table) if state is None else select(table).where(table.c.state == state)
    with store.reading() as connection:
        rows = connection.execute(wanted.order_by(table.c.day.desc(), table.c.id)).all()
    return tuple(approved_from(row) for row in rows)


def approved_with(store: Store, id: str) -> Approved | None:
    """The approved answer of that id."""
    with store.reading() as connection:
        row = connection.execute(select(table).where(table.c.id == id)).one_or_none()
    return approved_from(row) if row else None


def renew(
    connection: Connection, seen: Approved, *, quotes: Sequence[Quote], reviewer: str, day: date, generation: str
) -> Approved | ApprovedConflict:
    """Let it stand again, resting on complete `quotes`."""
    records = [quote_record(quote) for quote in quotes]
    said = {"quotes": records, "reviewer": reviewer, "day": day, "generation": generation}
    return _change(connection, seen, to=said | {"state": "standing", "changes": []})


def withdraw(store: Store, seen: Approved, *, reviewer: str, day: date) -> Approved | ApprovedConflict:
    """Serve what was `seen` no more; on disk when it returns. Its case stays in the gold set while its words stand."""
    with store.writing() as connection:
        return _change(connection, seen, to={"state": "withdrawn", "reviewer": reviewer, "day": day})


def flag(store: Store, seen: Approved, *, changes: Sequence[Change]) -> Approved | ApprovedConflict:
    """Serve it no more until somebody has looked at `changes`."""
    with store.writing() as connection:
        records = [asdict(change) for change in changes]
        return _change(connection, seen, to={"state": "flagged", "changes": records})


def _change(connection: Connection, seen: Approved, *, to: Mapping[str, object]) -> Approved | ApprovedConflict:
    """Change the columns `to` of an answer, unless somebody has changed it since it was `seen`.

    Raises: ReviewError if it is not there.
    """
    same = (table.c.id == seen.id) & (table.c.version == seen.version)
    done = connection.execute(update(table).where(same).values(**to, version=seen.version + 1)).rowcount
    row = connection.execute(select(table).where(table.c.id == seen.id)).one_or_none()
    if row is None:
        raise ReviewError(f"Det godkjente svaret «{seen.id}» finnes ikke. Last siden på nytt.")
    now = approved_from(row)
    return now if done else ApprovedConflict(now)


def approved_from(row: Row[tuple[object, ...]]) -> Approved:
    """The row of `approved` as a value."""
    fields = dict(row._mapping)
    del fields["asked"]
    fields["quotes"] = tuple(quote_from(record) for record in fields["quotes"])
    fields["changes"] = tuple(Change(**record) for record in fields["changes"])
    return Approved(**fields)
