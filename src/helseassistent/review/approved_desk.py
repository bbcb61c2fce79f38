"""The approved answers: those flagged because their words have changed first, and what may be done with each."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from helseassistent.review.approvals import all_approved, approved_with, withdraw
from helseassistent.review.cases import Approved, ApprovedConflict
from helseassistent.review.desk import FormFields, ReviewParts, can_judge, shown, told
from helseassistent.review.judging import seen_version
from helseassistent.review.settle import approve_again

DONE = {"approve": "Svaret er godkjent igjen.", "withdraw": "Svaret er trukket tilbake."}
GROUPS = (
    ("flagged", "Må ses på", "Kilden er endret, så svaret blir ikke gitt før noen har sett på det."),
    ("standing", "Blir gitt", "Ordene står i kilden."),
    ("withdrawn", "Trukket tilbake", "Blir ikke gitt."),
)
_OTHERS = "Noen andre endret svaret mens du så på det. Ingenting er skrevet over: se på det slik det er nå."
_NOT_CHANGED = "Velg «Godkjenn igjen» eller «Trekk tilbake»."


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
        done = self._changed(seen, wish, reviewer=parts.who(request.scope).name)
        if isinstance(done, ApprovedConflict):
            return self._all(request, error=_OTHERS, status=409)
        if isinstance(done, str):
            return self._all(request, error=done, status=422)
        parts.changed()
        return RedirectResponse(f"{request.scope.get('root_path', '')}/godkjente?gjort={wish}", status_code=303)

    def _changed(self, seen: Approved, wish: str, *, reviewer: str) -> Approved | ApprovedConflict | str:
        sources, day = self._parts.sources(), self._parts.today()
        if wish == "withdraw":
            return withdraw(self._parts.store, seen, reviewer=reviewer, day=day)
        if wish != "approve":
            return _NOT_CHANGED
        return approve_again(
            self._parts.store,
            seen,
            reviewer=reviewer,
            day=day,
            pages=sources.pages,
            generation=sources.generation,
        )

    def _all(self, request: Request, *, error: str = "", status: int = 200) -> Response:
        found = all_approved(self._parts.store)
        answers = {name: [answer for answer in found if answer.state == name] for name, _, _ in GROUPS}
        saved = request.query_params.get("gjort", "")
        context = {"answers": answers, "GROUPS": GROUPS, "DONE": DONE, "saved": saved, "error": error}
        return shown(self._parts, request, "approved.html", here="/godkjente", status=status, **context)
