"""Addresses that lead round in circles: calendars, endless queries, paths that repeat themselves."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote

from helseassistent.ingest.addresses import Address

_DAY, _MONTH, _YEAR = r"(?:[12]\d|3[01]|0?[1-9])", r"(?:1[0-2]|0?[1-9])", r"(?:19|20|21)\d\d"
_DATED = re.compile(
    rf"(?<!\d)(?:{_YEAR}[-/.]{_MONTH}(?:[-/.]{_DAY})?|{_YEAR}[01]\d[0-3]\d|{_DAY}[-/.]{_MONTH}[-/.]{_YEAR})(?!\d)"
)
_MOST_PARAMETERS = 6
_MOST_DATES = 100  # addresses that differ only in a date
_MOST_REPEATS = 2  # times that a path may hold the same step, numbers left out


class Traps:
    """Remembers the addresses of a crawl, to see when a site makes up new ones without end."""

    def __init__(self, *, most_asked: int) -> None:
        """`most_asked`: addresses that differ only in what their query asks for; old sites have an article a number."""
        self._most_asked = max(most_asked, _MOST_DATES)
        self._alike: Counter[str] = Counter()

    def catches(self, address: Address) -> bool:
        """Whether the address looks like one of endlessly many; counts it."""
        steps = Counter(step for step in address.path.split("/") if step and not step.isdecimal())
        if any(times > _MOST_REPEATS for times in steps.values()) or address.query.count("&") >= _MOST_PARAMETERS:
            return True
        path, dates = _DATED.subn("#", address.path)
        names = sorted({part.partition("=")[0] for part in address.query.split("&") if part})
        if not dates and not names:
            return False
        shape = f"{address.site}{path}?{'&'.join(names)}"
        self._alike[shape] += 1
        dated = dates or _DATED.search(unquote(address.query))
        return self._alike[shape] > (_MOST_DATES if dated else self._most_asked)
