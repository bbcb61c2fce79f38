"""Danger in a conversation: what is said before anything else, or beside it, also when the safety layer fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property

from helseassistent.answer.safety import Look, Safety
from helseassistent.faults import fault
from helseassistent.text.asked import asks_for_service
from helseassistent.text.heard import Heard
from helseassistent.types import Language, Urgent

_LOG = logging.getLogger(__name__)


class Danger:
    """What the safety layer sees in the last message of a conversation, looked at once.

    Where the layer fails, both are the numbers.
    """

    def __init__(self, heard: Heard, safety: Safety) -> None:
        self._heard, self._safety = heard, safety
        self._looks: dict[str, Look] = {}

    @cached_property
    def urgent(self) -> Urgent | None:
        """The fixed reply to danger in the message as it was meant or, if that shows none, as it was typed."""
        found = (self._seen(message, Look.urgent) for message in self._heard.spellings)
        return next((urgent for urgent in found if urgent), None)

    @cached_property
    def caution(self) -> Urgent | None:
        """The note beside an ordinary reply, where the message may tell of danger."""
        return self._seen(self._heard.question, Look.caution)

    @property
    def may_wait(self) -> bool:
        """Whether a page that answers goes before `urgent`.

        A sprain calls for the legevakt; whoever asks what the legevakt does with one is told so, if a page says it.
        """
        urgent = self.urgent
        return urgent is not None and urgent.urgency == "doctor" and asks_for_service(self._heard.question)

    def _seen(self, message: str, ask: Callable[[Look, Language], Urgent | None]) -> Urgent | None:
        language = self._heard.language
        try:
            if message not in self._looks:
                self._looks[message] = self._safety.look(message)
            return ask(self._looks[message], language)
        except Exception as error:  # noqa: BLE001 - whatever failed, the numbers must be shown
            _LOG.error("the safety layer failed; its numbers were shown: %s", fault(error))
            return self._safety.last_resort(language)


def glance(message: str, safety: Safety) -> float:
    """How far `message` makes one fear danger, in [0, 1]; cheaper than `Danger.urgent`, and no verdict."""
    try:
        return safety.glance(message)
    except Exception as error:  # noqa: BLE001 - whatever failed, it must be looked at first
        _LOG.error("the glance of the safety layer failed; the message was looked at first: %s", fault(error))
        return 1.0
