"""The page for staff: its routes, plain HTML from the server and one small script; who may come in is for `access`.

Not Gradio: see docs/decisions/0018-review-page.md.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from helseassistent.errors import HelseassistentError
from helseassistent.review.approved_desk import ApprovedDesk
from helseassistent.review.case_desk import CaseDesk
from helseassistent.review.desk import ReviewParts, told
from helseassistent.review.page import ASSETS, asset
from helseassistent.review.report_desk import ReportDesk

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_FAILED = "Noe gikk galt. Prøv igjen, eller si fra til den som drifter helseassistenten."


def build_review(parts: ReviewParts) -> FastAPI:
    """The site, to be mounted behind the guard of `access`: every route here trusts that somebody is logged in."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    cases, approved, reports = CaseDesk(parts), ApprovedDesk(parts), ReportDesk(parts)
    app.get("/")(cases.queue)
    app.get("/sak/{id}")(cases.case)
    app.post("/sak/{id}")(cases.judge)
    app.get("/godkjente")(approved.approved)
    app.post("/godkjente/{id}")(approved.change)
    app.get("/rapporter")(reports.reports)
    app.get("/rapporter/{name}")(reports.file)
    app.get("/assets/{name}")(_asset)
    _speak_for_failures(app, parts)
    return app


def _speak_for_failures(app: FastAPI, parts: ReviewParts) -> None:
    @app.middleware("http")
    async def secured(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(404)
    async def missing(request: Request, _: Exception) -> Response:
        return told(parts, request, "Denne siden finnes ikke.", status=404)

    @app.exception_handler(405)
    async def refused(request: Request, _: Exception) -> Response:
        return told(parts, request, "Dette kan ikke gjøres her.", status=405)

    @app.exception_handler(HelseassistentError)
    async def unable(request: Request, error: Exception) -> Response:
        return told(parts, request, str(error), status=503)

    @app.exception_handler(Exception)  # outermost of all, so that it must bring its own headers
    async def failed(_: Request, __: Exception) -> Response:
        return PlainTextResponse(_FAILED, status_code=500, headers=HEADERS)


def _asset(name: str) -> Response:
    if name not in ASSETS:
        return PlainTextResponse("Denne filen finnes ikke.", status_code=404)
    return Response(asset(name), media_type=ASSETS[name], headers={"cache-control": "private, max-age=86400"})
