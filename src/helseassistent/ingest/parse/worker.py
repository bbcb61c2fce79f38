"""Owns the child process that parses, so that a hostile body can take down nothing but that child."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import date

from helseassistent.errors import IngestError
from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.wire import pack_request, receive, send, unpack_result

_CHILD = "helseassistent.ingest.parse.child"
_START = 30.0  # seconds that a new child may need for its imports before its time on a body is counted
_READY = Fetched("about:blank", "text/html", b"<p>klar")
_NEEDED = ("lxml", "pypdf", "mammoth")


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    memory: int


class Worker:
    """One warm child, replaced after it was killed; bodies wait for each other, whichever thread brings them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def parse(self, fetched: Fetched, *, limits: Limits, today: date | None = None) -> Document | Refused:
        """The page in `fetched`, or why it is none; takes at most `limits.seconds`, and the start of a new child."""
        if len(fetched.body) > limits.body_bytes:
            reason = f"Innholdet er på {len(fetched.body)} byte; det meste som leses, er {limits.body_bytes}."
            return Refused(fetched.url, reason, keep=True)
        frame = pack_request(fetched, limits=limits, today=today or date.today())
        with self._lock:
            child = self._warm(limits)
            try:
                return _ask(child, frame, url=fetched.url, seconds=limits.seconds)
            except TimeoutError:
                self._end()
                reason = f"Innholdet tok mer enn {limits.seconds:g} sekunder å lese."
            except (OSError, ValueError, LookupError, TypeError):
                self._end()
                reason = "Innholdet fikk leseren til å stanse."
        return Refused(fetched.url, reason, keep=True)

    def close(self) -> None:
        """End the child; the next body starts another."""
        with self._lock:
            self._end()

    @property
    def process_id(self) -> int | None:
        """The child that waits for the next body; None before the first body and after a kill."""
        return self._child.process.pid if self._child else None

    def _warm(self, limits: Limits) -> _Child:
        if self._child and (self._child.memory != limits.memory or self._child.process.poll() is not None):
            self._end()
        if self._child is None:
            self._child = _start(limits.memory)
            try:
                _ask(self._child, pack_request(_READY, limits=limits, today=date.today()), url="", seconds=_START)
            except (OSError, ValueError, LookupError, TypeError) as error:
                self._end()
                raise IngestError(_why_no_child()) from error
        return self._child

    def _end(self) -> None:
        if self._child is None:
            return
        self._child.channel.close()
        # The child leads a session of its own, so that whatever it started goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.process.pid, signal.SIGKILL)
        self._child.process.wait()
        self._child = None


def parse_document(fetched: Fetched, *, limits: Limits) -> Document | Refused:
    """The page in `fetched`, or why it is none; never takes more than `limits` allows."""
    return _WORKER.parse(fetched, limits=limits)


def _start(memory: int) -> _Child:
    ours, theirs = socket.socketpair()
    # The package as it is found here, and no other part of what this process knows.
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    environment = {"PYTHONPATH": paths, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _CHILD, str(memory)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    return _Child(process, ours, memory)


def _ask(child: _Child, frame: bytes, *, url: str, seconds: float) -> Document | Refused:
    until = time.monotonic() + seconds
    child.channel.settimeout(seconds)
    send(child.channel, frame)
    found = receive(child.channel, until=until)
    if found is None:
        raise ConnectionError("the child is gone")
    return unpack_result(found, url=url)


def _why_no_child() -> str:
    missing = []
    for name in _NEEDED:
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    if missing:
        return f"Mangler {', '.join(missing)} for å lese sider. Installer dem: pip install 'helseassistent[ingest]'."
    return "Prosessen som leser sider, lot seg ikke starte. Prøv igjen, eller sett av mer minne."


_WORKER = Worker()
atexit.register(_WORKER.close)
