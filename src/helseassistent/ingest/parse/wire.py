"""Owns how bodies and results pass between the two processes: JSON, so that nothing of the child's is ever executed."""

from __future__ import annotations

import json
import socket
import struct
import time
from datetime import date
from typing import cast

from helseassistent.ingest.found import Document, Fetched, Refused, Written
from helseassistent.ingest.parse.limits import Limits

_LENGTH = struct.Struct("!Q")
_LARGEST = 64 << 20  # bytes of one frame


def send(channel: socket.socket, frame: bytes) -> None:
    """Send one frame whole."""
    channel.sendall(_LENGTH.pack(len(frame)) + frame)


def receive(channel: socket.socket, *, until: float | None) -> bytes | None:
    """The next frame; None once the other side is gone.

    Raises:
        TimeoutError: if the frame is not whole at `until`, by the monotonic clock.
        ValueError: if the frame is larger than any result.
    """
    head = _exactly(channel, _LENGTH.size, until=until)
    if head is None:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > _LARGEST:
        raise ValueError("a frame larger than any result")
    return _exactly(channel, size, until=until)


def pack_request(fetched: Fetched, *, limits: Limits, today: date) -> bytes:
    """What the child needs to know of a body, then the body."""
    told = [fetched.url, fetched.content_type, today.isoformat(), limits.seconds, limits.characters, limits.pages]
    return json.dumps(told).encode() + b"\n" + fetched.body


def unpack_request(frame: bytes) -> tuple[Fetched, Limits, date]:
    """The reverse of `pack_request`."""
    head, _, body = frame.partition(b"\n")
    url, content_type, today, seconds, characters, pages = json.loads(head)
    limits = Limits(seconds=seconds, characters=characters, pages=pages)
    return Fetched(url, content_type, body), limits, date.fromisoformat(today)


def pack_result(result: Document | Refused) -> bytes:
    """A result as JSON."""
    if isinstance(result, Refused):
        return json.dumps({"reason": result.reason, "keep": result.keep}).encode("utf-8", "replace")
    fields = {name: getattr(result, name) for name in Document.__slots__}
    fields["last_updated"] = result.last_updated.isoformat() if result.last_updated else None
    return json.dumps(fields).encode("utf-8", "replace")


def unpack_result(frame: bytes, *, url: str) -> Document | Refused:
    """The reverse of `pack_result`, with every field put into its type.

    Raises:
        ValueError, KeyError, TypeError: if the frame is no result.
    """
    told = json.loads(frame)
    if "reason" in told:
        return Refused(url, str(told["reason"]), keep=bool(told["keep"]))
    language = cast(Written, told["language"] if told["language"] in ("nb", "nn") else "other")
    updated = date.fromisoformat(told["last_updated"]) if told["last_updated"] else None
    return Document(
        title=str(told["title"]),
        body=str(told["body"]),
        language=language,
        publisher=_text_or_none(told["publisher"]),
        last_updated=updated,
        canonical=_text_or_none(told["canonical"]),
        links=tuple(str(link) for link in told["links"]),
        anchors=tuple((str(text), str(anchor)) for text, anchor in told["anchors"]),
        index=bool(told["index"]),
        follow=bool(told["follow"]),
    )


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _exactly(channel: socket.socket, size: int, *, until: float | None) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        chunk = channel.recv(min(size - len(parts), 1 << 20))
        if not chunk:
            return None
        parts += chunk
    return bytes(parts)
