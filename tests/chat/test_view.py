"""The site over HTTP: what it answers, what it refuses, and what it never lets out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from gradio_client import Client

from chat import fakes
from chat.conftest import served
from helseassistent.chat.strings import strings
from helseassistent.chat.view import ChatOptions, build_app

ASKED = {"question": "Hvilke prøver kan legevakten analysere?"}
TRAVERSALS = [
    f"{start}{path}"
    for start in ("/gradio_api/file=", "/file=", "/static/", "/assets/", "/theme.css/", "/gradio_api/file/")
    for path in (
        "/etc/hostname",
        "../../../../etc/hostname",
        "%2e%2e/%2e%2e/%2e%2e/etc/hostname",
        "..%5c..%5cpyproject.toml",
    )
]


@pytest.fixture
def client(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=30) as opened:
        yield opened


def test_the_service_says_that_it_lives_and_that_it_is_ready(client: httpx.Client) -> None:
    assert client.get("/helse").text == "ok"
    assert client.get("/klar").status_code == 200


def test_what_staff_should_know_is_told_while_the_service_answers() -> None:
    options = ChatOptions(problem=lambda: "Den nye indeksen er skadet.")
    for site in served(build_app(fakes.edition, fakes.numbers(), options)):
        ready = httpx.get(f"{site}/klar")
        assert (ready.status_code, ready.text) == (200, "ok. Den nye indeksen er skadet.")


def test_a_question_over_http_gets_the_reply_record(client: httpx.Client) -> None:
    record = client.post("/api/ask", json=ASKED).json()
    citation = record["claims"][0]["citations"][0]

    assert record["kind"] == "answer"
    assert citation["quote"] == "Legevakten har eget laboratorium, og der kan man analysere enklere prøver."
    assert citation["quote"] in record["text"]
    assert record["generation"] == "fake"


def test_a_conversation_is_answered_at_its_last_turn_in_the_language_asked_for(client: httpx.Client) -> None:
    record = client.post("/api/ask", json={"turns": ["hei", "Får barn gratis tannlege?"], "lang": "nn"}).json()

    assert record["question"] == "Får barn gratis tannlege?"
    assert "over tre år sidan" in record["text"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nei",
        b"[]",
        b"null",
        b"3",
        b"{}",
        b'{"question": null}',
        b'{"question": 7}',
        b'{"question": ["a"]}',
        b'{"turns": []}',
        b'{"turns": "a"}',
        b'{"turns": ["a", 1]}',
        b'{"question": "a", "lang": "en"}',
        b'{"question": "a", "lang": 1}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"question": {"a": {"b": 1}}}',
    ],
)
def test_bad_requests_get_one_norwegian_sentence(client: httpx.Client, body: bytes) -> None:
    response = client.post("/api/ask", content=body)

    assert response.status_code == 400
    assert re.fullmatch(r"(Feltet|Forespørselen) [^\n]*\.", response.json()["error"])


@pytest.mark.parametrize(
    "question", ["", " ", "😀", "\x00\x1b[31m", "\ud800", "a" * 10_000, "'; DROP TABLE x; --", "{{7*7}} ${x}"]
)
def test_odd_questions_are_answered_without_a_fault(client: httpx.Client, question: str) -> None:
    response = client.post("/api/ask", content=json.dumps({"question": question}))

    assert response.status_code == 200
    assert response.json()["text"]


@pytest.mark.parametrize("path", ["/api/ask", "/message", "/api/feedback", "/gradio_api/queue/join"])
def test_a_body_that_is_too_large_is_refused(client: httpx.Client, path: str) -> None:
    response = client.post(path, content=b'{"question": "' + b"a" * 1_000_000 + b'"}')
    assert response.status_code == 413
    assert "64 kB" in response.text

    def pieces() -> Iterator[bytes]:
        yield from (b"a" * 10_000 for _ in range(20))

    assert client.post(path, content=pieces()).status_code == 413


def test_a_fault_of_ours_tells_nothing_about_our_insides(site: str) -> None:
    response = httpx.post(f"{site}/api/ask", json={"question": "krasj"})
    assert response.status_code == 500
    told = response.json()["error"]
    assert told.startswith(strings("nb").failed)
    assert re.findall(r"\b1\d\d+\b", told) == ["116117", "113"]
    assert response.headers["x-content-type-options"] == "nosniff"

    event = httpx.post(f"{site}/gradio_api/call/ask", json={"data": ["krasj", ""]}).json()["event_id"]
    told = httpx.get(f"{site}/gradio_api/call/ask/{event}", timeout=30).text
    assert "error" in told
    assert not re.search("hemmelig|Traceback|RuntimeError", told)


@pytest.mark.parametrize("path", ["/", "/api/ask", "/helse", "/chat.css", "/gradio_api/runs", "/finnes-ikke"])
def test_every_response_carries_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_scripts_of_the_page_carry_a_nonce_that_is_new_each_time(client: httpx.Client) -> None:
    pages = [client.get("/") for _ in range(2)]
    nonces = [set(re.findall(r'nonce="([^"]+)"', page.text)) for page in pages]

    assert all(len(found) == 1 for found in nonces)
    assert nonces[0] != nonces[1]
    for page, found in zip(pages, nonces, strict=True):
        assert f"'nonce-{found.pop()}'" in page.headers["content-security-policy"]
        assert len(re.findall(r"<script", page.text)) == len(re.findall(r"<script nonce=", page.text))
        assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]


def test_the_owner_decides_who_may_embed_the_page() -> None:
    options = ChatOptions(frame_ancestors="https://www.kommunen.example")
    for site in served(build_app(fakes.edition, fakes.numbers(), options)):
        for path in ("/", "/helse"):
            policy = httpx.get(site + path).headers["content-security-policy"]
            assert "frame-ancestors https://www.kommunen.example" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/redoc",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/upload",
        "/gradio_api/upload_progress",
        "/gradio_api/proxy=https://a.example/",
        "/gradio_api/file=https://a.example/",
        "/gradio_api/deep_link",
        "/gradio_api/vibe-code",
        "/gradio_api/dev/reload",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/gradio_api/heartbeat/abc",
        "/manifest.json",
        "/svelte/x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_nobody_needs_is_not_there(client: httpx.Client, path: str, method: str) -> None:
    response = client.request(method, path)

    assert response.status_code == 404
    assert response.text == "Denne siden finnes ikke."


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_file_of_the_machine_is_handed_out(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (403, 404)


def test_the_page_stands_in_the_language_asked_for(client: httpx.Client) -> None:
    def opening(path: str, accepted: str) -> str:
        return client.get(path, headers={"Accept-Language": accepted}).text

    assert 'lang="nb"' in opening("/", "en-GB,en;q=0.9")[:60]
    assert 'lang="nn"' in opening("/", "nn-NO,nb;q=0.8")[:60]
    assert 'lang="nb"' in opening("/?sprak=nb", "nn")[:60]
    assert "Legevakt: ring" in opening("/?sprak=nn", "nb")
    assert 'lang="nb"' in opening("/?sprak=%22%3E%3Cscript%3E", "")[:60]


def test_the_page_names_no_other_host_but_the_sources(client: httpx.Client) -> None:
    hosts = set(re.findall(r'(?:src|href|content)="https?://([^/"]+)', client.get("/").text))

    assert hosts <= {"by.example", "fylket.example", "ond.example"}


def test_gradios_own_client_can_ask(site: str) -> None:
    asker = Client(site, verbose=False)
    record = asker.predict("Hvilke prøver kan legevakten analysere?", "nn", api_name="/ask")
    asker.close()

    assert record["kind"] == "answer"
    assert record["lang"] == "nn"
