"""Whether quoted words stand in a page as they did when somebody looked, and the answer that such words make."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from helseassistent.answer.verify import Draft, DraftClaim, DraftQuote, verify
from helseassistent.index.passages import cut
from helseassistent.review.cases import Approved, Change, Quote
from helseassistent.types import Answer, Checked, Page, Passage

LIKE = 0.3  # share of words that a passage must have in common with the old one to be shown as what it has become


def complete(quote: Quote, *, pages: Mapping[str, Page]) -> Quote | None:
    """The quote with all that `pages` know of its place; None when its words do not stand there, or not whole."""
    page = pages.get(quote.file)
    alone = replace(quote, passage="")  # what stood around it may be gone
    span = _place(alone, page.body) if page else None
    if page is None or span is None or not as_answer([alone], pages=pages, checked=None):
        return None
    around = [passage for passage in cut(page) if passage.start < span[1] and span[0] < passage.end]
    return Quote(
        file=page.file,
        start=span[0],
        end=span[1],
        quote=quote.quote,
        page_url=page.url,
        title=page.title,
        publisher=page.publisher,
        last_updated=page.last_updated,
        page_digest=hashlib.sha256(page.body.encode()).hexdigest(),
        passage=page.body[around[0].start : around[-1].end] if around else "",
        headings=(page.title, *around[0].headings) if around else (page.title,),
        claim=quote.claim,
    )


def change_of(quote: Quote, *, pages: Mapping[str, Page]) -> Change | None:
    """What became of the words and of the passage and headings around them; None when all stand."""
    page = pages.get(quote.file)
    if page is None:
        return Change(quote.file, quote.passage or quote.quote, "")
    span = _place(quote, page.body)
    if span is None:
        return Change(quote.file, quote.passage or quote.quote, _become(quote.passage or quote.quote, page))
    over = _headings(page, span[0])
    if quote.headings and over != quote.headings:
        return Change(quote.file, " › ".join(quote.headings), " › ".join(over))
    return None


def changes_of(quotes: Sequence[Quote], *, pages: Mapping[str, Page]) -> tuple[Change, ...]:
    """What became of the words, each change once."""
    found = (change_of(quote, pages=pages) for quote in quotes)
    return tuple(dict.fromkeys(change for change in found if change))


def as_answer(quotes: Sequence[Quote], *, pages: Mapping[str, Page], checked: Checked | None) -> Answer | None:
    """The answer that says the quotes, every one of them checked against `pages`; None unless all stand verbatim."""
    spans = [_place(quote, pages[quote.file].body) if quote.file in pages else None for quote in quotes]
    if not quotes or None in spans:
        return None
    grouped: dict[int, list[DraftQuote]] = {}
    for quote, span in zip(quotes, spans, strict=True):
        grouped.setdefault(quote.claim, []).append(DraftQuote(quote.file, quote.quote, span[0] if span else None))
    claims = tuple(
        DraftClaim(" ".join(" ".join(q.quote.split()) for q in group), tuple(group)) for group in grouped.values()
    )
    whole = {quote.file: _whole(pages[quote.file]) for quote in quotes}
    reply = verify(Draft(claims, confidence=1.0, checked=checked), passages=whole, pages=pages)
    return reply if isinstance(reply, Answer) and len(reply.claims) == len(claims) and _says(reply, quotes) else None


def approved_answer(approved: Approved, *, pages: Mapping[str, Page], by: str) -> Answer | None:
    """The approved answer, while it stands and all its words do; `by` is whom the reader is told of."""
    if approved.state != "standing":
        return None
    return as_answer(approved.quotes, pages=pages, checked=Checked(approved.day, by))


def _says(answer: Answer, quotes: Sequence[Quote]) -> bool:
    """Whether the answer's words are those quoted to the letter; `verify` lets white space and case differ."""
    said = [citation.quote for claim in answer.claims for citation in claim.citations]
    return sorted(said) == sorted(quote.quote for quote in quotes)


def _place(quote: Quote, body: str) -> tuple[int, int] | None:
    """Where the words stand in `body`: at their old place, else inside their passage, else where they stand once."""
    if not quote.quote or (quote.passage and quote.passage not in body):
        return None
    if body[quote.start : quote.end] == quote.quote:
        return quote.start, quote.end
    within = body.find(quote.passage) + max(0, quote.passage.find(quote.quote)) if quote.passage else -1
    if within < 0 or not body.startswith(quote.quote, within):
        within = body.find(quote.quote)
        if within < 0 or body.find(quote.quote, within + 1) >= 0:
            return None
    return within, within + len(quote.quote)


def _whole(page: Page) -> Passage:
    return Passage(page.file, page.file, page.title, (), page.body, 0, len(page.body))


def _headings(page: Page, place: int) -> tuple[str, ...]:
    over = next((passage.headings for passage in cut(page) if passage.start <= place < passage.end), ())
    return page.title, *over


def _become(before: str, page: Page) -> str:
    """The passage of `page` that is most like the old words; empty when none is."""
    old = _words(before)
    likes = [(_alike(old, _words(passage.text)), -passage.start, passage.text) for passage in cut(page)]
    share, _, text = max(likes, default=(0.0, 0, ""))
    return text if share >= LIKE else ""


def _alike(old: Counter[str], new: Counter[str]) -> float:
    """The share of both texts' words that they have in common, in [0, 1]."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 0.0


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))
