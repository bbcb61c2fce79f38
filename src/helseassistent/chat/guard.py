"""What stands between the network and Gradio: which of its routes are open, what a request may hold and say.

Gradio never learns where it is served: it sees one made-up host, and the page it makes asks the browser instead.
Plain ASGI, so that it can be read and tested without a server.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import anyio

from helseassistent.chat.desk import BadRequestError, parse_json
from helseassistent.chat.page import Shell, Visit, asked_of_browser, pick_language
from helseassistent.chat.sessions import Sessions, headers_of_json, visitor_of
from helseassistent.types import Language

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 64 * 1024  # bytes; a question has at most 1,000 characters
# Everything else that Gradio offers (upload, file=, proxy=, runs, monitoring, login, vibe-edit ...) answers 404.
_OPEN_TO_READ = re.compile(
    r"/|/assets/[\w.-]+|/static/[\w./-]+|/theme\.css|/favicon\.ico|/robots\.txt|/config/?"
    r"|/gradio_api/(?:info|startup-events|app_id|queue/(?:data|status)|call/ask/\w+)/?"
)
_OPEN_TO_WRITE = re.compile(r"/gradio_api/(?:queue/join|reset|cancel|call/ask|run/ask|api/ask)/?")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HOST = "helseassistent.invalid"  # a name that no machine can have, RFC 6761
_NAMES_THE_HOST = ("/config", "/gradio_api/info")
_STREAM_SECONDS = 120  # a stream of events is kept open no longer
_UNREADABLE = (422,)  # what Gradio says of JSON that is no request, with the request's own words repeated
_KEPT = (b"accept", b"accept-language", b"content-type", b"content-length")


class BodyTooLargeError(Exception):
    """The request holds more than BODY_LIMIT bytes."""


def content_security_policy(*, frame_ancestors: str, nonce: str | None = None) -> str:
    """The policy of one response. Gradio compiles its templates in the browser, so its page needs `unsafe-eval`."""
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; "
        f"frame-ancestors {frame_ancestors}"
    )


def security_headers(frame_ancestors: str) -> dict[str, str]:
    """The headers that every response carries, unless it has its own."""
    return {**_HEADERS, "content-security-policy": content_security_policy(frame_ancestors=frame_ancestors)}


class SecurityHeaders:
    """Adds the headers that every response carries; a policy that is set already stays."""

    def __init__(self, app: App, frame_ancestors: str) -> None:
        self._app = app
        self._wanted = [(name.encode(), value.encode()) for name, value in security_headers(frame_ancestors).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                present = {name.lower() for name, _ in headers}
                headers += [(name, value) for name, value in self._wanted if name not in present]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SameOrigin:
    """Refuses what a browser sends on behalf of another site; programs, which say nothing of a site, are let in."""

    def __init__(self, app: App, told: str) -> None:
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") and comes_from_elsewhere(scope):
            await refuse(send, status=403, message=self._told, as_json=True)
        else:
            await self._app(scope, receive, send)


def comes_from_elsewhere(scope: Scope) -> bool:
    """Whether the browser says that another site made it send this. It cannot lie about either header."""
    headers = dict(scope["headers"])
    if (fetched := headers.get(b"sec-fetch-site")) is not None:
        return fetched not in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host")


@dataclass(frozen=True, slots=True)
class Sayings:
    """What the guard says by itself, in plain text; `off` is the whole page shown instead when the service is off."""

    not_found: str
    too_large: str
    bad_request: str
    off: Callable[[Language], str]


class GradioGuard:
    """Gradio's app with its unneeded routes shut, its bodies limited and its page rewritten by `shell`."""

    def __init__(
        self,
        app: App,
        shell: Callable[[], Shell],
        *,
        frame_ancestors: str,
        language: Language,
        sayings: Sayings,
        off: Callable[[], bool],
    ) -> None:
        self._app = app
        self._shell = shell
        self._frame_ancestors = frame_ancestors
        self._language = language
        self._sayings = sayings
        self._off = off
        self._sessions = Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, method = _path(scope), scope["method"]
        inside = {**scope, "headers": _plain_headers(scope), "scheme": "http"}
        if not is_open(method, path):
            await refuse(send, status=404, message=self._sayings.not_found)
        elif path == "/":
            await self._send_page(scope, inside, receive, send)
        elif method == "POST":
            await self._hand_in(inside, receive, send)
        elif path.rstrip("/") in _NAMES_THE_HOST:
            await self._send_without_host(inside, receive, send)
        else:
            await self._hand_out(inside, receive, send)

    async def _hand_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What a visitor tells Gradio: one JSON object, judged here first; what is bad is answered in our words."""
        visitor, asks = visitor_of(scope), _path(scope).rstrip("/").endswith("/call/ask")
        try:
            told = parse_json(await read_body(scope, receive))
            if not isinstance(told, dict):
                raise BadRequestError("bad_json")
        except BodyTooLargeError:
            await refuse(send, status=413, message=self._sayings.too_large)
            return
        except BadRequestError:
            await refuse(send, status=400, message=self._sayings.bad_request, as_json=True)
            return
        waiting = [{"type": "http.request", "body": self._sessions.body(told, visitor), "more_body": False}]

        async def receive_again() -> Message:
            return waiting.pop() if waiting else await receive()

        start, body = await _collected(self._app, {**scope, "headers": headers_of_json(scope)}, receive_again)
        if start["status"] in _UNREADABLE:
            await refuse(send, status=400, message=self._sayings.bad_request, as_json=True)
            return
        if asks and start["status"] == 200:
            body = self._sessions.sealed_event(body, visitor)
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await _send_whole(send, {**start, "headers": headers}, body, method="POST")

    async def _hand_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What Gradio keeps for a visitor, to that visitor; and its files, which are everybody's."""
        visitor, path = visitor_of(scope), str(scope["path"])
        found = self._sessions.event_path(path, visitor) if "/call/ask/" in path else path
        if found is None:
            await refuse(send, status=404, message=self._sayings.not_found)
            return
        query = self._sessions.query(scope.get("query_string", b""), visitor)
        with anyio.move_on_after(_STREAM_SECONDS):
            await self._app({**scope, "path": found, "raw_path": found.encode(), "query_string": query}, receive, send)

    async def _send_without_host(self, inside: Scope, receive: Receive, send: Send) -> None:
        start, body = await _collected(self._app, {**inside, "method": "GET"}, receive)
        body = body.replace(f"http://{_HOST}".encode(), b"")
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await _send_whole(send, {**start, "headers": headers}, body, method=inside["method"])

    async def _send_page(self, scope: Scope, inside: Scope, receive: Receive, send: Send) -> None:
        visit = self._visit(scope)
        shared = [
            (b"cache-control", b"no-store"),
            (b"content-language", visit.language.encode()),
            (b"vary", b"Accept-Language"),
        ]
        if self._off():
            headers = [*shared, (b"content-type", b"text/html; charset=utf-8"), (b"retry-after", b"600")]
            closed = {"type": "http.response.start", "status": 503, "headers": headers}
            await _send_whole(send, closed, self._sayings.off(visit.language).encode(), method=scope["method"])
            return
        start, body = await _collected(self._app, {**inside, "method": "GET"}, receive)
        html = self._shell().rewrite(asked_of_browser(body.decode("utf-8"), f"http://{_HOST}"), visit)
        policy = content_security_policy(frame_ancestors=self._frame_ancestors, nonce=visit.nonce)
        headers = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"set-cookie")]
        headers += [*shared, (b"content-security-policy", policy.encode())]
        await _send_whole(send, {**start, "headers": headers}, html.encode(), method=scope["method"])

    def _visit(self, scope: Scope) -> Visit:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("sprak", [None])[0]
        accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        language = pick_language(query, accepted, default=self._language)
        return Visit(language, language if query == language else None, secrets.token_urlsafe(16))


def _plain_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What Gradio needs to know of a request, which is little: no cookie, no origin, and not which host was asked."""
    return [(name, value) for name, value in scope["headers"] if name in _KEPT] + [(b"host", _HOST.encode())]


async def _collected(app: App, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    start: Message = {}
    parts: list[bytes] = []

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, collect)
    return start, b"".join(parts)


async def _send_whole(send: Send, start: Message, body: bytes, *, method: str) -> None:
    headers = [*start["headers"], (b"content-length", str(len(body)).encode())]
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def is_open(method: str, path: str) -> bool:
    """Whether this part of Gradio may be reached; a path that climbs never is."""
    if ".." in path:
        return False
    pattern = {"GET": _OPEN_TO_READ, "HEAD": _OPEN_TO_READ, "POST": _OPEN_TO_WRITE}.get(method)
    return bool(pattern and pattern.fullmatch(path))


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body, read no further than the limit.

    Raises: BodyTooLargeError as soon as the limit is known to be passed.
    """
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > BODY_LIMIT:
        raise BodyTooLargeError
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise BodyTooLargeError
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body)


async def refuse(send: Send, *, status: int, message: str, as_json: bool = False) -> None:
    """A response of one sentence, plain or as the `error` of a JSON object."""
    kind = b"application/json" if as_json else b"text/plain; charset=utf-8"
    body = json.dumps({"error": message}, ensure_ascii=False) if as_json else message
    start = {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]}
    await _send_whole(send, start, body.encode(), method="")


def _path(scope: Scope) -> str:
    """The path below the place where this app is mounted."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] or "/" if root and path.startswith(root) else path
