"""A web server on loopback whose every answer is set by the test, and which remembers what it was asked."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

from helseassistent.ingest.addresses import Address
from helseassistent.ingest.found import Document, Fetched

LOOPBACK = frozenset({ip_network("127.0.0.1/32")})
AGENT = "helseassistent/test (+test@example.org)"
Raw = Callable[[BaseHTTPRequestHandler], None]  # writes to the socket what no server should


@dataclass(frozen=True)
class Served:
    """A response as it is sent."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    moment: float
    path: str
    headers: Mapping[str, str]


@dataclass
class Site:
    """What is served, by path; 404 for the rest, robots.txt with it."""

    pages: dict[str, Served | Raw] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    root: str = ""
    otherwise: Callable[[str], Served] = lambda path: Served(status=404)

    @property
    def host(self) -> str:
        return self.root.partition("://")[2]

    def asked(self) -> list[str]:
        """The paths that were asked for, robots.txt left out."""
        return [request.path for request in self.log if request.path != "/robots.txt"]


def page(*links: str, text: str = "Tekst", head: str = "") -> Served:
    """A page in a form that `parse` below reads."""
    anchors = "".join(f'<a href="{link}">lenke</a>' for link in links)
    return Served(f"<head>{head}</head>{text}{anchors}".encode(), headers={"Content-Type": "text/html"})


def redirect(to: str, *, status: int = 302) -> Served:
    return Served(status=status, headers={"Location": to})


@contextmanager
def serve(
    pages: Mapping[str, Served | Raw] | None = None, *, host: str = "127.0.0.1", port: int = 0, tls: Path | None = None
) -> Iterator[Site]:
    """A site on a free port; with `tls`, behind the certificate and key of that file."""
    site = Site(dict(pages or {}))
    server = ThreadingHTTPServer((host, port), _handler(site))
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    site.root = f"{'https' if tls else 'http'}://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.log.append(Asked(time.monotonic(), self.path, dict(self.headers)))
            served = site.pages.get(self.path) or site.otherwise(self.path)
            if not isinstance(served, Served):
                self.close_connection = True
                try:
                    served(self)
                except OSError:  # the client has had enough, as it should
                    return
                return
            self.send_response(served.status)
            for name, value in {"Content-Length": str(len(served.body)), **served.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(served.body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ssl.SSLError):
                self.close_connection = True

    return Handler


class Always:
    """A gate that lets every request through."""

    def refuses(self, address: Address) -> str | None:
        return None

    def answered(self, address: Address) -> None:
        """Nothing to note."""


class StoppedClock:
    """Time that passes only by sleeping; remembers the sleeps."""

    def __init__(self) -> None:
        self.moment = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += seconds


def parse(fetched: Fetched) -> Document:
    """A parser that knows no more than these pages need: links, a canonical address and the robots meta."""
    import re
    from urllib.parse import urljoin

    text = fetched.body.decode()
    robots = "".join(re.findall(r'<meta name="robots" content="([^"]*)"', text))
    canonical = re.findall(r'<link rel="canonical" href="([^"]*)"', text)
    return Document(
        title="Side",
        body=re.sub(r"<head>.*</head>|<[^>]+>", "", text),
        language="nb",
        publisher=None,
        last_updated=None,
        canonical=urljoin(fetched.url, canonical[0]) if canonical else None,
        links=tuple(dict.fromkeys(urljoin(fetched.url, link) for link in re.findall(r'<a href="([^"]*)"', text))),
        anchors=(),
        index="noindex" not in robots,
        follow="nofollow" not in robots,
    )
