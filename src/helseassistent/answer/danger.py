"""Danger in a conversation: what is said before anything else, or beside it, also when the safety layer fails."""

from __future__ import annotations

import logging
from typing import Protocol

from helseassistent.answer.safety import Safety
from helseassistent.faults import fault
from helseassistent.text.asked import asks_for_service
from helseassistent.text.heard import Heard
from helseassistent.types import Language, Urgent

_LOG = logging.getLogger(__name__)


class _Look(Protocol):
    def __call__(self, message: str, *, language: Language) -> Urgent | None: ...


def urgent_in(heard: Heard, safety: Safety) -> Urgent | None:
    """The fixed reply to danger in the last message as it was meant or, if that shows none, as it was typed."""
    looks = (_looked_at(safety.check, message, safety, heard.language) for message in heard.spellings)
    return next((urgent for urgent in looks if urgent), None)


def caution_in(heard: Heard, safety: Safety) -> Urgent | None:
    """The note beside an ordinary reply, where the last message may tell of danger."""
    return _looked_at(safety.caution, heard.question, safety, heard.language)


def may_wait(urgent: Urgent, heard: Heard) -> bool:
    """Whether a page that answers goes before `urgent`.

    A sprain calls for the legevakt; whoever asks what the legevakt does with one is told so, if a page says it.
    """
    return urgent.urgency == "doctor" and asks_for_service(heard.question)


def glance(message: str, safety: Safety) -> float:
    """How far `message` makes one fear danger, in [0, 1]; cheaper than `urgent_in`, and no verdict."""
    try:
        return safety.glance(message)
    except Exception as error:  # noqa: BLE001 - whatever failed, it must be looked at first
        _LOG.error("the glance of the safety layer failed; the message was looked at first: %s", fault(error))
        return 1.0


def _looked_at(look: _Look, message: str, safety: Safety, language: Language) -> Urgent | None:
    try:
        return look(message, language=language)
    except Exception as error:  # noqa: BLE001 - whatever failed, the numbers must be shown
        _LOG.error("the safety layer failed; its numbers were shown: %s", fault(error))
        return safety.last_resort(language)
