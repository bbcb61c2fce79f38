"""The approved answers: those flagged because their words have changed first, and what may be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from helseassistent.review.approvals import all_approved, approved_with, withdraw
from helseassistent.review.cases import Approved, ApprovedConflict, Quote
from helseassistent.review.desk import FormFields, ReviewParts, can_judge, shown, told
from helseassistent.review.judging import seen_version
from helseassistent.review.settle import approve_again, proposed

DONE = {
    "approve": "Svaret er godkjent igjen.",
    "renew": "Svaret er godkjent med de nye ordene.",
    "withdraw": "Svaret er trukket tilbake.",
}
GROUPS = (
    ("flagged", "Må ses på", "Kilden er endret, så svaret blir ikke gitt før noen har sett på det."),
    ("standing", "Blir gitt", "Ordene står i kilden."),
    ("withdrawn", "Trukket tilbake", "Blir ikke gitt."),
)
_OTHERS = "Noen andre endret svaret mens du så på det. Ingenting er skrevet over: se på det slik det er nå."
_NOT_CHANGED = "Velg «Godkjenn igjen» eller «Trekk tilbake»."
_OTHER_WORDS = "Kilden er endret mens du så på den. Se på de nye ordene slik de er nå."


class ApprovedDesk:
    """Answers requests, on several threads at once."""

    def __init__(self, parts: ReviewParts) -> None:
        self._parts = parts

    def approved(self, request: Request) -> Response:
        """All of them, by whether they are given."""
        return self._all(request)

    def change(self, request: Request, id: str, fields: FormFields) -> Response:
        """Approve one again or withdraw it, or say why not."""
        parts = self._parts
        if not can_judge(parts, request):
            return told(parts, request, "Du kan lese svarene, men ikke endre dem.", status=403)
        seen = approved_with(parts.store, id)
        if seen is None:
            return told(parts, request, "Svaret finnes ikke.", status=404)
        if seen.version != seen_version(fields):
            return self._all(request, error=_OTHERS, status=409)
        wish = next(iter(fields.get("do", ())), "")
        chosen = next(iter(fields.get("words", ())), "")
        done = self._changed(seen, wish, chosen=chosen, reviewer=parts.who(request.scope).name)
        if isinstance(done, ApprovedConflict):
            return self._all(request, error=_OTHERS, status=409)
        if isinstance(done, str):
            return self._all(request, error=done, status=422)
        parts.changed()
        return RedirectResponse(f"{request.scope.get('root_path', '')}/godkjente?gjort={wish}", status_code=303)

    def _changed(self, seen: Approved, wish: str, *, chosen: str, reviewer: str) -> Approved | ApprovedConflict | str:
        sources, day = self._parts.sources(), self._parts.today()
        if wish == "withdraw":
            return withdraw(self._parts.store, seen, reviewer=reviewer, day=day)
        if wish not in ("approve", "renew"):
            return _NOT_CHANGED
        words = seen.quotes if wish == "approve" else proposed(seen, sources=sources)
        if wish == "renew" and chosen != digest_of(words):
            return _OTHER_WORDS
        return approve_again(self._parts.store, seen, words=words, reviewer=reviewer, day=day, sources=sources)

    def _all(self, request: Request, *, error: str = "", status: int = 200) -> Response:
        found = all_approved(self._parts.store)
        answers = {name: [answer for answer in found if answer.state == name] for name, _, _ in GROUPS}
        saved = request.query_params.get("gjort", "")
        sources = self._parts.sources()
        new = {answer.id: proposed(answer, sources=sources) for answer in answers["flagged"]}
        context = {
            "answers": answers,
            "new": new,
            "digest_of": digest_of,
            "GROUPS": GROUPS,
            "DONE": DONE,
            "saved": saved,
            "error": error,
        }
        return shown(self._parts, request, "approved.html", here="/godkjente", status=status, **context)


def digest_of(words: Sequence[Quote]) -> str:
    """What tells whether the reviewer saw these very words."""
    return sha256("\0".join(quote.quote for quote in words).encode()).hexdigest()
