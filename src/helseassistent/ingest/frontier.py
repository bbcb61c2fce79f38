"""Which addresses wait to be visited, and why others never will."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.found import Refused
from helseassistent.ingest.sources import Source, outside
from helseassistent.ingest.traps import Traps

# Pictures, sound, archives and parts of pages: nothing that a parser reads.
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|ico|bmp|tiff?|mp[34]|m4[av]|mov|avi|webm|wav|ogg|zip|gz|tar|7z|rar|exe|msi|css|m?js"
    r"|json|rss|atom|xml|ics|vcf|woff2?|ttf|eot)",
    re.IGNORECASE,
)
_MOST_REMEMBERED = 500_000  # addresses; a page may make up as many as fit into its body


class Frontier:
    """Every address of a crawl once, in the order in which they were found; within the source and its caps."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: deque[tuple[str, int]] = deque()
        self._seen: set[str] = set()
        self._deep: dict[str, None] = {}  # too many links from the start
        self._trapped: dict[str, None] = {}
        self._traps = Traps(most_asked=source.max_pages // 2)
        self.visited = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether as many pages have been asked for as the source allows."""
        return self.visited >= self._source.max_pages

    def add(self, url: str, *, depth: int) -> Refused | None:
        """Let an address wait that the source, a sitemap or an earlier visit names, or say why it may not."""
        address = parse_address(url)
        if isinstance(address, Refused):
            return address
        if reason := outside(self._source, address):
            return Refused(url, reason)
        self._wait(str(address), depth=depth)
        return None

    def follow(self, links: Iterable[str], *, depth: int) -> None:
        """Let the links of a page wait that is `depth` links from the start; what is no page of the source is left."""
        for link in links:
            if len(self._seen) + len(self._deep) + len(self._trapped) >= _MOST_REMEMBERED:
                return
            address = parse_address(link)
            if isinstance(address, Refused) or outside(self._source, address) or _is_no_page(address):
                continue
            if (url := str(address)) in self._seen:
                continue
            if depth >= self._source.max_depth:
                self._deep[url] = None
            elif url not in self._trapped:
                if self._traps.catches(address):
                    self._trapped[url] = None
                else:
                    self._wait(url, depth=depth + 1)

    def take(self) -> tuple[str, int] | None:
        """The next address and its links from the start; None where none waits or no more may be asked for."""
        return None if self.full or not self._waiting else self._waiting.popleft()

    def report(self) -> Iterator[Refused]:
        """What was left out because of a cap or a trap, one line each with the first address."""
        if self.full and self._waiting:
            reason = f"Taket på {self._source.max_pages} sider (max_pages) er nådd"
            yield Refused(self._waiting[0][0], f"{reason}: {_count(len(self._waiting))} ble ikke hentet.")
        deep = [url for url in self._deep if url not in self._seen]
        if deep and self._source.max_depth:  # 0 says on purpose: these pages and no others
            reason = f"Mer enn {self._source.max_depth} lenker fra startsiden (max_depth)"
            yield Refused(deep[0], f"{reason}: {_count(len(deep))} ble ikke hentet.")
        if self._trapped:
            reason = "Adresser som ser ut til å lages uten ende, for eksempel en kalender"
            yield Refused(next(iter(self._trapped)), f"{reason}: {_count(len(self._trapped))} ble ikke hentet.")

    def _wait(self, url: str, *, depth: int) -> None:
        if url not in self._seen:
            self._seen.add(url)
            self._waiting.append((url, depth))


def _is_no_page(address: Address) -> bool:
    return bool(_NO_PAGE.fullmatch("." + address.path.rpartition("/")[2].rpartition(".")[2]))


def _count(number: int) -> str:
    return "én adresse" if number == 1 else f"{number} adresser"
