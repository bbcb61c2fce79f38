"""The approved answers as the read path asks for them: in memory, read anew when somebody changes one.

The database is asked on a thread of its own, so that one that is slow or gone costs nobody an answer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from helseassistent.errors import ReviewError
from helseassistent.review.approvals import all_approved
from helseassistent.review.cases import Approved
from helseassistent.review.same_question import Key, key_of
from helseassistent.review.schema import approved as table
from helseassistent.review.standing import approved_answer
from helseassistent.review.store import Store, told
from helseassistent.types import Answer, Page

FORGET = 600.0  # seconds after which answers that could not be read anew are served no more: some may be withdrawn
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What stood at one look, by what is asked, the newest first; `version` tells it from later ones."""

    version: tuple[int, int]
    read: float  # on the monotonic clock
    kept: Mapping[Key, Sequence[Approved]]


class ApprovedAnswers:
    """Gives the approved answer to the same question; threads may share it, and nothing but `refresh` reads the log."""

    def __init__(self, opening: Callable[[], Store], *, by: str = "") -> None:
        self._opening = opening
        self._store: Store | None = None
        self._by = by
        self._snapshot = _Snapshot((0, 0), time.monotonic(), {})
        self._fault: str | None = None
        self._stop = threading.Event()

    def answer(self, question: str, *, pages: Mapping[str, Page]) -> Answer | None:
        """The approved answer to `question`, if there is one and all its words stand in `pages`; the newest first."""
        snapshot = self._snapshot
        if not snapshot.kept or time.monotonic() - snapshot.read > FORGET:
            return None
        asked = key_of(question)
        candidates = snapshot.kept.get(asked, ()) if asked else ()
        answers = (approved_answer(approved, pages=pages, by=self._by) for approved in candidates)
        return next((answer for answer in answers if answer), None)

    def refresh(self) -> bool:
        """Read what has changed; whether the log could be read. What was read before stays in use for a while."""
        try:
            self._snapshot = self._look()
        except (ReviewError, SQLAlchemyError, OSError) as error:
            if self._fault is None:
                _LOG.warning("the approved answers cannot be read: %s", told(error))
            self._fault = told(error)
            self._let_go()
            return False
        self._fault = None
        return True

    def problem(self) -> str | None:
        """Why no newer answers come, in the words of the system; None when all is well."""
        return f"De godkjente svarene kan ikke leses: {self._fault}." if self._fault else None

    def watch(self, *, every: float) -> None:
        """Refresh now and every so many seconds on a thread of its own, until `stop`."""
        threading.Thread(target=self._watch, args=(every,), name="godkjente svar", daemon=True).start()

    def stop(self) -> None:
        """End the watch."""
        self._stop.set()

    def _watch(self, every: float) -> None:
        while True:
            self.refresh()
            if self._stop.wait(every):
                break
        self._let_go()

    def _look(self) -> _Snapshot:
        store, now, before = self._open(), time.monotonic(), self._snapshot
        with store.reading() as connection:
            versions = select(func.count(), func.coalesce(func.sum(table.c.version), 0))
            count, total = connection.execute(versions).one()
        if (count, total) == before.version:
            return _Snapshot(before.version, now, before.kept)
        kept: dict[Key, list[Approved]] = {}
        for approved in all_approved(store, state="standing"):
            if key := key_of(approved.question):
                kept.setdefault(key, []).append(approved)
        return _Snapshot((count, total), now, kept)

    def _open(self) -> Store:
        if self._store and not self._store.is_there():
            self._let_go()
        self._store = self._store or self._opening()
        return self._store

    def _let_go(self) -> None:
        if self._store:
            self._store.close()
            self._store = None
