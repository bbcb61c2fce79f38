"""Nothing of the page is reached without a login, nor with the wrong role."""

from __future__ import annotations

import json
from datetime import date

import pytest
from starlette.websockets import WebSocketDisconnect

from helseassistent.review.access import AccessRules, views_of
from helseassistent.review.access.rules import ROLES
from helseassistent.review.cases import Role
from helseassistent.review.store import Store
from review.access.fakes import browser, guard, logged_in, person, token_of

READS = [
    "/",
    "/sak/a",
    "/sak/a/vurdering",
    "/finnes-ikke",
    "/docs",
    "/openapi.json",
    "/konto",
    "/brukere",
    "/visninger",
]
WRITES = ["/sak/a/vurdering", "/", "/finnes-ikke", "/konto/passord", "/logg-ut"]
ADMINISTRATION = ["/brukere/ny", "/brukere/rolle", "/brukere/fjern", "/brukere", "/brukere/noe"]
CHANGING = ["POST", "PUT", "PATCH", "DELETE"]


def test_who_is_not_logged_in_is_asked_to_log_in(store: Store) -> None:
    client = browser(guard(store))
    for path in READS:
        answer = client.get(path, params={"s": "1"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/logg-inn?neste=%2F")
        assert answer.content == b""


def test_who_is_not_logged_in_changes_nothing(store: Store) -> None:
    client = browser(guard(store))
    for method in (*CHANGING, "OPTIONS", "TRACE", "HEAD"):
        for path in (*WRITES, *ADMINISTRATION):
            answer = client.request(method, path, headers={"accept": "*/*"})
            assert answer.status_code == 401
            assert "KØEN" not in answer.text


def test_a_websocket_is_closed(store: Store) -> None:
    with pytest.raises(WebSocketDisconnect), browser(guard(store)).websocket_connect("/strøm"):
        pass


def test_one_who_may_read_changes_nothing(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    token = token_of(client)
    for method in CHANGING:
        for path in ("/sak/a/vurdering", "/", "/finnes-ikke"):
            answer = client.request(method, path, headers={"x-csrf-token": token})
            assert (answer.status_code, "fagperson" in answer.text) == (403, True)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("role", ["leser", "fagperson"])
def test_only_administrators_see_who_may_log_in_and_who_saw_what(store: Store, role: Role) -> None:
    client = logged_in(guard(store), person(store, role))
    token = token_of(client)
    for path in ("/brukere", "/visninger", "/brukere/", "/visninger/x"):
        assert client.get(path).status_code == 403
    for path in ADMINISTRATION:
        fields = {"csrf": token, "navn": role, "rolle": "administrator"}
        assert client.post(path, data=fields).status_code == 403


@pytest.mark.parametrize("role", ["fagperson", "administrator"])
def test_a_change_takes_the_word_of_the_session(store: Store, role: Role) -> None:
    protected = guard(store)
    client = logged_in(protected, person(store, role))
    other = token_of(logged_in(protected, person(store, role, "annen")))
    for wrong in ("", "x", other, "æ"):
        answer = client.post("/sak/a/vurdering", headers={"x-csrf-token": wrong.encode()})
        assert answer.status_code == 403
        assert client.post("/sak/a/vurdering", data={"csrf": wrong, "note": "n"}).status_code == 403
        assert client.post("/brukere/fjern", data={"csrf": wrong, "navn": "annen"}).status_code == 403
    token = token_of(client)
    assert client.post("/sak/a/vurdering", headers={"x-csrf-token": token}, json={"n": 1}).json()["body"] == '{"n":1}'
    fields = client.post("/sak/a/vurdering", data={"csrf": token, "note": "ærlig"}).json()
    assert fields == {"judged": "a", "body": f"csrf={token}&note=%C3%A6rlig"}


def test_what_another_site_sends_is_refused_even_with_everything_right(store: Store) -> None:
    client = logged_in(guard(store), person(store, "fagperson"))
    token = token_of(client)
    for header in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://vond.example"},
    ):
        answer = client.post("/sak/a/vurdering", headers={"x-csrf-token": token} | header)
        assert answer.status_code == 403
    same = {"x-csrf-token": token, "origin": "http://127.0.0.1:7861"}
    assert client.post("/sak/a/vurdering", headers=same).status_code == 200


def test_the_app_sees_who_it_is_and_not_the_key(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    assert client.get("/sak/a").json() == {"case": "a", "user": "leser", "cookies": {}}


def test_every_view_of_a_case_is_written_down_before_it_is_shown(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    client.get("/sak/a")
    client.get("/sak/ingen")
    client.get("/")
    (view,) = views_of(store)
    assert (view.user, view.exchange, view.what, view.day) == ("leser", "a", "/sak/a", date.today())
    assert views_of(store, exchange="b") == []
    shown = logged_in(guard(store), person(store, "administrator")).get("/visninger").text
    assert "<td>leser</td><td>a</td>" in shown


def test_a_case_is_not_shown_when_the_view_cannot_be_written_down(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE views")
    answer = client.get("/sak/a")
    assert answer.status_code == 503
    assert '"case"' not in answer.text


def test_every_answer_says_how_it_may_be_used(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    for answer in (
        client.get("/"),
        client.get("/konto"),
        browser(guard(store)).get("/logg-inn"),
        client.get("/brukere"),
    ):
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_name_that_leads_here_by_a_trick_is_not_answered(store: Store) -> None:
    assert browser(guard(store), at="http://vond.example:7861").get("/logg-inn").status_code == 421
    for host in ("", "[", "127.0.0.1.vond.example", "vond@127.0.0.1.example"):
        assert browser(guard(store)).get("/logg-inn", headers={"host": host}).status_code == 421
    there = AccessRules("https://gjennomgang.example")
    assert browser(guard(store, rules=there), at="https://proxy.example").get("/logg-inn").status_code == 200


def test_where_there_is_tls_cookies_are_sent_by_it_only(store: Store) -> None:
    for address, start in (("https://g.example", "__Host-"), ("https://g.example/gj", "__Secure-")):
        client = browser(guard(store, rules=AccessRules(address)), at="https://g.example")
        cookie = client.get("/logg-inn").headers["set-cookie"]
        assert cookie.startswith(f"{start}gjennomgang-login=")
        assert "; HttpOnly; SameSite=Strict; Secure" in cookie


def test_too_much_is_refused(store: Store) -> None:
    client = logged_in(guard(store), person(store, "fagperson"))
    assert client.post("/sak/a/vurdering", data={"csrf": "x", "n": "y" * 1_100_000}).status_code == 413
    assert client.post("/logg-inn", data={"navn": "y" * 20_000}).status_code == 413


def test_without_a_database_nothing_is_shown(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE sessions")
    answer = client.get("/")
    assert answer.status_code == 503
    assert "KØEN" not in answer.text


def test_programs_are_told_in_json(store: Store) -> None:
    answer = browser(guard(store)).get("/", headers={"accept": "application/json"})
    assert (answer.status_code, list(json.loads(answer.text))) == (401, ["error"])


def test_each_role_may_do_what_the_one_before_it_may(store: Store) -> None:
    protected = guard(store)
    reached: list[list[int]] = []
    for role in ROLES:
        client = logged_in(protected, person(store, role))
        token = {"x-csrf-token": token_of(client)}
        statuses = [client.get("/").status_code, client.post("/sak/a/vurdering", headers=token).status_code]
        reached.append([*statuses, client.get("/brukere").status_code])
    assert reached == [[200, 403, 403], [200, 200, 403], [200, 200, 200]]


def test_names_are_shown_as_text(store: Store) -> None:
    client = logged_in(guard(store), person(store, "administrator"))
    new = {"navn": "kari", "visningsnavn": "<script>alert(1)</script>", "rolle": "leser", "passord": "fire ord på rad"}
    assert client.post("/brukere/ny", data=new | {"csrf": token_of(client)}).status_code == 303
    html = client.get("/brukere").text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
