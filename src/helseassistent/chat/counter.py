"""Hands out replies: as a record for programs, as HTML for the page, and as one sentence when there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import anyio.to_thread

from helseassistent.chat.desk import BadRequestError, Desk, Edition, Question, RefusedError, parse_question
from helseassistent.chat.feedback import FeedbackListener, new_reply_id
from helseassistent.chat.markup import show
from helseassistent.chat.render import plain_text, removal
from helseassistent.chat.strings import fill, strings
from helseassistent.reply import ReplyRecord, reply_record
from helseassistent.types import EmergencyNumber, Exchange, Language


@dataclass(frozen=True, slots=True)
class Counter:
    """The desk, the edition in service, and what it takes to word an exchange."""

    desk: Desk
    current: Callable[[], Edition]
    numbers: Mapping[str, EmergencyNumber]
    listener: FeedbackListener
    today: Callable[[], date]
    language: Language  # of what is said to someone who has not chosen one

    async def record(self, question: Question, *, visitor: str) -> ReplyRecord:
        """The reply as a record.

        Raises: RefusedError when the question is not answered now.
        """
        edition = self.current()
        exchange = await self.desk.answer(question, edition=edition, visitor=visitor)
        return reply_record(exchange, self._text(exchange, edition))

    def _text(self, exchange: Exchange, edition: Edition) -> str:
        return plain_text(exchange, today=self.today(), numbers=self.numbers, being_updated=edition.being_updated)

    async def message(self, payload: object, *, visitor: str) -> dict[str, str]:
        """The reply for the page as `html`, `spoken` and plain `text`, or `failed` with the key of what to say.

        When something was masked, `question` is the message as it was used and `removed` says so.
        """
        edition = self.current()
        try:
            exchange = await self.desk.answer(parse_question(payload), edition=edition, visitor=visitor)
        except RefusedError as error:
            return {"failed": error.key}
        except BadRequestError:
            return {"failed": "failed"}
        reply_id = new_reply_id()
        await anyio.to_thread.run_sync(self.listener.replied, reply_id, exchange)
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
        """Why there is no answer and whom to call instead, in plain text."""
        words = strings(language or self.language)
        said: Mapping[str, str] = {
            "off": words.off,
            "limited": words.limited,
            "busy": words.busy,
            "failed": words.failed,
        }
        return f"{said[key]} {fill(words.failed_help, {name: n.number for name, n in self.numbers.items()})}"


def _turn(payload: object) -> int:
    turn = payload.get("turn") if isinstance(payload, dict) else None
    return turn if isinstance(turn, int) and turn > 0 else 1
