"""The service over plain HTTP: questions as JSON, health, the style sheet and the description of it all."""

from __future__ import annotations

from collections.abc import Callable

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from helseassistent.chat.counter import Counter
from helseassistent.chat.desk import BadRequestError, Question, RefusedError, parse_json, parse_question
from helseassistent.chat.feedback import parse_feedback
from helseassistent.chat.guard import BodyTooLargeError, read_body
from helseassistent.chat.openapi import describe
from helseassistent.chat.page import asset
from helseassistent.chat.strings import strings


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
        return await _answer(counter, request)

    @app.post("/api/feedback")
    async def feedback(request: Request) -> Response:
        return await _hear(counter, request)


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


async def _answer(counter: Counter, request: Request) -> Response:
    words = strings(counter.language).api
    question: Question | None = None
    try:
        question = parse_question(parse_json(await read_body(request.scope, request.receive)))
        record = await counter.record(question, visitor=request.client.host if request.client else "")
    except BodyTooLargeError:
        return JSONResponse({"error": words["too_large"]}, status_code=413)
    except BadRequestError as error:
        return JSONResponse({"error": words[error.key]}, status_code=400)
    except RefusedError as error:
        told = counter.refusal(error.key, question.language if question else None)
        headers = {"Retry-After": str(error.retry_after)}
        return JSONResponse({"error": told}, status_code=error.status, headers=headers)
    return JSONResponse(record)


async def _hear(counter: Counter, request: Request) -> Response:
    words = strings(counter.language).api
    try:
        heard = parse_feedback(parse_json(await read_body(request.scope, request.receive)))
    except BodyTooLargeError:
        return JSONResponse({"error": words["too_large"]}, status_code=413)
    except BadRequestError as error:
        return JSONResponse({"error": words[error.key]}, status_code=400)
    await anyio.to_thread.run_sync(counter.listener.hear, heard)
    return Response(status_code=204)
