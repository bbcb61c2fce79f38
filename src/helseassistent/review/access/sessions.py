"""Sessions on the server: the browser holds a token, the table its digest, and both an end."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select, update

from helseassistent.review.access.rules import AccessRules
from helseassistent.review.access.visit import Visit
from helseassistent.review.cases import Session, User
from helseassistent.review.schema import sessions, users
from helseassistent.review.store import Store

_SKEW = 2  # minutes that the clocks of two machines may differ


def minutes_now() -> int:
    """Whole minutes since 1970."""
    return int(time.time() // 60)


@dataclass(frozen=True, slots=True)
class SessionBook:
    """The sessions of one page."""

    store: Store
    rules: AccessRules
    clock: Callable[[], int] = minutes_now

    def begin(self, user: User) -> tuple[str, Session]:
        """A new session and the token that opens it, which is kept nowhere; ended sessions are deleted."""
        token, now = secrets.token_urlsafe(32), self.clock()
        session = Session(_digest(token), user.id, secrets.token_urlsafe(32), now, now)
        values = {"digest": session.digest, "user": user.id, "csrf": session.csrf, "began": now, "seen": now}
        with self.store.writing() as connection:
            connection.execute(delete(sessions).where(~self._lasting(now)))
            connection.execute(sessions.insert().values(values))
        return token, session

    def find(self, token: str) -> Visit | None:
        """Who holds the token, if the session lasts and the person may still log in."""
        now = self.clock()
        with self.store.reading() as connection:
            ours = (sessions.c.digest == _digest(token)) & self._lasting(now)
            row = connection.execute(select(sessions).where(ours)).one_or_none()
            found = (
                row and connection.execute(select(users).where(users.c.id == row.user, users.c.active)).one_or_none()
            )
        if not row or not found:
            return None
        session = Session(**row._mapping)
        if session.seen < now:
            with self.store.writing() as connection:
                connection.execute(update(sessions).where(sessions.c.digest == session.digest).values(seen=now))
        return Visit(User(**found._mapping), session, self.rules.prefix)

    def end(self, token: str) -> None:
        """Forget the session that the token opens."""
        self._delete(_digest(token))

    def forget(self, session: Session) -> None:
        """End it, so that its token opens nothing."""
        self._delete(session.digest)

    def sweep(self) -> int:
        """Delete the sessions that have ended; how many there were."""
        with self.store.writing() as connection:
            return connection.execute(delete(sessions).where(~self._lasting(self.clock()))).rowcount

    def _delete(self, digest: str) -> None:
        with self.store.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def _lasting(self, now: int) -> ColumnElement[bool]:
        """Seen lately and begun lately; a clock that has gone back ends them all."""
        idle, longest, ahead = now - self.rules.idle_minutes, now - self.rules.longest_minutes, now + _SKEW
        return sessions.c.seen.between(idle + 1, ahead) & sessions.c.began.between(longest + 1, ahead)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
