"""The process that parses: `python -m helseassistent.ingest.parse.child MEMORY`, spoken to over its standard input."""

from __future__ import annotations

import logging
import resource
import signal
import socket
import sys

from helseassistent.ingest.found import Document, Refused
from helseassistent.ingest.parse.body import read_body
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.wire import pack_result, receive, send, unpack_request

_MISSED = 2.0  # seconds past the limit after which the child ends itself, for its parent may be gone


def main(memory: int) -> None:
    """Answer every frame with a result until the other side is gone."""
    logging.disable(logging.CRITICAL)  # libraries complain at length about damaged files
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),  # it writes no file
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    channel = socket.socket(fileno=0)
    while (frame := receive(channel, until=None)) is not None:
        signal.setitimer(signal.ITIMER_REAL, _seconds(frame) + _MISSED)
        result, worn = _answer(frame)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(channel, pack_result(result))
        if worn:
            return


def _seconds(frame: bytes) -> float:
    return unpack_request(frame)[1].seconds


def _answer(frame: bytes) -> tuple[Document | Refused, bool]:
    """The result, and whether memory ran out, after which nothing in this process is to be trusted."""
    fetched, limits, today = unpack_request(frame)
    try:
        return read_body(fetched, limits=limits, today=today), False
    except MemoryError:
        reason = "Innholdet trenger mer minne enn det er satt av til en side."
        return Refused(fetched.url, reason, keep=True), True


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else Limits().memory)
