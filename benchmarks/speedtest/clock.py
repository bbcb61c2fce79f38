"""Where the time goes: each part's own time, without that of the parts it calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np


class Clock:
    """Adds up seconds by name; a part that begins inside another stops the other's clock."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.inside: list[str] = []
        self._since = perf_counter()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time spent in the block counts as `name`'s."""
        self._tick()
        self.inside.append(name)
        try:
            yield
        finally:
            self._tick()
            self.inside.pop()

    def timed(self, function: Callable[..., Any], name: str, *, within: str | None = None) -> Callable[..., Any]:
        """`function`, timed as `name`; with `within` only where that part is the innermost one."""

        def call(*arguments: Any, **named: Any) -> Any:
            if within and self.inside[-1:] != [within]:
                return function(*arguments, **named)
            with self.part(name):
                return function(*arguments, **named)

        return call

    def _tick(self) -> None:
        now = perf_counter()
        if self.inside:
            self.spent[self.inside[-1]] += now - self._since
        self._since = now


class Timed:
    """Stands in for `inner`, with some of its methods timed."""

    def __init__(self, inner: Any, clock: Clock, *, name: str, methods: Sequence[str]) -> None:
        self._inner, self._clock, self._name, self._methods = inner, clock, name, frozenset(methods)

    def __getattr__(self, key: str) -> Any:
        value = getattr(self._inner, key)
        return self._clock.timed(value, self._name) if key in self._methods else value


def resident() -> float:
    """Memory of this process in MB; the highest so far where the system does not tell the present figure."""
    status = Path("/proc/self/status")
    if status.exists():
        found = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(found.split()[1]) / 1024
    return peak()


def peak() -> float:
    """The most memory that this process has held, in MB."""
    import resource
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    if not seconds:
        return {}
    median, high = np.percentile(seconds, [50, 95]) * 1000
    return {"median": round(float(median), 3), "p95": round(float(high), 3)}
