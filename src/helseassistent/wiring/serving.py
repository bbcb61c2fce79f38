"""From settings to a served page."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from helseassistent.answer.safety_numbers import load_numbers
from helseassistent.chat.visitors import Network, networks
from helseassistent.errors import ReviewError, SettingsError
from helseassistent.index.manifest import CURRENT
from helseassistent.settings import Settings
from helseassistent.wiring import build_parts, encoder_of, try_questions
from helseassistent.wiring.approving import approvals_of
from helseassistent.wiring.keeping import exchange_log
from helseassistent.wiring.language_model import model_state
from helseassistent.wiring.live import Live

if TYPE_CHECKING:
    from fastapi import FastAPI

    from helseassistent.review.log import ExchangeLog

_LOOK_AT_INDEX = 5.0  # seconds
_BACKLOG = 2048  # connections that the system holds until they are looked at
_SWITCH = 0.001  # seconds that an answer keeps the interpreter while somebody's danger waits to be seen
_STOP_WITHIN = 10  # seconds in which running answers may end


def build_chat(settings: Settings, *, live: Live | None = None, log: ExchangeLog | None = None) -> FastAPI:
    """The page for citizens as a FastAPI app, answering from `live`, else from the index as it is now.

    What is asked goes to `log`; without one nothing is kept.

    Raises:
        SettingsError: if a setting cannot be used.
    """
    from helseassistent.chat.view import ChatOptions, build_app

    live = live or live_parts(settings)
    options = ChatOptions(
        frame_ancestors=settings.frame_ancestors,
        root_path=_root_path(settings),
        at_once=settings.at_once,
        waiting=settings.waiting,
        per_minute=settings.per_minute,
        trusted=_trusted(settings),
        off=lambda: bool(settings.off) or settings.off_file.exists(),
        problem=lambda: _to_know(live, log, settings),
        keep_days=settings.keep_days if log else 0,
    )
    return build_app(live.edition, load_numbers(), options, listener=log)


def live_parts(settings: Settings) -> Live:
    """What answers now, and takes over a new generation when told to look; the encoder is loaded once."""
    encoder = encoder_of(settings)
    build = partial(build_parts, settings, encoder=encoder)
    begun = (settings.index / CURRENT).exists()
    live = Live(index=settings.index, build=build, approvals=approvals_of(settings))
    if not begun:
        try_questions(build())
    return live


def serve_chat(settings: Settings, *, announce: Callable[[str], None]) -> None:
    """Serve the page for citizens until it is stopped; running answers may end first.

    Raises:
        SettingsError: if the port is taken or the host cannot be used.
    """
    import uvicorn

    from helseassistent.chat.connections import PatientProtocol

    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as listener:
        _bind(listener, settings)
        live = live_parts(settings)
        log = _log(settings, live, announce=announce)
        app = build_chat(settings, live=live, log=log)
        live.watch(every=_LOOK_AT_INDEX)
        keep_pauses_short()
        listener.listen(_BACKLOG)
        announce(
            f"Helseassistenten svarer på http://{settings.host}:{settings.port}{settings.root_path}/ (stopp med Ctrl-C)"
        )
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",  # nothing of ours speaks it
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # chat.visitors reads them, and only from the proxies that are trusted
            timeout_graceful_shutdown=_STOP_WITHIN,
            backlog=_BACKLOG,
        )
        uvicorn.Server(config).run(sockets=[listener])
        live.stop()
        if log:
            log.stop()


def _log(settings: Settings, live: Live, *, announce: Callable[[str], None]) -> ExchangeLog | None:
    try:
        return exchange_log(settings, threshold=live.threshold, being_updated=lambda: live.edition().being_updated)
    except ReviewError as error:  # a log is no reason not to answer
        announce(str(error))
        return None


def _to_know(live: Live, log: ExchangeLog | None, settings: Settings) -> str | None:
    found = (live.problem(), log.problem() if log else None, model_state(settings))
    return " ".join(told for told in found if told) or None


def _bind(listener: socket.socket, settings: Settings) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise SettingsError(
            f"Kan ikke bruke adressen {settings.host}:{settings.port}: {error.strerror}. Velg en annen med --port."
        ) from error


def keep_pauses_short() -> None:
    """Let no thread hold the others up for long; to be called when everything that stays has been loaded."""
    sys.setswitchinterval(_SWITCH)
    # What is loaded by now stays; to search it all for garbage would stop everybody for 0.15 seconds.
    gc.collect()
    gc.freeze()


def _root_path(settings: Settings) -> str:
    path = settings.root_path.rstrip("/")
    if path and not path.startswith("/"):
        raise SettingsError(f"Innstillingen «root_path» må begynne med /, men er «{settings.root_path}».")
    return path


def _trusted(settings: Settings) -> tuple[Network, ...]:
    try:
        return networks(settings.trusted_proxies)
    except ValueError as error:
        raise SettingsError(
            f"Innstillingen «trusted_proxies» må være adresser eller nett med komma mellom, men er"
            f" «{settings.trusted_proxies}»."
        ) from error
