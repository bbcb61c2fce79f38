"""Which pages an answer quotes, numbered in the order of first mention, and how old they are in words."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from helseassistent.chat.strings import Strings, fill
from helseassistent.types import Answer, Citation, Claim, Exchange

_LIST_ITEM = re.compile(r"[-*•–] |\d{1,2}[.)] |[a-zæøå]\) ")


@dataclass(frozen=True, slots=True)
class Source:
    """One quoted page; `quotes` holds each quoted span once, in the order of the claims."""

    number: int  # from 1
    quotes: tuple[Citation, ...]

    @property
    def page(self) -> Citation:
        return self.quotes[0]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The passage around a quote, in three parts that joined are the passage."""

    before: str
    quote: str
    after: str


def sources(answer: Answer) -> tuple[Source, ...]:
    """The pages of `answer`, one each, however many of its words are quoted."""
    quotes: dict[str, dict[tuple[int, int], Citation]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            quotes.setdefault(citation.file, {}).setdefault((citation.start, citation.end), citation)
    return tuple(Source(number, tuple(spans.values())) for number, spans in enumerate(quotes.values(), start=1))


def is_verbatim(claim: Claim) -> bool:
    """Whether the claim is nothing but the source's own words, one quote or several in a row, white space aside."""
    text = " ".join(claim.text.split())
    quotes = sorted((" ".join(citation.quote.split()) for citation in claim.citations), key=len, reverse=True)
    if any(text in quote for quote in quotes):
        return True
    for quote in quotes:
        text = text.replace(quote, "")
    return not text.strip()


def as_written(claim: Claim) -> str:
    """The claim with the line breaks of its quotes, and each item of a list on its own line."""
    quotes = [citation.quote.strip() for citation in claim.citations]
    if " ".join(" ".join(quotes).split()) != " ".join(claim.text.split()):
        return claim.text
    text = quotes[0]
    for quote in quotes[1:]:
        text += ("\n" if _LIST_ITEM.match(quote) else " ") + quote
    return text


def surroundings(citation: Citation, exchange: Exchange) -> Surroundings | None:
    """The passage that holds the quote, if it is among the evidence and says more than the quote."""
    for scored in exchange.evidence:
        passage = scored.passage
        start, end = citation.start - passage.start, citation.end - passage.start
        if passage.file != citation.file or start < 0 or passage.text[start:end] != citation.quote:
            continue
        if passage.text.strip() == citation.quote.strip():
            return None
        return Surroundings(passage.text[:start], citation.quote, passage.text[end:])
    return None


def publishers(found: Collection[Source], words: Strings) -> str:
    """The publishers in order of first mention, joined as a person would say them."""
    names = list(dict.fromkeys(source.page.publisher for source in found))
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words.conjunction} {names[-1]}"


def age(updated: date | None, *, today: date, words: Strings) -> str:
    """When the page was last updated, and for how many whole years ago, as a phrase."""
    if updated is None:
        return words.unknown_date
    shown = updated.strftime("%d.%m.%Y")
    years = whole_years(updated, today=today)
    if years < 1:
        return fill(words.updated, {"date": shown})
    named = words.years[years - 1] if years <= len(words.years) else str(years)
    return fill(words.updated_old, {"date": shown, "years": named})


def is_old(source: Source, *, today: date) -> bool:
    """Whether the page has no date or one more than a year back, so that the reader should check it."""
    updated = source.page.last_updated
    return updated is None or whole_years(updated, today=today) >= 1


def whole_years(since: date, *, today: date) -> int:
    """Birthdays passed since `since`; 0 for dates to come."""
    return max(0, today.year - since.year - ((today.month, today.day) < (since.month, since.day)))
