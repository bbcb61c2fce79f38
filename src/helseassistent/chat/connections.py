"""What a connection may cost before it has asked anything: some seconds and a few kilobytes.

Uvicorn waits for ever for the rest of a request, and reads headers without end; a few hundred connections that say
little would use up what the system has to give.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE = 20.0  # seconds from the first byte, or from the connection's being made, to the end of the request
HEAD_LIMIT = 32 * 1024  # bytes of the first line and the headers; a browser sends one or two thousand


class PatientProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which closes a connection whose request does not come within these limits."""

    patience = PATIENCE
    _giving_up: asyncio.TimerHandle | None = None
    _reading_head = True
    _head = 0  # bytes received since the request began, while its headers are read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless there is too much before the headers end."""
        self._head += len(data)
        super().data_received(data)
        if self._reading_head and self._head > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response("Request header too large.")

    def on_message_begin(self) -> None:
        """Wait for the rest of what has begun."""
        super().on_message_begin()
        self._reading_head = True
        self._wait()

    def on_headers_complete(self) -> None:
        """Count no more: bodies have a limit of their own."""
        super().on_headers_complete()
        self._reading_head, self._head = False, 0

    def on_message_complete(self) -> None:
        """The request is whole; the answer may take its time."""
        super().on_message_complete()
        self._heard()

    def _wait(self) -> None:
        if self._giving_up is None:
            self._giving_up = self.loop.call_later(self.patience, self._give_up)

    def _heard(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _give_up(self) -> None:
        self._giving_up = None
        if not self.transport.is_closing():
            self.transport.close()
