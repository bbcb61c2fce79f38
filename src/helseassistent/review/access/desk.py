"""The login: the form and what becomes of it, and the organisation's own login where it is set up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from helseassistent.review.access.attempts import Attempts
from helseassistent.review.access.oidc import WAIT, LoginRefusedError, OrganisationLogin
from helseassistent.review.access.pages import login_page, message_page
from helseassistent.review.access.passwords import LONGEST, is_outdated, is_right
from helseassistent.review.access.requests import cookie_header, cookie_name, form_of, local_path
from helseassistent.review.access.sessions import SessionBook
from helseassistent.review.access.users import UserBook, name_from
from helseassistent.review.cases import User

SESSION, FORM, ELSEWHERE = "session", "login", "oidc"  # cookies
_AT_ONCE = 2  # passwords looked at; each takes 64 MiB
_WRONG = "Feil brukernavn eller passord."
_NO_COOKIE = "Innloggingen var for gammel, eller nettleseren tar ikke imot informasjonskapsler. Prøv igjen."


@dataclass(frozen=True, slots=True)
class LoginDesk:
    """Everything that is open to somebody who is not logged in."""

    users: UserBook
    sessions: SessionBook
    attempts: Attempts
    elsewhere: OrganisationLogin | None = None
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_AT_ONCE))

    async def answer(self, request: Request, path: str) -> Response | None:
        """The answer to a request that is about logging in; None if it is about something else."""
        if path == "/logg-inn" and request.method in ("GET", "HEAD"):
            return self._form(request, following=request.query_params.get("neste", "/"))
        if path == "/logg-inn" and request.method == "POST":
            return await self._log_in(request)
        if self.elsewhere and request.method == "GET" and path == "/logg-inn/oidc":
            return await self._send_elsewhere(request, self.elsewhere)
        if self.elsewhere and request.method == "GET" and path == "/logg-inn/retur":
            return await self._come_back(request, self.elsewhere)
        if path == "/logg-inn" or path.startswith("/logg-inn/"):
            prefix = self.sessions.rules.prefix
            return message_page("Ikke funnet", "Siden finnes ikke.", status=404, prefix=prefix)
        return None

    async def enter(self, request: Request, user: User, *, following: str) -> Response:
        """A new session for the person, in place of the one the browser had."""
        rules = self.sessions.rules
        if old := request.cookies.get(cookie_name(SESSION, rules)):
            await run_sync(self.sessions.end, old)
        token, _ = await run_sync(self.sessions.begin, user)
        response = RedirectResponse(rules.prefix + local_path(following), status_code=303)
        response.headers.append("set-cookie", cookie_header(SESSION, token, rules=rules))
        response.headers.append("set-cookie", cookie_header(FORM, "", rules=rules, strict=True, seconds=0))
        return response

    def _form(
        self, request: Request, *, following: str, name: str = "", notice: str = "", status: int = 200, wait: int = 0
    ) -> Response:
        rules = self.sessions.rules
        word = request.cookies.get(cookie_name(FORM, rules), "") or secrets.token_urlsafe(32)
        response = login_page(
            prefix=rules.prefix,
            csrf=word,
            following=local_path(following),
            name=name,
            notice=notice,
            oidc=self.elsewhere is not None,
            status=status,
        )
        response.headers.append("set-cookie", cookie_header(FORM, word, rules=rules, strict=True))
        if wait:
            response.headers["retry-after"] = str(wait * 60)
        return response

    async def _log_in(self, request: Request) -> Response:
        fields, _ = await form_of(request)
        say = partial(self._form, request, following=fields.get("neste", "/"), name=fields.get("navn", "")[:LONGEST])
        if not self._has_word(request, fields):
            return say(notice=_NO_COOKIE, status=400)
        name, place = name_from(fields.get("navn", "")), request.client.host if request.client else ""
        user = await run_sync(self.users.find, name)
        counted = partial(self.attempts.take, name, place=place, known=user is not None)
        if wait := await run_sync(counted):
            minutes = "ett minutt" if wait == 1 else f"{wait} minutter"
            return say(notice=f"For mange forsøk. Vent {minutes} og prøv igjen.", status=429, wait=wait)
        password = fields.get("passord", "")[: LONGEST + 1]
        kept = user.password_hash if user and user.active else None
        if not await run_sync(is_right, password, kept, limiter=self.hashing) or not user or not kept:
            return say(notice=_WRONG, status=401)
        await run_sync(partial(self.attempts.take_back, name, place=place))
        if is_outdated(kept):
            await run_sync(self.users.keep_stronger, user, password)
        return await self.enter(request, user, following=fields.get("neste", "/"))

    async def _send_elsewhere(self, request: Request, elsewhere: OrganisationLogin) -> Response:
        following = local_path(request.query_params.get("neste", "/"))
        try:
            place, word = await elsewhere.begin(following)
        except LoginRefusedError as refused:
            return self._form(request, following=following, notice=str(refused), status=503)
        response = RedirectResponse(place, status_code=303)
        cookie = cookie_header(ELSEWHERE, word, rules=self.sessions.rules, seconds=WAIT * 60)
        response.headers.append("set-cookie", cookie)
        return response

    async def _come_back(self, request: Request, elsewhere: OrganisationLogin) -> Response:
        rules = self.sessions.rules
        word = request.cookies.get(cookie_name(ELSEWHERE, rules), "")
        try:
            who, following = await elsewhere.finish(word, request.query_params)
            user = await run_sync(self.users.from_elsewhere, who)
            if not user.active:
                raise LoginRefusedError("Tilgangen din er fjernet. Snakk med en administrator.")
        except LoginRefusedError as refused:
            response = self._form(request, following="/", notice=str(refused), status=403)
        else:
            response = await self.enter(request, user, following=following)
        response.headers.append("set-cookie", cookie_header(ELSEWHERE, "", rules=rules, seconds=0))
        return response

    def _has_word(self, request: Request, fields: Mapping[str, str]) -> bool:
        """The form came from our page in this browser: no other site can log somebody in as somebody else."""
        word = request.cookies.get(cookie_name(FORM, self.sessions.rules), "")
        return bool(word) and secrets.compare_digest(word.encode(), fields.get("csrf", "").encode())
