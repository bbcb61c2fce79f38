"""Everything that staff are shown of a period, put together; made anew only when it would be another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from sqlalchemy import func, select

from helseassistent.review.contradictions import contradictions
from helseassistent.review.findings import Contradiction, Gaps, Period, Report
from helseassistent.review.gaps import find_gaps
from helseassistent.review.schema import approved, exchanges, feedback, verdicts
from helseassistent.review.store import Store
from helseassistent.review.usage import complaints, page_uses, period_of, sources, volumes
from helseassistent.types import Encoder, Page

WEEKS = 12


class Edition(Protocol):
    """The pages of one generation."""

    @property
    def generation(self) -> str: ...
    @property
    def pages(self) -> Mapping[str, Page]: ...


@dataclass(slots=True, eq=False)
class Reporter:
    """Makes reports from a log beside the generation in service; threads may share it.

    The weeks of a report are over, so that it is made once, and again only when something in them has changed.
    """

    store: Store
    edition: Callable[[], Edition]
    encoder: Encoder  # of words: a question costs it less than a tenth of a millisecond
    keep_days: int
    _made: tuple[_Basis, Report] | None = field(default=None, init=False)
    _contradictions: tuple[str, tuple[Contradiction, ...]] | None = field(default=None, init=False)

    def report(self, *, today: date, weeks: int = WEEKS) -> Report:
        """The report of the latest whole weeks, at most `weeks`."""
        period = period_of(today, weeks=weeks, keep_days=self.keep_days)
        edition = self.edition()
        basis = _Basis(period, edition.generation, *_state(self.store, period))
        made = self._made
        if made is None or replace(made[0], judged=basis.judged) != basis:
            made = self._made = (basis, self._report(period, edition))
        elif made[0] != basis:
            made = self._made = (basis, replace(made[1], gaps=self._gaps(period, edition)))
        return made[1]

    def contradictions(self, edition: Edition) -> tuple[Contradiction, ...]:
        """Those of the edition's pages, found once."""
        kept = self._contradictions
        if kept is None or kept[0] != edition.generation:
            kept = self._contradictions = (edition.generation, contradictions(edition.pages))
        return kept[1]

    def _report(self, period: Period, edition: Edition) -> Report:
        used = page_uses(self.store, period, pages=edition.pages)
        return Report(
            period,
            edition.generation,
            volumes(self.store, period),
            sources(used),
            complaints(self.store, period, used=used),
            self._gaps(period, edition),
            self.contradictions(edition),
        )

    def _gaps(self, period: Period, edition: Edition) -> Gaps:
        return find_gaps(self.store, period, encoder=self.encoder, pages=edition.pages)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What decides a report."""

    period: Period
    generation: str
    asked: tuple[int, ...]
    judged: tuple[int, ...]  # which only gaps rest on


def _state(store: Store, period: Period) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numbers that are others when something in `period` was added, deleted or disliked, and when any was judged."""
    within = exchanges.c.day.between(period.first, period.last)
    asked = select(func.count()).select_from(exchanges).where(within)
    judged = select(func.count()).select_from(verdicts)
    said = select(func.count()).select_from(feedback.join(exchanges)).where(within)
    said = said.group_by(feedback.c.helpful).order_by(feedback.c.helpful)
    checked = select(func.count(), func.coalesce(func.sum(approved.c.version), 0))
    with store.reading() as connection:
        counts = (*connection.execute(asked).scalars(), *connection.execute(said).scalars())
        return counts, (*connection.execute(judged).scalars(), *connection.execute(checked).one())
