"""Which cases a person should look at first: logged questions, alike ones together, the neediest on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

import numpy as np
from sqlalchemy import func, select

from helseassistent.review.cases import Judgement, LoggedExchange
from helseassistent.review.exchanges import asked, logged, logged_from
from helseassistent.review.ledger import DOWN, JUDGED, SPOKEN, UP, Columns, Numbers
from helseassistent.review.schema import exchanges
from helseassistent.review.store import Store
from helseassistent.types import Language

Ground: TypeAlias = Literal[
    "thumbs_down", "changed_source", "near_threshold", "low_confidence", "frequent", "unanswered", "old_source"
]
State: TypeAlias = Literal["open", "judged", "all"]
Said: TypeAlias = Literal["down", "up", "nothing"]

PAGE = 25
NEED: Mapping[Ground, int] = {  # what a ground weighs; "frequent" is per time it was asked
    "thumbs_down": 100,
    "changed_source": 60,
    "near_threshold": 30,
    "low_confidence": 15,
    "unanswered": 10,
    "old_source": 10,
    "frequent": 5,
}
OFTEN = 3  # asked so many times is frequent
_AGAIN = 8  # times from which asking again adds no more
_NEAR, _LOW = 0.1, 0.6
_OLD = timedelta(days=2 * 365)
_SAID: Mapping[Said, int] = {"down": DOWN, "up": UP, "nothing": 0}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the queue is narrowed to; None and "" narrow nothing."""

    words: str = ""
    state: State = "open"
    kind: Literal["answer", "abstention"] | None = None
    said: Said | None = None
    ground: Ground | None = None
    judgement: Judgement | None = None
    language: Language | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the queue: one exchange that stands for all who asked alike."""

    exchange: LoggedExchange
    times: int
    grounds: tuple[Ground, ...]
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue, and how many cases there are in all."""

    cases: tuple[Waiting, ...]
    total: int


def find(store: Store, columns: Columns, wanted: Wanted, *, today: date) -> QueuePage:
    """The cases that are wanted, neediest first; those who asked alike are one case."""
    grounds = _grounds(columns, today=today)
    times = np.bincount(columns.group, minlength=len(columns.asked))
    rows = _ordered(columns, wanted, grounds=grounds, times=times)
    first = (max(wanted.page, 1) - 1) * PAGE
    shown = rows[first : first + PAGE]
    with store.reading() as connection:
        wanted_rows = logged().where(exchanges.c.seq.in_(columns.seq[shown].tolist()))
        found = {row.seq: logged_from(row) for row in connection.execute(wanted_rows)}
    return QueuePage(
        tuple(
            Waiting(
                found[columns.seq[row]],
                int(times[columns.group[row]]),
                _names(grounds, row, times=int(times[columns.group[row]])),
                JUDGED[columns.judgement[row]] if columns.judgement[row] >= 0 else None,
            )
            for row in shown
            if columns.seq[row] in found
        ),
        len(rows),
    )


def times_asked(store: Store, exchange: LoggedExchange) -> int:
    """How many asked alike."""
    alike = select(func.count()).select_from(exchanges).where(exchanges.c.asked == exchange.asked)
    with store.reading() as connection:
        return connection.execute(alike).scalar_one()


def _grounds(columns: Columns, *, today: date) -> dict[Ground, Numbers]:
    """By name, where it holds."""
    known = ~np.isnan(columns.threshold)
    near = known & (np.abs(columns.confidence - np.where(known, columns.threshold, 0)) <= _NEAR) & ~columns.noticed
    return {
        "thumbs_down": columns.said == DOWN,
        "changed_source": columns.changed,
        "near_threshold": near,
        "low_confidence": columns.answered & (columns.confidence < _LOW),
        "unanswered": ~columns.answered & ~columns.noticed,
        "old_source": columns.oldest < (today - _OLD).toordinal(),
    }


def _names(grounds: Mapping[Ground, Numbers], row: int, *, times: int) -> tuple[Ground, ...]:
    names = [name for name, holds in grounds.items() if holds[row]]
    return (*names, "frequent") if times >= OFTEN else tuple(names)


def _ordered(columns: Columns, wanted: Wanted, *, grounds: Mapping[Ground, Numbers], times: Numbers) -> Numbers:
    """The row that stands for each group that is wanted, neediest first; of the judged ones the latest first."""
    open_rows = columns.judgement < 0
    need = sum(NEED[name] * holds.astype(np.int64) for name, holds in grounds.items()) * open_rows
    order = np.arange(len(columns.seq))
    last_judged = _last(columns, order, ~open_rows)
    last_down = _last(columns, order, columns.said == DOWN)
    groups = _in_state(wanted.state, last_judged, last_down) & _with_words(columns, wanted.words)
    if wanted.ground == "frequent":
        groups &= times >= OFTEN
    rows = _narrowed(columns, wanted, grounds=grounds) & groups[columns.group]
    if wanted.state == "judged":
        return np.flatnonzero(rows & (order == last_judged[columns.group]))[::-1]
    weight = need * len(order) + order  # of rows that need the same, the latest
    top = _last(columns, weight, rows)
    standing = np.flatnonzero(rows & (weight == top[columns.group]))
    again = NEED["frequent"] * np.minimum(times, _AGAIN)[columns.group[standing]]
    return standing[np.argsort(-(weight[standing] + again * len(order)), kind="stable")]


def _last(columns: Columns, values: Numbers, rows: Numbers) -> Numbers:
    """The highest value among the rows of each group; -1 where there is none."""
    found = np.full(len(columns.asked), -1, np.int64)
    np.maximum.at(found, columns.group[rows], values[rows])
    return found


def _in_state(state: State, last_judged: Numbers, last_down: Numbers) -> Numbers:
    match state:
        case "open":  # a thumb down after the verdict opens the case again
            return (last_judged < 0) | (last_down > last_judged)
        case "judged":
            return last_judged >= 0
        case "all":
            return np.ones(len(last_judged), np.bool_)


def _with_words(columns: Columns, words: str) -> Numbers:
    sought = asked(words).split()
    return np.fromiter((all(word in text for word in sought) for text in columns.asked), np.bool_, len(columns.asked))


def _narrowed(columns: Columns, wanted: Wanted, *, grounds: Mapping[Ground, Numbers]) -> Numbers:
    rows = np.ones(len(columns.seq), np.bool_)
    if wanted.kind:
        rows &= columns.answered == (wanted.kind == "answer")
    if wanted.language:
        rows &= columns.language == SPOKEN.index(wanted.language)
    if wanted.said:
        rows &= columns.said == _SAID[wanted.said]
    if wanted.ground and wanted.ground != "frequent":
        rows &= grounds[wanted.ground]
    if wanted.judgement:
        rows &= columns.judgement == JUDGED.index(wanted.judgement)
    return rows
