"""The organisation's own login, against providers in processes of their own: one made by others, and one that lies."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from helseassistent.review.access import AccessGuard, AccessRules, OidcRules
from helseassistent.review.access.oidc import WAIT
from helseassistent.review.access.users import UserBook
from helseassistent.review.store import Store
from review.access.fakes import LOCAL, PASSWORD, Clock, browser, guard, log_in, person
from review.access.provider import CLIENT, SECRET

pytestmark = pytest.mark.slow  # several processes and keys
PROVIDER = Path(__file__).with_name("provider.py")
ROLES = {"gruppe-1": "leser", "gruppe-2": "fagperson", "gruppe-3": "administrator"}

LIES = [
    "signature",
    "none",
    "public_key",
    "issuer",
    "audience",
    "audience_by_party",
    "party",
    "nonce",
    "no_nonce",
    "expired",
    "subject",
    "hash",
    "no_token",
    "crash",
    "words",
    "denied",
]


def started(command: list[str], port: int) -> Iterator[str]:
    """The address of a provider for as long as the caller holds it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def liar() -> Iterator[str]:
    port = free_port()
    yield from started([sys.executable, str(PROVIDER), str(port)], port)


@pytest.fixture(scope="module")
def others() -> Iterator[str]:
    """The provider of the package oidc-provider-mock."""
    port = free_port()
    yield from started(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"], port
    )


def protected(store: Store, issuer: str, *, clock: Clock | None = None, claim: str = "groups") -> AccessGuard:
    oidc = OidcRules(issuer, CLIENT, SECRET, role_claim=claim, roles=ROLES)  # type: ignore[arg-type]
    return guard(store, rules=AccessRules(LOCAL, oidc=oidc), clock=clock)


def tell(provider: str, lie: str = "", **claims: object) -> list[dict[str, str]]:
    asked: list[dict[str, str]] = httpx2.post(f"{provider}/tell", json={"lie": lie, "claims": claims}).json()
    return asked


def sent_back(client: TestClient, *, following: str = "/") -> str:
    """What the provider sends the browser to, as path and query."""
    there = client.get("/logg-inn/oidc", params={"neste": following})
    assert there.status_code == 303
    back = httpx2.get(there.headers["location"]).headers["location"]
    assert back.startswith(f"{LOCAL}/logg-inn/retur?")
    return back.removeprefix(LOCAL)


def test_a_person_logs_in_at_a_provider_made_by_others(store: Store, others: str) -> None:
    claims = {"name": "Kari Nordmann", "email": "Kari@by.example", "groups": ["x", "gruppe-2"]}
    httpx2.put(f"{others}/users/{quote('kari')}", json=claims).raise_for_status()
    client = browser(protected(store, others))
    assert 'href="/logg-inn/oidc?neste=%2Fsak%2Fa"' in client.get("/logg-inn?neste=/sak/a").text
    there = client.get("/logg-inn/oidc?neste=/sak/a").headers["location"]
    back = httpx2.post(there, data={"sub": "kari"}).headers["location"]
    answer = client.get(back.removeprefix(LOCAL))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sak/a")
    assert client.get("/sak/a").json()["user"] == "kari@by.example"
    kari = UserBook(store).find("kari@by.example")
    assert kari is not None
    assert (kari.display_name, kari.role, kari.oidc_issuer, kari.oidc_subject, kari.password_hash) == (
        "Kari Nordmann", "fagperson", others, "kari", None,
    )  # fmt: skip


def test_who_says_no_at_the_provider_is_not_let_in(store: Store, others: str) -> None:
    client = browser(protected(store, others))
    there = client.get("/logg-inn/oidc").headers["location"]
    back = httpx2.post(there, data={"action": "deny"}).headers["location"]
    answer = client.get(back.removeprefix(LOCAL))
    assert (answer.status_code, "slapp deg ikke inn" in answer.text) == (403, True)


def test_the_code_is_given_out_for_the_word_that_only_we_know(store: Store, liar: str) -> None:
    tell(liar, groups=["gruppe-1"], preferred_username="ola")
    client = browser(protected(store, liar))
    there = parse_qs(urlsplit(client.get("/logg-inn/oidc").headers["location"]).query)
    assert there["code_challenge_method"] == ["S256"]
    assert there["redirect_uri"] == [f"{LOCAL}/logg-inn/retur"]
    assert SECRET not in json.dumps(there)
    assert client.get(sent_back(client)).status_code == 303
    (asked,) = tell(liar)
    assert len(asked["code_verifier"]) >= 43
    assert client.get("/sak/a").json()["user"] == "ola"


def test_the_role_is_what_the_provider_says_at_each_login(store: Store, liar: str) -> None:
    front = protected(store, liar)
    for group, role in [("gruppe-3", "administrator"), ("gruppe-1", "leser")]:
        tell(liar, groups=group, preferred_username="ola", name=f"Ola i {group}")
        client = browser(front)
        assert client.get(sent_back(client)).status_code == 303
        assert f"med rollen {role}" in client.get("/konto").text
    (ola,) = UserBook(store).everybody()
    assert (ola.name, ola.display_name) == ("ola", "Ola i gruppe-1")


@pytest.mark.parametrize("lie", LIES)
def test_a_provider_that_lies_lets_nobody_in(store: Store, liar: str, lie: str) -> None:
    tell(liar, lie, groups=["gruppe-3"], preferred_username="ola")
    client = browser(protected(store, liar))
    answer = client.get(sent_back(client))
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert client.get("/").status_code == 303
    assert UserBook(store).everybody() == []


@pytest.mark.parametrize(("lie", "said"), [("configuration", "en annen"), ("open", "ikke kryptert")])
def test_a_provider_that_is_another_is_not_used(store: Store, liar: str, lie: str, said: str) -> None:
    tell(liar, lie)
    client = browser(protected(store, liar))
    answer = client.get("/logg-inn/oidc")
    assert (answer.status_code, said in answer.text) == (503, True)
    tell(liar)
    assert client.get("/logg-inn/oidc").status_code == 303  # as soon as it is itself again


def test_without_the_provider_passwords_still_work(store: Store) -> None:
    client = browser(protected(store, f"http://127.0.0.1:{free_port()}"))
    answer = client.get("/logg-inn/oidc?neste=/sak/a")
    assert (answer.status_code, "svarer ikke" in answer.text) == (503, True)
    assert log_in(client, person(store, "leser"), PASSWORD) == 303


def test_an_answer_to_somebody_elses_login_is_refused(store: Store, liar: str) -> None:
    tell(liar, groups=["gruppe-1"])
    front = protected(store, liar)
    thief, victim = browser(front), browser(front)
    back = sent_back(thief)
    assert victim.get(back).status_code == 403  # has begun no login
    sent_back(victim)
    assert victim.get(back).status_code == 403  # has begun another
    assert thief.get(re.sub("state=[^&]*", "state=x", sent_back(thief))).status_code == 403
    assert thief.get("/").status_code == victim.get("/").status_code == 303


def test_an_answer_works_once_and_for_some_minutes(store: Store, liar: str) -> None:
    tell(liar, groups=["gruppe-1"], preferred_username="ola")
    clock = Clock()
    client = browser(protected(store, liar, clock=clock))
    back = sent_back(client)
    clock.minute += WAIT + 1
    assert client.get(back).status_code == 403
    back = sent_back(client)
    cookies = dict(client.cookies)
    assert client.get(back).status_code == 303
    again = browser(protected(store, liar))
    again.cookies.update(cookies)
    assert again.get(back).status_code == 403


def test_without_a_role_nobody_is_let_in(store: Store, liar: str) -> None:
    for claims in ({}, {"groups": "annen"}, {"groups": [1, None, {}]}, {"groups": {"gruppe-1": True}}):
        tell(liar, preferred_username="ola", **claims)
        client = browser(protected(store, liar))
        answer = client.get(sent_back(client))
        assert (answer.status_code, "ingen rolle" in answer.text) == (403, True)


def test_who_was_removed_here_is_not_let_in(store: Store, liar: str) -> None:
    person(store, "administrator")
    tell(liar, groups=["gruppe-2"], preferred_username="ola")
    client = browser(protected(store, liar))
    client.get(sent_back(client))
    UserBook(store).remove("ola")
    assert client.get("/").status_code == 303
    answer = client.get(sent_back(client))
    assert (answer.status_code, "fjernet" in answer.text) == (403, True)


def test_nobody_gets_the_name_of_another(store: Store, liar: str) -> None:
    person(store, "administrator", "ola")
    UserBook(store).remove(person(store, "leser", "ola@by.example"))
    tell(liar, groups=["gruppe-1"], preferred_username="Ola", email="ola@by.example")
    client = browser(protected(store, liar))
    client.get(sent_back(client))
    assert re.fullmatch("oidc-[0-9a-f]{16}", client.get("/sak/a").json()["user"])


def test_nothing_that_opens_a_door_is_logged(store: Store, liar: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    tell(liar, groups=["gruppe-1"], preferred_username="ola")
    client = browser(protected(store, liar))
    back = sent_back(client)
    caplog.clear()
    assert client.get(back).status_code == 303
    (asked,) = tell(liar)
    said = [
        record.getMessage() for record in caplog.records if record.name not in ("httpx", "httpx2")
    ]  # the test's own
    secrets = [SECRET, asked["code_verifier"], asked["code"], *dict(client.cookies).values(), "eyJ"]
    assert [line for line in said for secret in secrets if secret in line] == []
