"""How fresh a corpus is: which pages are old, undated, out of reach, or say themselves that they are being updated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from helseassistent.corpus import load_corpus, says_under_update
from helseassistent.ingest.visits import Visited, all_visits, last_seen

Moment = TypeVar("Moment", date, datetime)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A page that the last visits did not find at its address, and that still stands."""

    file: str
    failures: int  # in a row
    seen: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """Every page of a corpus that somebody should look at, the worst first."""

    pages: int
    by_date: tuple[tuple[str, date], ...]  # the date that the page states, oldest first
    undated: tuple[str, ...]
    by_sight: tuple[tuple[str, datetime], ...]  # when it was last at its address, longest ago first
    never_seen: tuple[str, ...]  # put into the corpus by hand
    unreachable: tuple[Unreachable, ...]
    updating: tuple[str, ...]


def freshness_of(corpus: Path) -> Freshness:
    """What can be told of the pages below `corpus` without asking the web.

    Raises:
        CorpusError: if `corpus` is not a readable folder, or what is known of its pages cannot be read.
    """
    pages = load_corpus(corpus, last_seen=last_seen(corpus)).pages
    visits = [record for records in all_visits(corpus).values() for record in records.values()]
    lost = [_unreachable(record) for record in visits if record.stands and record.failures and record.file in pages]
    return Freshness(
        pages=len(pages),
        by_date=_oldest_first([(file, page.last_updated) for file, page in pages.items() if page.last_updated]),
        undated=tuple(file for file, page in pages.items() if page.last_updated is None),
        by_sight=_oldest_first([(file, page.fetched_at) for file, page in pages.items() if page.fetched_at]),
        never_seen=tuple(file for file, page in pages.items() if page.fetched_at is None),
        unreachable=tuple(sorted(lost, key=lambda page: (-page.failures, page.file))),
        updating=tuple(file for file, page in pages.items() if says_under_update(page)),
    )


def _oldest_first(told: Iterable[tuple[str, Moment]]) -> tuple[tuple[str, Moment], ...]:
    return tuple(sorted(told, key=lambda page: (page[1], page[0])))


def _unreachable(record: Visited) -> Unreachable:
    return Unreachable(record.file or "", record.failures, record.last_seen, record.reason)
