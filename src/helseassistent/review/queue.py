"""Which cases a person should look at first: logged questions, alike ones together, the neediest on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, and_, case, func, literal, select, true

from helseassistent.review.cases import Judgement, LoggedExchange
from helseassistent.review.exchanges import asked, logged
from helseassistent.review.schema import exchanges, feedback, quotes, verdicts
from helseassistent.review.store import Store
from helseassistent.types import Language

Ground: TypeAlias = Literal[
    "thumbs_down", "changed_source", "near_threshold", "low_confidence", "frequent", "unanswered", "old_source"
]
State: TypeAlias = Literal["open", "judged", "all"]
Said: TypeAlias = Literal["down", "up", "nothing"]

PAGE = 25
NEED: Mapping[Ground, int] = {  # what a ground weighs; "frequent" is per time it was asked again
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
_SEQ = literal(10**12, BigInteger)  # no log has so many rows: need and row number in one sortable number


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
class Changed:
    """Quoted words that no longer stand on the page they were taken from, by file."""

    quotes: Mapping[str, frozenset[str]]


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


def find(store: Store, wanted: Wanted, *, today: date, changed: Changed) -> QueuePage:
    """The cases that are wanted, neediest first; those who asked alike are one case."""
    grounds = _grounds(today=today, changed=changed)
    groups = _groups(wanted, grounds=grounds)
    with store.reading() as connection:
        rows = connection.execute(_ordered(groups, wanted)).all()
        seqs = {row.top % _SEQ.value if wanted.state != "judged" else row.judged: row for row in rows}
        found = connection.execute(_shown(grounds).where(exchanges.c.seq.in_(seqs))).all()
    shown = {row.seq: row for row in found}
    return QueuePage(
        tuple(_waiting(shown[seq], times=row.times) for seq, row in seqs.items() if seq in shown),
        rows[0].total if rows else 0,
    )


def times_asked(store: Store, exchange: LoggedExchange) -> int:
    """How many asked alike."""
    alike = select(func.count()).select_from(exchanges).where(exchanges.c.asked == exchange.asked)
    with store.reading() as connection:
        return connection.execute(alike).scalar_one()


def _grounds(*, today: date, changed: Changed) -> dict[Ground, ColumnElement[bool]]:
    """What is true of one row, by name."""
    e = exchanges.c
    answered = e.kind == "answer"
    near = and_(e.threshold.is_not(None), func.abs(e.confidence - e.threshold) <= _NEAR, e.notice.is_(None))
    old = select(quotes.c.exchange).where(quotes.c.last_updated < today - _OLD)
    return {
        "thumbs_down": feedback.c.helpful.is_(False),
        "changed_source": e.id.in_(_on_changed(changed)),
        "near_threshold": near,
        "low_confidence": and_(answered, e.confidence < _LOW),
        "unanswered": and_(e.kind == "abstention", e.notice.is_(None)),
        "old_source": e.id.in_(old),
    }


def _on_changed(changed: Changed) -> Select[tuple[str]]:
    gone = frozenset().union(*changed.quotes.values())
    on_pages = select(quotes.c.exchange).where(quotes.c.file.in_(changed.quotes))
    return on_pages.where(quotes.c.quote.in_(gone)) if len(gone) <= 500 else on_pages


def _groups(wanted: Wanted, *, grounds: Mapping[Ground, ColumnElement[bool]]) -> Subquery:
    e, standing = exchanges.c, _standing()
    rows = exchanges.outerjoin(feedback).outerjoin(standing, standing.c.exchange == e.id)
    all_grounds = sum(
        (case((ground, NEED[name]), else_=0) for name, ground in grounds.items()), start=case((true(), 0))
    )
    need = case((standing.c.exchange.is_(None), all_grounds), else_=0)  # one of those who asked alike may wait still
    query = select(
        e.asked,
        func.count().label("times"),
        func.max(need * _SEQ + e.seq).label("top"),
        func.max(case((standing.c.exchange.is_not(None), e.seq))).label("judged"),
        func.max(case((feedback.c.helpful.is_(False), e.seq))).label("down"),
    ).select_from(rows)
    for condition in _narrowed(wanted, grounds=grounds, standing=standing):
        query = query.where(condition)
    return query.group_by(e.asked).subquery()


def _standing() -> Subquery:
    """The verdict in force of every case that has one."""
    latest = (
        select(verdicts.c.exchange, func.max(verdicts.c.version).label("version"))
        .where(verdicts.c.exchange.is_not(None))
        .group_by(verdicts.c.exchange)
        .subquery()
    )
    same = and_(verdicts.c.exchange == latest.c.exchange, verdicts.c.version == latest.c.version)
    return select(verdicts.c.exchange, verdicts.c.judgement).join(latest, same).subquery("standing")


def _narrowed(
    wanted: Wanted, *, grounds: Mapping[Ground, ColumnElement[bool]], standing: Subquery
) -> list[ColumnElement[bool]]:
    e = exchanges.c
    conditions = [e.asked.contains(word, autoescape=True) for word in asked(wanted.words).split()]
    if wanted.kind:
        conditions.append(e.kind == wanted.kind)
    if wanted.language:
        conditions.append(e.language == wanted.language)
    if wanted.said:
        said = {"down": feedback.c.helpful.is_(False), "up": feedback.c.helpful.is_(True)}
        conditions.append(said.get(wanted.said, feedback.c.helpful.is_(None)))
    if wanted.ground and wanted.ground != "frequent":
        conditions.append(grounds[wanted.ground])
    if wanted.judgement:
        conditions.append(standing.c.judgement == wanted.judgement)
    return conditions


def _ordered(groups: Subquery, wanted: Wanted) -> Select[Any]:
    g = groups.c
    again = case((g.times > _AGAIN, _AGAIN), else_=g.times) * NEED["frequent"]
    query = select(g.times, g.top, g.judged, func.count().over().label("total"))
    if wanted.state == "open":  # a thumb down after the verdict opens the case again
        query = query.where(g.judged.is_(None) | (g.down > g.judged))
    elif wanted.state == "judged":
        query = query.where(g.judged.is_not(None))
    if wanted.ground == "frequent":
        query = query.where(g.times >= OFTEN)
    last = g.judged.desc() if wanted.state == "judged" else (g.top + again * _SEQ).desc()
    return query.order_by(last).limit(PAGE).offset((max(wanted.page, 1) - 1) * PAGE)


def _shown(grounds: Mapping[Ground, ColumnElement[bool]]) -> Select[Any]:
    standing = _standing()
    marks = [ground.label(f"is_{name}") for name, ground in grounds.items()]
    return logged().add_columns(*marks, standing.c.judgement).outerjoin(standing, standing.c.exchange == exchanges.c.id)


def _waiting(row: Any, *, times: int) -> Waiting:
    fields = dict(row._mapping)
    judgement = fields.pop("judgement")
    grounds: list[Ground] = [name for name in NEED if name != "frequent" and fields.pop(f"is_{name}")]
    if times >= OFTEN:
        grounds.append("frequent")
    return Waiting(LoggedExchange(**fields), times, tuple(grounds), judgement)
