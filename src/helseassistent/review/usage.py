"""How much was asked and answered, on which pages the answers rest, and what people say is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, func, select

from helseassistent.review.findings import (
    Complaint,
    Complaints,
    Period,
    SourceUse,
    SourceUses,
    Volume,
    Volumes,
)
from helseassistent.review.schema import exchanges, feedback, quotes, urgent_counts
from helseassistent.review.small_groups import in_fives, shown, sum_of_shown
from helseassistent.review.store import Store
from helseassistent.types import Page

LISTED = 20  # pages in each list
_Part: TypeAlias = Literal["answered", "declined", "outside"]
_PARTS: tuple[_Part, ...] = ("answered", "declined", "outside")


def period_of(today: date, *, weeks: int, keep_days: int) -> Period:
    """The latest whole weeks of which nothing has been deleted yet, at most `weeks`.

    The week that is not over is left out: a report of yesterday beside one of today would tell who asked today.
    """
    monday = today - timedelta(days=today.weekday())
    first_kept = today - timedelta(days=keep_days)
    kept = max(0, min(weeks, (monday - first_kept).days // 7))
    return Period(monday - timedelta(weeks=kept), monday - timedelta(days=1))


def volumes(store: Store, period: Period) -> Volumes:
    """What was asked in each week of `period`, those without a question too."""
    asked: dict[date, Counter[_Part]] = {monday: Counter() for monday in period.mondays}
    urgent: Counter[date] = Counter()
    with store.reading() as connection:
        for row in connection.execute(
            select(exchanges.c.day, exchanges.c.kind, exchanges.c.reason, func.count().label("times"))
            .where(_within(exchanges.c.day, period))
            .group_by(exchanges.c.day, exchanges.c.kind, exchanges.c.reason)
        ):
            asked[_monday(row.day)][_part(row.kind, row.reason)] += row.times
        for row in connection.execute(select(urgent_counts).where(_within(urgent_counts.c.day, period))):
            urgent[_monday(row.day)] += row.times
    weeks = tuple(_volume(monday, parts, urgent[monday]) for monday, parts in asked.items())
    return Volumes(weeks, _total(weeks))


def page_uses(store: Store, period: Period, *, pages: Mapping[str, Page]) -> list[SourceUse]:
    """Every page that answers of `period` quote, most used first; `pages` are those of the current generation."""
    with store.reading() as connection:
        return _used(connection, period, pages=pages)


def sources(used: Sequence[SourceUse]) -> SourceUses:
    """The pages in use that staff should look at."""
    here = [use for use in used if not use.gone]
    dated = sorted((use for use in here if use.last_updated), key=lambda use: (use.last_updated or date.max, use.file))
    undated = tuple(use for use in here if not use.last_updated)
    return SourceUses(tuple(dated[:LISTED]), tuple(used[:LISTED]), undated[:LISTED])


def complaints(store: Store, period: Period, *, used: Sequence[SourceUse]) -> Complaints:
    """What people said of the answers of `period`, which rest on the pages `used`."""
    with store.reading() as connection:
        said = connection.execute(
            select(feedback.c.helpful, feedback.c.reason, func.count())
            .select_from(feedback.join(exchanges))
            .where(_within(exchanges.c.day, period))
            .group_by(feedback.c.helpful, feedback.c.reason)
        ).all()
    reasons = {reason: times for good, reason, times in said if not good}
    helpful = sum(times for good, _, times in said if good)
    listed = [Complaint(reason, shown(times)) for reason, times in reasons.items() if times]
    listed.sort(key=lambda complaint: (-(complaint.times or 0), complaint.reason or ""))
    disliked = sorted((use for use in used if use.unhelpful), key=lambda use: (-(use.unhelpful or 0), use.file))
    unhelpful = sum_of_shown(complaint.times for complaint in listed)
    return Complaints(shown(helpful), unhelpful, tuple(listed), tuple(disliked[:LISTED]))


@dataclass(frozen=True, slots=True)
class _Named:
    title: str
    publisher: str
    page_url: str
    last_updated: date | None


def _used(connection: Connection, period: Period, *, pages: Mapping[str, Page]) -> list[SourceUse]:
    """Every page that was quoted, most used first; pages whose use is not shown come last."""
    quoted = select(quotes.c.file, func.count(quotes.c.exchange.distinct())).group_by(quotes.c.file)
    quoted = quoted.join_from(quotes, exchanges).where(_within(exchanges.c.day, period))
    used = _counts(connection, quoted)
    disliking = quoted.join(feedback, feedback.c.exchange == quotes.c.exchange).where(feedback.c.helpful.is_(False))
    unhelpful = _counts(connection, disliking)
    named = _named(connection, used.keys() - pages.keys())
    found = [
        _use(file, named.get(file) or _of_page(pages[file]), times, unhelpful.get(file, 0), gone=file not in pages)
        for file, times in used.items()
    ]
    return sorted(found, key=lambda use: (-(use.answers or 0), use.file))


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _use(file: str, name: _Named, answers: int, unhelpful: int, *, gone: bool) -> SourceUse:
    counts = in_fives(answers), in_fives(unhelpful)
    return SourceUse(file, name.title, name.publisher, name.page_url, name.last_updated, *counts, gone)


def _named(connection: Connection, files: Iterable[str]) -> dict[str, _Named]:
    """What pages were called that are in the index no more, by the words of some quote."""
    fields = [func.max(quotes.c[name]).label(name) for name in ("title", "publisher", "page_url", "last_updated")]
    found = select(quotes.c.file, *fields).where(quotes.c.file.in_(sorted(files))).group_by(quotes.c.file)
    return {
        row.file: _Named(row.title, row.publisher, row.page_url, row.last_updated) for row in connection.execute(found)
    }


def _of_page(page: Page) -> _Named:
    return _Named(page.title, page.publisher, page.url, page.last_updated)


def _within(day: ColumnElement[date], period: Period) -> ColumnElement[bool]:
    return day.between(period.first, period.last)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _part(kind: str, reason: str | None) -> _Part:
    if kind == "answer":
        return "answered"
    return "outside" if reason == "out_of_scope" else "declined"


def _volume(monday: date, parts: Counter[_Part], urgent: int) -> Volume:
    answered, declined, outside = (shown(parts[part]) for part in _PARTS)
    return Volume(monday, sum_of_shown((answered, declined, outside)), answered, declined, outside, shown(urgent))


def _total(weeks: Sequence[Volume]) -> Volume:
    """The sum of every column's shown counts."""
    columns = ("asked", "answered", "declined", "outside", "urgent")
    return Volume(None, *(sum_of_shown(getattr(week, column) for week in weeks) for column in columns))
