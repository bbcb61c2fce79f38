"""What a person can do with a reply, as HTML: copy it, say whether it helped and why not."""

from __future__ import annotations

from html import escape

from helseassistent.chat.feedback import REASONS, FeedbackReason
from helseassistent.chat.strings import Strings
from helseassistent.types import Abstention, Answer, Reply

_ABOUT_SOURCES: frozenset[FeedbackReason] = frozenset({"wrong_source", "quote_not_found", "outdated"})


def reactions(reply: Reply, *, name: str, words: Strings, judged: bool) -> str:
    """The row below `reply`, "" if there is nothing to do; `name` makes its ids unique, `judged` offers feedback."""
    copy = f'<button type="button" class="ha-copy">{escape(words.copy)}</button>' if isinstance(reply, Answer) else ""
    feedback = _feedback(_reasons(reply), name=name, words=words) if judged and _can_be_judged(reply) else ""
    return f'<div class="ha-reactions">{copy}{feedback}</div>' if copy or feedback else ""


def _can_be_judged(reply: Reply) -> bool:
    """An answer, or that a search found none; not a greeting returned, and never words about danger."""
    return isinstance(reply, Answer) or (isinstance(reply, Abstention) and reply.notice is None)


def _reasons(reply: Reply) -> tuple[FeedbackReason, ...]:
    if isinstance(reply, Answer):
        return REASONS
    return tuple(reason for reason in REASONS if reason not in _ABOUT_SOURCES)


def _feedback(reasons: tuple[FeedbackReason, ...], *, name: str, words: Strings) -> str:
    listed = "".join(
        f'<button type="button" aria-pressed="false" data-helpful="false" data-reason="{reason}">'
        f"{escape(words.feedback_reasons[reason])}</button>"
        for reason in reasons
    )
    return (
        f'<div class="ha-feedback" role="group" aria-labelledby="{name}-helped">'
        f'<span id="{name}-helped">{escape(words.feedback_question)}</span>'
        f'<button type="button" aria-pressed="false" data-helpful="true">{escape(words.feedback_yes)}</button>'
        f'<button type="button" aria-pressed="false" data-helpful="false">{escape(words.feedback_no)}</button></div>'
        f'<div class="ha-why" role="group" aria-labelledby="{name}-why" hidden>'
        f'<span id="{name}-why">{escape(words.feedback_why)}</span>{listed}</div>'
        f'<p class="ha-thanks" hidden>{escape(words.feedback_thanks)}</p>'
    )
