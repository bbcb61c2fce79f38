"""Owns when a server that fails is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 5  # in a row
REST = 60.0  # seconds


class Circuit:
    """Opens after some failures in a row, then lets one try through each time it has rested; threads may share it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._closed_until = 0.0

    def lets_through(self) -> bool:
        """Whether to try now; while it is open, whoever is let through holds all others back for another rest."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            now = self._clock()
            if now < self._closed_until:
                return False
            self._closed_until = now + REST
            return True

    def succeeded(self) -> None:
        """Close it."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Count one more failure."""
        with self._lock:
            self._failures += 1
            self._closed_until = self._clock() + REST

    @property
    def is_open(self) -> bool:
        """Whether the last tries all failed."""
        with self._lock:
            return self._failures >= FAILURES
