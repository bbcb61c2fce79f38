"""The served process: it stops gracefully, and it works behind a proxy that shows it under a path of its own."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from selenium import webdriver

from chat.browser import Browser
from chat.process import free_port, line, running
from conftest import SHIPPED
from needed import AXE

ASKED = {"question": "Hvilke prøver kan legevakten analysere?"}
SLOW = """
import sys, threading, time
from pathlib import Path
from dataclasses import replace
from chat import fakes
import helseassistent.wiring.serving as serving
from helseassistent.chat.view import build_app
from helseassistent.settings import Settings

def slow(turns, language, *, watch):
    print("begun", flush=True)
    time.sleep(float(sys.argv[2]))
    return fakes.ask(turns, language)

class Live:
    edition = staticmethod(lambda: replace(fakes.edition(), ask=slow))
    problem = staticmethod(lambda: None)
    threshold = staticmethod(lambda: 0.4)
    def watch(self, every): pass
    def stop(self): pass

serving.live_parts = lambda settings: Live()
serving.serve_chat(Settings(port=int(sys.argv[1]), per_minute=0), announce=lambda text: print(text, flush=True))
"""


@pytest.mark.slow
def test_running_answers_are_given_and_new_ones_refused_when_the_service_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running("-c", SLOW, str(port), "2", folder=tmp_path) as process, ThreadPoolExecutor(1) as person:
        line(process, "svarer på")
        with httpx.stream("GET", f"{address}/gradio_api/queue/data?session_hash=a", timeout=30):
            asked = person.submit(
                httpx.post,
                f"{address}/api/ask",
                json={"question": "Hvilke prøver kan legevakten analysere?"},
                timeout=30,
            )
            line(process, "begun")
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"{address}/helse", timeout=5)
            answer = asked.result(timeout=20)
        assert answer.status_code == 200
        assert answer.json()["kind"] == "answer"
        rest = process.communicate(timeout=20)[0]
        assert process.returncode in (0, -signal.SIGTERM)
        assert time.monotonic() - begun < 10
        assert "Traceback" not in rest


@contextmanager
def proxy(target: int, prefix: str) -> Iterator[str]:
    """A reverse proxy that shows the service under `prefix`, which it takes off, and knows nothing else of it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix(prefix)
            if path == self.path:
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            upstream = http.client.HTTPConnection("127.0.0.1", target, timeout=30)
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")
            }
            upstream.request(self.command, path or "/", body=body, headers={**headers, "X-Forwarded-For": "192.0.2.1"})
            answer = upstream.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            upstream.close()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("told", [True, False], ids=["root_path_set", "root_path_unknown"])
def test_the_page_works_under_a_path_of_a_proxy(chrome: webdriver.Chrome, tmp_path: Path, told: bool) -> None:
    port = free_port()
    command = ["-m", "helseassistent.cli", "chat", "--corpus", str(SHIPPED), "--index", str(tmp_path), f"--port={port}"]
    command += ["--root-path", "/hjelp/chat"] if told else []
    with running(*command, folder=tmp_path) as process, proxy(port, "/hjelp/chat") as address:
        line(process, "svarer på")
        browser = Browser(chrome, address, axe=AXE.read_text(encoding="utf-8"))
        browser.reset()
        browser.open("/")
        reply = browser.ask("Kan legevakten ta røntgen av en brukket arm?")
        assert "brudd" in reply.text
        assert browser.hosts() == {urlsplit(address).netloc}
        assert browser.complaints() == []
        assert httpx.get(f"{address}/klar").text == "ok"
        assert httpx.get(f"{address}/openapi.json").json()["servers"][0]["url"] == ("/hjelp/chat" if told else "/")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        browser.reset()


@pytest.mark.slow
def test_a_file_switches_a_running_service_off_and_on(tmp_path: Path) -> None:
    port = free_port()
    command = ["-m", "helseassistent.cli", "chat", "--corpus", str(SHIPPED), "--index", str(tmp_path / "i")]
    with running(*command, f"--port={port}", folder=tmp_path) as process:
        line(process, "svarer på")
        page = f"http://127.0.0.1:{port}/"
        assert httpx.get(page).status_code == 200
        (tmp_path / "helseassistent.av").touch()
        assert httpx.get(page).status_code == 503
        assert "tel:113" in httpx.get(page).text
        (tmp_path / "helseassistent.av").unlink()
        assert httpx.get(page).status_code == 200
