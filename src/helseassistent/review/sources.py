"""The stored pages as staff see them: whole, cut where sentences begin and end, with the quoted words marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import pairwise

from helseassistent.errors import ReviewError
from helseassistent.review.cases import Quote
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.types import Page

_LISTED = 20
_NEAREST = 0.5  # how alike a sentence must be to what was quoted, to be shown as what it says now


@dataclass(frozen=True, slots=True)
class Sources:
    """The pages of one generation."""

    generation: str
    pages: Mapping[str, Page]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a page: a sentence, or what stands between two; `parts` are its words, marked ones apart."""

    start: int
    end: int
    sentence: bool
    level: int  # 1 to 6 in a heading, else 0
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A quote on the page as it is now; `start` is None when its words are not there any more."""

    quote: Quote
    start: int | None
    now: str = ""  # what the page says instead, as near as can be told; "" when nothing is like it


def stands(page: Page | None, quote: str, *, start: int = 0) -> int | None:
    """Where the quoted words stand: at `start` if they do, else where they stand first."""
    if page is None or not quote:
        return None
    if page.body.startswith(quote, start):
        return start
    found = page.body.find(quote)
    return found if found >= 0 else None


def looked_up(quote: Quote, sources: Sources) -> Found:
    """The quote on today's page, or what that says instead."""
    page = sources.pages.get(quote.file)
    start = stands(page, quote.quote, start=quote.start)
    return Found(quote, start, _nearest(page, quote.quote) if page and start is None else "")


def _nearest(page: Page, quote: str) -> str:
    matcher = SequenceMatcher(b=quote, autojunk=False)
    best, said = _NEAREST, ""
    for start, end, _ in _sentences(page.body):
        matcher.set_seq1(page.body[start:end])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, said = ratio, page.body[start:end]
    return said


def pieces(body: str, *, marked: Sequence[tuple[int, int]] = ()) -> tuple[Piece, ...]:
    """The whole of `body` in order, nothing left out; what lies in a range of `marked` is marked."""
    found: list[Piece] = []
    position = 0
    for start, end, level in _sentences(body):
        if position < start:
            found.append(Piece(position, start, False, 0, _parts(body, position, start, marked)))
        found.append(Piece(start, end, True, level, _parts(body, start, end, marked)))
        position = end
    if position < len(body):
        found.append(Piece(position, len(body), False, 0, _parts(body, position, len(body), marked)))
    return tuple(found)


def _sentences(body: str) -> list[tuple[int, int, int]]:
    return [
        (start, end, block.level)
        for block in blocks(body)
        for start, end in sentence_spans(body, start=block.start, end=block.end)
    ]


def _parts(body: str, start: int, end: int, marked: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    edges = {start, end} | {edge for span in marked for edge in span if start < edge < end}
    cuts = sorted(edges)
    return tuple((body[a:b], any(first <= a and b <= last for first, last in marked)) for a, b in pairwise(cuts))


def picked(sources: Sources, *, file: str, start: int, end: int) -> Quote:
    """The words of today's page that a reviewer picked: whole ones, without the white space around them.

    Raises: ReviewError if there are none.
    """
    page = sources.pages.get(file)
    if page is None:
        raise ReviewError("Siden som sitatet er valgt på, finnes ikke lenger. Velg sitatet på nytt.")
    text = page.body[max(start, 0) : max(end, 0)]
    words = text.strip()
    if not words:
        raise ReviewError("Sitatet er tomt. Marker ordene i kilden, og velg på nytt.")
    first = max(start, 0) + text.index(words)
    last = first + len(words)
    while first and page.body[first - 1].isalnum() and page.body[first].isalnum():
        first -= 1
    while last < len(page.body) and page.body[last - 1].isalnum() and page.body[last].isalnum():
        last += 1
    if any(block.level and first < block.end and block.start < last for block in blocks(page.body)) and "\n" in words:
        raise ReviewError("Sitatet går over en overskrift. Velg det over og det under overskriften hver for seg.")
    return of_page(page, first, last)


def written(sources: Sources, *, file: str, words: str) -> Quote:
    """The words that a reviewer pasted, if today's page says them.

    Raises: ReviewError if it does not.
    """
    page = sources.pages.get(file)
    start = stands(page, words.strip().replace("\r\n", "\n"))
    if page is None or start is None:
        raise ReviewError("Ordene i feltet «Riktig sitat» står ikke på siden. Kopier dem fra kilden slik de står der.")
    return of_page(page, start, start + len(words.strip().replace("\r\n", "\n")))


def of_page(page: Page, start: int, end: int) -> Quote:
    """The words of the page as a quote."""
    digest = sha256(page.body.encode()).hexdigest()
    return Quote(
        page.file, start, end, page.body[start:end], page.url, page.title, page.publisher, page.last_updated, digest
    )


def renewed(quote: Quote, sources: Sources) -> Quote:
    """The quote as it stands on today's page; unchanged when it does not stand there."""
    page = sources.pages.get(quote.file)
    start = stands(page, quote.quote, start=quote.start)
    return replace(quote) if page is None or start is None else of_page(page, start, start + len(quote.quote))


def titled(sources: Sources, words: str) -> tuple[Page, ...]:
    """At most `_LISTED` pages that have all the words in title, address or publisher, by title."""
    wanted = words.casefold().split()
    if not wanted:
        return ()
    found = [
        p for p in sources.pages.values() if all(w in f"{p.title} {p.url} {p.publisher}".casefold() for w in wanted)
    ]
    return tuple(sorted(found, key=lambda page: page.title)[:_LISTED])
