"""One round through a source, or through some of its addresses: alone on the corpus, and gone on with if cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from helseassistent import durable
from helseassistent.errors import CorpusError
from helseassistent.ingest.found import Known, Visit
from helseassistent.ingest.keep import Keeper
from helseassistent.ingest.report import Report, report_of
from helseassistent.ingest.visits import VISITS, Visits

# Makes the visits, given what is known of the pages and which addresses an interrupted round has visited.
Visiting: TypeAlias = Callable[[Mapping[str, Known], frozenset[str]], Iterator[Visit]]


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def run_round(
    corpus: Path,
    *,
    source: str,
    publisher: str | None,
    visiting: Visiting,
    belongs: Callable[[str], bool],
    whole: bool = True,
    fetched: bool = True,
    force: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> Report:
    """Bring the pages of the source up to date; `belongs` tells which addresses are the source's.

    `publisher` is that of every page, or None where each page says its own; `fetched` is False for files from a disk.

    Raises:
        CorpusError: if another process is changing the same corpus.
    """
    with alone_on(corpus):
        visits = Visits(corpus, source=source)
        one = visits.begin(whole=whole, now=now())
        keeper = Keeper(corpus, visits=visits, one=one, publisher=publisher, fetched=fetched, now=now)
        finished = frozenset(record.url for record in visits.of_round(one) if record.outcome != "refused")
        for visit in visiting(keeper.known(belongs=belongs), finished):
            keeper.apply(visit)
        keeper.finish(force=force)
        return report_of(one, visits=visits, source=source)


@contextmanager
def alone_on(corpus: Path) -> Iterator[None]:
    """Hold the corpus for writing, and remove what a killed process left half written.

    Raises:
        CorpusError: if another process holds it.
    """
    durable.make_folders(corpus / VISITS)
    try:
        with durable.locked(corpus / VISITS / ".lock"):
            for leftover in corpus.rglob(".*.tmp"):
                leftover.unlink()
            yield
    except durable.LockedError as holder:
        raise CorpusError(
            f"En annen prosess (nummer {holder}) henter allerede sider til «{corpus}». Vent til den er ferdig."
        ) from holder
