"""What the queue is made of, as columns in memory: a look at 100,000 rows in a database takes seconds, here a moment.

Every look reads what is new, and all that people and reviewers said; when rows have been deleted, everything again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, func, select

from helseassistent.review.cases import Judgement
from helseassistent.review.schema import exchanges, feedback, quotes, verdicts
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store
from helseassistent.types import Language, Page

Numbers: TypeAlias = NDArray[Any]

JUDGED: tuple[Judgement, ...] = get_args(Judgement)
SPOKEN: tuple[Language, ...] = get_args(Language)
UP, DOWN = 1, -1
_NO_DATE = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Columns:
    """One entry an exchange, in the order of logging; `group` is the same for all who ask alike."""

    seq: Numbers
    group: Numbers
    answered: Numbers
    noticed: Numbers  # met with a fixed reply
    confidence: Numbers
    threshold: Numbers  # nan when it was not known
    language: Numbers  # place in SPOKEN
    oldest: Numbers  # ordinal of the oldest date among the pages quoted
    said: Numbers  # UP, DOWN, or 0 when nobody said
    judgement: Numbers  # place in JUDGED, or -1
    changed: Numbers  # quotes words that no longer stand
    asked: tuple[str, ...]  # by group


@dataclass(slots=True)
class _Kept:
    """What is read once."""

    rows: Numbers = field(default_factory=lambda: np.empty((0, 6)))
    seq: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    group: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    groups: dict[str, int] = field(default_factory=dict)
    quoted: dict[tuple[str, str], int] = field(default_factory=dict)
    quote: Numbers = field(default_factory=lambda: np.empty(0, np.int64))  # of each quotation, place in `quoted`
    quoting: Numbers = field(default_factory=lambda: np.empty(0, np.int64))  # of each quotation, the row
    gone: Numbers = field(default_factory=lambda: np.empty(0, np.bool_))  # of each of `quoted`
    generation: str = ""


class Ledger:
    """Threads may share it; each gets columns that do not change."""

    def __init__(self, store: Store, sources: Callable[[], Sources]) -> None:
        self._store = store
        self._sources = sources
        self._lock = threading.Lock()
        self._kept = _Kept()

    def now(self) -> Columns:
        """As the log and the pages are now."""
        sources = self._sources()
        with self._lock, self._store.reading() as connection:
            _read_new(connection, self._kept)
            there = connection.execute(select(func.count()).select_from(exchanges)).scalar_one()
            if there != len(self._kept.seq):  # something was deleted, or came in later than what came after it
                self._kept = _Kept()
                _read_new(connection, self._kept)
            _compare(self._kept, sources)
            return _columns(self._kept, said=_said(connection), judged=_judged(connection))


def _read_new(connection: Connection, kept: _Kept) -> None:
    e = exchanges.c
    last = int(kept.seq[-1]) if len(kept.seq) else 0
    found = connection.execute(
        select(e.seq, e.asked, e.kind, e.notice, e.confidence, e.threshold, e.language)
        .where(e.seq > last)
        .order_by(e.seq)
    ).all()
    if not found:
        return
    kept.seq = np.concatenate([kept.seq, np.array([row.seq for row in found], np.int64)])
    groups = [kept.groups.setdefault(row.asked, len(kept.groups)) for row in found]
    kept.group = np.concatenate([kept.group, np.array(groups, np.int64)])
    kept.rows = np.concatenate([kept.rows, np.array([_numbers(row) for row in found])])
    _read_quotes(connection, kept, last=last)


def _numbers(row: Any) -> tuple[float, ...]:
    threshold = np.nan if row.threshold is None else row.threshold
    language = SPOKEN.index(row.language) if row.language in SPOKEN else -1
    return row.kind == "answer", row.notice is not None, row.confidence, threshold, language, _NO_DATE


def _read_quotes(connection: Connection, kept: _Kept, *, last: int) -> None:
    q = quotes.c
    joined = select(exchanges.c.seq, q.file, q.quote, q.last_updated).join_from(quotes, exchanges)
    found = connection.execute(joined.where(exchanges.c.seq > last, exchanges.c.seq <= int(kept.seq[-1]))).all()
    if not found:
        return
    rows = np.searchsorted(kept.seq, np.array([row.seq for row in found], np.int64))
    known = [kept.quoted.setdefault((row.file, row.quote), len(kept.quoted)) for row in found]
    kept.quote = np.concatenate([kept.quote, np.array(known, np.int64)])
    kept.quoting = np.concatenate([kept.quoting, rows])
    dates = [row.last_updated.toordinal() if row.last_updated else _NO_DATE for row in found]
    np.minimum.at(kept.rows[:, 5], rows, np.array(dates, np.float64))


def _compare(kept: _Kept, sources: Sources) -> None:
    """Look for the words that have not been looked for in this generation."""
    if kept.generation != sources.generation:
        kept.gone, kept.generation = np.empty(0, np.bool_), sources.generation
    unseen = list(kept.quoted)[len(kept.gone) :]
    kept.gone = np.concatenate([kept.gone, np.array([_is_gone(key, sources.pages) for key in unseen], np.bool_)])


def _is_gone(key: tuple[str, str], pages: Mapping[str, Page]) -> bool:
    file, words = key
    return file not in pages or words not in pages[file].body


def _said(connection: Connection) -> Numbers:
    """Pairs of row number and what was said."""
    found = connection.execute(select(exchanges.c.seq, feedback.c.helpful).join_from(feedback, exchanges)).all()
    return np.array([(row.seq, UP if row.helpful else DOWN) for row in found], np.int64).reshape(-1, 2)


def _judged(connection: Connection) -> Numbers:
    """Pairs of row number and place of the verdict in force."""
    latest = select(verdicts.c.exchange, func.max(verdicts.c.version).label("version")).group_by(verdicts.c.exchange)
    last = latest.where(verdicts.c.exchange.is_not(None)).subquery()
    same = and_(verdicts.c.exchange == last.c.exchange, verdicts.c.version == last.c.version)
    found = connection.execute(
        select(exchanges.c.seq, verdicts.c.judgement).join_from(verdicts, last, same).join(exchanges)
    ).all()
    return np.array([(row.seq, JUDGED.index(row.judgement)) for row in found], np.int64).reshape(-1, 2)


def _columns(kept: _Kept, *, said: Numbers, judged: Numbers) -> Columns:
    changed = np.zeros(len(kept.seq), np.bool_)
    changed[kept.quoting[kept.gone[kept.quote]]] = True
    rows = kept.rows
    return Columns(
        kept.seq,
        kept.group,
        rows[:, 0] == 1,
        rows[:, 1] == 1,
        rows[:, 2],
        rows[:, 3],
        rows[:, 4],
        rows[:, 5],
        _placed(kept.seq, said, default=0),
        _placed(kept.seq, judged, default=-1),
        changed,
        tuple(kept.groups),
    )


def _placed(seq: Numbers, pairs: Numbers, *, default: int) -> Numbers:
    """A column with the second of each pair where `seq` is the first; what is not in `seq` came in meanwhile."""
    column = np.full(len(seq), default, np.int64)
    places = np.searchsorted(seq, pairs[:, 0])
    inside = places < len(seq)
    inside[inside] = seq[places[inside]] == pairs[inside, 0]
    column[places[inside]] = pairs[inside, 1]
    return column
