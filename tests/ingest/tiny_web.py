"""A web of a few pages in memory, visited in the order of the alphabet, with ETags and conditional requests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from helseassistent.ingest.found import Document, Fetched, Gone, Known, Read, Unchanged, Visit
from helseassistent.ingest.report import Report
from helseassistent.ingest.rounds import run_round

SITE = "https://kommunen.example/"


@dataclass
class Days:
    """A clock that tells the moment of one night, and goes on a second each time it is asked."""

    moment: datetime = datetime(2026, 11, 1, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def next_night(self) -> None:
        self.moment = (self.moment + timedelta(days=1)).replace(hour=3, minute=0, second=0)


@dataclass
class TinyWeb:
    """Pages by their name below `SITE`: their words, or how a visit to them ends; what is not there is 404."""

    pages: dict[str, str | Visit] = field(default_factory=dict)
    salt: str = ""  # another one changes every ETag, and no word
    asked: list[str] = field(default_factory=list)

    def visiting(self, known: Mapping[str, Known], finished: frozenset[str]) -> Iterator[Visit]:
        for url in sorted({SITE + name for name in self.pages} | set(known)):
            if url not in finished:
                self.asked.append(url.removeprefix(SITE))
                yield self._visit(url, known.get(url, Known()))

    def _visit(self, url: str, known: Known) -> Visit:
        found = self.pages.get(url.removeprefix(SITE), Gone(url, 404))
        if not isinstance(found, str):
            return found
        etag = hashlib.sha256((self.salt + found).encode()).hexdigest()[:8]
        return Unchanged(url) if known.etag == etag else Read(Fetched(url, "", b"", etag), document(found))


def document(body: str, **other: object) -> Document:
    """A document in bokmål with those words."""
    told = {"title": "Tittel", "language": "nb", "publisher": None, "last_updated": None, "canonical": None}
    return Document(**{**told, "links": (), "anchors": (), "body": body, **other})  # type: ignore[arg-type]


def read(name: str, body: str, **other: object) -> Read:
    """A visit to a page with those words."""
    return Read(Fetched(SITE + name, "", b""), document(body, **other))


@dataclass
class Town:
    """A corpus that is kept from a tiny web."""

    corpus: Path
    web: TinyWeb = field(default_factory=TinyWeb)
    clock: Days = field(default_factory=Days)

    def ingest(self, *, force: bool = False, night: bool = True) -> Report:
        """A round, the next night or at once."""
        if night:
            self.clock.next_night()
        return run_round(
            self.corpus,
            source="kommunen",
            publisher="Kommunen",
            visiting=self.web.visiting,
            belongs=lambda url: url.startswith(SITE),
            force=force,
            now=self.clock,
        )

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Every page file with its bytes and when it was written."""
        paths = sorted(self.corpus.glob("[!.]*/*.md"))
        return {
            path.relative_to(self.corpus).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths
        }
