"""A real HTTP server on loopback that speaks OpenAI's protocol, and says what a function of the request makes of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Serve = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Running:
    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)  # bodies
    paths: list[str] = field(default_factory=list)


def events(handler: BaseHTTPRequestHandler, text: str, *, size: int = 40) -> None:
    """The text in pieces, as a server sends them that streams."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    for start in range(0, len(text), size):
        handler.wfile.write(event(text[start : start + size]))
    handler.wfile.write(b"data: [DONE]\n\n")


def event(piece: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def drafts(make: Callable[[dict[str, Any]], list[dict[str, str]]]) -> Serve:
    """Serves the claims that `make` makes of what the model was told: question, earlier, passages."""

    def serve(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        told = json.loads(body["messages"][-1]["content"])
        told["system"] = body["messages"][0]["content"]
        events(handler, json.dumps({"claims": make(told)}, ensure_ascii=False))

    return serve


@contextmanager
def served(serve: Serve) -> Iterator[Running]:
    running = Running("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            running.asked.append(body)
            running.paths.append(self.path)
            with suppress(OSError):  # the other end may hang up
                serve(self, body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        running.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
