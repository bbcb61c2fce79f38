"""A visit to a source: every address that it names, once, in order, politely."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from helseassistent.ingest.fetch import Client
from helseassistent.ingest.found import Document, Fetched, Known, Refused, Visit
from helseassistent.ingest.pace import SYSTEM_CLOCK, Clock
from helseassistent.ingest.sources import Source


def crawl(
    source: Source,
    *,
    client: Client,
    parse: Callable[[Fetched], Document | Refused],
    known: Mapping[str, Known],
    only: tuple[str, ...] = (),
    finished: frozenset[str] = frozenset(),
    clock: Clock = SYSTEM_CLOCK,
    progress: Callable[[int, int], None] = lambda visited, waiting: None,
) -> Iterator[Visit]:
    """Visits in the order they were made: start addresses, sitemaps, what they link to, then `known` pages left over.

    `known` is by the address of the stored page (`Read.fetched.url`). With `only`, just these addresses are visited
    and no link is followed. An address in `finished` (an interrupted round has visited it) is not asked for again; the
    links in `known` are followed. A page that is read is always at its own address: what led there by redirect or canonical
    link is a `Moved` beside it. `progress` hears before each request how many are visited and how many wait.
    """
    raise NotImplementedError
    yield
