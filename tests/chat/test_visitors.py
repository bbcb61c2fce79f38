"""How much one address may ask, and how little is known of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from helseassistent.chat.visitors import Limits, Visitors, address_of, networks

PROXIES = networks("10.0.0.0/8, 127.0.0.1, ::1, fd00::/8")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9", " 198.51.100.1", "10.1.2.3"], "198.51.100.1"),
        ("::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxy_counts(peer: str, forwarded: list[str], address: str) -> None:
    assert address_of(peer, forwarded=forwarded, trusted=PROXIES) == address


def test_a_wrong_network_is_refused() -> None:
    with pytest.raises(ValueError, match="/99"):
        networks("127.0.0.1, 10.0.0.0/99")
    assert networks(" , ") == ()


def test_a_bucket_empties_and_fills_again_evenly() -> None:
    clock = Clock()
    limits = Limits(6, clock=clock)

    async def take() -> list[int]:
        answers = [limits.take("a") for _ in range(8)]
        clock.now = 5
        answers.append(limits.take("a"))
        clock.now = 10
        answers += [limits.take("a"), limits.take("a"), limits.take("b")]
        return answers

    assert asyncio.run(take()) == [0] * 6 + [10, 10, 5, 0, 10, 0]


def test_a_household_may_ask_more_in_the_long_run_and_no_limit_is_no_limit() -> None:
    clock = Clock()
    limits, unlimited = Limits(20, clock=clock), Limits(0, clock=clock)

    async def served(each: float) -> int:
        count = 0
        for _ in range(100):
            clock.now += each
            count += limits.take("hjemme") == 0
            assert unlimited.take("hjemme") == 0
        return count

    assert asyncio.run(served(3.0)) == 100
    assert asyncio.run(served(0.3)) < 100


def test_thirty_questions_in_ten_seconds_are_limited() -> None:
    clock = Clock()
    limits = Limits(20, clock=clock)

    async def served() -> int:
        count = 0
        for _ in range(30):
            clock.now += 1 / 3
            count += limits.take("a") == 0
        return count

    assert 20 <= asyncio.run(served()) <= 24


def test_who_asked_is_forgotten_after_a_minute() -> None:
    clock = Clock()
    limits = Limits(20, clock=clock)

    async def ask() -> list[int]:
        limits.take("a")
        clock.now = 30
        limits.take("b")
        clock.now = 61
        first = limits.forget()
        clock.now = 91
        return [first, limits.forget()]

    assert asyncio.run(ask()) == [1, 0]


def tokens(app_salt: int) -> tuple[list[dict[str, Any]], list[Visitors]]:
    seen: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope))

    return seen, [Visitors(app, PROXIES) for _ in range(app_salt)]


def test_an_address_goes_no_further_and_its_token_is_new_in_each_process() -> None:
    seen, (one, other) = tokens(2)
    headers = [(b"x-forwarded-for", b"198.51.100.1"), (b"forwarded", b"for=198.51.100.1"), (b"accept", b"*/*")]
    scope = {"type": "http", "client": ("127.0.0.1", 5), "headers": headers}

    async def nothing(*_: object) -> Any:
        return None

    for visitors in (one, one, other):
        asyncio.run(visitors(dict(scope), nothing, nothing))

    assert "198.51" not in str(seen)
    assert "127.0.0.1" not in str(seen)
    assert seen[0]["client"] == seen[1]["client"] != seen[2]["client"]
    assert seen[0]["headers"] == [(b"accept", b"*/*")]
