"""What has been kept long enough is deleted, and then is in no file any more."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select

from helseassistent.errors import ReviewError
from helseassistent.review.schema import (
    approved,
    exchanges,
    gold,
    login_failures,
    marks,
    metadata,
    urgent_counts,
    verdicts,
    views,
)
from helseassistent.review.store import Store

VIEWS_KEPT = 365  # days; who saw which case is asked for after the case has gone
_JUMP = 30  # days between two deletions from which the clock is doubted
_FORGOT, _UNERASED = "forgot", "unerased"
_TRIES, _PAUSE = 3, 0.1  # for readers to end; SQLite itself waits some seconds each time


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted."""

    exchanges: int
    verdicts: int


@dataclass(frozen=True, slots=True)
class ClockJump:
    """Nothing was deleted, because the clock says that very long has passed since `last`."""

    last: date
    today: date


def forget(store: Store, *, today: date, keep_days: int, confirmed: bool = False) -> Forgotten | ClockJump:
    """Delete what is older than `keep_days` days, and rewrite the files it stood in; `confirmed` trusts the clock.

    Verdicts and feedback go with the exchange; approved answers stay.
    Raises: ReviewError if something still reads what was deleted; the next call goes on from there.
    """
    with store.writing() as connection:
        last = _mark(connection, _FORGOT)
        if last and (today - last).days > _JUMP and not confirmed:
            return ClockJump(last, today)
        forgotten = _delete(connection, today=today, keep_days=keep_days)
        if not last or last < today or confirmed:
            _set_mark(connection, _FORGOT, today)
        if forgotten.exchanges or forgotten.verdicts:
            _set_mark(connection, _UNERASED, today)
        unerased = _mark(connection, _UNERASED)
    if unerased:
        erase(store)
        with store.writing() as connection:
            connection.execute(delete(marks).where(marks.c.name == _UNERASED))
    return forgotten


def forget_exchange(store: Store, id: str) -> bool:
    """Delete one exchange with all that was said of it; whether there was one. Its traces go with the next `forget`."""
    with store.writing() as connection:
        gone = connection.execute(delete(exchanges).where(exchanges.c.id == id)).rowcount
        if gone:
            _set_mark(connection, _UNERASED, date.today())
    return bool(gone)


def forget_case(store: Store, id: str) -> bool:
    """Delete a case of the gold set, its approved answer, and all logged exchanges and verdicts it came from.

    Whether there was one. Its traces go with the next `forget`.
    """
    with store.writing() as connection:
        case = connection.execute(select(gold).where(gold.c.id == id)).one_or_none()
        if case is None:
            return False
        judged = select(verdicts.c.exchange).where(verdicts.c.id == case.verdict)
        alone = verdicts.c.exchange.is_(None)
        connection.execute(
            delete(verdicts).where(alone, (verdicts.c.id == case.verdict) | (verdicts.c.question == case.question))
        )
        connection.execute(delete(exchanges).where((exchanges.c.asked == case.asked) | exchanges.c.id.in_(judged)))
        connection.execute(delete(approved).where(approved.c.id == id))
        connection.execute(delete(gold).where(gold.c.id == id))
        _set_mark(connection, _UNERASED, date.today())
    return True


def erase(store: Store) -> None:
    """Rewrite the database so that deleted rows are in none of its files.

    Raises: ReviewError if somebody reads the old state all the while.
    """
    if store.file is None:
        with store.alone() as connection:
            for table in metadata.sorted_tables:
                connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')
        return
    with store.alone() as connection:
        connection.exec_driver_sql("VACUUM")
        for _ in range(_TRIES):
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            if not busy:
                return
            time.sleep(_PAUSE)
    raise ReviewError("Loggen er i bruk, så det som er slettet, ligger igjen i filen. Prøv igjen om litt.")


def _delete(connection: Connection, *, today: date, keep_days: int) -> Forgotten:
    first_kept = today - timedelta(days=keep_days)
    said = connection.execute(select(func.count()).select_from(verdicts).where(_is_old(first_kept))).scalar_one()
    connection.execute(delete(verdicts).where(_is_old(first_kept)))
    gone = connection.execute(delete(exchanges).where(exchanges.c.day < first_kept)).rowcount
    connection.execute(delete(urgent_counts).where(urgent_counts.c.day < first_kept))
    connection.execute(delete(views).where(views.c.day < today - timedelta(days=VIEWS_KEPT)))
    connection.execute(delete(login_failures).where(login_failures.c.minute < time.time() // 60 - 24 * 60))
    return Forgotten(gone, said)


def _is_old(first_kept: date) -> ColumnElement[bool]:
    of_old = verdicts.c.exchange.in_(select(exchanges.c.id).where(exchanges.c.day < first_kept))
    return of_old | (verdicts.c.exchange.is_(None) & (verdicts.c.day < first_kept))


def _mark(connection: Connection, name: str) -> date | None:
    return connection.execute(select(marks.c.day).where(marks.c.name == name)).scalar_one_or_none()


def _set_mark(connection: Connection, name: str, day: date) -> None:
    connection.execute(delete(marks).where(marks.c.name == name))
    connection.execute(marks.insert().values(name=name, day=day))
