"""Everything that staff are shown of a period, put together; what rests on the pages alone is found once for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from helseassistent.review.contradictions import contradictions
from helseassistent.review.findings import Contradiction, Report
from helseassistent.review.gaps import find_gaps
from helseassistent.review.store import Store
from helseassistent.review.usage import complaints, period_of, sources, volumes
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
    """Makes reports from a log beside the generation in service; threads may share it."""

    store: Store
    edition: Callable[[], Edition]
    encoder: Encoder  # of words: a question costs it less than a tenth of a millisecond
    keep_days: int
    _contradictions: tuple[str, tuple[Contradiction, ...]] | None = field(default=None, init=False)

    def report(self, *, today: date, weeks: int = WEEKS) -> Report:
        """The report of the latest whole weeks, at most `weeks`."""
        period = period_of(today, weeks=weeks, keep_days=self.keep_days)
        edition = self.edition()
        return Report(
            period,
            edition.generation,
            volumes(self.store, period),
            sources(self.store, period, pages=edition.pages),
            complaints(self.store, period, pages=edition.pages),
            find_gaps(self.store, period, encoder=self.encoder, pages=edition.pages),
            self.contradictions(edition),
        )

    def contradictions(self, edition: Edition) -> tuple[Contradiction, ...]:
        """Those of the edition's pages, found once."""
        kept = self._contradictions
        if kept is None or kept[0] != edition.generation:
            kept = self._contradictions = (edition.generation, contradictions(edition.pages))
        return kept[1]
