"""What follows from a verdict: a case of the gold set, and an answer that is approved or served no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select, update

from helseassistent.review.approvals import NewApproval, approve, approved_from, renew
from helseassistent.review.cases import Approved, ApprovedConflict, GoldCase, Quote, Verdict
from helseassistent.review.exchanges import reply_of
from helseassistent.review.gold import case_from, case_with, keep
from helseassistent.review.schema import approved, gold
from helseassistent.review.sources import Sources, looked_up
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


def proposed(seen: Approved, *, sources: Sources) -> tuple[Quote, ...]:
    """What `seen` could say now: its words where they stand, else the sentence that is most like them.

    Empty when that is what it says already, or when for one of its quotes nothing is like it.
    """
    found = [_proposed(quote, sources) for quote in seen.quotes]
    whole = tuple(quote for quote in found if quote)
    same = [quote.quote for quote in whole] == [quote.quote for quote in seen.quotes]
    return () if same or len(whole) < len(found) else whole


def approve_again(
    store: Store, seen: Approved, *, words: Sequence[Quote], reviewer: str, day: date, sources: Sources
) -> Approved | ApprovedConflict | str:
    """Approve once more what was `seen`, now with `words`; a sentence to the reviewer when they do not stand."""
    quotes = tuple(found for quote in words if (found := complete(quote, pages=sources.pages)))
    if not quotes or len(quotes) < len(words):
        return NOT_VERBATIM
    with store.writing() as connection:
        now = renew(connection, seen, quotes=quotes, reviewer=reviewer, day=day, generation=sources.generation)
        case = case_with(connection, seen.id)
        if isinstance(now, Approved) and case:
            keep(connection, replace(case, right=quotes, kind="answerable", state="active", day=day))
    return now


def _proposed(quote: Quote, sources: Sources) -> Quote | None:
    found = looked_up(quote, sources)
    if found.start is not None:
        return complete(replace(quote, start=found.start), pages=sources.pages)
    start = sources.pages[quote.file].body.find(found.now) if found.now else -1
    if start < 0:
        return None
    return complete(Quote(quote.file, start, start + len(found.now), found.now, claim=quote.claim), pages=sources.pages)


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
