"""Rows D2, D11 and I12 of RELIABILITY.md: what one visitor does to the served process is not felt by the others."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from chat.test_load import ask, percentile
from chat.test_process import free_port, line, running

FAKE = """
import sys
from chat import fakes
import helseassistent.wiring.serving as serving
from helseassistent.chat.connections import PatientProtocol
from helseassistent.settings import Settings

class Live:
    edition = staticmethod(fakes.edition)
    problem = staticmethod(lambda: None)
    threshold = staticmethod(lambda: 0.5)
    def watch(self, every): pass
    def stop(self): pass

PatientProtocol.patience = float(sys.argv[2])
serving.live_parts = lambda settings: Live()
serving._log = lambda *_, **__: None
settings = Settings(port=int(sys.argv[1]), per_minute=15, trusted_proxies="127.0.0.0/8")
serving.serve_chat(settings, announce=lambda text: print(text, flush=True))
"""
pytestmark = pytest.mark.slow
PATIENCE = 4.0  # seconds; PATIENCE of chat.connections in earnest
ASKED = "Hvilke prøver kan legevakten analysere?"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    port = free_port()
    with running("-c", FAKE, str(port), str(PATIENCE), folder=tmp_path_factory.mktemp("tjener")) as started:
        line(started, "svarer på")
        yield port, started


@pytest.fixture
def port(process: tuple[int, subprocess.Popen[str]]) -> int:
    return process[0]


def memory(process: subprocess.Popen[str]) -> float:
    """What the process holds, in megabytes."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return next(int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith("VmRSS:"))


def asking(port: int, *, person: int, times: int) -> list[float]:
    """The seconds that questions take, from a person each so that none is limited."""
    heard = [ask(port, ASKED, person=person + number) for number in range(times)]
    assert {one.status for one in heard} == {200}
    return [one.seconds for one in heard]


def connected(port: int, told: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE + 20)
    connection.sendall(told)
    return connection


@pytest.mark.timed
def test_five_hundred_connections_that_say_little_are_closed_and_slow_nobody_down(port: int) -> None:
    """Row I12: silent ones, half a header, and a body that never ends."""
    openings = [
        b"",
        b"POST /api/ask HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST /api/ask HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n{",
        b"GET /helse HTTP/1.1\r\nHost: a\r\n",
    ]
    asking(port, person=0, times=10)
    alone = asking(port, person=100, times=60)
    with ExitStack() as stack:
        begun = time.monotonic()
        idle = [stack.enter_context(connected(port, openings[number % 4])) for number in range(500)]
        beside = asking(port, person=200, times=60)
        print(f"p95 alone {percentile(alone, 0.95):.4f} s, beside 500 idle ones {percentile(beside, 0.95):.4f} s")
        for connection in idle:
            connection.recv(65536)  # closed: nothing, or a refusal
            assert connection.recv(1) == b""
        assert time.monotonic() - begun < PATIENCE + 20
    assert percentile(beside, 0.95) <= 2 * percentile(alone, 0.95)
    assert ask(port, ASKED, person=300).status == 200


def test_headers_without_end_are_refused(port: int) -> None:
    with connected(port, b"GET /helse HTTP/1.1\r\n" + b"X-Long: " + b"a" * 200_000) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    with connected(port, b"GET /helse HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 8_000 + b"\r\n\r\n") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_a_connection_may_ask_again_and_again(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/helse")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok")
        time.sleep(PATIENCE / 2)
    connection.close()


def test_megabytes_leave_nothing_behind(process: tuple[int, subprocess.Popen[str]]) -> None:
    """Row D2: 1 MB is refused, 10,000 characters are met with a sentence; neither is kept in memory."""
    port, started = process
    asking(port, person=400, times=5)
    before = memory(started)
    for number in range(20):
        assert ask(port, "å" * 500_000, person=420 + number).status == 413
        heard = ask(port, "å" * 10_000, person=420 + number)
        assert heard.status == 200
        assert "1000" in str(heard.reply["text"])
    assert memory(started) - before < 20


def test_thirty_questions_in_ten_seconds_are_limited(port: int) -> None:
    """Row D11: fifteen a minute from one address."""
    heard = [ask(port, ASKED, person=900) for _ in range(30)]
    assert [one.status for one in heard].count(200) == 15
    limited = [one for one in heard if one.status == 429]
    assert len(limited) == 15
    assert all("Vent et minutt" in str(one.reply["error"]) and "113" in str(one.reply["error"]) for one in limited)
    assert ask(port, ASKED, person=901).status == 200


@pytest.mark.timed
def test_a_flood_of_questions_from_one_address_is_not_felt_by_others(port: int) -> None:
    """Row D11: others wait at most a fifth longer; three tries, since other work on the machine is felt as well."""
    asking(port, person=500, times=5)
    for attempt in range(3):
        alone = percentile(asking(port, person=1000 + 200 * attempt, times=60), 0.95)
        with ThreadPoolExecutor(1) as flood:
            flooding = flood.submit(lambda: [ask(port, ASKED, person=900) for _ in range(30)])
            beside = percentile(asking(port, person=1100 + 200 * attempt, times=60), 0.95)
            flooding.result()
        print(f"p95 alone {alone:.4f} s, beside the flood {beside:.4f} s")
        if beside <= 1.2 * alone:
            break
    assert beside <= 1.2 * alone
