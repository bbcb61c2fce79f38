"""What a round did to the corpus, page by page, as its visits tell; a round that was cut off counts as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helseassistent.ingest.visits import Outcome, Round, Visited, Visits


@dataclass(frozen=True, slots=True)
class Loss:
    """An address that gave no page, and why; `file` is the page that it had, or still has."""

    url: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The addresses of one round by what became of them; files in the order of the alphabet."""

    source: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[Loss, ...]  # withdrawn from the corpus
    doubted: tuple[Loss, ...]  # said to have gone, but too many at once to be believed; still in the corpus
    refused: tuple[Loss, ...]  # gave no page; one that stands in the corpus stays there

    @property
    def pages(self) -> int:
        """How many pages the round saw at their addresses."""
        return len(self.new) + len(self.changed) + len(self.unchanged)


def report_of(one: Round, *, visits: Visits, source: str) -> Report:
    """The report of the round as it stands now."""
    visited = sorted(visits.of_round(one), key=lambda record: (record.file or "", record.url))

    def files(outcome: Outcome) -> tuple[str, ...]:
        return tuple(record.file for record in visited if record.outcome == outcome and record.file)

    def losses(wanted: Callable[[Visited], bool]) -> tuple[Loss, ...]:
        return tuple(Loss(record.url, record.reason, record.file) for record in visited if wanted(record))

    return Report(
        source,
        files("new"),
        files("changed"),
        files("unchanged"),
        losses(lambda record: _left(record) and record.withdrawn is not None and record.withdrawn >= one.begun),
        losses(lambda record: _left(record) and record.stands),
        losses(lambda record: record.outcome == "refused"),
    )


def _left(record: Visited) -> bool:
    return record.outcome in ("gone", "moved")
