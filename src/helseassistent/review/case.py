"""One case as a reviewer needs it: what was asked and said, where the words stand today, what else was considered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helseassistent.reply import EvidenceRecord, ReplyRecord
from helseassistent.review.cases import LoggedExchange, Verdict
from helseassistent.review.exchanges import exchange, quotes_of, reply_of
from helseassistent.review.queue import times_asked
from helseassistent.review.sources import Found, Piece, Sources, looked_up, pieces
from helseassistent.review.store import Store
from helseassistent.review.verdicts import history
from helseassistent.text.sentences import blocks
from helseassistent.types import Page


@dataclass(frozen=True, slots=True)
class Considered:
    """A passage that was ranked; `text` is empty when the pages of that time are not kept any more."""

    number: int  # 1 is the best
    file: str
    title: str
    heading: str
    text: str
    score: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A logged exchange with all that is known of it now."""

    exchange: LoggedExchange
    reply: ReplyRecord
    times: int  # how many asked alike
    verdicts: tuple[Verdict, ...]  # oldest first
    quotes: tuple[Found, ...]
    considered: tuple[Considered, ...]

    @property
    def version(self) -> int:
        """Of the verdict in force; 0 without one."""
        return self.verdicts[-1].version if self.verdicts else 0

    @property
    def files(self) -> tuple[str, ...]:
        """The pages that were quoted or considered, in that order."""
        return tuple(dict.fromkeys([*(f.quote.file for f in self.quotes), *(c.file for c in self.considered)]))


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A whole page of today with the case's quotes marked."""

    page: Page
    pieces: tuple[Piece, ...]
    first: int | None  # where the first marked piece starts


def open_case(store: Store, id: str, *, sources: Sources, past: Callable[[str], Sources | None]) -> Case | None:
    """The case of that reply id; `past` gives the pages of an earlier generation for as long as they are kept."""
    found, reply = exchange(store, id), reply_of(store, id)
    if found is None or reply is None:
        return None
    then = sources if sources.generation == found.generation else past(found.generation)
    return Case(
        found,
        reply,
        times_asked(store, found),
        history(store, id),
        tuple(looked_up(quote, sources) for quote in quotes_of(store, id)),
        _considered(reply, then.pages if then else {}),
    )


def shown_page(case: Case, file: str, *, sources: Sources) -> ShownPage | None:
    """That page of today; None when there is none."""
    page = sources.pages.get(file)
    if page is None:
        return None
    marked = [
        (f.start, f.start + len(f.quote.quote)) for f in case.quotes if f.quote.file == file and f.start is not None
    ]
    return ShownPage(page, pieces(page.body, marked=marked), min((start for start, _ in marked), default=None))


def _considered(reply: ReplyRecord, pages: Mapping[str, Page]) -> tuple[Considered, ...]:
    said = [citation for claim in reply["claims"] for citation in claim["citations"]]
    found = []
    for number, passage in enumerate(reply["evidence"], start=1):
        page = pages.get(passage["file"])
        quoted = any(c["file"] == passage["file"] and _overlap(c["start"], c["end"], passage) for c in said)
        heading, text = _passage(page, passage) if page else ("", "")
        title = page.title if page else ""
        found.append(Considered(number, passage["file"], title, heading, text, passage["score"], quoted))
    return tuple(found)


def _overlap(start: int, end: int, passage: EvidenceRecord) -> bool:
    return start < passage["end"] and passage["start"] < end


def _passage(page: Page, passage: EvidenceRecord) -> tuple[str, str]:
    """The nearest heading above it, and its words."""
    above = [block for block in blocks(page.body) if block.level and block.start <= passage["start"]]
    heading = page.body[above[-1].start : above[-1].end] if above else ""
    return heading, page.body[passage["start"] : passage["end"]]
