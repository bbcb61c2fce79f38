"""From settings to the story of one logged reply, and to the reports."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from helseassistent.errors import BrokenIndexError, ReviewError
from helseassistent.index.contextual import words_of
from helseassistent.index.generation import open_generation
from helseassistent.reply import ReplyRecord
from helseassistent.settings import Settings
from helseassistent.types import Encoder
from helseassistent.wiring import Parts, build_parts, encoder_of
from helseassistent.wiring.approving import with_approved
from helseassistent.wiring.keeping import open_log

if TYPE_CHECKING:
    from helseassistent.review.findings import Replay, Report


def replay_reply(settings: Settings, id: str) -> Replay:
    """The story of the logged reply `id`; who looks is noted, as on the page for staff.

    Raises: ReviewError if there is no such reply; BrokenIndexError if there is no index to ask.
    """
    from helseassistent.review.access.seen import record_view
    from helseassistent.review.cases import User
    from helseassistent.review.exchanges import exchange, reply_of
    from helseassistent.review.replay import replayed, searched_for

    with closing(open_log(settings)) as store:
        found, given = exchange(store, id), reply_of(store, id)
        if found is None or given is None:
            raise ReviewError(
                f"Det finnes ikke noe svar «{id}» i loggen. Sjekk id-en; svar eldre enn {settings.keep_days} dager er"
                " slettet."
            )
        terminal = User(0, "kommandolinjen", "Kommandolinjen", "administrator", True)
        record_view(store, user=terminal, exchange=id, what="replay", day=date.today())
    encoder = encoder_of(settings)
    parts = with_approved(_without_model(build_parts(settings, encoder=encoder)), settings)
    question, language = searched_for(given), given["lang"]
    generation = parts.assistant.retriever.generation
    return replayed(
        found,
        given,
        again=_again(settings, given, encoder=encoder),
        now=parts.record([question], language),
        now_threshold=parts.assistant.confidence.threshold,
        pages=generation.pages,
    )


def make_report(settings: Settings, *, weeks: int) -> Report:
    """The report of the latest whole weeks, at most `weeks`.

    Raises: ReviewError if the log cannot be used; BrokenIndexError if there is no index.
    """
    from helseassistent.review.reports import Reporter
    from helseassistent.review.sources import Sources

    encoder = words_of(encoder_of(replace(settings, contextual="ingen")))
    generation = open_generation(settings.index)
    sources = Sources(generation.manifest.generation, generation.pages)
    with closing(open_log(settings)) as store:
        return Reporter(store, lambda: sources, encoder, settings.keep_days).report(today=date.today(), weeks=weeks)


def _again(settings: Settings, given: ReplyRecord, *, encoder: Encoder) -> ReplyRecord | None:
    """The reply from its own generation; None when that has been swept away, or this program cannot read it."""
    from helseassistent.review.replay import searched_for

    try:
        parts = build_parts(settings, encoder=encoder, generation=given["generation"])
    except BrokenIndexError:
        return None
    parts = _without_model(parts)
    if given.get("checked"):  # of records that are older than approved answers it says nothing
        parts = with_approved(parts, settings)
    return parts.record([searched_for(given)], given["lang"])


def _without_model(parts: Parts) -> Parts:
    """What a language model would word differently each time is not asked."""
    return replace(parts, assistant=replace(parts.assistant, phrasing=None, rewriting=None))
