"""When the next request to a host may be sent, and when it must be over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> float:
        """Seconds that never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


SYSTEM_CLOCK = SystemClock()


class Pace:
    """Lets the next request to a host through when the host has had its rest, counted from the end of the last one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ended: dict[str, float] = {}
        self._held: dict[str, float] = {}

    def wait(self, host: str, *, rest: float) -> None:
        """Return when `host` has rested for `rest` seconds and for as long as it has been held."""
        moments = [self._held.get(host, 0.0)]
        if host in self._ended:
            moments.append(self._ended[host] + rest)
        if (seconds := max(moments) - self._clock.now()) > 0:
            self._clock.sleep(seconds)

    def ended(self, host: str) -> None:
        """A request to `host` is over."""
        self._ended[host] = self._clock.now()

    def hold(self, host: str, *, seconds: float) -> None:
        """Leave `host` alone for `seconds` from now."""
        self._held[host] = self._clock.now() + seconds


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which an exchange must be over, by this machine's steady clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The one that is `seconds` from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds; never negative."""
        return max(0.0, self.at - time.monotonic())
