"""Every route of the real page for staff, for everybody who may not use it."""

from __future__ import annotations

import re
from dataclasses import replace

from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from helseassistent.review.access import account_html, csrf_token, current_user, guarded, views_of
from helseassistent.review.access.administration import ROUTES
from helseassistent.review.access.guard import AccessGuard
from helseassistent.review.access.rules import AccessRules
from helseassistent.review.store import Store
from helseassistent.review.view import build_review
from review.access.fakes import LOCAL, Clock, browser, case_of, logged_in, person, token_of
from review.desk import parts, small_log

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
CASE = "case-sure-1"


def page(store: Store, *, address: str = LOCAL) -> tuple[AccessGuard, list[str]]:
    """The real page behind the guard, and a path of each of its routes."""
    joined = replace(parts(store), who=current_user, csrf=csrf_token, account=account_html)
    app = build_review(joined)
    paths = [re.sub(r"{\w+(:path)?}", CASE, route.path) for route in app.routes if isinstance(route, APIRoute)]
    assert len(paths) == len(app.routes), "a route that this test does not know how to ask for"
    rules = AccessRules(address)
    return guarded(app, store=store, rules=rules, case_of=case_of, clock=Clock()), sorted(set(paths))


def asked(client: TestClient, method: str, path: str, **headers: str) -> int:
    return client.request(method, path, headers=headers).status_code


def test_no_route_is_reached_without_a_login(store: Store) -> None:
    small_log(store)
    front, paths = page(store)
    assert f"/sak/{CASE}" in paths
    own = list(ROUTES)
    client = browser(front)
    refused = 0
    for path in (*paths, *own, "/finnes-ikke", "//", "/..", "/logg-inn/../", "/logg-inn%2f..%2fsak"):
        for method in METHODS:
            answer = client.request(method, path)
            assert answer.status_code in ((303, 404) if method in ("GET", "HEAD") else (401, 404)), (method, path)
            assert "røntgen" not in answer.text
            refused += 1
    assert refused == (len(paths) + len(own) + 5) * len(METHODS)
    assert views_of(store) == []


def test_no_route_is_changed_by_who_may_only_read(store: Store) -> None:
    small_log(store)
    front, paths = page(store)
    client = logged_in(front, person(store, "leser"))
    token = token_of(client)
    for path in paths:
        for method in METHODS:
            status = asked(client, method, path, **{"x-csrf-token": token})
            assert (status == 403) == (method not in ("GET", "HEAD", "OPTIONS")), (method, path)


def test_no_route_is_changed_without_the_word(store: Store) -> None:
    small_log(store)
    front, paths = page(store)
    client = logged_in(front, person(store, "administrator"))
    for path in (*paths, *ROUTES):
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
            assert asked(client, method, path) == 403, (method, path)


def test_no_route_of_administrators_is_reached_by_others(store: Store) -> None:
    front, _ = page(store)
    for role in ("leser", "fagperson"):
        client = logged_in(front, person(store, role))
        token = token_of(client)
        for path in (path for path, least in ROUTES.items() if least == "administrator"):
            for method in METHODS:
                assert asked(client, method, path, **{"x-csrf-token": token}) == 403, (role, method, path)


def test_who_may_use_the_page_uses_it_and_is_written_down(store: Store) -> None:
    small_log(store)
    front, _ = page(store)
    client = logged_in(front, person(store, "fagperson"))
    assert "Fru fagperson" in client.get("/").text
    assert client.get(f"/sak/{CASE}").status_code == 200
    sent = {"csrf": token_of(client), "seen": "0", "importance": "normal", "judgement": "approved"}
    assert client.post(f"/sak/{CASE}", data=sent).status_code == 303
    assert client.post(f"/sak/{CASE}", data=sent).status_code != 303  # somebody judged it before: shown again
    assert [(view.user, view.exchange) for view in views_of(store)] == [("fagperson", CASE)] * 2


def test_a_case_is_written_down_whether_or_not_the_proxy_takes_its_own_path_away(store: Store) -> None:
    small_log(store)
    front, _ = page(store, address=f"{LOCAL}/gjennomgang")
    client = logged_in(front, person(store, "leser"))
    for path in (f"/sak/{CASE}", f"/gjennomgang/sak/{CASE}"):
        assert client.get(path).status_code == 200
    assert client.get(f"/gjennomgang/gjennomgang/sak/{CASE}").status_code == 404
    assert [view.exchange for view in views_of(store)] == [CASE, CASE]
    assert client.get("/gjennomgang/brukere").status_code == client.get("/brukere").status_code == 403
