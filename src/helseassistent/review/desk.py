"""What the page's parts share: what they are joined to, how a form is read, and how a page is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias
from urllib.parse import parse_qs

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from helseassistent.review.cases import User, Verdict
from helseassistent.review.ledger import Ledger
from helseassistent.review.page import render
from helseassistent.review.reports import Reporter
from helseassistent.review.sources import Sources
from helseassistent.review.store import Store

Scope: TypeAlias = MutableMapping[str, Any]
Fields: TypeAlias = Mapping[str, Sequence[str]]

BODY_LIMIT = 64 * 1024  # bytes of a form
_FIELDS_LIMIT = 100
_JUDGES = ("fagperson", "administrator")


@dataclass(frozen=True, slots=True)
class ReviewParts:
    """What the page is joined to."""

    store: Store
    sources: Callable[[], Sources]  # of the generation in service
    past: Callable[[str], Sources | None]  # of an earlier one, for as long as it is kept
    who: Callable[[Scope], User]  # who is logged in; the guard lets nobody else in
    csrf: Callable[[Scope], str]
    account: Callable[[Scope], str] = lambda _: ""  # HTML: who is logged in, and the way out
    names: Callable[[], Mapping[str, str]] = dict  # display names by name
    judged: Callable[[Verdict], None] = lambda _: None  # what follows from a verdict
    changed: Callable[[], None] = lambda: None  # what follows when an approved answer is another
    reporter: Reporter | None = None
    ledger: Ledger | None = None  # one that has read the log already; else the first look at the queue reads it
    today: Callable[[], date] = date.today


async def _form(request: Request) -> Fields:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return {}
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_LIMIT)
    except ValueError:
        return {}


FormFields: TypeAlias = Annotated[Fields, Depends(_form)]  # empty when too long or not to be read


def can_judge(parts: ReviewParts, request: Request) -> bool:
    """Whether whoever looks may change anything."""
    return parts.who(request.scope).role in _JUDGES


def shown(
    parts: ReviewParts, request: Request, template: str, *, here: str = "", status: int = 200, **context: object
) -> Response:
    """The template in the page's frame; `here` is the menu's entry."""
    shared = {
        "root": request.scope.get("root_path", ""),
        "user": parts.who(request.scope),
        "csrf": parts.csrf(request.scope),
        "account": Markup(parts.account(request.scope)),
        "here": here,
        "NAMES": parts.names(),
        "can_judge": can_judge(parts, request),
    }
    return HTMLResponse(render(template, **shared, **context), status_code=status)


def told(parts: ReviewParts, request: Request, sentence: str, *, status: int) -> Response:
    """One sentence, and the way back."""
    return shown(parts, request, "told.html", status=status, sentence=sentence)
