"""From settings to the served page for staff."""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from helseassistent.errors import BrokenIndexError, ReviewError, SettingsError
from helseassistent.index.encode import load_encoder
from helseassistent.index.generation import current_id, stored_pages
from helseassistent.review.sources import Sources
from helseassistent.settings import Settings
from helseassistent.wiring.access import access_rules, behind_login, who_is_missing
from helseassistent.wiring.approving import keep_true, write_gold_set
from helseassistent.wiring.keeping import open_log

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from helseassistent.review.cases import Verdict
    from helseassistent.review.desk import ReviewParts
    from helseassistent.review.store import Store

_LOG = logging.getLogger(__name__)
_MISSING = "Siden for ansatte trenger et tillegg: pip install 'helseassistent[review]'."
_CASE = re.compile(r"/sak/([^/]+)(?:/.*)?")
_STOP_WITHIN = 10  # seconds in which what is being kept may end


class ReadPages:
    """The pages of the generation in service, read again when another has come; threads may share it."""

    def __init__(self, index: Path) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._now = Sources("", {})

    def now(self) -> Sources:
        """Raises: BrokenIndexError if there is no index, or it cannot be read."""
        generation = current_id(self._index)
        with self._lock:
            if generation != self._now.generation:
                pages = stored_pages(self._index, generation)
                if pages is None:
                    raise BrokenIndexError(
                        f"Sidene i indeksen «{generation}» kan ikke leses. Kjør helseassistent index."
                    )
                self._now = Sources(generation, pages)
            return self._now

    def past(self, generation: str) -> Sources | None:
        """The pages of an earlier generation, for as long as it is kept."""
        pages = stored_pages(self._index, generation)
        return None if pages is None else Sources(generation, pages)


def review_site(settings: Settings, store: Store) -> ASGIApp:
    """The page for staff behind its login.

    Raises: SettingsError or ReviewError if a setting cannot be used, BrokenIndexError if there is no index.
    """
    from helseassistent.review.view import build_review

    parts = review_parts(settings, store)
    sources = parts.sources()
    if parts.ledger:
        parts.ledger.now()  # 100,000 rows take seconds, once: nobody shall wait for it
    try:
        keep_true(settings, pages=sources.pages, generation=sources.generation)
    except (ReviewError, OSError) as error:  # answers whose words are gone are given to nobody in any case
        _LOG.warning("De godkjente svarene er ikke sett etter: %s", error)
    return behind_login(build_review(parts), store=store, settings=settings, case_of=_case_of)


def serve_review(settings: Settings, *, announce: Callable[[str], None]) -> None:
    """Serve the page for staff until it is stopped; what is being kept may end first.

    Raises: SettingsError if the port is taken, ReviewError if the log cannot be opened.
    """
    import uvicorn

    host, port = settings.review_host, settings.review_port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            told = f"Kan ikke bruke adressen {host}:{port}: {error.strerror}. Velg en annen med --port."
            raise SettingsError(told) from error
        store = open_log(settings)
        try:
            site = review_site(settings, store)
            listener.listen()
            announce(f"Siden for ansatte svarer på {access_rules(settings).address}/ (stopp med Ctrl-C)")
            if hint := who_is_missing(store, settings):
                announce(hint)
            config = uvicorn.Config(
                site,
                log_level="warning",
                server_header=False,
                proxy_headers=False,  # the guard reads them, and only from the proxies that are trusted
                timeout_graceful_shutdown=_STOP_WITHIN,
            )
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            store.close()


def review_parts(settings: Settings, store: Store) -> ReviewParts:
    """What the page is joined to.

    Raises: ReviewError if the packages it takes are not installed.
    """
    try:
        from helseassistent.review.access import account_html, csrf_token, current_user
        from helseassistent.review.access.users import UserBook
        from helseassistent.review.desk import ReviewParts
        from helseassistent.review.ledger import Ledger
        from helseassistent.review.reports import Reporter
    except ImportError as error:
        raise ReviewError(_MISSING) from error
    pages = ReadPages(settings.index)
    users = UserBook(store)

    def names() -> Mapping[str, str]:
        return {user.name: user.display_name or user.name for user in users.everybody()}

    def write_gold() -> None:
        try:
            write_gold_set(settings)
        except (ReviewError, OSError) as error:  # what was said is kept; `review gold` writes it when it can be
            _LOG.warning("Gullsettet er ikke skrevet: %s", error)

    def settled(kept: Verdict) -> None:
        from helseassistent.review.settle import settle

        sources = pages.now()
        settle(store, kept, pages=sources.pages, generation=sources.generation)
        write_gold()

    return ReviewParts(
        store=store,
        sources=pages.now,
        past=pages.past,
        who=current_user,
        csrf=csrf_token,
        account=account_html,
        names=names,
        judged=settled,
        changed=write_gold,
        ledger=Ledger(store, pages.now),
        reporter=Reporter(store, pages.now, load_encoder(settings.encoder or None), settings.keep_days),
    )


def _case_of(path: str) -> str | None:
    found = _CASE.fullmatch(path)
    return found[1] if found else None
