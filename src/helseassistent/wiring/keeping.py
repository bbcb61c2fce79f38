"""From settings to the log of what is asked, and what is deleted from it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from helseassistent.answer.safety_numbers import load_numbers
from helseassistent.chat.render import plain_text
from helseassistent.errors import ReviewError
from helseassistent.settings import Settings
from helseassistent.types import Exchange

if TYPE_CHECKING:
    from helseassistent.review.log import ExchangeLog
    from helseassistent.review.retention import Forgotten
    from helseassistent.review.store import Store

MISSING = "Loggen trenger et tillegg: pip install 'helseassistent[review]'. HELSEASSISTENT_LOG= slår den av."


def open_log(settings: Settings) -> Store:
    """The store that the settings name.

    Raises: ReviewError if there is none, or it cannot be opened.
    """
    if not settings.log.strip():
        raise ReviewError("Loggen er slått av. Sett HELSEASSISTENT_LOG til en fil, for eksempel review/log.sqlite.")
    try:
        from helseassistent.review.store import open_store
    except ImportError as error:
        raise ReviewError(MISSING) from error
    return open_store(settings.log.strip())


def exchange_log(
    settings: Settings, *, threshold: Callable[[], float | None], being_updated: Callable[[], Collection[str]]
) -> ExchangeLog | None:
    """A running log of the chat, which opens its store on its own time; None when the settings want none.

    Raises: ReviewError if the packages it takes are not installed.
    """
    if not settings.log.strip():
        return None
    try:
        from helseassistent.review.log import ExchangeLog, LogOptions
    except ImportError as error:
        raise ReviewError(MISSING) from error
    options = LogOptions(
        text=partial(_text, being_updated=being_updated), threshold=threshold, keep_days=settings.keep_days
    )
    return ExchangeLog(lambda: open_log(settings), options)


def forget_old(settings: Settings, *, confirmed: bool) -> Forgotten:
    """Delete what is older than the settings want kept; `confirmed` trusts a clock that has jumped.

    Raises: ReviewError if nothing was deleted.
    """
    store = open_log(settings)
    from helseassistent.review.retention import ClockJump, forget

    try:
        found = forget(store, today=date.today(), keep_days=settings.keep_days, confirmed=confirmed)
    finally:
        store.close()
    if isinstance(found, ClockJump):
        raise ReviewError(
            f"Ingenting er slettet: sist var {found.last}, og klokken sier {found.today}. Er det riktig, kjør:"
            " helseassistent review forget --yes"
        )
    return found


def _text(exchange: Exchange, *, being_updated: Callable[[], Collection[str]]) -> str:
    return plain_text(exchange, today=date.today(), numbers=load_numbers(), being_updated=being_updated())
