"""Who asks, as far as fairness needs it: a token a process forgets, and how much one token may ask.

An address never goes further than this module: it is hashed with a salt that dies with the process, and what is
remembered of the hash is forgotten when its allowance is whole again, at most some minutes later.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
_Scope: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_App: TypeAlias = Callable[[_Scope, _Receive, _Send], Awaitable[None]]

_MINUTE = 60.0
_HOUSEHOLD_BITS = 64  # of an IPv6 address: a provider gives each household a network of that size or larger
# What a proxy, or anybody, says about where a request came from and went to.
_TELL_TALES = (b"x-forwarded-", b"x-real-ip", b"forwarded", b"x-direct-url", b"x-gradio-", b"x-client-ip", b"cf-")


def networks(text: str) -> tuple[Network, ...]:
    """The addresses and networks in a list with commas.

    Raises: ValueError at the first that is neither.
    """
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def address_of(peer: str, *, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address nearest to us that no trusted proxy has; `forwarded` is X-Forwarded-For, the nearest last.

    The farthest trusted one when all are trusted or the next is no address; "" when there is no address at all.
    """
    found = ""
    for hop in (peer, *reversed(forwarded)):
        try:
            address = ip_address(hop.strip().partition("%")[0])
        except ValueError:
            break
        address = getattr(address, "ipv4_mapped", None) or address
        found = str(address)
        if not any(address.version == network.version and address in network for network in trusted):
            return str(ip_network((found, _HOUSEHOLD_BITS), strict=False)) if address.version == 6 else found
    return found


class Visitors:
    """Gives each request a token in place of its address, and takes out the headers that hold addresses."""

    def __init__(self, app: _App, trusted: Sequence[Network] = ()) -> None:
        self._app = app
        self._trusted = trusted
        self._salt = secrets.token_bytes(16)

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        forwarded = [v.decode("latin-1") for name, v in scope["headers"] if name == b"x-forwarded-for"]
        peer = (scope.get("client") or ("", 0))[0]
        hops = [hop for value in forwarded for hop in value.split(",")]
        address = address_of(peer, forwarded=hops, trusted=self._trusted)
        token = blake2b(address.encode(), key=self._salt, digest_size=12).hexdigest()
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(_TELL_TALES)]
        await self._app({**scope, "client": (token, 0), "headers": headers}, receive, send)


class Limits:
    """A bucket of questions for each visitor, filled again evenly over a minute; 0 a minute means no limit."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # visitor -> questions left, when that was
        self._sweeping: asyncio.TimerHandle | None = None

    def take(self, visitor: str) -> int:
        """Take one question; 0, or the whole seconds to wait when there is none."""
        if not self._per_minute:
            return 0
        now = self._clock()
        left, then = self._buckets.get(visitor, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - then) * self._per_minute / _MINUTE)
        served = left >= 1
        self._buckets[visitor] = (left - 1 if served else left, now)
        self._sweep_later()
        return 0 if served else math.ceil((1 - left) * _MINUTE / self._per_minute)

    def forget(self) -> int:
        """Forget everyone whose bucket is full again; how many are remembered."""
        now = self._clock()
        self._buckets = {visitor: kept for visitor, kept in self._buckets.items() if now - kept[1] < _MINUTE}
        return len(self._buckets)

    def _sweep_later(self) -> None:
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(_MINUTE, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = None
        if self.forget():
            self._sweep_later()
