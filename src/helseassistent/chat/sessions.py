"""Ties what Gradio keeps between two requests to the visitor who made the first, so that nobody else gets the reply.

Gradio hands out a reply to whoever names the session or the event, and lets the browser think up the session's name.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

_EVENT = re.compile(r"(?P<before>.*/call/ask/)(?P<event>\w+)(?P<seal>[0-9a-f]{32})/?")
_SESSION = "session_hash"


class Sessions:
    """Names of sessions as Gradio gets them, and of events as the visitor gets them; good while the process lives."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def body(self, value: Mapping[str, object], visitor: str) -> bytes:
        """A request as JSON, its session tied to `visitor`; what cannot be written as UTF-8 is left out."""
        session = value.get(_SESSION)
        tied = {**value, _SESSION: self._seal(session, visitor)} if isinstance(session, str) else value
        return json.dumps(tied, ensure_ascii=False).encode("utf-8", "replace")

    def query(self, query: bytes, visitor: str) -> bytes:
        """A query string with its session tied to `visitor`."""
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        return urlencode([(k, self._seal(v, visitor) if k == _SESSION else v) for k, v in pairs]).encode()

    def sealed_event(self, answer: bytes, visitor: str) -> bytes:
        """The answer to a question put by a program, so that only `visitor` can fetch the reply with it."""
        value = json.loads(answer)
        event = value.get("event_id") if isinstance(value, dict) else None
        return json.dumps({**value, "event_id": event + self._seal(event, visitor)}).encode() if event else answer

    def event_path(self, path: str, visitor: str) -> str | None:
        """The path under which Gradio knows the event; None when it was not given to `visitor`."""
        found = _EVENT.fullmatch(path)
        if found is None or not hmac.compare_digest(found["seal"], self._seal(found["event"], visitor)):
            return None
        return f"{found['before']}{found['event']}"

    def _seal(self, name: str, visitor: str) -> str:
        told = f"{visitor} {name}".encode("utf-8", "replace")
        return hmac.new(self._key, told, "sha256").hexdigest()[:32]


def visitor_of(scope: Mapping[str, Any]) -> str:
    """The token that `chat.visitors` put in place of an address."""
    return str((scope.get("client") or ("",))[0])


def headers_of_json(scope: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers of a request with what they say of its body as `Sessions.body` makes it."""
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-type", b"content-length")]
    return [*kept, (b"content-type", b"application/json")]
