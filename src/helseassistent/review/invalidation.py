"""What new pages do to the answers that rest on them: found, flagged, and kept with the old and the new words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from helseassistent.errors import ReviewError
from helseassistent.review.approvals import all_approved, flag
from helseassistent.review.cases import Approved, GoldCase
from helseassistent.review.gold import all_cases, case_with, keep
from helseassistent.review.settle import settle_all
from helseassistent.review.standing import changes_of
from helseassistent.review.store import Store, told
from helseassistent.types import Page


@dataclass(frozen=True, slots=True)
class Invalidated:
    """What was found at one look: all that waits for somebody, not only what is new."""

    flagged: int  # approved answers that are not served until somebody looks
    resting: int  # cases of the gold set whose words are gone


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
    """Flag every approved answer whose words, passage or headings `pages` do not hold, and let gold cases rest.

    Nothing that is flagged stands again by itself, but for gold cases, whose words are all that they promise. Logged
    answers are compared when staff look: see `ledger` and `sources`.
    """
    for approved in (*all_approved(store, state="standing"), *all_approved(store, state="flagged")):
        _look_at(store, approved, pages=pages)
    for case in all_cases(store):
        _rest(store, case, pages=pages)
    resting = sum(case.state == "resting" for case in all_cases(store))
    return Invalidated(len(all_approved(store, state="flagged")), resting)


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
