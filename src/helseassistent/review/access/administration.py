"""What the guard offers to who is logged in: the account, and for administrators who may log in and who saw what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import get_args

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.responses import RedirectResponse, Response

from helseassistent.errors import ReviewError
from helseassistent.review.access.attempts import Attempts
from helseassistent.review.access.desk import SESSION
from helseassistent.review.access.pages import account_page, users_page, views_page
from helseassistent.review.access.passwords import is_right
from helseassistent.review.access.requests import cookie_header
from helseassistent.review.access.seen import views_of
from helseassistent.review.access.sessions import SessionBook
from helseassistent.review.access.users import UserBook
from helseassistent.review.access.visit import Visit
from helseassistent.review.cases import Role

# What takes a login and is not the app's, with the role; what lies below the same top is not the app's either.
ROUTES: Mapping[str, Role] = {
    "/konto": "leser",
    "/konto/passord": "leser",
    "/logg-ut": "leser",
    "/brukere": "administrator",
    "/brukere/ny": "administrator",
    "/brukere/rolle": "administrator",
    "/brukere/fjern": "administrator",
    "/visninger": "administrator",
}
_SHOWN_VIEWS = 500


@dataclass(frozen=True, slots=True)
class Administration:
    """Pages of the guard behind the login."""

    users: UserBook
    sessions: SessionBook
    attempts: Attempts
    hashing: CapacityLimiter

    def role_of(self, path: str) -> Role | None:
        """Which role a path of ours takes; None if it is the app's."""
        top = f"/{path.split('/')[1]}" if path.startswith("/") else path
        return ROUTES.get(path) or ROUTES.get(top)

    async def show(self, path: str, *, visit: Visit) -> Response | None:
        """The page at a path of ours."""
        if path == "/konto":
            return account_page(visit)
        if path == "/brukere":
            return users_page(visit, await run_sync(self.users.everybody))
        if path == "/visninger":
            return views_page(visit, await run_sync(partial(views_of, limit=_SHOWN_VIEWS), self.sessions.store))
        return None

    async def change(self, path: str, form: Mapping[str, str], *, visit: Visit) -> Response | None:
        """What somebody wants changed at a path of ours."""
        if path == "/logg-ut":
            return await self._log_out(visit)
        if path == "/konto/passord":
            return await self._change_own_password(form, visit=visit)
        change = {"/brukere/ny": self._add, "/brukere/rolle": self._set_role, "/brukere/fjern": self._remove}.get(path)
        return await self._change_user(change, form, visit=visit) if change else None

    async def _log_out(self, visit: Visit) -> Response:
        await run_sync(self.sessions.forget, visit.session)
        response = RedirectResponse(f"{visit.prefix}/logg-inn", status_code=303)
        response.headers.append("set-cookie", cookie_header(SESSION, "", rules=self.sessions.rules, seconds=0))
        return response

    async def _change_own_password(self, form: Mapping[str, str], *, visit: Visit) -> Response:
        old, new = form.get("passord", ""), form.get("nytt", "")
        if new != form.get("igjen", ""):
            return account_page(visit, notice="De to nye passordene er ikke like.", status=400)
        counted = partial(self.attempts.take, visit.user.name, place=visit.session.digest, known=True)
        if await run_sync(counted):
            return account_page(visit, notice="For mange forsøk. Vent et kvarter og prøv igjen.", status=429)
        if not await run_sync(is_right, old, visit.user.password_hash, limiter=self.hashing):
            return account_page(visit, notice="Passordet du har nå, er feil.", status=403)
        await run_sync(partial(self.attempts.take_back, visit.user.name, place=visit.session.digest))
        try:
            await run_sync(self.users.set_password, visit.user.name, new, limiter=self.hashing)
        except ReviewError as error:
            return account_page(visit, notice=str(error), status=400)
        return RedirectResponse(f"{visit.prefix}/logg-inn", status_code=303)

    async def _change_user(
        self, change: Callable[[Mapping[str, str]], object], form: Mapping[str, str], *, visit: Visit
    ) -> Response:
        try:
            await run_sync(change, form, limiter=self.hashing)
        except ReviewError as error:
            users = await run_sync(self.users.everybody)
            return users_page(visit, users, notice=str(error), status=400)
        return RedirectResponse(f"{visit.prefix}/brukere", status_code=303)

    def _add(self, form: Mapping[str, str]) -> None:
        name, display_name = form.get("navn", ""), form.get("visningsnavn", "")
        role, password = _role(form), form.get("passord", "")
        self.users.add(name, role=role, password=password, display_name=display_name)

    def _set_role(self, form: Mapping[str, str]) -> None:
        self.users.set_role(form.get("navn", ""), _role(form))

    def _remove(self, form: Mapping[str, str]) -> None:
        self.users.remove(form.get("navn", ""))


def _role(form: Mapping[str, str]) -> Role:
    for role in get_args(Role):
        if role == form.get("rolle"):
            return role  # type: ignore[no-any-return]
    raise ReviewError("Rollen må være leser, fagperson eller administrator.")
