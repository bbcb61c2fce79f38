"""From what a reviewer's form says to a verdict that can be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import cast

from helseassistent.errors import ReviewError
from helseassistent.review.case import Case
from helseassistent.review.cases import Importance, Judgement, NewVerdict, Quote
from helseassistent.review.labels import IMPORTANCE, JUDGEMENTS
from helseassistent.review.settle import NOT_VERBATIM
from helseassistent.review.sources import Sources, picked, renewed, written
from helseassistent.review.standing import complete
from helseassistent.types import Page

NOTE_LIMIT, CATEGORY_LIMIT, QUOTES_LIMIT = 2000, 60, 10
_RANGE = re.compile(r"([0-9a-f]{16}):(\d{1,9})-(\d{1,9}):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form: of a new case, of the verdict in force, or of what somebody just sent."""

    judgement: str = ""
    importance: str = "normal"
    category: str = ""
    note: str = ""
    right: tuple[Quote, ...] = ()


def draft_of(case: Case) -> Draft:
    """The verdict in force as a draft of the next."""
    if not case.verdicts:
        return Draft()
    said = case.verdicts[-1].said
    right = said.right if said.judgement != "approved" else ()
    return Draft(said.judgement, said.importance, said.category, said.note, right)


def place(page: Page, start: int, end: int) -> str:
    """Words of a page as the form sends them; the digest tells whether the page is still the one that was read."""
    return f"{mark_of(page)}:{start}-{end}:{page.file}"


def mark_of(page: Page) -> str:
    """The start of the digest of the page's text."""
    return sha256(page.body.encode()).hexdigest()[:16]


def drafted(fields: Mapping[str, Sequence[str]], *, sources: Sources) -> Draft:
    """What the form says, whether it can be kept or not, and the quotes of it that stand.

    Raises: ReviewError if a quote does not.
    """
    right = [_right(value, sources) for value in fields.get("right", ())[:QUOTES_LIMIT]]
    words = _one(fields, "words").strip()
    if words:
        right.append(written(sources, file=_one(fields, "words_file"), words=words))
    return Draft(*_plain(fields), tuple(dict.fromkeys(right)))


def without_quotes(fields: Mapping[str, Sequence[str]]) -> Draft:
    """What the form says besides quotes."""
    return Draft(*_plain(fields))


def seen_version(fields: Mapping[str, Sequence[str]]) -> int:
    """The version of the case that the reviewer saw."""
    said = _one(fields, "seen")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def verdict_of(draft: Draft, case: Case, *, sources: Sources, reviewer: str, day: date) -> NewVerdict:
    """The draft as a verdict.

    Raises: ReviewError if something is missing in it.
    """
    if draft.judgement not in JUDGEMENTS:
        raise ReviewError("Velg en vurdering først.")
    if draft.judgement == "corrected" and not draft.right:
        raise ReviewError("«Rettet» trenger det riktige sitatet. Marker det i kilden, og velg «Bruk som riktig sitat».")
    if draft.judgement == "approved" and draft.right:
        raise ReviewError("«Godkjent» gjelder sitatet i svaret. Velg «Rettet» for sitatet ditt, eller fjern det.")
    right = _own_quotes(case, sources) if draft.judgement == "approved" else draft.right
    if any(complete(quote, pages=sources.pages) is None for quote in right):
        raise ReviewError(NOT_VERBATIM)
    return NewVerdict(
        case.exchange.id,
        case.exchange.question,
        reviewer,
        cast(Judgement, draft.judgement),
        day,
        cast(Importance, draft.importance if draft.importance in IMPORTANCE else "normal"),
        draft.category,
        draft.note,
        right,
        sources.generation,
    )


def _own_quotes(case: Case, sources: Sources) -> tuple[Quote, ...]:
    if any(found.start is None for found in case.quotes):
        raise ReviewError(
            "Svaret kan ikke godkjennes, fordi kilden ikke lenger sier det som ble sitert. Velg «Rettet» og det riktige"
            " sitatet, eller «Feil kilde»."
        )
    return tuple(dict.fromkeys(renewed(found.quote, sources) for found in case.quotes))


def _right(value: str, sources: Sources) -> Quote:
    found = _RANGE.fullmatch(value)
    page = sources.pages.get(found[4]) if found else None
    if found is None or page is None or mark_of(page) != found[1]:
        raise ReviewError("Kilden er oppdatert etter at du åpnet saken. Se på den på nytt, og velg sitatet igjen.")
    return picked(sources, file=page.file, start=int(found[2]), end=int(found[3]))


def _plain(fields: Mapping[str, Sequence[str]]) -> tuple[str, str, str, str]:
    category = " ".join(_one(fields, "category").split())[:CATEGORY_LIMIT]
    note = _one(fields, "note").replace("\r\n", "\n").replace("\0", "").strip()[:NOTE_LIMIT]
    return _one(fields, "judgement"), _one(fields, "importance") or "normal", category.replace("\0", ""), note


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")
