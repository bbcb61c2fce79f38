"""What stands between the network and Gradio: which of its routes are open, how much a request may hold, the headers.

Plain ASGI, so that it can be read and tested without a server.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from helseassistent.chat.page import Shell, Visit, pick_language
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
    r"|/gradio_api/(?:info|startup-events|app_id|queue/(?:data|status)|heartbeat/\w+|call/ask/\w+)/?"
)
_OPEN_TO_WRITE = re.compile(r"/gradio_api/(?:queue/join|component_server|reset|cancel|call/ask|run/ask|api/ask)/?")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
}


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


class GradioGuard:
    """Gradio's app with its unneeded routes shut, its bodies limited and its page rewritten by `shell`."""

    def __init__(self, app: App, shell: Shell, *, frame_ancestors: str, language: Language, refusals: Refusals) -> None:
        self._app = app
        self._shell = shell
        self._frame_ancestors = frame_ancestors
        self._language = language
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, method = _path(scope), scope["method"]
        if not is_open(method, path):
            await refuse(send, status=404, message=self._refusals.not_found)
        elif path == "/":
            await self._send_page(scope, receive, send)
        elif method == "POST":
            await self._with_limit(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _with_limit(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(scope, receive)
        except BodyTooLargeError:
            await refuse(send, status=413, message=self._refusals.too_large)
            return
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, receive_again, send)

    async def _send_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self._app({**scope, "headers": kept}, receive, collect)
        visit = self._visit(scope)
        html = self._shell.rewrite(b"".join(parts).decode("utf-8"), visit)
        policy = content_security_policy(frame_ancestors=self._frame_ancestors, nonce=visit.nonce)
        headers = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"set-cookie")]
        headers += [
            (b"content-security-policy", policy.encode()),
            (b"cache-control", b"no-store"),
            (b"content-language", visit.language.encode()),
            (b"vary", b"Accept-Language"),
            (b"content-length", str(len(html.encode())).encode()),
        ]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else html.encode()})

    def _visit(self, scope: Scope) -> Visit:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("sprak", [None])[0]
        accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        language = pick_language(query, accepted, default=self._language)
        return Visit(language, language if query == language else None, secrets.token_urlsafe(16))


class Refusals:
    """The sentences that go with a refusal."""

    def __init__(self, *, not_found: str, too_large: str) -> None:
        self.not_found = not_found
        self.too_large = too_large


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


async def refuse(send: Send, *, status: int, message: str) -> None:
    """A response of one sentence."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": message.encode()})


def _path(scope: Scope) -> str:
    """The path below the place where this app is mounted."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] or "/" if root and path.startswith(root) else path
