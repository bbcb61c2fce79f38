"""Rows D14, D15, I4, I5, I6 and I11 of RELIABILITY.md: what is asked for in bad faith is not there."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import socketserver
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import httpx
import pytest

from chat import fakes
from chat.conftest import served
from conftest import ROOT
from helseassistent.chat.view import ChatOptions, build_app
from helseassistent.chat.visitors import networks

ASKED = "Hvilke prøver kan legevakten analysere?"
ANSWER = "eget laboratorium"
STARTS = [
    "/gradio_api/file=",
    "/file=",
    "/static/",
    "/assets/",
    "/theme.css",
    "/theme",
    "/gradio_api/file/",
    "/svelte/",
]
CLIMBS = [
    *("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "%252e%252e%252f", "..%5c", "..\\", "%c0%ae%c0%ae/", "....//", "..;/"),
    *(".%00./", "/..%2f", "%uff0e%uff0e/", "..%c0%af", "./../", "%2e./"),
]
CANARY = "helseassistent"  # stands in pyproject.toml, which lies where the tests run
LOCAL = ["/etc/hostname", "/etc/passwd", "/proc/self/environ", "/proc/self/cmdline", str(ROOT / "pyproject.toml")]
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Raw:
    """Sends paths as they are written: an HTTP library tidies them first."""

    port: int

    def __call__(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def trusting() -> Iterator[str]:
    """A site behind a proxy on this machine, so that a test can come from any address."""
    options = ChatOptions(trusted=networks("127.0.0.0/8"))
    yield from served(build_app(fakes.edition, fakes.numbers(), options))


@pytest.fixture
def raw(trusting: str) -> Raw:
    return Raw(int(trusting.rsplit(":", 1)[1]))


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody should be sent to, and what it has been asked for."""
    heard: list[str] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(100).decode("latin-1"))
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\ntruffet")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()


def test_no_spelling_of_a_path_leads_to_a_file_of_the_machine(raw: Raw) -> None:
    """Row I4: eight routes, sixteen ways to climb and five files; 653 forms."""
    forms = [start + climb * 8 + "etc/hostname" for start in STARTS for climb in CLIMBS]
    forms += [start + climb * 3 + "pyproject.toml" for start in STARTS for climb in CLIMBS]
    forms += [start + path for start in STARTS for path in [*LOCAL, *map(quote, LOCAL), "file:///etc/hostname"]]
    forms += [f"/assets/index.js{climb}{climb}etc/hostname" for climb in CLIMBS] + ["//etc/hostname", "/", "/static"][
        :1
    ]
    hostname = Path("/etc/hostname").read_bytes().strip()
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda form: raw("GET", form.replace(" ", "%20")), forms))
    assert len(forms) > 300
    assert {status for status, _ in answers} <= {400, 403, 404}
    for _, body in answers:
        assert CANARY.encode() not in body
        assert b"root:" not in body
        assert not hostname or hostname not in body


def test_nobody_is_sent_for_what_lies_elsewhere(raw: Raw, listener: tuple[str, list[str]]) -> None:
    """Row I5: a real server on this machine gets no request, however its address is handed in."""
    host, heard = listener
    assert httpx.get(f"http://{host}/virker").text == "truffet"
    heard.clear()
    url = f"http://{host}/hemmelig"
    routes = [
        *("/gradio_api/proxy=", "/proxy=", "/gradio_api/file=", "/file=", "/gradio_api/file/", "/gradio_api/stream/"),
        *("/gradio_api/custom_component/", "/gradio_api/deep_link?session_hash=", "/static/", "/assets/", "/?url="),
    ]
    for route in routes:
        for form in (url, quote(url, safe=""), url.replace("//", "/"), f"//{host}/x", f"HTTP://{host}/x"):
            for method in ("GET", "HEAD", "POST"):
                raw(method, route + form, body=b"{}" if method == "POST" else None)
    file = {"path": url, "url": url, "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}}
    bodies: list[tuple[str, object]] = [
        ("/api/ask", {"question": url}),
        ("/api/ask", {"question": file}),
        ("/gradio_api/call/ask", {"data": [url, ""]}),
        ("/gradio_api/call/ask", {"data": [file, ""]}),
        ("/gradio_api/run/ask", {"data": [file, url], "root_url": url}),
        ("/gradio_api/queue/join", {"data": [file, ""], "fn_index": 0, "session_hash": "a"}),
        ("/message", {"turns": [url, file], "lang": url, "turn": 1}),
        ("/api/feedback", {"reply": url, "helpful": True, "reason": url}),
    ]
    for path, body in bodies:
        raw("POST", path, json.dumps(body).encode(), JSON)
    for header in ("X-Direct-Url", "X-Gradio-Server", "X-Forwarded-Host", "Referer", "Forwarded", "X-Original-URL"):
        raw("GET", "/", headers={header: url})
        raw("GET", "/config", headers={header: url})
    assert heard == []


def well_formed() -> dict[str, dict[str, object]]:
    told = {"data": ["Hei", "nb"], "session_hash": "abc"}
    return {
        "/api/ask": {"question": "Hei", "lang": "nb"},
        "/api/feedback": {"reply": "x", "helpful": True, "reason": None},
        "/gradio_api/queue/join": {**told, "fn_index": 0, "event_data": None, "trigger_id": None},
        "/message": {"turns": ["Hei"], "lang": None, "turn": 1},
        "/gradio_api/call/ask": dict(told),
        "/gradio_api/run/ask": dict(told),
        "/gradio_api/cancel": {"session_hash": "a", "fn_index": 0, "event_id": "x"},
        "/gradio_api/reset": {"event_id": "x"},
    }


def odd_value(chance: random.Random, *, depth: int = 0) -> object:
    odd: list[object] = [
        *(None, True, 0, -1, 2**63, 10**40, 1e308, float("nan"), float("-inf"), 7.5),
        *("", "\x00", "\ud800", "../../etc/passwd", "x" * 5000, "🙂", "nb", {"path": "/etc/hostname"}, [["a"]], {}),
    ]
    if depth < 4 and chance.random() < 0.3:
        return [odd_value(chance, depth=depth + 1) for _ in range(chance.randrange(4))]
    if depth < 4 and chance.random() < 0.3:
        names = ("question", "turns", "lang", "data", "fn_index", "session_hash", "meta")
        return {chance.choice(names): odd_value(chance, depth=depth + 1) for _ in range(chance.randrange(4))}
    return chance.choice(odd)


def odd_body(chance: random.Random, whole: dict[str, object]) -> bytes:
    """`whole` with a field gone, changed or added, broken bytes in it, or something else in its place."""
    fields = ("fn_index", "fn_name", "component_id", "session_hash", "batched", "request", "api_name", "username")
    match chance.randrange(6):
        case 0:
            return json.dumps(odd_value(chance)).encode()
        case 1:
            gone = chance.choice(list(whole))
            return json.dumps({name: value for name, value in whole.items() if name != gone}).encode()
        case 2:
            return json.dumps({**whole, chance.choice(list(whole)): odd_value(chance)}).encode()
        case 3:
            return json.dumps({**whole, chance.choice(fields): odd_value(chance)}).encode()
        case 4:
            deep = [b"[" * 100 + b"]" * 100, b'{"a":' * 100 + b"1" + b"}" * 100, b"[" * 60_000]
            return chance.choice([b"", b"{", b"\xff\xfe", b"null", b"NaN", b"1e999", b'{"a":1e999}', *deep])
        case _:
            body = bytearray(json.dumps(whole).encode())
            for _ in range(3):
                body[chance.randrange(len(body))] = chance.randrange(256)
            return bytes(body)


@pytest.mark.slow
def test_five_hundred_odd_requests_meet_a_refusal_and_never_a_fault(raw: Raw, trusting: str) -> None:
    """Row D14, on every route that takes anything in; what is still well formed after all is answered."""
    chance = random.Random(14)
    requests = well_formed()
    kinds = ["application/json", "application/json", "text/plain", "multipart/form-data; boundary=x", ""]
    statuses: list[int] = []
    for number in range(500):
        path = list(requests)[number % len(requests)]
        body = odd_body(chance, requests[path])
        status, told = raw("POST", path, body, {"Content-Type": chance.choice(kinds)})
        assert status < 500, (path, body[:200], told[:300])
        assert b"Traceback" not in told
        assert b"site-packages" not in told
        statuses.append(status)
    assert statuses.count(400) > 250
    assert 413 not in statuses
    for path in requests:
        assert raw("POST", path, b'{"a": "' + b"x" * 10_000_000 + b'"}', JSON)[0] == 413
    assert httpx.get(f"{trusting}/helse").text == "ok"
    assert ANSWER in httpx.post(f"{trusting}/api/ask", json={"question": ASKED}).json()["text"]


def test_a_question_may_hold_as_many_brackets_as_it_likes(raw: Raw) -> None:
    """They are text, and no nesting."""
    status, told = raw("POST", "/api/ask", json.dumps({"question": "Hva er {{[[ " * 30}).encode(), JSON)
    assert status == 200, told


def ask_as_program(raw: Raw, *, address: str) -> str:
    body = json.dumps({"data": [ASKED, ""]}).encode()
    status, told = raw("POST", "/gradio_api/call/ask", body, {**JSON, "X-Forwarded-For": address})
    assert status == 200
    event: str = json.loads(told)["event_id"]
    assert len(event) >= 32  # 128 bits: row I11
    return event


def test_a_reply_is_given_to_nobody_but_the_one_who_asked(raw: Raw, trusting: str) -> None:
    """Rows D15 and I11: a hundred tries at other people's events, known, guessed and changed; 0 of 100 get a reply."""
    chance = random.Random(15)
    tries = []
    for _ in range(25):
        event = ask_as_program(raw, address="192.0.2.1")
        at = chance.randrange(len(event))
        changed = event[:at] + chance.choice("0123456789abcdef".replace(event[at], "")) + event[at + 1 :]
        stolen = (event, changed, event[:32], secrets.token_hex(32))
        other = {"X-Forwarded-For": "192.0.2.2"}
        tries += [raw("GET", f"/gradio_api/call/ask/{name}", headers=other) for name in stolen]
    assert len(tries) == 100
    assert {status for status, _ in tries} == {404}
    assert all(ANSWER.encode() not in body for _, body in tries)
    own = raw("GET", f"/gradio_api/call/ask/{event}", headers={"X-Forwarded-For": "192.0.2.1"})
    assert ANSWER.encode() in own[1]
    again = heard(f"{trusting}/gradio_api/call/ask/{event}", address="192.0.2.1", seconds=2)
    assert ANSWER not in again


def heard(address_of_stream: str, *, address: str, seconds: float) -> str:
    """What a stream brings to a visitor until the reply has come, or for so long."""
    told = ""
    until = time.monotonic() + seconds
    ended = suppress(httpx.ReadTimeout, httpx.RemoteProtocolError)  # nothing came, or the server knows no such session
    visitor = {"X-Forwarded-For": address}
    with ended, httpx.stream("GET", address_of_stream, headers=visitor, timeout=seconds) as stream:
        for text in stream.iter_text():
            told += text
            if "process_completed" in text or time.monotonic() > until:
                break
    return told


def test_the_stream_of_a_session_is_heard_by_its_own_visitor_only(trusting: str) -> None:
    """Row D15: who knows the name of another's session, and listens first, hears nothing of it."""
    body = {"data": [ASKED, ""], "fn_index": 0, "session_hash": "kjent", "event_data": None, "trigger_id": None}
    functions = httpx.get(f"{trusting}/config").json()["dependencies"]
    body["fn_index"] = next(one["id"] for one in functions if one["api_name"] == "ask")
    stream = f"{trusting}/gradio_api/queue/data?session_hash=kjent"
    with ThreadPoolExecutor(2) as people:
        thief = people.submit(heard, stream, address="192.0.2.9", seconds=3)
        joined = httpx.post(f"{trusting}/gradio_api/queue/join", json=body, headers={"X-Forwarded-For": "192.0.2.8"})
        assert joined.status_code == 200
        own = heard(stream, address="192.0.2.8", seconds=15)
        assert ANSWER in own
        assert ANSWER not in thief.result()
