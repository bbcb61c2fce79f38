"""Served well: who is answered when not all can be, the off-switch, the description, and what browsers may send."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import islice
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from chat import fakes
from chat.conftest import served
from chat.schema import violations
from helseassistent.chat.desk import Edition
from helseassistent.chat.strings import strings
from helseassistent.chat.view import ChatOptions, build_app
from helseassistent.chat.visitors import networks
from helseassistent.types import Exchange, Language, Stage, Watcher

ASKED = {"question": "Hvilke prøver kan legevakten analysere?"}
DANGER = {"question": "Jeg vil ikke lenger leve"}
HTTP = httpx.Client(timeout=30)  # one for all: making one costs more than a question
TOLD = "Haster det, ring legevakten på 116117. Ved fare for liv: ring 113."


@pytest.fixture(scope="module", autouse=True)
def hanging_up() -> Iterator[None]:
    yield
    HTTP.close()


def page_asks(site: str, question: str) -> dict[str, str]:
    """What the script of the page gets for an answer."""
    answer = HTTP.post(f"{site}/message", json={"turns": [question], "lang": None, "turn": 1}, timeout=30)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def staged(site: str, question: str) -> list[dict[str, str]]:
    """What the script of the page gets when it asks to be told of the stages."""
    asked = {"turns": [question], "lang": None, "turn": 1}
    answer = HTTP.post(f"{site}/message", json=asked, headers={"Accept": "application/x-ndjson"}, timeout=30)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def full() -> Iterator[str]:
    """A site with two answers that take for ever and two people waiting."""
    gate = threading.Event()

    def slow(turns: Sequence[str], language: Language | None, *, watch: Watcher) -> Exchange:
        gate.wait(timeout=20)
        return fakes.ask(turns, language)

    edition = replace(fakes.edition(), ask=slow)
    for site in served(build_app(lambda: edition, fakes.numbers(), ChatOptions(at_once=2, waiting=2))):
        with ThreadPoolExecutor(8) as people:
            asked = [people.submit(HTTP.post, f"{site}/api/ask", json=ASKED, timeout=30) for _ in range(8)]
            refused = list(islice(as_completed(asked, timeout=20), 4))
            assert [answer.result().status_code for answer in refused] == [503] * 4
            yield site
            gate.set()
            served_late = [answer.result().status_code for answer in asked if answer not in refused]
            assert served_late == [200] * 4


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A site that is off for as long as the file is there."""
    switch = tmp_path / "av"
    switch.touch()
    options = ChatOptions(off=switch.exists)
    for site in served(build_app(fakes.edition, fakes.numbers(), options)):
        yield site, switch


def test_when_too_many_wait_the_next_is_told_to_come_back_and_whom_to_call(full: str) -> None:
    answer = HTTP.post(f"{full}/api/ask", json=ASKED)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json() == {"error": f"{strings('nb').busy} {TOLD}"}
    assert page_asks(full, ASKED["question"]) == {"failed": "busy"}
    assert HTTP.get(f"{full}/helse", timeout=5).text == "ok"


@pytest.mark.timed
def test_danger_is_answered_at_once_however_many_wait(full: str) -> None:
    begun = time.perf_counter()
    record = HTTP.post(f"{full}/api/ask", json=DANGER).json()
    assert time.perf_counter() - begun < 0.3
    assert record["kind"] == "urgent"
    assert "113" in record["text"].splitlines()[0]
    assert 'href="tel:113"' in page_asks(full, DANGER["question"])["html"]

    asker = Client(full, verbose=False)
    begun = time.perf_counter()
    told = asker.predict(DANGER["question"], "nn", api_name="/ask")
    asker.close()
    assert told["kind"] == "urgent"
    assert time.perf_counter() - begun < 3


def test_one_address_is_limited_and_others_are_not() -> None:
    options = ChatOptions(per_minute=3, trusted=networks("127.0.0.0/8"))
    for site in served(build_app(fakes.edition, fakes.numbers(), options)):

        def ask(body: dict[str, str], address: str, site: str = site) -> httpx.Response:
            return HTTP.post(f"{site}/api/ask", json=body, headers={"X-Forwarded-For": address})

        assert [ask(ASKED, "192.0.2.1").status_code for _ in range(5)] == [200] * 3 + [429] * 2
        refused = ask({**ASKED, "lang": "nn"}, "192.0.2.1")
        assert 0 < int(refused.headers["retry-after"]) <= 20
        assert refused.json()["error"].startswith(strings("nn").limited)
        assert "113" in refused.json()["error"]
        assert ask(DANGER, "192.0.2.1").json()["kind"] == "urgent"
        assert ask(ASKED, "192.0.2.2").status_code == 200
        assert [page_asks(site, ASKED["question"]).get("failed") for _ in range(4)] == [None, None, None, "limited"]


def test_a_service_that_is_off_still_shows_the_numbers_and_answers_danger(closed: tuple[str, Path]) -> None:
    site, switch = closed
    page = HTTP.get(site, headers={"Accept-Language": "nn"})
    assert page.status_code == 503
    assert strings("nn").off in page.text
    assert 'lang="nn"' in page.text
    assert 'href="tel:113"' in page.text
    assert 'href="tel:116117"' in page.text
    assert "<script" not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]

    answer = HTTP.post(f"{site}/api/ask", json=ASKED)
    assert answer.status_code == 503
    assert answer.json() == {"error": f"{strings('nb').off} {TOLD}"}
    assert HTTP.post(f"{site}/api/ask", json=DANGER).json()["kind"] == "urgent"
    assert page_asks(site, ASKED["question"]) == {"failed": "off"}
    assert (HTTP.get(f"{site}/helse").status_code, HTTP.get(f"{site}/helse").text) == (200, "av")
    assert HTTP.get(f"{site}/klar").status_code == 503

    switch.unlink()
    assert HTTP.get(site).status_code == 200
    assert HTTP.post(f"{site}/api/ask", json=ASKED).json()["kind"] == "answer"
    assert HTTP.get(f"{site}/klar").text == "ok"


def test_a_request_keeps_the_edition_that_it_began_with_and_the_next_gets_the_new_one() -> None:
    begun, gate = threading.Event(), threading.Event()

    def slow(turns: Sequence[str], language: Language | None, *, watch: Watcher) -> Exchange:
        begun.set()
        gate.wait(timeout=20)
        return fakes.ask(turns, language)

    def newer(turns: Sequence[str], language: Language | None, *, watch: Watcher) -> Exchange:
        return replace(fakes.ask(turns, language), generation="ny")

    editions: list[Edition] = [replace(fakes.edition(), ask=slow)]
    question = {"question": "Får barn og unge gratis tannlege?"}
    for site in served(build_app(lambda: editions[-1], fakes.numbers(), ChatOptions())):
        with ThreadPoolExecutor(1) as person:
            old = person.submit(HTTP.post, f"{site}/api/ask", json=question, timeout=30)
            assert begun.wait(timeout=10)
            editions.append(Edition(newer, fakes.danger))
            new = HTTP.post(f"{site}/api/ask", json=question).json()
            gate.set()
            told = old.result().json()
    assert (told["generation"], new["generation"]) == ("fake", "ny")
    assert strings("nb").being_updated in told["text"]
    assert strings("nb").being_updated not in new["text"]


def test_the_description_is_true_of_what_is_answered(site: str) -> None:
    described = HTTP.get(f"{site}/openapi.json").json()
    reply = described["components"]["schemas"]["Reply"]
    asked = described["components"]["schemas"]["Question"]
    operation = described["paths"]["/api/ask"]["post"]
    for question in (ASKED["question"], "Hva med sykehuset da", DANGER["question"], "hei", "ondsinnet innhold"):
        record = HTTP.post(f"{site}/api/ask", json={"question": question}).json()
        assert violations(record, reply) == []
    content = operation["responses"]["200"]["content"]["application/json"]
    assert violations(content["example"], reply) == []
    for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
        assert violations(example["value"], asked) == []
        assert HTTP.post(f"{site}/api/ask", json=example["value"]).status_code == 200
    for wrong in ({}, {"question": 7}, {"turns": []}, {"question": "a", "lang": "en"}):
        assert violations(wrong, asked)
        answer = HTTP.post(f"{site}/api/ask", json=wrong)
        assert answer.status_code == 400
        assert violations(answer.json(), described["components"]["schemas"]["Error"]) == []
    assert violations({**content["example"], "kind": "svar"}, reply)
    assert violations({key: value for key, value in content["example"].items() if key != "claims"}, reply)


@pytest.mark.parametrize("path", ["/api/ask", "/message", "/gradio_api/call/ask"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Cookie": "a=b"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://b.example"},
        {"Origin": "https://evil.example", "Content-Type": "text/plain"},
    ],
)
def test_another_site_cannot_make_a_browser_ask(site: str, path: str, headers: dict[str, str]) -> None:
    answer = HTTP.post(site + path, content=json.dumps(ASKED), headers=headers)

    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_our_own_page_and_programs_may_ask(site: str) -> None:
    for headers in ({}, {"Origin": site}, {"Sec-Fetch-Site": "same-origin", "Origin": "https://by.example"}):
        assert HTTP.post(f"{site}/api/ask", json=ASKED, headers=headers).status_code == 200
    preflight = HTTP.options(f"{site}/api/ask", headers={"Origin": "https://evil.example"})
    assert preflight.status_code in (403, 405)
    read = HTTP.get(f"{site}/gradio_api/info", headers={"Origin": "https://evil.example"})
    assert not [name for name in read.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "evil.example"},
        {"X-Direct-Url": "http://evil.example"},
        {"X-Gradio-Server": "http://evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-Prefix": "/evil.example"},
        {"X-Forwarded-For": "evil.example"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/openapi.json", "/gradio_api/startup-events"])
def test_headers_about_hosts_change_no_link_and_send_nobody_elsewhere(
    site: str, path: str, headers: dict[str, str]
) -> None:
    answer = HTTP.get(site + path, headers=headers)

    assert answer.status_code < 300
    assert "evil.example" not in answer.text
    assert "helseassistent.invalid" not in answer.text
    assert "location" not in answer.headers


def test_nothing_is_written_by_an_upload(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    for size in (1, 60_000_000):
        answer = HTTP.post(f"{site}/gradio_api/upload", files={"files": ("a.txt", b"a" * size)}, timeout=60)
        assert answer.status_code in (404, 413)
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_tells_nothing_about_the_machine(site: str) -> None:
    told = HTTP.get(f"{site}/config").text + HTTP.get(site).text

    for secret in (str(Path.home()), str(Path.cwd()), "gradio_cached", "/site-packages", "/tmp"):
        assert secret not in told


def test_nobody_gets_a_cookie(site: str) -> None:
    with httpx.Client(base_url=site) as client:
        for path in ("/", "/config", "/helse", "/gradio_api/info", "/gradio_api/queue/status"):
            client.get(path)
        client.post("/api/ask", json=ASKED)
        assert not client.cookies


@pytest.mark.timed
def test_a_megabyte_is_refused_quickly(site: str) -> None:
    begun = time.perf_counter()
    assert HTTP.post(f"{site}/api/ask", content=b"a" * 1_000_000).status_code == 413
    assert HTTP.post(f"{site}/api/ask", json={"question": "hei " * 2_500}).status_code == 200
    assert time.perf_counter() - begun < 1


def test_the_stages_come_from_the_work_and_the_checked_reply_after_them(site: str) -> None:
    *stages, reply = staged(site, ASKED["question"])
    assert stages == [{"stage": stage} for stage in ("searching", "reading", "checking")]
    assert set(reply) == {"html", "spoken", "text"}
    assert "laboratorium" not in json.dumps(stages)


def test_danger_is_told_without_stages(site: str) -> None:
    (reply,) = staged(site, DANGER["question"])
    assert "113" in reply["html"]


def test_work_that_breaks_down_between_two_stages_is_told_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    def broken(turns: Sequence[str], language: Language | None, *, watch: Watcher) -> Exchange:
        watch("searching")
        raise RuntimeError(" ".join(turns))

    edition = replace(fakes.edition(), ask=broken)
    for site in served(build_app(lambda: edition, fakes.numbers(), ChatOptions())):
        assert staged(site, ASKED["question"]) == [{"stage": "searching"}, {"failed": "failed"}]
    assert "a question was not answered: RuntimeError" in caplog.text
    assert ASKED["question"] not in caplog.text


def test_whoever_waits_for_others_is_told_so() -> None:
    gate, heard = threading.Event(), list[Stage]()

    def slow(turns: Sequence[str], language: Language | None, *, watch: Watcher) -> Exchange:
        gate.wait(timeout=20)
        return fakes.ask(turns, language, watch=watch)

    edition = replace(fakes.edition(), ask=slow)
    for site in served(build_app(lambda: edition, fakes.numbers(), ChatOptions(at_once=1))):
        with ThreadPoolExecutor(1) as other:
            first = other.submit(HTTP.post, f"{site}/api/ask", json=ASKED, timeout=30)
            time.sleep(0.3)
            asked = {"turns": [ASKED["question"]], "lang": None, "turn": 1}
            accept = {"Accept": "application/x-ndjson"}
            with HTTP.stream("POST", f"{site}/message", json=asked, headers=accept, timeout=30) as answer:
                for line in answer.iter_lines():
                    told = json.loads(line)
                    if "stage" in told:
                        heard.append(told["stage"])
                        gate.set()
            assert first.result().status_code == 200
    assert heard == ["waiting", "searching", "reading", "checking"]
