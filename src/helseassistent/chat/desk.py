"""Where questions come in: what a request must hold, and how many are answered at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import anyio
import anyio.to_thread

from helseassistent.types import Exchange, Language

# The person's messages in order, the last one being answered, and the language they chose (None: find out).
Ask: TypeAlias = Callable[[Sequence[str], Language | None], Exchange]

_TURNS_KEPT = 10
_NESTING_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Question:
    """A well-formed request; `turns` is never empty."""

    turns: tuple[str, ...]
    language: Language | None


class BadRequestError(Exception):
    """A request that cannot be read; `key` names the sentence in `strings.toml` that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class BusyError(Exception):
    """More people are waiting than will be served soon."""


def parse_json(body: bytes) -> object:
    """The JSON value in `body`.

    Raises: BadRequestError for anything that is not shallow JSON in UTF-8.
    """
    if body.count(b"[") + body.count(b"{") > _NESTING_LIMIT:
        raise BadRequestError("bad_json")
    try:
        value: object = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequestError("bad_json") from error
    return value


def parse_question(value: object) -> Question:
    """The question in a JSON object with `question` or `turns`, and optionally `lang`.

    Raises: BadRequestError with the key of the sentence to answer with.
    """
    if not isinstance(value, dict):
        raise BadRequestError("bad_json")
    turns = value["turns"] if value.get("turns") is not None else [value.get("question")]
    if not isinstance(turns, list) or not turns:
        raise BadRequestError("bad_question")
    texts = tuple(turn.encode("utf-8", "replace").decode("utf-8") for turn in turns if isinstance(turn, str))
    if len(texts) != len(turns):
        raise BadRequestError("bad_question")
    language = value.get("lang")
    if language not in (None, "", "nb", "nn"):
        raise BadRequestError("bad_language")
    return Question(texts[-_TURNS_KEPT:], language or None)


class Desk:
    """Answers a bounded number of questions at once and lets a bounded number wait; the rest are told to come back."""

    def __init__(self, ask: Ask, *, at_once: int, waiting: int) -> None:
        self._ask = ask
        self._at_once = at_once
        self._room = at_once + waiting
        self._inside = 0
        self._limiter: anyio.CapacityLimiter | None = None

    async def answer(self, question: Question) -> Exchange:
        """The exchange, worked out beside the event loop.

        Raises: BusyError when there is no room left to wait in.
        """
        if self._inside >= self._room:
            raise BusyError
        if self._limiter is None:  # made here because it belongs to the running loop
            self._limiter = anyio.CapacityLimiter(self._at_once)
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(self._ask, question.turns, question.language, limiter=self._limiter)
        finally:
            self._inside -= 1
