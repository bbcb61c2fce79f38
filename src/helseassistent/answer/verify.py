"""Turn a draft into an answer, or refuse. The only module that builds `Answer`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from helseassistent.answer.agreement import NEGATION, Fault, fault_of, numbers
from helseassistent.answer.around import around
from helseassistent.answer.backing import Backing
from helseassistent.answer.fragments import link_to
from helseassistent.types import Abstention, Answer, Checked, Citation, Claim, Page, Passage, PassageId

# A quote starts and ends at whole words and whole numbers: «5 mg» is not in «2,5 mg».
_START = r"(?<!\w)(?<!\d[.,])"
_END = r"(?!\w)(?![.,]\d)"
_BEGINS, _ENDS = re.compile(_START), re.compile(_END)


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """Words that are said to stand in a passage; `start` narrows down which, as an offset into the page's body."""

    passage_id: PassageId
    quote: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """A sentence as it was drafted, with the words that are said to support it."""

    text: str
    quotes: tuple[DraftQuote, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Unverified text; never shown."""

    claims: tuple[DraftClaim, ...]
    confidence: float
    engine: str = "extractive"
    checked: Checked | None = None


def verify(
    draft: Draft,
    *,
    passages: Mapping[PassageId, Passage],
    pages: Mapping[str, Page],
    backing: Backing | None = None,
) -> Answer | Abstention:
    """Keep the claims whose every quote is in the passage it names and says the same numbers and negations.

    With `backing`, for claims in other words than the source's, see `checked`.
    """
    found = [checked(claim, passages=passages, pages=pages, backing=backing) for claim in draft.claims]
    kept = tuple(claim for claim in found if isinstance(claim, Claim))
    if not kept:
        return Abstention("unverified", confidence=draft.confidence)
    return Answer(kept, draft.confidence, draft.engine, draft.checked)


def checked(
    claim: DraftClaim,
    *,
    passages: Mapping[PassageId, Passage],
    pages: Mapping[str, Page],
    backing: Backing | None = None,
) -> Claim | Fault:
    """The claim with its citations, or what is wrong with it.

    With `backing` it must also keep the rules of `agreement` against the whole sentence it quotes, and be backed by it.
    """
    if not claim.quotes or any(quote.passage_id not in passages for quote in claim.quotes):
        return "passage"
    found = [_citation(quote, passages=passages, pages=pages) for quote in claim.quotes]
    citations = tuple(citation for citation in found if citation is not None)
    if len(citations) < len(found):
        return "quote"
    if backing is not None:
        fault = _fault(claim, citations, passages=passages, backing=backing)
    else:
        fault = _disagreement(claim.text, citations)
    return fault or Claim(claim.text, citations)


def _fault(
    claim: DraftClaim, citations: Sequence[Citation], *, passages: Mapping[PassageId, Passage], backing: Backing
) -> Fault | None:
    quote = " ".join(citation.quote for citation in citations)
    places = [passages[drafted.passage_id] for drafted in claim.quotes]
    sentence = " ".join(
        around(passage.text, citation.start - passage.start, citation.end - passage.start)
        for passage, citation in zip(places, citations, strict=True)
    )
    over = " ".join(part for passage in places for part in (passage.title, *passage.headings))
    host = urlsplit(citations[0].page_url).hostname or ""
    fault = fault_of(claim.text, quote=quote, sentence=sentence, context=over, host=host)
    if fault is None and not backing.backs(claim.text, quote=quote, context=f"{sentence} {over}"):
        return "unsupported"
    return fault


def find_quote(quote: str, passage: Passage, *, start: int | None = None) -> tuple[int, int] | None:
    """Offsets into the page's body of `quote` inside `passage`, letting only white space and case differ.

    Deliberately not fuzzy: «ikke» and «10 mg» must match to the letter. A hit proves where the words come from;
    whether they support a claim is for `verify` and for review to judge.
    """
    words = quote.split()
    if not words:
        return None
    if start is not None and _stands_at(start - passage.start, quote, passage.text):
        return start, start + len(quote)
    pattern = re.compile(_START + r"\s+".join(map(re.escape, words)) + _END, re.IGNORECASE)
    if start is not None:
        # Words such as «(se» begin with a sign, so the edges are looked for from the given place on.
        match = pattern.search(passage.text, start - passage.start) if start >= passage.start else None
    else:
        match = pattern.search(passage.text)
    return (match.start() + passage.start, match.end() + passage.start) if match else None


def _stands_at(place: int, quote: str, text: str) -> bool:
    """Whether `quote` stands at `place` to the letter, with edges where a quote may begin and end."""
    trimmed = quote == quote.strip() and place >= 0 and text.startswith(quote, place)
    return trimmed and bool(_BEGINS.match(text, place) and _ENDS.match(text, place + len(quote)))


def _citation(
    draft: DraftQuote, *, passages: Mapping[PassageId, Passage], pages: Mapping[str, Page]
) -> Citation | None:
    passage = passages.get(draft.passage_id)
    page = pages.get(passage.file) if passage else None
    if passage is None or page is None:
        return None
    found = find_quote(draft.quote, passage, start=draft.start)
    if found is None or page.body[passage.start : passage.end] != passage.text:
        return None
    start, end = found
    return Citation(
        file=page.file,
        page_url=page.url,
        link=link_to(page.url, body=page.body, start=start, end=end),
        title=page.title,
        publisher=page.publisher,
        last_updated=page.last_updated,
        quote=page.body[start:end],
        start=start,
        end=end,
        fetched_at=page.fetched_at,
    )


def _disagreement(text: str, citations: Sequence[Citation]) -> Fault | None:
    quoted = " ".join(citation.quote for citation in citations)
    if not numbers(text) <= numbers(quoted):
        return "number"
    return None if bool(NEGATION.search(text)) == bool(NEGATION.search(quoted)) else "negation"
