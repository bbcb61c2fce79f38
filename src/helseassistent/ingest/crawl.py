"""A crawl of a source: every address that it names, once, in order, politely."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from helseassistent.ingest.addresses import parse_address
from helseassistent.ingest.asking import Asking
from helseassistent.ingest.fetch import Client
from helseassistent.ingest.found import Document, Fetched, Gone, Known, Moved, Read, Refused, Unchanged, Visit
from helseassistent.ingest.frontier import Frontier
from helseassistent.ingest.pace import SYSTEM_CLOCK, Clock
from helseassistent.ingest.sitemap import read_sitemaps
from helseassistent.ingest.sources import Source, outside
from helseassistent.text.words import written_form

Parse: TypeAlias = Callable[[Fetched], Document | Refused]
Progress: TypeAlias = Callable[[int, int], None]


def crawl(
    source: Source,
    *,
    client: Client,
    parse: Parse,
    known: Mapping[str, Known],
    only: tuple[str, ...] = (),
    finished: frozenset[str] = frozenset(),
    clock: Clock = SYSTEM_CLOCK,
    progress: Progress = lambda visited, waiting: None,
) -> Iterator[Visit]:
    """Visits in the order they were made: start addresses, sitemaps, what they link to, then `known` pages left over.

    `known` is by the address of the stored page (`Read.fetched.url`). With `only`, just these addresses are visited
    and no link is followed. An address in `finished` (an interrupted round has visited it) is not asked for again; the
    links in `known` are followed. A page that is read is always at its own address: what led there by redirect or
    canonical link is a `Moved` beside it. `progress` hears before each address how many are visited and how many wait.
    """
    asking = Asking(source, client=client, known=known, clock=clock)
    frontier = Frontier(source)
    crawled = _Crawl(source, asking=asking, frontier=frontier, parse=parse, known=known, finished=finished)
    crawled.follows = not only
    for url in only or source.start:
        if refused := frontier.add(url, depth=0):
            yield refused
    if not only:
        yield from _from_sitemaps(source, asking=asking, frontier=frontier)
    yield from crawled.visits(progress=progress)
    if not only and not frontier.full:
        crawled.follows = False  # nothing leads to these any more; they are asked for only to see whether they stand
        for url in known:
            frontier.add(url, depth=0)
        yield from crawled.visits(progress=progress)
    yield from frontier.report()


def _from_sitemaps(source: Source, *, asking: Asking, frontier: Frontier) -> Iterator[Refused]:
    """Let wait what the sitemaps list and the source covers; what lies outside is not ours to report."""
    for found in read_sitemaps(source.sitemaps, ask=asking.sitemap):
        if isinstance(found, Refused):
            yield found
        else:
            frontier.add(found, depth=0)


class _Crawl:
    """What is known so far about where the addresses lead."""

    def __init__(
        self,
        source: Source,
        *,
        asking: Asking,
        frontier: Frontier,
        parse: Parse,
        known: Mapping[str, Known],
        finished: frozenset[str],
    ) -> None:
        self._source = source
        self._asking = asking
        self._frontier = frontier
        self._parse = parse
        self._known = known
        self._finished = finished
        self._visited: set[str] = set(finished)
        self._pages: set[str] = {url for url in finished if url in known}
        self._for_canonical = False
        self.follows = True

    def visits(self, *, progress: Progress) -> Iterator[Visit]:
        """Visits until no address waits or the cap is reached."""
        while waiting := self._frontier.take():
            url, depth = waiting
            if url in self._finished:
                self._follow(self._known[url].links if url in self._known else (), depth=depth)
            elif url not in self._visited:
                progress(self._frontier.visited, len(self._frontier) + 1)
                yield from self._visit(url, depth=depth)

    def _visit(self, url: str, *, depth: int) -> Iterator[Visit]:
        self._frontier.visited += 1
        self._visited.add(url)
        answer = self._asking.page(url)
        if isinstance(answer, Refused | Gone):
            yield replace(answer, url=url)
            return
        here, reason = answer.url, ""
        if here == url or here not in self._visited:
            self._visited.add(here)
            for visit in self._arrived(answer, depth=depth):
                reason = visit.reason if isinstance(visit, Refused) and visit.url == here else reason
                yield visit
        if here != url:
            led = f"Viderefører til {here}, som ikke ga noen side. {reason}"
            yield Moved(url, here) if here in self._pages else Refused(url, led.strip())

    def _arrived(self, answer: Fetched | Unchanged, *, depth: int) -> Iterator[Visit]:
        if isinstance(answer, Unchanged):
            if answer.url in self._known:
                self._pages.add(answer.url)
                self._follow(self._known[answer.url].links, depth=depth)
                yield answer
            else:
                yield Refused(answer.url, "Tjeneren svarte at siden er uendret, men vi har den ikke.")
            return
        document = self._parse(answer)
        if isinstance(document, Refused):
            yield document
            return
        document = self._in_language(_as_header_asks(document, robots=answer.robots))
        if document.follow:
            self._follow(document.links, depth=depth)
        yield from self._settled(Read(answer, document), depth=depth)

    def _settled(self, read: Read, *, depth: int) -> Iterator[Visit]:
        """The page, or the one that it calls its own address where that one stands."""
        here, canonical = read.fetched.url, self._canonical(read)
        if canonical and canonical not in self._visited and not self._for_canonical and not self._frontier.full:
            self._for_canonical = True
            try:
                yield from self._visit(canonical, depth=depth)
            finally:
                self._for_canonical = False
        if canonical and canonical in self._pages:
            self._pages.add(here)
            yield Moved(here, canonical)
        else:
            self._pages.add(here)
            yield read

    def _canonical(self, read: Read) -> str | None:
        """The other address of the source that the page calls its own, if there is one worth asking for."""
        if not read.document.canonical or not read.document.index:
            return None
        address = parse_address(read.document.canonical)
        if isinstance(address, Refused) or outside(self._source, address):
            return None
        url, here = str(address), read.fetched.url
        same_but_scheme = url.partition("://")[2] == here.partition("://")[2]
        return None if same_but_scheme else url

    def _in_language(self, document: Document) -> Document:
        """The document in the source's language where no word in it shows which form it is written in."""
        if not self._source.language or document.language == "other" or written_form(document.body):
            return document
        return replace(document, language=self._source.language)

    def _follow(self, links: tuple[str, ...], *, depth: int) -> None:
        if self.follows:
            self._frontier.follow(links, depth=depth)


def _as_header_asks(document: Document, *, robots: str) -> Document:
    """The document with what the X-Robots-Tag header asks for; a word meant for one robot counts for us too."""
    words = {word.strip().lower() for part in robots.split(",") for word in part.split(":")}
    return replace(
        document,
        index=document.index and not words & {"noindex", "none"},
        follow=document.follow and not words & {"nofollow", "none"},
    )
