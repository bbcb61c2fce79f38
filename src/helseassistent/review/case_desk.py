"""The queue and the cases: shown, judged, and on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from helseassistent.errors import ReviewError
from helseassistent.review.case import Case, open_case, shown_page
from helseassistent.review.cases import Conflict, Verdict
from helseassistent.review.desk import FormFields, ReviewParts, can_judge, shown, told
from helseassistent.review.filters import query_of, wanted_from
from helseassistent.review.judging import Draft, draft_of, drafted, seen_version, verdict_of, without_quotes
from helseassistent.review.ledger import Ledger
from helseassistent.review.page import places_of
from helseassistent.review.queue import PAGE, QueuePage, find
from helseassistent.review.sources import Sources, titled
from helseassistent.review.verdicts import judge

GONE = "Saken finnes ikke, eller er slettet fordi den er for gammel."


class CaseDesk:
    """Answers requests, on several threads at once."""

    def __init__(self, parts: ReviewParts) -> None:
        self._parts = parts
        self._ledger = parts.ledger or Ledger(parts.store, parts.sources)

    def queue(self, request: Request) -> Response:
        """The cases that wait, the neediest first."""
        wanted = wanted_from(request.query_params)
        found = self._find(request.query_params)
        context: dict[str, Any] = {
            "wanted": wanted,
            "found": found,
            "pages": max(1, -(-found.total // PAGE)),
            "saved": request.query_params.get("lagret", ""),
            "back": query_of(wanted),
        }
        return shown(self._parts, request, "queue.html", here="/", **context)

    def case(self, request: Request, id: str) -> Response:
        """One case with its source."""
        sources = self._parts.sources()
        case = open_case(self._parts.store, id, sources=sources, past=self._parts.past)
        if case is None:
            return told(self._parts, request, GONE, status=404)
        return self._case(request, case, draft_of(case), sources=sources)

    def judge(self, request: Request, id: str, fields: FormFields) -> Response:
        """Keep a verdict and show the next case, or say why it was not kept."""
        if not can_judge(self._parts, request):
            return told(self._parts, request, "Du kan lese sakene, men ikke vurdere dem.", status=403)
        sources, reviewer = self._parts.sources(), self._parts.who(request.scope).name
        case = open_case(self._parts.store, id, sources=sources, past=self._parts.past)
        if case is None:
            return told(self._parts, request, GONE, status=404)
        draft = without_quotes(fields)
        try:
            draft = drafted(fields, sources=sources)
            said = verdict_of(draft, case, sources=sources, reviewer=reviewer, day=self._parts.today())
        except ReviewError as error:
            return self._case(request, case, draft, sources=sources, error=str(error), status=422)
        kept = judge(self._parts.store, said, seen=seen_version(fields))
        if isinstance(kept, Conflict):
            case = open_case(self._parts.store, id, sources=sources, past=self._parts.past) or case
            return self._case(request, case, draft, sources=sources, standing=kept.standing, status=409)
        self._parts.judged(kept)
        return self._next(request, after=id, saved=draft.judgement)

    def _find(self, query: Mapping[str, str]) -> QueuePage:
        return find(self._parts.store, self._ledger.now(), wanted_from(query), today=self._parts.today())

    def _case(
        self,
        request: Request,
        case: Case,
        draft: Draft,
        *,
        sources: Sources,
        error: str = "",
        standing: Verdict | None = None,
        status: int = 200,
    ) -> Response:
        query = request.query_params
        file = query.get("fil") or next((name for name in case.files if name in sources.pages), "")
        sought = " ".join(query.get("sok", "").split())[:100]
        context: dict[str, Any] = {
            "case": case,
            "draft": draft,
            "places": places_of(draft.right, sources=sources),
            "shown": shown_page(case, file, sources=sources),
            "file": file,
            "titles": {name: sources.pages[name].title for name in case.files if name in sources.pages},
            "sought": sought,
            "hits": titled(sources, sought),
            "error": error,
            "standing": standing,
            "saved": query.get("lagret", ""),
            "back": query_of(wanted_from(query)),
        }
        return shown(self._parts, request, "case.html", status=status, **context)

    def _next(self, request: Request, *, after: str, saved: str) -> Response:
        cases = self._find(request.query_params).cases
        following = next((waiting.exchange.id for waiting in cases if waiting.exchange.id != after), None)
        back = query_of(wanted_from(request.query_params))
        query = "&".join(filter(None, [back, urlencode({"lagret": saved})]))
        root = request.scope.get("root_path", "")
        path = f"{root}/sak/{quote(following, safe='')}" if following else f"{root}/"
        return RedirectResponse(f"{path}?{query}", status_code=303)
