"""The addresses that sitemaps and sitemap indexes list (sitemaps.org), read without trusting the XML."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helseassistent.ingest.found import Refused
from helseassistent.ingest.unpack import BrokenBodyError, TooLargeError, unpack

if TYPE_CHECKING:
    from lxml import etree

LARGEST = 50_000_000  # bytes, unpacked; the protocol's own limit
MOST = 50_000  # addresses of one source
_MOST_FILES = 200
_LONGEST_ADDRESS = 2_048  # characters, by the protocol
_PIECE = 65_536
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """What one file lists."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    cut: bool = False  # there was more


def read_sitemaps(
    first: tuple[str, ...], *, ask: Callable[[str], bytes | Refused], most: int = MOST
) -> Iterator[str | Refused]:
    """Every page address that the sitemaps list, and what could not be read; each file is asked for once."""
    waiting, asked, given = deque(first), set(first), 0
    while waiting:
        url = waiting.popleft()
        listed = _read(url, ask(url), most=most - given)
        if isinstance(listed, Refused):
            yield listed
            continue
        yield from listed.pages
        given += len(listed.pages)
        if listed.cut or (given >= most and waiting):
            yield Refused(url, f"Nettstedskartet har flere enn {most} adresser; resten er ikke lest.")
            return
        fresh = [found for found in dict.fromkeys(listed.sitemaps) if found not in asked]
        if len(asked) + len(fresh) > _MOST_FILES:
            yield Refused(url, f"Nettstedskartet viser til flere enn {_MOST_FILES} andre kart; resten er ikke lest.")
            fresh = fresh[: _MOST_FILES - len(asked)]
        asked.update(fresh)
        waiting.extend(fresh)


def parse_sitemap(body: bytes, *, most: int = MOST) -> Listed:
    """What the XML lists, at most `most` pages.

    Raises:
        ValueError: if it is no sitemap, or declares what a sitemap has no use for; the message is Norwegian.
    """
    try:
        from lxml import etree
    except ImportError as error:
        raise ValueError("Mangler lxml. Installer det: pip install 'helseassistent[ingest]'.") from error
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    pages: list[str] = []
    sitemaps: list[str] = []
    try:
        for element in _elements(parser, body):
            kind, url = _listed(element)
            if kind == "url" and len(pages) >= most:
                return Listed(tuple(pages), tuple(sitemaps), cut=True)
            if url:
                (pages if kind == "url" else sitemaps).append(url)
    except etree.XMLSyntaxError as error:
        raise ValueError("Nettstedskartet er ikke gyldig XML.") from error
    return Listed(tuple(pages), tuple(sitemaps))


def _read(url: str, answer: bytes | Refused, *, most: int) -> Listed | Refused:
    if isinstance(answer, Refused):
        return answer
    try:
        plain = unpack((answer,), encoding="gzip", limit=LARGEST) if answer.startswith(_GZIP) else answer
        return parse_sitemap(plain, most=most)
    except TooLargeError:
        return Refused(url, f"Nettstedskartet er større enn {LARGEST // 1_000_000} MB.")
    except BrokenBodyError as error:
        return Refused(url, str(error))
    except ValueError as error:
        return Refused(url, str(error))


def _elements(parser: etree.XMLPullParser[etree._Element], body: bytes) -> Iterator[etree._Element]:
    """Each whole `url` and `sitemap` element; what has been read is let go."""
    checked = False
    for start in range(0, len(body), _PIECE):
        parser.feed(body[start : start + _PIECE])
        for event, element in parser.read_events():
            if not checked:
                _check_root(element)
                checked = True
            if event == "end" and _name(element) in ("url", "sitemap"):
                yield element
                element.clear()
                while (before := element.getprevious()) is not None:
                    element.getparent().remove(before)
    parser.close()


def _check_root(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("Nettstedskartet har en DOCTYPE, og da leses det ikke.")
    if _name(root) not in ("urlset", "sitemapindex"):
        raise ValueError("Filen er ikke et nettstedskart.")


def _listed(element: etree._Element) -> tuple[str, str]:
    url = next(((child.text or "").strip() for child in element if _name(child) == "loc"), "")
    return _name(element), url if len(url) <= _LONGEST_ADDRESS else ""


def _name(element: etree._Element) -> str:
    """The name without its namespace; comments have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
