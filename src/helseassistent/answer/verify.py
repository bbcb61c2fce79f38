"""Turn a draft into an answer, or refuse. The only module that builds `Answer`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helseassistent.answer.fragments import link_to
from helseassistent.types import Abstention, Answer, Citation, Claim, Page, Passage, PassageId

# A quote starts and ends at whole words and whole numbers: «5 mg» is not in «2,5 mg».
_START = r"(?<!\w)(?<!\d[.,])"
_END = r"(?!\w)(?![.,]\d)"
_NUMBER = re.compile(r"\d+(?:[ \u00a0.,:]\d+)*")
_NEGATIONS = re.compile(
    r"\b(?:ikke|ikkje|ingen|inga|intet|inkje|aldri|uten|utan|verken|hverken|korkje)\b", re.IGNORECASE
)


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


def verify(draft: Draft, *, passages: Mapping[PassageId, Passage], pages: Mapping[str, Page]) -> Answer | Abstention:
    """Keep the claims whose every quote is in the passage it names and says the same numbers and negations."""
    kept = []
    for claim in draft.claims:
        found = [_citation(quote, passages=passages, pages=pages) for quote in claim.quotes]
        citations = tuple(citation for citation in found if citation is not None)
        if citations and len(citations) == len(found) and _agrees(claim.text, citations):
            kept.append(Claim(claim.text, citations))
    if not kept:
        return Abstention("unverified", confidence=draft.confidence)
    return Answer(tuple(kept), draft.confidence, draft.engine)


def find_quote(quote: str, passage: Passage, *, start: int | None = None) -> tuple[int, int] | None:
    """Offsets into the page's body of `quote` inside `passage`, letting only white space and case differ.

    Deliberately not fuzzy: «ikke» and «10 mg» must match to the letter. A hit proves where the words come from;
    whether they support a claim is for `verify` and for review to judge.
    """
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(_START + r"\s+".join(map(re.escape, words)) + _END, re.IGNORECASE)
    if start is not None:
        # Words such as «(se» begin with a sign, so the edges are looked for from the given place on.
        match = pattern.search(passage.text, start - passage.start) if start >= passage.start else None
    else:
        match = pattern.search(passage.text)
    return (match.start() + passage.start, match.end() + passage.start) if match else None


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


def _agrees(text: str, citations: Sequence[Citation]) -> bool:
    quoted = " ".join(citation.quote for citation in citations)
    return _numbers(text) <= _numbers(quoted) and bool(_NEGATIONS.search(text)) == bool(_NEGATIONS.search(quoted))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"[ \u00a0]", "", match.group()).strip(".,:") for match in _NUMBER.finditer(text))
