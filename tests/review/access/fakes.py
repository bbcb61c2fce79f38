"""A page for staff behind the guard, and people who use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from fastapi import FastAPI, Request, WebSocket
from starlette.responses import HTMLResponse, JSONResponse
from starlette.testclient import TestClient

from helseassistent.review.access import (
    AccessGuard,
    AccessRules,
    account_html,
    csrf_token,
    current_user,
    guarded,
)
from helseassistent.review.access.desk import SESSION
from helseassistent.review.access.passwords import hash_of
from helseassistent.review.access.requests import cookie_name
from helseassistent.review.access.users import UserBook
from helseassistent.review.cases import Role
from helseassistent.review.schema import users
from helseassistent.review.store import Store

LOCAL = "http://127.0.0.1:7861"
PASSWORD = "fire tilfeldige ord her"


class Clock:
    """Minutes that a test moves."""

    def __init__(self) -> None:
        self.minute = 29_000_000

    def __call__(self) -> int:
        return self.minute


def staff_app() -> FastAPI:
    """An app that would show everything to everybody."""
    app = FastAPI()

    @app.get("/", response_class=HTMLResponse)
    def front(request: Request) -> str:
        return f"<p>KØEN</p>{account_html(request.scope)}<i>{csrf_token(request.scope)}</i>"

    @app.get("/sak/{case}")
    def case(case: str, request: Request) -> JSONResponse:
        found = {"case": case, "user": current_user(request.scope).name, "cookies": request.cookies}
        return JSONResponse(found, status_code=404 if case == "ingen" else 200)

    @app.api_route("/sak/{case}/vurdering", methods=["POST", "PUT", "PATCH", "DELETE"])
    async def judge(case: str, request: Request) -> dict[str, str]:
        return {"judged": case, "body": (await request.body()).decode()}

    @app.websocket("/strøm")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("KØEN")

    return app


def case_of(path: str) -> str | None:
    """The case that a path of `staff_app` shows."""
    found = re.fullmatch(r"/sak/([^/]+)", path)
    return found[1] if found else None


def guard(store: Store, *, rules: AccessRules | None = None, clock: Callable[[], int] | None = None) -> AccessGuard:
    return guarded(staff_app(), store=store, rules=rules or AccessRules(LOCAL), case_of=case_of, clock=clock or Clock())


def person(store: Store, role: Role, name: str = "") -> str:
    """Somebody with that role and `PASSWORD`, by name."""
    values = {"name": name or role, "display_name": f"Fru {role}", "role": role, "active": True}
    with store.writing() as connection:
        connection.execute(users.insert().values(values | {"password_hash": _kept()}))
    return name or role


@cache
def _kept() -> str:
    return hash_of(PASSWORD)


def browser(guard: AccessGuard, *, at: str = LOCAL) -> TestClient:
    """Asks for pages, keeps cookies, follows nothing."""
    return TestClient(guard, base_url=at, headers={"accept": "text/html"}, follow_redirects=False)


def field(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, html
    return found[1]


def log_in(client: TestClient, name: str, password: str = PASSWORD, *, following: str = "/") -> int:
    """Fill in the form; the status of the answer."""
    html = client.get("/logg-inn").text
    fields = {"csrf": field(html, "csrf"), "navn": name, "passord": password, "neste": following}
    return client.post("/logg-inn", data=fields).status_code


def logged_in(guard: AccessGuard, name: str, *, at: str = LOCAL) -> TestClient:
    """A browser with a session, as after the form."""
    client, book = browser(guard, at=at), guard.sessions
    user = UserBook(book.store).find(name)
    assert user
    client.cookies.set(cookie_name(SESSION, book.rules), book.begin(user)[0])
    return client


def token_of(client: TestClient) -> str:
    """The word that changes need."""
    return field(client.get("/konto").text, "csrf")
