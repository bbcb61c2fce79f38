"""Hands out replies: as a record for programs, as HTML for the page, and as one sentence when there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import anyio.to_thread

from helseassistent.chat.desk import BadRequestError, Desk, Edition, RefusedError, parse_question
from helseassistent.chat.feedback import FeedbackListener, new_reply_id, parse_feedback
from helseassistent.chat.markup import show
from helseassistent.chat.render import plain_text, removal
from helseassistent.chat.strings import fill, strings
from helseassistent.chat.visitors import Limits
from helseassistent.reply import ReplyRecord, reply_record
from helseassistent.types import EmergencyNumber, Exchange, Language, Urgent, Watcher, unwatched


class GivenReply(ReplyRecord):
    """A reply that can be judged: `id` is what `POST /api/feedback` calls it."""

    id: str


@dataclass(frozen=True, slots=True)
class Counter:
    """The desk, the edition in service, who listens, and what it takes to word an exchange."""

    desk: Desk
    current: Callable[[], Edition]
    numbers: Mapping[str, EmergencyNumber]
    listener: FeedbackListener
    judgements: Limits
    today: Callable[[], date]
    language: Language  # of what is said to someone who has not chosen one

    async def record(self, asked: object, *, visitor: str) -> GivenReply:
        """The reply as a record; `asked` is a JSON object as `parse_question` takes it.

        Raises: BadRequestError; RefusedError when the question is not answered now.
        """
        edition = self.current()
        exchange = await self.desk.answer(parse_question(asked), edition=edition, visitor=visitor)
        reply_id = await self._told(exchange)
        return {**reply_record(exchange, self._text(exchange, edition)), "id": reply_id}

    async def hear(self, judged: object, *, visitor: str) -> None:
        """Hand a judgement to the listener; `judged` is a JSON object as `parse_feedback` takes it.

        Raises: BadRequestError; RefusedError when the visitor has judged too much.
        """
        feedback = parse_feedback(judged)
        if wait := self.judgements.take(visitor):
            raise RefusedError("feedback_limited", status=429, retry_after=wait)
        await anyio.to_thread.run_sync(self.listener.hear, feedback)

    async def _told(self, exchange: Exchange) -> str:
        """The id under which the listener hears of `exchange`, before the person does unless it is about danger."""
        reply_id = new_reply_id()
        if isinstance(exchange.reply, Urgent):
            asyncio.get_running_loop().run_in_executor(None, self.listener.replied, reply_id, exchange)
        else:
            await anyio.to_thread.run_sync(self.listener.replied, reply_id, exchange)
        return reply_id

    def _text(self, exchange: Exchange, edition: Edition) -> str:
        return plain_text(exchange, today=self.today(), numbers=self.numbers, being_updated=edition.being_updated)

    async def message(self, payload: object, *, visitor: str, watch: Watcher = unwatched) -> dict[str, str]:
        """The reply for the page as `html`, `spoken` and plain `text`, or `failed` with the key of what to say.

        When something was masked, `question` is the message as it was used and `removed` says so.
        """
        edition = self.current()
        try:
            asked = parse_question(payload)
            exchange = await self.desk.answer(asked, edition=edition, visitor=visitor, watch=watch)
        except RefusedError as error:
            return {"failed": error.key}
        except BadRequestError:
            return {"failed": "failed"}
        reply_id = await self._told(exchange)
        shown = show(
            exchange,
            turn=_turn(payload),
            today=self.today(),
            numbers=self.numbers,
            being_updated=edition.being_updated,
            bodies=edition.bodies,
            reply_id=reply_id,
        )
        # An alert speaks for itself; nothing is said beside it.
        spoken = f"{removal(exchange)} {shown.spoken}".strip() if shown.spoken else ""
        masked = {"question": exchange.question, "removed": removal(exchange)} if exchange.removed else {}
        return {"html": shown.html, "spoken": spoken, "text": self._text(exchange, edition), **masked}

    def refusal(self, key: str, language: Language | None = None) -> str:
        """Why something is not taken now and whom to call instead, in plain text."""
        words = strings(language or self.language)
        said: Mapping[str, str] = {
            "off": words.off,
            "limited": words.limited,
            "busy": words.busy,
            "failed": words.failed,
            "feedback_limited": words.api["feedback_limited"],
        }
        return f"{said[key]} {fill(words.failed_help, {name: n.number for name, n in self.numbers.items()})}"


def _turn(payload: object) -> int:
    turn = payload.get("turn") if isinstance(payload, dict) else None
    return turn if isinstance(turn, int) and turn > 0 else 1
