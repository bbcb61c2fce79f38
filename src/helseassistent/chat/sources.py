"""Which pages an answer quotes, numbered in the order of first mention, and how old they are in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from helseassistent.chat.strings import Strings, fill
from helseassistent.types import Answer, Citation, Claim, Scored

_REACH = 400  # characters shown on either side of a quote
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
    """A stretch of a stored page in three parts; an ellipsis opens the first and closes the last where more follows."""

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


def surroundings(citation: Citation, *, body: str | None, evidence: Sequence[Scored]) -> Surroundings | None:
    """What stands around the quote in the stored page, or in its passage if `body` is not the page quoted.

    None when neither holds the quote, or nothing stands around it.
    """
    if body is not None and body[citation.start : citation.end] == citation.quote:
        return _cut(body, citation.start, citation.end)
    for scored in evidence:
        passage = scored.passage
        start, end = citation.start - passage.start, citation.end - passage.start
        if passage.file == citation.file and start >= 0 and passage.text[start:end] == citation.quote:
            return _cut(passage.text, start, end)
    return None


def _cut(text: str, start: int, end: int) -> Surroundings | None:
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    if start > _REACH:
        before = "… " + before[_first_whole(before) :].lstrip()
    if len(text) - end > _REACH:
        after = after[: len(after) - _first_whole(after[::-1])].rstrip() + " …"
    return Surroundings(before, text[start:end], after) if (before + after).strip() else None


def _first_whole(text: str) -> int:
    """Where the first whole line of `text` begins, if that is in its first half; else its first whole word."""
    half = len(text) // 2
    line = text.find("\n", 0, half)
    return line + 1 if line >= 0 else text.find(" ", 0, half) + 1


def publishers(found: Collection[Source], words: Strings) -> str:
    """The publishers in order of first mention, joined as a person would say them."""
    names = list(dict.fromkeys(source.page.publisher for source in found))
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words.conjunction} {names[-1]}"


def freshness(page: Citation, *, today: date, words: Strings, being_updated: Collection[str]) -> tuple[str, ...]:
    """What the reader should know of how fresh the page is, as phrases; `being_updated` names files."""
    told = [age(page.last_updated, today=today, words=words)]
    if page.fetched_at:
        told.append(fill(words.seen, {"date": page.fetched_at.strftime("%d.%m.%Y")}))
    if page.file in being_updated:
        told.append(words.being_updated)
    return tuple(told)


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
