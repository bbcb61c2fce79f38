"""How often somebody may guess: by name, and by where the guesses come from."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import delete, func, select

from helseassistent.review.access.sessions import minutes_now
from helseassistent.review.schema import login_failures
from helseassistent.review.store import Store

WINDOW = 15  # minutes
BY_NAME, BY_PLACE = 8, 30  # guesses in a window
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Attempts:
    """Counts every attempt before the password is looked at, and takes it back when it was right.

    Names that exist are counted in the database, by digest. What else was typed may be a password, and a place is an
    address: both are counted in memory only, under a salt that dies with the process.
    """

    store: Store
    clock: Callable[[], int] = minutes_now
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    remembered: dict[str, list[int]] = field(default_factory=dict)  # salted digest -> the minutes of its attempts
    lock: Lock = field(default_factory=Lock)  # of `remembered`

    def take(self, name: str, *, place: str, known: bool) -> int:
        """Count one attempt; 0, or the minutes to wait when there have been too many."""
        if wait := self._remember("place", place, most=BY_PLACE):
            return wait  # and the name is not used up by it
        return self._count(name) if known else self._remember("name", name, most=BY_NAME)

    def take_back(self, name: str, *, place: str) -> None:
        """It was right: the name begins anew, and the place has one more."""
        with self.store.writing() as connection:
            connection.execute(delete(login_failures).where(login_failures.c.name == _digest(name)))
        with self.lock:
            if taken := self.remembered.get(self._key("place", place)):
                taken.pop()

    def _count(self, name: str) -> int:
        digest, now = _digest(name), self.clock()
        row = (login_failures.c.name == digest) & (login_failures.c.minute == now)
        with self.store.writing() as connection:
            if connection.dialect.name == "postgresql":  # else two at once would both be the last one let in
                connection.exec_driver_sql("LOCK TABLE login_failures IN SHARE ROW EXCLUSIVE MODE")
            lately = (login_failures.c.name == digest) & login_failures.c.minute.between(now - WINDOW + 1, now)
            found = select(func.sum(login_failures.c.times), func.min(login_failures.c.minute)).where(lately)
            times, first = connection.execute(found).one()
            if (times or 0) >= BY_NAME:
                return int(first) + WINDOW - now
            if not connection.execute(
                login_failures.update().where(row).values(times=login_failures.c.times + 1)
            ).rowcount:
                connection.execute(login_failures.insert().values(name=digest, minute=now, times=1))
        return 0

    def _remember(self, kind: str, what: str, *, most: int) -> int:
        key, now = self._key(kind, what), self.clock()
        with self.lock:
            taken = [minute for minute in self.remembered.pop(key, ()) if now - WINDOW < minute <= now]
            full = len(taken) >= most
            self.remembered[key] = taken if full else [*taken, now]  # last, as the one that is forgotten last
            while len(self.remembered) > _REMEMBERED:
                del self.remembered[next(iter(self.remembered))]
        return taken[0] + WINDOW - now if full else 0

    def _key(self, kind: str, what: str) -> str:
        return hashlib.blake2b(f"{kind}\0{what}".encode("utf-8", "surrogateescape"), key=self.salt).hexdigest()


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
