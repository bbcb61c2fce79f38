"""What may be fetched: the sources of corpus/sources.toml, each a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helseassistent.types import Language


@dataclass(frozen=True, slots=True)
class Source:
    """A part of the web that one publisher answers for; only addresses that it names are ever asked for."""

    name: str
    publisher: str
    hosts: tuple[str, ...]  # exact, in lower case, with ":port" where it is not the usual one
    start: tuple[str, ...] = ()  # addresses to begin at, normalised
    sitemaps: tuple[str, ...] = ()
    paths: tuple[str, ...] = ("/",)  # a page's path begins with one of these
    excluded: tuple[str, ...] = ()  # and with none of these
    language: Language | None = None  # of pages that do not show it themselves
    delay: float = 1.0  # seconds between two requests to a host; robots.txt may ask for more
    licence: str = ""  # the licence or agreement that allows the use
    max_pages: int = 2_000
    max_depth: int = 8  # links from a start address


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that the file names."""

    contact: str  # an e-mail or web address that stands in the User-Agent; "" if nobody has filled it in
    named: Mapping[str, Source]  # in the order of the file


def load_sources(path: Path) -> Sources:
    """The sources that a TOML file names.

    Raises:
        SourcesError: at the first key or value that cannot be used; names the file, the table and the key.
    """
    raise NotImplementedError
