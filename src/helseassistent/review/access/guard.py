"""The guard: nothing of the page is reached but through it, and without a login it shows the login only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from helseassistent.review.access.administration import Administration
from helseassistent.review.access.attempts import Attempts
from helseassistent.review.access.desk import SESSION, LoginDesk
from helseassistent.review.access.oidc import organisation_login
from helseassistent.review.access.pages import message_page
from helseassistent.review.access.requests import (
    APP_FORM_LIMIT,
    FormTooLargeError,
    again,
    comes_from_elsewhere,
    cookie_name,
    form_of,
    has_form,
    is_for_us,
    path_below,
    without_cookies,
)
from helseassistent.review.access.rules import READING, AccessRules, CaseOf, RoleOf, has_role, usual_role
from helseassistent.review.access.seen import record_view
from helseassistent.review.access.sessions import SessionBook, minutes_now
from helseassistent.review.access.users import UserBook
from helseassistent.review.access.visit import KEY, Visit
from helseassistent.review.store import Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with less, browsers would not say where a form comes from
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}
_SWEEP = 10  # minutes between two looks for sessions that have ended
_STRICT_TRANSPORT = "max-age=31536000"


def guarded(
    app: ASGIApp,
    *,
    store: Store,
    rules: AccessRules,
    role_of: RoleOf = usual_role,
    case_of: CaseOf = lambda path: None,
    clock: Callable[[], int] = minutes_now,
) -> AccessGuard:
    """The app behind a login.

    `role_of` says which role a request takes (reading: leser; else fagperson). `case_of` says which case a path shows:
    the view is written down before it is sent; an app that shows cases otherwise calls `record_view` itself.
    """
    users, sessions, attempts = UserBook(store), SessionBook(store, rules, clock), Attempts(store, clock)
    desk = LoginDesk(users, sessions, attempts, organisation_login(rules, clock=clock))
    administration = Administration(users, sessions, attempts, desk.hashing)
    return AccessGuard(app, desk, administration, role_of=role_of, case_of=case_of)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why not, to a person and to a program."""

    status: int
    title: str
    message: str


_ELSEWHERE = _Refusal(403, "Avvist", "Forespørselen kom fra et annet nettsted.")
_WRONG_TOKEN = _Refusal(403, "Avvist", "Siden er for gammel. Gå tilbake, last den på nytt og prøv igjen.")
_TOO_LARGE = _Refusal(413, "For mye", "Det som ble sendt, er for stort.")
_NO_LOGIN = _Refusal(401, "Logg inn", "Du er ikke logget inn, eller har vært borte for lenge.")
_NOT_FOUND = _Refusal(404, "Ikke funnet", "Siden finnes ikke.")
_NO_DATABASE = _Refusal(503, "Ikke nå", "Databasen svarer ikke. Prøv igjen om litt.")


class AccessGuard:
    """ASGI: asks who it is at every request, and hands on only what that person may."""

    def __init__(
        self, app: ASGIApp, desk: LoginDesk, administration: Administration, *, role_of: RoleOf, case_of: CaseOf
    ) -> None:
        self._app = app
        self._desk = desk
        self._administration = administration
        self._role_of = role_of
        self._case_of = case_of
        self.sessions = desk.sessions
        self.attempts = desk.attempts
        self._rules: AccessRules = desk.sessions.rules
        self._swept = 0  # minute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send, secure=self._rules.secure))
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        request = Request(scope, receive)
        try:
            response = await self._decide(request, watched)
        except FormTooLargeError:
            response = self._refuse(request, _TOO_LARGE)
        except SQLAlchemyError:
            if started:
                raise
            response = self._refuse(request, _NO_DATABASE)
        if response:
            await response(scope, receive, send)

    async def _decide(self, request: Request, send: Send) -> Response | None:
        """The answer; None when the app has given it."""
        if not is_for_us(request, self._rules):
            there = f"Siden er satt opp for {self._rules.address}. Innstillingen heter review_address."
            return self._refuse(request, _Refusal(421, "Feil adresse", there))
        if comes_from_elsewhere(request, self._rules):
            return self._refuse(request, _ELSEWHERE)
        path = path_below(request.scope, self._rules)
        token = request.cookies.get(cookie_name(SESSION, self._rules), "")
        await self._sweep()
        visit = await run_sync(self.sessions.find, token) if token else None
        if response := await self._desk.answer(request, path):
            return response
        if visit is None:
            return self._ask_for_login(request, path)
        return await self._for_visit(request, path, visit=visit, send=send)

    async def _sweep(self) -> None:
        now = self.sessions.clock()
        if abs(now - self._swept) >= _SWEEP:
            self._swept = now
            await run_sync(self.sessions.sweep)

    async def _for_visit(self, request: Request, path: str, *, visit: Visit, send: Send) -> Response | None:
        least = self._administration.role_of(path) or self._role_of(request.method, path)
        if not has_role(visit.user.role, least):
            told = f"Dette krever rollen {least}. Du er logget inn som {visit.user.role}."
            return self._refuse(request, _Refusal(403, "Ikke tilgang", told), visit=visit)
        receive = request.receive
        if request.method not in READING:
            form, body = await form_of(request, limit=APP_FORM_LIMIT)
            given = request.headers.get("x-csrf-token") or form.get("csrf", "")
            if not secrets.compare_digest(given.encode(), visit.session.csrf.encode()):
                return self._refuse(request, _WRONG_TOKEN, visit=visit)
            if response := await self._administration.change(path, form, visit=visit):
                return response
            receive = again(body, request.receive) if has_form(request) else request.receive
        elif response := await self._administration.show(path, visit=visit):
            return response
        if self._administration.role_of(path):
            return self._refuse(request, _NOT_FOUND, visit=visit)
        await self._hand_on(request.scope, receive, send, visit=visit)
        return None

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send, *, visit: Visit) -> None:
        case = self._case_of(path_below(scope, self._rules))

        async def send_when_recorded(message: Message) -> None:
            if case is not None and message["type"] == "http.response.start" and _shows(message["status"]):
                note = partial(
                    record_view, exchange=case, what=path_below(scope, self._rules), user=visit.user, day=date.today()
                )
                await run_sync(note, self.sessions.store)
            await send(message)

        inside = {**without_cookies(scope), KEY: visit, "root_path": self._rules.prefix}
        await self._app(inside, receive, send_when_recorded)

    def _ask_for_login(self, request: Request, path: str) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "") and request.method in ("GET", "HEAD")
        if not wants_page:
            return self._refuse(request, _NO_LOGIN)
        query = request.url.query
        following = quote(path + (f"?{query}" if query else ""), safe="")
        return RedirectResponse(f"{self._rules.prefix}/logg-inn?neste={following}", status_code=303)

    def _refuse(self, request: Request, why: _Refusal, *, visit: Visit | None = None) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"error": why.message}, status_code=why.status)
        return message_page(why.title, why.message, status=why.status, prefix=self._rules.prefix, visit=visit)


def _shows(status: int) -> bool:
    """Whether an answer may hold the case; one that asks for a better form does."""
    return status < 300 or (400 <= status < 500 and status != 404)


def _with_headers(send: Send, *, secure: bool) -> Send:
    """Adds the headers that every response carries, unless it has its own."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if secure:
                headers.setdefault("strict-transport-security", _STRICT_TRANSPORT)
            message = {**message, "headers": headers.raw}
        await send(message)

    return send_with_headers
