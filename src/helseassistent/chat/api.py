"""The service over plain HTTP: questions and judgements as JSON, health, the style sheet, the description of it all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from helseassistent.chat.counter import Counter
from helseassistent.chat.desk import BadRequestError, RefusedError, parse_json
from helseassistent.chat.guard import BodyTooLargeError, read_body
from helseassistent.chat.openapi import describe
from helseassistent.chat.page import asset
from helseassistent.chat.stages import STAGED, told_in_stages
from helseassistent.chat.strings import strings

_Give: TypeAlias = Callable[[object, str], Awaitable[Response]]  # what was sent, and by which visitor


def add_routes(app: FastAPI, counter: Counter, *, off: Callable[[], bool], problem: Callable[[], str | None]) -> None:
    """All but the page itself; `problem` is what staff should know while it all works."""
    _add_health(app, counter, off=off, problem=problem)
    description = describe(strings(counter.language), root_path=app.root_path)

    @app.get("/chat.css")
    async def style() -> Response:
        return Response(asset("chat.css"), media_type="text/css", headers={"Cache-Control": "max-age=31536000"})

    @app.get("/openapi.json")
    async def openapi() -> Response:
        return JSONResponse(description)

    @app.post("/api/ask")
    async def ask(request: Request) -> Response:
        async def give(value: object, visitor: str) -> Response:
            return JSONResponse(await counter.record(value, visitor=visitor))

        return await _given(give, counter, request)

    @app.post("/message")
    async def message(request: Request) -> Response:
        async def give(value: object, visitor: str) -> Response:
            if STAGED in request.headers.get("accept", ""):
                return await told_in_stages(lambda watch: counter.message(value, visitor=visitor, watch=watch))
            return JSONResponse(await counter.message(value, visitor=visitor))

        return await _given(give, counter, request)

    @app.post("/api/feedback")
    async def feedback(request: Request) -> Response:
        async def give(value: object, visitor: str) -> Response:
            await counter.hear(value, visitor=visitor)
            return Response(status_code=204)

        return await _given(give, counter, request)


def _add_health(app: FastAPI, counter: Counter, *, off: Callable[[], bool], problem: Callable[[], str | None]) -> None:
    words = strings(counter.language).api

    @app.get("/helse")
    async def alive() -> PlainTextResponse:
        return PlainTextResponse(words["alive_off"] if off() else "ok")

    @app.get("/klar")
    async def ready() -> PlainTextResponse:
        if off():
            return PlainTextResponse(words["not_ready_off"], status_code=503)
        return PlainTextResponse(f"ok. {told}" if (told := problem()) else "ok")


async def _given(give: _Give, counter: Counter, request: Request) -> Response:
    words = strings(counter.language).api
    try:
        value = parse_json(await read_body(request.scope, request.receive))
        return await give(value, request.client.host if request.client else "")
    except BodyTooLargeError:
        return JSONResponse({"error": words["too_large"]}, status_code=413)
    except BadRequestError as error:
        return JSONResponse({"error": words[error.key]}, status_code=400)
    except RefusedError as error:
        told = counter.refusal(error.key, error.language)
        headers = {"Retry-After": str(error.retry_after)}
        return JSONResponse({"error": told}, status_code=error.status, headers=headers)
