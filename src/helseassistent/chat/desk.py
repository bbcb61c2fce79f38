"""Where questions come in: what a request must hold, who is served now, and danger before everything else."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Protocol, TypeAlias

import anyio
import anyio.to_thread

from helseassistent.chat.turnstile import Turnstile
from helseassistent.chat.visitors import Limits
from helseassistent.types import Exchange, Language, Topic, Watcher, unwatched

# The fixed reply when the last message is about danger; needs neither index nor language model.
Danger: TypeAlias = Callable[[Sequence[str], Language | None], Exchange | None]
# How far the last message makes one fear danger at a glance, in [0, 1]: says whom to look at first.
Glance: TypeAlias = Callable[[Sequence[str]], float]


class Ask(Protocol):
    """Answers the last of a person's messages, in the language they chose; None: find out."""

    def __call__(self, turns: Sequence[str], language: Language | None, /, *, watch: Watcher) -> Exchange: ...


_TURNS_KEPT = 10
_NESTING_LIMIT = 20
_SHORT = 1500  # characters that are looked at for danger at once; longer ones could hold up everybody else
_LONG_AT_ONCE = 2  # longer ones looked at at the same time
_CALM, _PATIENCE = 0.02, 1.0  # seconds: a moment without messages, and how long to wait for one
_BUSY_SECONDS, _OFF_SECONDS = 5, 600


@dataclass(frozen=True, slots=True)
class Question:
    """A well-formed request; `turns` is never empty."""

    turns: tuple[str, ...]
    language: Language | None


@dataclass(frozen=True, slots=True)
class Edition:
    """What answers, made from one generation of the index; a request keeps the edition that it began with."""

    ask: Ask
    danger: Danger
    glance: Glance = lambda _: 0.0
    being_updated: Collection[str] = frozenset()  # files whose page says that it is being updated
    bodies: Mapping[str, str] = field(default_factory=dict)  # stored pages by file, to show a quote where it stands
    pages: Sequence[Topic] = ()  # offered as links when scripts are off


class BadRequestError(Exception):
    """A request that cannot be read; `key` names the sentence in `strings.toml` that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class RefusedError(Exception):
    """A question that is not answered now; `key` names the sentence of `strings.toml`, `retry_after` is in seconds."""

    def __init__(self, key: str, *, status: int, retry_after: int, language: Language | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.status = status
        self.retry_after = retry_after
        self.language = language  # that the person chose


def parse_json(body: bytes) -> object:
    """The JSON value in `body`.

    Raises: BadRequestError for anything that is not shallow JSON in UTF-8.
    """
    try:
        value: object = json.loads(body.decode("utf-8"), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("bad_json") from error
    if not _is_shallow(value):
        raise BadRequestError("bad_json")
    return value


def _finite(number: str) -> float:
    """The number, if there is one: NaN and the infinite are not JSON, though Python reads them."""
    if not math.isfinite(value := float(number)):
        raise ValueError(number)
    return value


def _is_shallow(value: object) -> bool:
    layer = [value]
    for _ in range(_NESTING_LIMIT):
        parts = [part.values() if isinstance(part, dict) else part for part in layer if isinstance(part, dict | list)]
        if not parts:
            return True
        layer = list(chain.from_iterable(parts))
    return False


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
    """Danger is answered at once, whatever else; then a bounded number of questions, while a bounded number waits.

    Answers share one interpreter with the look for danger. So that is short work, the most alarming message first, and
    no new answer is begun while messages pour in.
    """

    def __init__(self, *, limits: Limits, off: Callable[[], bool], at_once: int, waiting: int) -> None:
        self._limits = limits
        self._off = off
        self._room = at_once + waiting
        self._inside = 0
        self._came = 0  # messages so far
        self._last = 0.0  # when the last one came, in the loop's time
        self._looks = Turnstile()
        self._long = anyio.CapacityLimiter(_LONG_AT_ONCE)
        self._turns = anyio.CapacityLimiter(at_once)
        self._threads = anyio.CapacityLimiter(at_once)

    async def answer(
        self, question: Question, *, edition: Edition, visitor: str, watch: Watcher = unwatched
    ) -> Exchange:
        """The exchange, worked out beside the event loop; `visitor` is whose limit it counts towards.

        `watch` hears of the stages, of those after the first wait on another thread.

        Raises: RefusedError when the service is off, the visitor has asked too much or too many are waiting.
        """
        now = anyio.current_time()
        alone, self._last, self._came = now - self._last >= _CALM, now, self._came + 1
        number = self._came
        if danger := await self._danger(question, edition):
            return danger
        self._admit(visitor, question.language)
        self._inside += 1
        if not self._turns.available_tokens:
            watch("waiting")
        try:
            async with self._turns:
                if not alone or number != self._came:
                    await self._calm()
                ask = partial(edition.ask, question.turns, question.language, watch=watch)
                return await anyio.to_thread.run_sync(ask, limiter=self._threads)
        finally:
            self._inside -= 1

    async def _danger(self, question: Question, edition: Edition) -> Exchange | None:
        if len(question.turns[-1]) <= _SHORT:
            await self._looks.turn(edition.glance(question.turns))
            return edition.danger(question.turns, question.language)
        return await anyio.to_thread.run_sync(edition.danger, question.turns, question.language, limiter=self._long)

    async def _calm(self) -> None:
        """Wait until no message has come for a moment, but not for long."""
        until = anyio.current_time() + _PATIENCE
        while (now := anyio.current_time()) - self._last < _CALM and now < until:
            await anyio.sleep(_CALM)

    def _admit(self, visitor: str, language: Language | None) -> None:
        if self._off():
            raise RefusedError("off", status=503, retry_after=_OFF_SECONDS, language=language)
        if wait := self._limits.take(visitor):
            raise RefusedError("limited", status=429, retry_after=wait, language=language)
        if self._inside >= self._room:
            raise RefusedError("busy", status=503, retry_after=_BUSY_SECONDS, language=language)
