"""The child: warm between bodies, killed with what it started, replaced after that, and never trusted."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse import parse_document
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.wire import (
    pack_request,
    pack_result,
    receive,
    send,
    unpack_request,
    unpack_result,
)
from helseassistent.ingest.parse.worker import Worker
from ingest.parse.labels import TODAY

PAGE = Fetched(
    "https://a.example/",
    "text/html",
    b"<main><h1>Legevakt</h1><p>Legevakten har alltid en lege som kan hjelpe deg.</p>",
)
SLOW = Fetched(
    "https://a.example/treg", "text/html", b"<div " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">"
)


def _alive(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_bodies_are_parsed_through_the_one_way_in() -> None:
    found = parse_document(PAGE, limits=Limits())
    assert isinstance(found, Document)
    assert found.title == "Legevakt"


def test_one_child_reads_body_after_body(worker: Worker) -> None:
    worker.parse(PAGE, limits=Limits(), today=TODAY)
    first = worker.process_id
    worker.parse(PAGE, limits=Limits(), today=TODAY)
    assert worker.process_id == first


@pytest.mark.timed
def test_a_body_that_takes_too_long_costs_its_child_and_the_next_gets_another(worker: Worker) -> None:
    worker.parse(PAGE, limits=Limits(), today=TODAY)
    first = worker.process_id
    assert first is not None
    start = time.monotonic()
    found = worker.parse(SLOW, limits=Limits(seconds=1), today=TODAY)
    assert time.monotonic() - start < 3
    assert found == Refused(SLOW.url, "Innholdet tok mer enn 1 sekunder å lese.", keep=True)
    assert not _alive(first)
    assert isinstance(worker.parse(PAGE, limits=Limits(), today=TODAY), Document)


def test_a_child_that_died_is_replaced_and_its_body_is_read(worker: Worker) -> None:
    worker.parse(PAGE, limits=Limits(), today=TODAY)
    assert worker.process_id is not None
    os.kill(worker.process_id, signal.SIGKILL)
    time.sleep(0.2)
    assert isinstance(worker.parse(PAGE, limits=Limits(), today=TODAY), Document)


def test_a_body_that_needs_too_much_memory_is_refused(worker: Worker) -> None:
    large = Fetched("https://a.example/", "text/html", b"<main><h1>L</h1>" + b"<p>a<b>b</b></p>" * 200_000)
    found = worker.parse(large, limits=Limits(memory=120 << 20), today=TODAY)
    assert isinstance(found, Refused)
    assert found.reason == "Innholdet trenger mer minne enn det er satt av til en side."
    assert isinstance(worker.parse(PAGE, limits=Limits(), today=TODAY), Document)


def test_the_child_leads_its_own_session_and_can_write_no_file(worker: Worker) -> None:
    worker.parse(PAGE, limits=Limits(), today=TODAY)
    process = worker.process_id
    assert process is not None
    assert os.getsid(process) == process
    limits = Path(f"/proc/{process}/limits").read_text()
    assert [line.split()[3:5] for line in limits.splitlines() if line.startswith("Max file size")] == [["0", "0"]]
    assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max address space")] == [str(1 << 30)]
    environment = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    assert {part.partition(b"=")[0] for part in environment if part} <= {
        b"PYTHONPATH", b"LANG", b"LC_CTYPE", b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS"
    }  # fmt: skip


def test_closing_ends_the_child() -> None:
    worker = Worker()
    worker.parse(PAGE, limits=Limits(), today=TODAY)
    process = worker.process_id
    worker.close()
    assert process is not None
    assert not _alive(process)
    assert worker.process_id is None
    worker.close()


def test_threads_take_turns(worker: Worker) -> None:
    found: list[Document | Refused] = []

    def ask(number: int) -> None:
        body = f"<main><h1>Side {number}</h1><p>Dette er siden med tallet {number} for deg.</p></main>"
        page = Fetched(f"https://a.example/{number}", "text/html", body.encode())
        found.append(worker.parse(page, limits=Limits(), today=TODAY))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.title for page in found if isinstance(page, Document)) == [
        f"Side {number}" for number in range(8)
    ]


DOCUMENT = Document(
    "Tittel",
    "# Tittel\n\nTekst æøå\n",
    "nn",
    "Utgiver",
    date(2024, 2, 29),
    "https://a/",
    ("https://b/",),
    (("A", "a"),),
    False,
    True,
)


@pytest.mark.parametrize("result", [DOCUMENT, Refused("https://a/", "Fordi.", keep=False)])
def test_results_come_back_as_they_were(result: Document | Refused) -> None:
    assert unpack_result(pack_result(result), url="https://a/") == result


def test_requests_come_back_as_they_were() -> None:
    fetched = Fetched("https://a/\n", "text/html", bytes(range(256)))
    limits = Limits(seconds=3, characters=7, pages=9)
    assert unpack_request(pack_request(fetched, limits=limits, today=TODAY)) == (fetched, limits, TODAY)


@pytest.mark.parametrize(
    "frame", [b"", b"[]", b"{}", b"\xff", b'{"title": 1}', b'{"reason": "x"}', json.dumps([DOCUMENT.title]).encode()]
)
def test_a_frame_that_is_no_result_is_an_error_that_the_worker_expects(frame: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        unpack_result(frame, url="")


def test_a_frame_larger_than_any_result_is_not_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall((1 << 40).to_bytes(8, "big"))
        with pytest.raises(ValueError, match="larger"):
            receive(ours, until=time.monotonic() + 1)
        send(ours, b"hei")
        assert receive(theirs, until=time.monotonic() + 1) == b"hei"
        with pytest.raises(TimeoutError):
            receive(theirs, until=time.monotonic() + 0.05)
