"""From settings to pages in the corpus: what its sources name, from the web or from a disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from helseassistent.errors import SourcesError
from helseassistent.ingest.crawl import crawl
from helseassistent.ingest.disk import visits_on_disk
from helseassistent.ingest.fetch import Client, user_agent
from helseassistent.ingest.found import Document, Fetched, Known, Refused, Visit
from helseassistent.ingest.pace import SYSTEM_CLOCK, Clock
from helseassistent.ingest.parse import Limits, parse_document
from helseassistent.ingest.report import Report
from helseassistent.ingest.rounds import run_round
from helseassistent.ingest.sources import Source, Sources, load_sources, source_of
from helseassistent.settings import Settings

SOURCES = "sources.toml"  # in the corpus folder
IMPORTED = "import"  # the name under which files from a disk are remembered
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Web:
    """What it takes to fetch: tests have another client, and a clock that does not make them wait."""

    client: Client
    clock: Clock = SYSTEM_CLOCK


def sources_of(settings: Settings) -> Sources:
    """The sources that the corpus names.

    Raises:
        SourcesError: if the file is missing or cannot be used.
    """
    return load_sources(settings.corpus / SOURCES)


def web_of(sources: Sources) -> Web:
    """The network, with the contact that the sources name.

    Raises:
        SourcesError: if nobody has said how we can be reached.
    """
    return Web(Client(agent=user_agent(sources.contact)))


def named_source(name: str, *, sources: Sources) -> Source:
    """The source with that name.

    Raises:
        SourcesError: if there is none; lists those there are.
    """
    if name not in sources.named:
        known = ", ".join(sources.named) or "ingen"
        raise SourcesError(f"Kilden «{name}» står ikke i {SOURCES}. Kildene er: {known}.")
    return sources.named[name]


def source_that_covers(url: str, *, sources: Sources) -> Source:
    """The source that lets the address be fetched.

    Raises:
        SourcesError: if none does.
    """
    source = source_of(url, sources=sources.named.values())
    if source is None:
        raise SourcesError(f"Ingen kilde i {SOURCES} tillater «{url}». Legg nettstedet til der, og prøv igjen.")
    return source


def ingest_source(
    settings: Settings,
    source: Source,
    *,
    web: Web,
    only: Sequence[str] = (),
    force: bool = False,
    progress: Callable[[int, int], None] = lambda visited, waiting: None,
) -> Report:
    """A round through the source, or through `only` some of its addresses."""

    def visiting(known: Mapping[str, Known], finished: frozenset[str]) -> Iterator[Visit]:
        return crawl(
            source,
            client=web.client,
            parse=partial(parse_document, limits=_LIMITS),
            known=known,
            only=tuple(only),
            finished=finished,
            clock=web.clock,
            progress=progress,
        )

    return run_round(
        settings.corpus,
        source=source.name,
        publisher=source.publisher,
        visiting=visiting,
        belongs=lambda url: source_of(url, sources=[source]) is not None,
        whole=not only,
        force=force,
    )


def import_files(
    settings: Settings,
    place: Path,
    *,
    url: str | None,
    publisher: str | None,
    progress: Callable[[int, int], None] = lambda visited, waiting: None,
) -> Report:
    """Bring pages from a file or folder into the corpus; `url` is where it lies on the web, `publisher` whose it is."""

    def publisher_of(address: str) -> str | None:
        return publisher or _publisher(settings, address)

    def parse(fetched: Fetched) -> Document | Refused:
        return parse_document(fetched, limits=_LIMITS)

    def visiting(known: Mapping[str, Known], finished: frozenset[str]) -> Iterator[Visit]:
        visits = visits_on_disk(place, parse=parse, largest=_LIMITS.body_bytes, url=url, publisher_of=publisher_of)
        for number, visit in enumerate(visits, start=1):
            progress(number, 0)
            yield visit

    return run_round(
        settings.corpus,
        source=IMPORTED,
        publisher=publisher,
        visiting=visiting,
        belongs=lambda url: False,
        whole=False,
        fetched=False,
    )


def _publisher(settings: Settings, url: str) -> str | None:
    """Who answers for the address by the list of sources, if there is one that covers it."""
    if not (settings.corpus / SOURCES).exists():
        return None
    source = source_of(url, sources=sources_of(settings).named.values())
    return source.publisher if source else None
