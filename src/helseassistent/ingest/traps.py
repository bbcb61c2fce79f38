"""Addresses that lead round in circles: calendars, endless queries, paths that repeat themselves."""

from __future__ import annotations

import re
from collections import Counter

from helseassistent.ingest.addresses import Address

_DATED = re.compile(r"(?:19|20|21)\d\d(?:[-/.]?(?:0?[1-9]|1[0-2])){1,2}|[0-3]?\d[-/.][01]?\d[-/.](?:19|20|21)\d\d")
_MOST_PARAMETERS = 6
_MOST_ALIKE = 100  # addresses that differ only in a date or in what a query asks for
_MOST_REPEATS = 2  # times that a path may hold the same step


class Traps:
    """Remembers the addresses of a crawl, to see when a site makes up new ones without end."""

    def __init__(self) -> None:
        self._alike: Counter[str] = Counter()

    def catches(self, address: Address) -> bool:
        """Whether the address looks like one of endlessly many; counts it."""
        steps = Counter(step for step in address.path.split("/") if step)
        if any(times > _MOST_REPEATS for times in steps.values()) or address.query.count("&") >= _MOST_PARAMETERS:
            return True
        shape = _shape(address)
        if shape == f"{address.site}{address.path}":
            return False
        self._alike[shape] += 1
        return self._alike[shape] > _MOST_ALIKE


def _shape(address: Address) -> str:
    """The address with dates left open and only the names of what its query asks."""
    names = sorted({part.partition("=")[0] for part in address.query.split("&") if part})
    path = _DATED.sub("#", address.path)
    return f"{address.site}{path}" + (f"?{'&'.join(names)}" if names else "")
