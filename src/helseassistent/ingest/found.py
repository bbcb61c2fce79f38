"""The nouns that the parts of ingest share: what came over the wire, what a parser made of it, how a visit ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

# What a page is written in; a page in another language is reported and not stored.
Written: TypeAlias = Literal["nb", "nn", "other"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole body with status 200, decoded from its content encoding and within the size limit."""

    url: str  # where the body came from, after redirects
    content_type: str  # media type and parameters as the server sent them, or ""
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    robots: str = ""  # the X-Robots-Tag header


@dataclass(frozen=True, slots=True)
class Document:
    """What a parser read out of one body: a page that is not yet in a corpus."""

    title: str
    body: str  # Markdown: headings as headings, lists as lists, tables as rows, nothing hidden
    language: Written
    publisher: str | None  # only if the page itself says so
    last_updated: date | None  # the date that the page itself states
    canonical: str | None  # the address that the page calls its own, absolute
    links: tuple[str, ...]  # absolute, without fragment, in reading order, each once
    anchors: tuple[tuple[str, str], ...]  # (heading text, id) of headings that can be linked to
    index: bool = True  # False where the page asks robots not to store it
    follow: bool = True  # False where the page asks robots not to follow its links


@dataclass(frozen=True, slots=True)
class Refused:
    """An address or body that gives no page, and why, in a Norwegian sentence that staff can read."""

    url: str
    reason: str
    # Whether an earlier copy still stands: True for what may pass (a timeout, a server error, a cut body).
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """A visit that gave a page."""

    fetched: Fetched
    document: Document


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server answered 304: the stored page still stands."""

    url: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The server answered 404 or 410."""

    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The address leads to another one, by a redirect or because the page calls that one its own."""

    url: str
    to: str  # visited in the same crawl, before or after, if the source allows it


Visit: TypeAlias = Read | Unchanged | Gone | Moved | Refused


@dataclass(frozen=True, slots=True)
class Known:
    """What the last visit left behind about a stored page."""

    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()  # followed where the server answers 304
