"""What new pages do to the answers that rest on them: found, flagged, and kept with the old and the new words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from helseassistent.errors import ReviewError
from helseassistent.review.approvals import all_approved, flag
from helseassistent.review.cases import Approved, Change, GoldCase, Quote
from helseassistent.review.gold import all_cases, case_with, keep
from helseassistent.review.schema import quotes, stale
from helseassistent.review.settle import settle_all
from helseassistent.review.standing import change_of, changes_of
from helseassistent.review.store import Store, told
from helseassistent.types import Page


@dataclass(frozen=True, slots=True)
class Invalidated:
    """What was found at one look: all that waits for somebody, not only what is new."""

    flagged: int  # approved answers that are not served until somebody looks
    resting: int  # cases of the gold set whose words are gone
    stale: int  # logged answers that quote words that are gone


def look_after(opening: Callable[[], Store], *, pages: Mapping[str, Page], generation: str) -> Invalidated:
    """Open the log, make good what a crash left undone, and flag what no longer rests on `pages`.

    Raises: ReviewError if the log cannot be used.
    """
    try:
        store = opening()
        try:
            settle_all(store, pages=pages, generation=generation)
            return invalidate(store, pages=pages)
        finally:
            store.close()
    except (SQLAlchemyError, OSError) as error:
        raise ReviewError(f"Loggen kan ikke brukes, så godkjente svar er ikke sett etter: {told(error)}.") from error


def invalidate(store: Store, *, pages: Mapping[str, Page]) -> Invalidated:
    """Flag every approved, gold and logged answer whose words, or for approved ones their passage, `pages` do not hold.

    Nothing that is flagged stands again by itself, but for gold cases, whose words are all that they promise.
    """
    for approved in (*all_approved(store, state="standing"), *all_approved(store, state="flagged")):
        _look_at(store, approved, pages=pages)
    for case in all_cases(store):
        _rest(store, case, pages=pages)
    number = _mark_stale(store, pages=pages)
    resting = sum(case.state == "resting" for case in all_cases(store))
    return Invalidated(len(all_approved(store, state="flagged")), resting, number)


def changes_in(store: Store, exchange: str) -> tuple[Change, ...]:
    """What became of the words that a logged answer quotes, as found at the last look; empty when all stand."""
    rows = (
        select(quotes.c.file, quotes.c.quote, stale.c.now)
        .join_from(stale, quotes, (stale.c.exchange == quotes.c.exchange) & (stale.c.position == quotes.c.position))
        .where(stale.c.exchange == exchange)
        .order_by(stale.c.position)
    )
    with store.reading() as connection:
        return tuple(Change(row.file, row.quote, row.now) for row in connection.execute(rows))


def _look_at(store: Store, approved: Approved, *, pages: Mapping[str, Page]) -> None:
    changes = changes_of(approved.quotes, pages=pages)
    if changes and changes != approved.changes:
        flag(store, approved, changes=changes)  # whoever changed it meanwhile has looked


def _rest(store: Store, case: GoldCase, *, pages: Mapping[str, Page]) -> None:
    if not case.right or case.state == "open":
        return
    stand = all(quote.file in pages and quote.quote in pages[quote.file].body for quote in case.right)
    if stand == (case.state == "active"):
        return
    with store.writing() as connection:
        if case_with(connection, case.id) == case:
            keep(connection, replace(case, state="active" if stand else "resting"))


def _mark_stale(store: Store, *, pages: Mapping[str, Page]) -> int:
    """Bring the table up to date; how many answers are in it. Nobody waits for the database while pages are read."""
    with store.reading() as connection:
        quoted = connection.execute(select(quotes.c.file, quotes.c.quote).distinct()).all()
    gone = {
        (file, words): change.now if (change := change_of(Quote(file, 0, 0, words), pages=pages)) else ""
        for file, words in quoted
        if file not in pages or words not in pages[file].body
    }
    with store.reading() as connection:
        before = {(row.exchange, row.position, row.now) for row in connection.execute(select(stale))}
        if _stale_rows(connection, gone) == before:
            return len({exchange for exchange, _, _ in before})
    with store.writing() as connection:
        rows = _stale_rows(connection, gone)
        connection.execute(delete(stale))
        if rows:
            names = ("exchange", "position", "now")
            connection.execute(insert(stale), [dict(zip(names, row, strict=True)) for row in rows])
    return len({exchange for exchange, _, _ in rows})


def _stale_rows(connection: Connection, gone: Mapping[tuple[str, str], str]) -> set[tuple[str, int, str]]:
    found = select(quotes.c.exchange, quotes.c.position, quotes.c.file, quotes.c.quote)
    return {
        (row.exchange, row.position, gone[row.file, row.quote])
        for file in {file for file, _ in gone}
        for row in connection.execute(found.where(quotes.c.file == file))
        if (row.file, row.quote) in gone
    }
