"""The page for staff: its routes, plain HTML from the server and one small script; who may come in is for `access`.

Not Gradio: see docs/decisions/0018-review-page.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, TypeAlias
from urllib.parse import parse_qs, urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from helseassistent.errors import ReviewError
from helseassistent.review.case import Case, open_case, shown_page
from helseassistent.review.cases import Conflict, User, Verdict
from helseassistent.review.filters import query_of, wanted_from
from helseassistent.review.judging import Draft, draft_of, drafted, seen_version, verdict_of, without_quotes
from helseassistent.review.ledger import Ledger
from helseassistent.review.page import ASSETS, asset, places_of, render
from helseassistent.review.queue import PAGE, QueuePage, find
from helseassistent.review.sources import Sources, titled
from helseassistent.review.store import Store
from helseassistent.review.verdicts import judge

Scope: TypeAlias = MutableMapping[str, Any]
Fields: TypeAlias = Mapping[str, Sequence[str]]

BODY_LIMIT = 64 * 1024  # bytes of a form
_FIELDS_LIMIT = 100
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
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
    judged: Callable[[Verdict], None] = lambda verdict: None  # what follows from a verdict
    today: Callable[[], date] = field(default=date.today)


def build_review(parts: ReviewParts, *, root_path: str = "") -> FastAPI:
    """The site, to be mounted behind the guard of `access`: every route here trusts that somebody is logged in."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, root_path=root_path)
    desk = _Desk(parts)
    app.get("/")(desk.queue)
    app.get("/sak/{id}")(desk.case)
    app.post("/sak/{id}")(desk.judge)
    app.get("/assets/{name}")(_asset)

    @app.middleware("http")
    async def secured(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(404)
    async def missing(request: Request, _: Exception) -> Response:
        return desk.told(request, "Denne siden finnes ikke.", status=404)

    @app.exception_handler(405)
    async def refused(request: Request, _: Exception) -> Response:
        return desk.told(request, "Dette kan ikke gjøres her.", status=405)

    return app


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


FormFields: TypeAlias = Annotated[Fields, Depends(_form)]


class _Desk:
    """Answers requests, on several threads at once."""

    def __init__(self, parts: ReviewParts) -> None:
        self._parts = parts
        self._ledger = Ledger(parts.store, parts.sources)

    def queue(self, request: Request) -> Response:
        """The cases that wait, the neediest first."""
        wanted = wanted_from(request.query_params)
        found = self._find(request.query_params)
        pages = max(1, -(-found.total // PAGE))
        context: dict[str, Any] = {
            "wanted": wanted,
            "found": found,
            "pages": pages,
            "saved": request.query_params.get("lagret", ""),
        }
        return self._shown(request, "queue.html", here="/", back=query_of(wanted), **context)

    def case(self, request: Request, id: str) -> Response:
        """One case with its source."""
        sources = self._parts.sources()
        case = open_case(self._parts.store, id, sources=sources, past=self._parts.past)
        if case is None:
            return self.told(request, "Saken finnes ikke, eller er slettet fordi den er for gammel.", status=404)
        return self._case(request, case, draft_of(case), sources=sources)

    def judge(self, request: Request, id: str, fields: FormFields) -> Response:
        """Keep a verdict and show the next case, or say why it was not kept."""
        user, sources = self._parts.who(request.scope), self._parts.sources()
        if user.role not in _JUDGES:
            return self.told(request, "Du kan lese sakene, men ikke vurdere dem.", status=403)
        case = open_case(self._parts.store, id, sources=sources, past=self._parts.past)
        if case is None:
            return self.told(request, "Saken finnes ikke, eller er slettet fordi den er for gammel.", status=404)
        draft = without_quotes(fields)
        try:
            draft = drafted(fields, sources=sources)
            said = verdict_of(draft, case, sources=sources, reviewer=user.name, day=self._parts.today())
        except ReviewError as error:
            return self._case(request, case, draft, sources=sources, error=str(error), status=422)
        kept = judge(self._parts.store, said, seen=seen_version(fields))
        if isinstance(kept, Conflict):
            case = open_case(self._parts.store, id, sources=sources, past=self._parts.past) or case
            return self._case(request, case, draft, sources=sources, standing=kept.standing, status=409)
        self._parts.judged(kept)
        return self._next(request, after=id, saved=draft.judgement)

    def told(self, request: Request, sentence: str, *, status: int) -> Response:
        """One sentence, and the way back."""
        return self._shown(request, "told.html", status=status, sentence=sentence)

    def _find(self, query: Mapping[str, str]) -> QueuePage:
        parts = self._parts
        return find(parts.store, self._ledger.now(), wanted_from(query), today=parts.today())

    def _case(
        self,
        request: Request,
        case: Case,
        draft: Draft,
        *,
        sources: Sources,
        error: str = "",
        standing: Verdict | None = None,
        status: int = 200,
    ) -> Response:
        query = request.query_params
        file = query.get("fil") or next((name for name in case.files if name in sources.pages), "")
        sought = " ".join(query.get("sok", "").split())[:100]
        context: dict[str, Any] = {
            "case": case,
            "draft": draft,
            "places": places_of(draft.right, sources=sources),
            "shown": shown_page(case, file, sources=sources),
            "file": file,
            "titles": {name: sources.pages[name].title for name in case.files if name in sources.pages},
            "sought": sought,
            "hits": titled(sources, sought),
            "error": error,
            "standing": standing,
            "saved": query.get("lagret", ""),
            "back": query_of(wanted_from(query)),
            "wanted": wanted_from(query),
            "can_judge": self._parts.who(request.scope).role in _JUDGES,
        }
        return self._shown(request, "case.html", status=status, **context)

    def _next(self, request: Request, *, after: str, saved: str) -> Response:
        cases = self._find(request.query_params).cases
        following = next((waiting.exchange.id for waiting in cases if waiting.exchange.id != after), None)
        back = query_of(wanted_from(request.query_params))
        query = "&".join(filter(None, [back, urlencode({"lagret": saved})]))
        root = request.scope.get("root_path", "")
        return RedirectResponse(f"{root}/sak/{following}?{query}" if following else f"{root}/?{query}", status_code=303)

    def _shown(
        self, request: Request, template: str, *, here: str = "", status: int = 200, **context: object
    ) -> Response:
        shared = {
            "root": request.scope.get("root_path", ""),
            "user": self._parts.who(request.scope),
            "csrf": self._parts.csrf(request.scope),
            "account": Markup(self._parts.account(request.scope)),
            "here": here,
            "NAMES": self._parts.names(),
        }
        return HTMLResponse(render(template, **shared, **context), status_code=status)


def _asset(name: str) -> Response:
    if name not in ASSETS:
        return Response("Denne filen finnes ikke.", status_code=404, media_type="text/plain; charset=utf-8")
    return Response(asset(name), media_type=ASSETS[name], headers={"cache-control": "private, max-age=86400"})
