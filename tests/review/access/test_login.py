"""The form: who gets in, how often somebody may guess, and when a login ends."""

from __future__ import annotations

import hashlib

import pytest
from argon2 import PasswordHasher

from helseassistent.review.access import AccessRules, OidcRules
from helseassistent.review.access.attempts import BY_NAME, BY_PLACE, WINDOW, Attempts
from helseassistent.review.access.oidc import LoginRefusedError, identity
from helseassistent.review.access.passwords import hash_of, is_outdated, is_right
from helseassistent.review.access.requests import local_path
from helseassistent.review.access.users import UserBook
from helseassistent.review.schema import sessions, users
from helseassistent.review.store import Store
from review.access.fakes import LOCAL, PASSWORD, Clock, browser, field, guard, log_in, logged_in, person, token_of


def test_the_right_password_leads_to_the_page_that_was_asked_for(store: Store) -> None:
    client = browser(guard(store))
    person(store, "leser", "kåre")
    html = client.get(client.get("/sak/a?s=1").headers["location"]).text
    fields = {"csrf": field(html, "csrf"), "navn": " KÅRE ", "passord": PASSWORD, "neste": field(html, "neste")}
    answer = client.post("/logg-inn", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sak/a?s=1")
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert client.get("/sak/a").json()["user"] == "kåre"


@pytest.mark.slow
def test_a_wrong_name_and_a_wrong_password_are_told_alike(store: Store) -> None:
    client, name = browser(guard(store)), person(store, "leser")
    UserBook(store).add("borte", role="leser", password=PASSWORD)
    UserBook(store).remove("borte")
    answers = set()
    for who, password in ((name, PASSWORD + "x"), (name, ""), ("ingen", PASSWORD), ("borte", PASSWORD), ("", "")):
        html = client.get("/logg-inn").text
        fields = {"csrf": field(html, "csrf"), "navn": who, "passord": password}
        answer = client.post("/logg-inn", data=fields)
        answers.add((answer.status_code, "Feil brukernavn eller passord." in answer.text))
    assert answers == {(401, True)}


def test_a_form_that_is_not_from_this_browser_logs_nobody_in(store: Store) -> None:
    name, front = person(store, "leser"), guard(store)
    foreign = field(browser(front).get("/logg-inn").text, "csrf")
    client = browser(front)
    fields = {"navn": name, "passord": PASSWORD}
    assert client.post("/logg-inn", data=fields).status_code == 400
    client.get("/logg-inn")
    for word in ({}, {"csrf": ""}, {"csrf": foreign}):
        assert client.post("/logg-inn", data=fields | word).status_code == 400
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    "wanted", ["//vond.example", "https://vond.example", "/\\vond.example", "vond", "", "/a\nb: c", "/\t/v"]
)
def test_a_login_leads_nowhere_else(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.slow
def test_a_name_may_be_guessed_for_so_often_and_no_more(store: Store) -> None:
    clock = Clock()
    name, front = person(store, "leser"), guard(store, clock=clock)
    for who in (name, "ingen"):  # a name that is nobody's behaves the same
        client = browser(front)
        assert [log_in(client, who, "x") for _ in range(2)] == [401, 401]
        attempts = front.attempts
        for _ in range(BY_NAME - 2):
            assert attempts.take(who, place="annet sted", known=who == name) == 0
        assert log_in(client, who) == 429
        assert log_in(browser(front), who) == 429
    answer = browser(front).get("/logg-inn")
    assert answer.status_code == 200
    clock.minute += WINDOW
    assert log_in(browser(front), name) == 303
    assert log_in(browser(front), name, "x") == 401  # a right one makes it begin anew


def test_a_place_may_guess_for_so_often_and_then_uses_up_no_name(store: Store) -> None:
    clock = Clock()
    attempts, name = Attempts(store, clock), person(store, "leser")
    waits = [attempts.take(f"navn{number}", place="her", known=False) for number in range(BY_PLACE + 1)]
    assert waits == [0] * BY_PLACE + [WINDOW]
    for _ in range(BY_NAME):
        assert attempts.take(name, place="her", known=True) > 0
    assert attempts.take(name, place="der", known=True) == 0
    clock.minute += WINDOW
    assert attempts.take("navn", place="her", known=False) == 0


def test_guesses_at_a_name_are_remembered_by_the_database(store: Store) -> None:
    name = person(store, "leser")
    for _ in range(BY_NAME):
        assert Attempts(store, Clock()).take(name, place="her", known=True) == 0  # as if started anew each time
    assert Attempts(store, Clock()).take(name, place="der", known=True) == WINDOW


def test_what_is_typed_as_a_name_by_mistake_is_kept_nowhere(store: Store) -> None:
    client = browser(guard(store))
    typed = "mitt hemmelige passord"
    assert log_in(client, typed, "x") == 401
    assert store.file
    kept = b"".join(path.read_bytes() for path in store.file.parent.iterdir())
    for form in (typed.encode(), hashlib.sha256(typed.encode()).hexdigest().encode()):
        assert form not in kept


def test_neither_password_nor_token_lies_in_the_database(store: Store) -> None:
    person(store, "leser")
    client = browser(guard(store))
    assert log_in(client, "leser") == 303
    (token,) = [value for name, value in client.cookies.items() if name.endswith("session")]
    assert store.file
    kept = b"".join(path.read_bytes() for path in store.file.parent.iterdir())
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in kept


def test_a_login_ends_when_nothing_is_asked_for_a_while(store: Store) -> None:
    clock = Clock()
    client = logged_in(guard(store, clock=clock), person(store, "leser"))
    for _ in range(5):
        clock.minute += 29
        assert client.get("/").status_code == 200
    clock.minute += 30
    assert client.get("/").status_code == 303
    clock.minute -= 1
    assert client.get("/").status_code == 303  # gone, not only asleep


def test_a_login_ends_after_a_working_day(store: Store) -> None:
    clock = Clock()
    client = logged_in(guard(store, clock=clock), person(store, "leser"))
    for _ in range(479):
        clock.minute += 1
        client.get("/") if clock.minute % 20 == 0 else None
    assert client.get("/").status_code == 200
    clock.minute += 1
    assert client.get("/").status_code == 303


def test_the_settings_say_when_a_login_ends(store: Store) -> None:
    clock = Clock()
    rules = AccessRules(LOCAL, idle_minutes=2, longest_minutes=3)
    client = logged_in(guard(store, rules=rules, clock=clock), person(store, "leser"))
    seen = []
    for _ in range(3):
        clock.minute += 1
        seen.append(client.get("/").status_code)
    assert seen == [200, 200, 303]


def test_a_clock_that_goes_back_ends_logins(store: Store) -> None:
    clock = Clock()
    client = logged_in(guard(store, clock=clock), person(store, "leser"))
    clock.minute -= 60
    assert client.get("/").status_code == 303


def test_ended_logins_are_deleted(store: Store) -> None:
    clock = Clock()
    front, name = guard(store, clock=clock), person(store, "leser")
    logged_in(front, name)
    clock.minute += 31
    logged_in(front, name)
    with store.reading() as connection:
        assert len(connection.execute(sessions.select()).all()) == 1
    clock.minute += 31
    browser(front).get("/logg-inn")  # anybody's request
    with store.reading() as connection:
        assert connection.execute(sessions.select()).all() == []


def test_logging_out_ends_it_for_whoever_has_the_token(store: Store) -> None:
    front, name = guard(store), person(store, "leser")
    client, copy = logged_in(front, name), browser(front)
    copy.cookies.update(client.cookies)
    answer = client.post("/logg-ut", data={"csrf": token_of(client)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/logg-inn")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert copy.get("/").status_code == 303


@pytest.mark.slow
def test_each_login_has_a_token_of_its_own_and_ends_the_one_before(store: Store) -> None:
    front, name = guard(store), person(store, "leser")
    client, before = browser(front), browser(front)
    assert log_in(client, name) == 303
    before.cookies.update(client.cookies)
    assert log_in(client, name) == 303
    assert client.get("/").status_code == 200
    assert before.get("/").status_code == 303
    invented = browser(front)
    invented.cookies.set("gjennomgang-session", "valgt-av-en-annen", domain="127.0.0.1")
    assert log_in(invented, name) == 303
    assert dict(invented.cookies)["gjennomgang-session"] != "valgt-av-en-annen"


def test_another_role_or_removal_counts_from_the_next_request(store: Store) -> None:
    front, book = guard(store), UserBook(store)
    person(store, "administrator")
    client = logged_in(front, person(store, "leser"))
    assert client.get("/brukere").status_code == 403
    book.set_role("leser", "administrator")
    assert client.get("/brukere").status_code == 200
    book.remove("leser")
    assert client.get("/").status_code == 303


@pytest.mark.slow
def test_somebody_gives_himself_another_password(store: Store) -> None:
    front = guard(store)
    client, elsewhere = logged_in(front, person(store, "leser")), logged_in(front, "leser")
    new = "et helt annet passord"
    fields = {"csrf": token_of(client), "passord": PASSWORD, "nytt": new, "igjen": new}
    for wrong, status in (({"passord": "x"}, 403), ({"igjen": "x"}, 400), ({"nytt": "kort", "igjen": "kort"}, 400)):
        assert client.post("/konto/passord", data=fields | wrong).status_code == status
    assert client.post("/konto/passord", data=fields).status_code == 303
    assert client.get("/").status_code == elsewhere.get("/").status_code == 303
    assert log_in(client, "leser") == 401
    assert log_in(client, "leser", new) == 303


@pytest.mark.slow
def test_who_has_found_an_open_screen_may_not_guess_for_ever(store: Store) -> None:
    client = logged_in(guard(store), person(store, "leser"))
    fields = {"csrf": token_of(client), "passord": "x", "nytt": "n" * 12, "igjen": "n" * 12}
    statuses = [client.post("/konto/passord", data=fields).status_code for _ in range(BY_NAME + 1)]
    assert statuses == [403] * BY_NAME + [429]


@pytest.mark.slow
def test_administrators_say_who_may_log_in(store: Store) -> None:
    front = guard(store)
    client = logged_in(front, person(store, "administrator"))
    token = {"csrf": token_of(client)}
    new = {"navn": "Ola", "visningsnavn": "Ola N", "rolle": "leser", "passord": PASSWORD}
    assert client.post("/brukere/ny", data=token | new).status_code == 303
    assert client.post("/brukere/rolle", data=token | {"navn": "ola", "rolle": "fagperson"}).status_code == 303
    assert "Ola N" in client.get("/brukere").text
    ola = logged_in(front, "ola")
    assert client.post("/brukere/fjern", data=token | {"navn": "ola"}).status_code == 303
    assert ola.get("/").status_code == 303
    for path, wrong in (
        ("ny", new | {"rolle": "sjef", "navn": "b"}),
        ("ny", new | {"navn": "administrator"}),
        ("rolle", {"navn": "administrator", "rolle": "leser"}),
        ("fjern", {"navn": "administrator"}),
        ("fjern", {"navn": "ingen"}),
    ):
        answer = client.post(f"/brukere/{path}", data=token | wrong)
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)


def test_a_weaker_hash_is_made_anew_at_the_next_login(store: Store) -> None:
    name = person(store, "leser")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert is_outdated(weak)
    with store.writing() as connection:
        connection.execute(users.update().values(password_hash=weak))
    assert log_in(browser(guard(store)), name) == 303
    found = UserBook(store).find(name)
    assert found is not None
    assert found.password_hash is not None
    assert not is_outdated(found.password_hash)


@pytest.mark.slow
def test_a_password_is_the_same_however_the_keyboard_writes_it() -> None:
    composed, split = "blåbærsyltetøy på brød", "bla\u030abærsyltetøy pa\u030a brød"
    assert is_right(split, hash_of(composed))
    assert not is_right("", None)
    assert not is_right("", "ikke en hash")


def test_a_claim_may_lie_inside_another() -> None:
    rules = OidcRules("https://i.example", "c", "s", role_claim="realm_access.roles")
    claims = {"sub": "s", "realm_access": {"roles": ["leser", "administrator"]}}
    assert identity(claims, rules=rules).role == "administrator"
    with pytest.raises(LoginRefusedError):
        identity({"sub": "s", "realm_access": "leser"}, rules=rules)


def test_without_the_setting_there_is_no_such_login(store: Store) -> None:
    client = browser(guard(store))
    assert "/logg-inn/oidc" not in client.get("/logg-inn").text
    assert client.get("/logg-inn/oidc").status_code == client.get("/logg-inn/retur").status_code == 404
