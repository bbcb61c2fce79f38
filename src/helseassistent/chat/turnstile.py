"""Who is looked at next: one message each time the event loop comes round, and the most alarming of them first.

When two hundred messages come at once, each look is short and all of them together are not. New connections are heard
between two looks, and a message that alarms at a glance goes before those that came earlier.
"""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush
from itertools import count


class Turnstile:
    """A line for one event loop, in which nobody waits for more than those let through before them."""

    def __init__(self) -> None:
        self._line: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    async def turn(self, alarm: float) -> None:
        """Wait until nobody with more `alarm` waits, and none of the same that came earlier."""
        loop = asyncio.get_running_loop()
        if not self._line:
            loop.call_soon(self._let_through)
        mine = loop.create_future()
        heappush(self._line, (-alarm, next(self._numbers), mine))
        await mine

    def _let_through(self) -> None:
        while self._line:
            _, _, first = heappop(self._line)
            if not first.done():  # who waited may have gone
                first.set_result(None)
                break
        if self._line:
            asyncio.get_running_loop().call_soon(self._let_through)
