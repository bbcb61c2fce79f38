"""What people think of a reply: helpful or not and why, handed to whoever listens. No text of theirs is in it."""

from __future__ import annotations

import re
import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, get_args

from helseassistent.chat.desk import BadRequestError
from helseassistent.types import Exchange

FeedbackReason: TypeAlias = Literal[
    "wrong", "missing", "wrong_source", "quote_not_found", "outdated", "misunderstood", "other"
]
REASONS: tuple[FeedbackReason, ...] = get_args(FeedbackReason)
Verdict: TypeAlias = tuple[bool, FeedbackReason | None]  # helpful, and why not if it was said

_REMEMBERED = 10_000  # replies whose last verdict the counter keeps, so that a changed mind is not counted twice
REPLY_ID = r"[A-Za-z0-9_-]{8,64}"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's word about one reply; a later one about the same reply takes the place of the earlier."""

    reply: str  # the id that came with the reply
    helpful: bool
    reason: FeedbackReason | None  # None when it helped, or when nothing was said of why not


class FeedbackListener(Protocol):
    """Hears of replies and of what people think of them, from several threads at once; must not raise."""

    def replied(self, reply: str, exchange: Exchange) -> None:
        """Somebody was given `exchange` under the id `reply`; whatever is kept of it is the listener's decision."""
        ...

    def hear(self, feedback: Feedback) -> None:
        """Somebody judged a reply; the id may be unknown or made up."""
        ...


class FeedbackCounter:
    """The listener that keeps numbers only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Verdict] = Counter()
        self._last: OrderedDict[str, Verdict] = OrderedDict()

    def replied(self, reply: str, exchange: Exchange) -> None:
        """Nothing is kept."""

    def hear(self, feedback: Feedback) -> None:
        """Count the verdict, in place of an earlier one about the same reply."""
        verdict = (feedback.helpful, feedback.reason)
        with self._lock:
            if (earlier := self._last.pop(feedback.reply, None)) is not None:
                self._counts[earlier] -= 1
            self._counts[verdict] += 1
            self._last[feedback.reply] = verdict
            if len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)

    def counts(self) -> Mapping[Verdict, int]:
        """How many replies got each verdict; verdicts that nobody holds are left out."""
        with self._lock:
            return +self._counts


def new_reply_id() -> str:
    """An id that cannot be guessed: 128 random bits; with a dash first, a command line would take it for an option."""
    while (drawn := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return drawn


def parse_feedback(value: object) -> Feedback:
    """The feedback in a JSON object with `reply`, `helpful` and optionally `reason`.

    Raises: BadRequestError for a missing or unknown value, or a reason why a helpful reply did not help.
    """
    if not isinstance(value, dict):
        raise BadRequestError("bad_json")
    reply, helpful, reason = value.get("reply"), value.get("helpful"), value.get("reason")
    if not isinstance(reply, str) or not re.fullmatch(REPLY_ID, reply) or not isinstance(helpful, bool):
        raise BadRequestError("bad_feedback")
    if reason is not None and (helpful or reason not in REASONS):
        raise BadRequestError("bad_feedback")
    return Feedback(reply, helpful, reason)
