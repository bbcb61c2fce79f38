"""Who is looked at next when many messages come at once."""

from __future__ import annotations

import asyncio

from helseassistent.chat.turnstile import Turnstile


def order_of(alarms: list[float], *, leaves: int | None = None) -> list[float]:
    """The order in which messages that come at once are let through; the one numbered `leaves` goes away."""

    async def come() -> list[float]:
        turnstile, through = Turnstile(), list[float]()

        async def one(alarm: float) -> None:
            await turnstile.turn(alarm)
            through.append(alarm)

        tasks = [asyncio.create_task(one(alarm)) for alarm in alarms]
        await asyncio.sleep(0)
        if leaves is not None:
            tasks[leaves].cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), timeout=5)
        return through

    return asyncio.run(come())


def test_the_most_alarming_message_goes_first_and_equals_as_they_came() -> None:
    assert order_of([0.1, 0.2, 0.9, 0.1, 0.3]) == [0.9, 0.3, 0.2, 0.1, 0.1]


def test_who_goes_away_holds_nobody_up() -> None:
    assert order_of([0.1, 0.9, 0.5], leaves=1) == [0.5, 0.1]


def test_a_message_that_comes_during_the_looks_at_many_is_next() -> None:
    async def come() -> int:
        turnstile, looks = Turnstile(), 0

        async def calm() -> None:
            nonlocal looks
            await turnstile.turn(0.0)
            looks += 1

        many = [asyncio.create_task(calm()) for _ in range(200)]
        while looks < 3:
            await asyncio.sleep(0)
        await turnstile.turn(1.0)
        seen = looks
        await asyncio.gather(*many)
        return seen

    assert asyncio.run(come()) < 10
