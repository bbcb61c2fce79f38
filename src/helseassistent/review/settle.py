"""What follows from a verdict: a case of the gold set, and an answer that is approved or served no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select, update

from helseassistent.review.approvals import NewApproval, approve, approved_from, renew
from helseassistent.review.cases import Approved, ApprovedConflict, GoldCase, Verdict
from helseassistent.review.exchanges import reply_of
from helseassistent.review.gold import case_from, case_with, keep
from helseassistent.review.schema import approved, gold
from helseassistent.review.standing import complete
from helseassistent.review.store import Store
from helseassistent.review.verdicts import all_standing
from helseassistent.types import Page

NOT_VERBATIM = (
    "Ordene står ikke slik på siden nå, eller de begynner eller slutter midt i et ord. Svaret er ikke godkjent:"
    " velg ordene på nytt i kilden."
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a verdict; `problem` tells the reviewer why nothing was approved, when that was meant."""

    case: GoldCase
    approved: Approved | None
    problem: str | None = None


def settle(store: Store, kept: Verdict, *, pages: Mapping[str, Page], generation: str) -> Settled:
    """Keep what follows from a verdict that `verdicts.judge` has kept; on disk when it returns, and no harm done twice.

    `pages` are those of `generation`. A later verdict on the same question stays in force.
    """
    reply = reply_of(store, kept.said.exchange) if kept.said.exchange else None
    case = case_from(kept, reply=reply, pages=pages)
    with store.writing() as connection:
        before = case_with(connection, case.id)
        if before is None or before.verdict < kept.id:
            before = keep(connection, case)
            _approve(connection, before, reviewer=kept.said.reviewer, generation=generation)
        row = connection.execute(select(approved).where(approved.c.id == case.id)).one_or_none()
    problem = NOT_VERBATIM if case.right and case.state != "active" else None
    return Settled(before, approved_from(row) if row else None, problem)


def settle_all(store: Store, *, pages: Mapping[str, Page], generation: str) -> int:
    """Make good what a crash between a verdict and its consequence left out; how many verdicts that were."""
    with store.reading() as connection:
        counted = set(connection.execute(select(gold.c.verdict)).scalars())
    left = [kept for kept in all_standing(store) if kept.id not in counted]
    settled = [settle(store, kept, pages=pages, generation=generation) for kept in left]
    return sum(after.case.verdict == kept.id for after, kept in zip(settled, left, strict=True))


def approve_again(
    store: Store, seen: Approved, *, reviewer: str, day: date, pages: Mapping[str, Page], generation: str
) -> Approved | ApprovedConflict | str:
    """Approve once more what was `seen`, as its words stand now; a sentence to the reviewer when they do not.

    Other words are chosen by a verdict on the question, and `settle`.
    """
    quotes = tuple(found for quote in seen.quotes if (found := complete(quote, pages=pages)))
    if len(quotes) < len(seen.quotes):
        return NOT_VERBATIM
    with store.writing() as connection:
        now = renew(connection, seen, quotes=quotes, reviewer=reviewer, day=day, generation=generation)
        case = case_with(connection, seen.id)
        if isinstance(now, Approved) and case:
            keep(connection, replace(case, right=quotes, kind="answerable", state="active", day=day))
    return now


def _approve(connection: Connection, case: GoldCase, *, reviewer: str, generation: str) -> None:
    """Serve the words that the case says are right, else nothing for its question."""
    if case.state == "active" and case.right:
        approve(
            connection,
            NewApproval(case.id, case.question, case.language, case.right, reviewer, case.day, generation),
        )
        return
    said = {"state": "withdrawn", "reviewer": reviewer, "day": case.day, "version": approved.c.version + 1}
    connection.execute(update(approved).where(approved.c.id == case.id).values(said))
