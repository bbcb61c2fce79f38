"""The parts in service while new generations of the index come: opened beside the old ones, swapped in when whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from helseassistent.chat.desk import Edition
from helseassistent.errors import HelseassistentError
from helseassistent.index.generation import current_id
from helseassistent.index.manifest import CURRENT
from helseassistent.types import Topic
from helseassistent.wiring import Parts
from helseassistent.wiring.approving import Approvals

_PAGES_LISTED = 10
NO_RULES = "Reglene for fare kan ikke leses, så alle meldinger møtes med nødnumrene. Installer helseassistent på nytt."


def edition_of(parts: Parts) -> Edition:
    """What the chat needs of `parts`."""
    pages = parts.assistant.retriever.generation.pages
    listed = tuple(Topic(page.url, page.title, page.title, page.publisher) for page in pages.values())[:_PAGES_LISTED]
    bodies = {file: page.body for file, page in pages.items()}
    return Edition(parts.ask, parts.assistant.danger, parts.assistant.glance, parts.being_updated, bodies, listed)


class Live:
    """Hands out the newest edition that could be opened; a request keeps the one that it began with."""

    def __init__(self, *, index: Path, build: Callable[[], Parts], approvals: Approvals | None = None) -> None:
        self._index = index
        self._build = build
        self._approvals = approvals
        self._take(build())
        self._tried = self._pointer()
        self._problem: str | None = None
        self._stop = threading.Event()

    def edition(self) -> Edition:
        """The edition in service."""
        return self._edition

    def threshold(self) -> float:
        """The confidence at which the edition in service answers."""
        return self._threshold

    def problem(self) -> str | None:
        """Why the service is not whole: a generation that could not be opened, or no rules for danger; else None."""
        if not self._knows_danger:
            return NO_RULES
        return self._problem or (self._approvals.problem() if self._approvals else None)

    def refresh(self) -> bool:
        """Take over the generation that the index points to, if the pointer was written since; whether it was.

        One that cannot be opened is tried once: the old one stays in service, and `problem` says why.
        """
        pointer = self._pointer()
        if pointer == self._tried:
            return False
        self._tried = pointer
        try:
            current_id(self._index)  # so that an index that has gone is a problem, and no reason to build one here
            self._take(self._build())
        except (HelseassistentError, OSError) as error:
            self._problem = f"Den nye indeksen er ikke tatt i bruk, den forrige svarer fortsatt. {error}"
            return False
        self._problem = None
        self._look_after()
        return True

    def _take(self, parts: Parts) -> None:
        parts.assistant.danger(["oppvarming"])  # what is made at the first look is not made while somebody waits
        self._parts = self._approvals.given_by(parts) if self._approvals else parts
        self._edition = edition_of(self._parts)
        self._threshold = parts.assistant.confidence.threshold
        self._knows_danger = parts.assistant.safety.works

    def watch(self, *, every: float) -> None:
        """Refresh every so many seconds on a thread of its own, until `stop`; approved answers by one of theirs."""
        if self._approvals:
            self._approvals.watch()
        threading.Thread(target=self._watch, args=(every,), name="ny indeks", daemon=True).start()

    def stop(self) -> None:
        """End the watch."""
        self._stop.set()
        if self._approvals:
            self._approvals.stop()

    def _look_after(self) -> None:
        if self._approvals:
            self._approvals.look_after(self._parts)

    def _watch(self, every: float) -> None:
        self._look_after()
        while not self._stop.wait(every):
            self.refresh()

    def _pointer(self) -> tuple[int, int] | None:
        try:
            written = (self._index / CURRENT).stat()
        except OSError:
            return None
        return written.st_ino, written.st_mtime_ns
