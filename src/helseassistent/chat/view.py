"""The page for citizens: the only door to Gradio besides `review.view`.

A FastAPI app with the HTTP API, liveness and readiness, and a Gradio Blocks whose one component holds our own HTML.
Gradio's Chatbot announces every change, names its buttons in English and loses the focus; here the log, the form and
the status line are ours, and Gradio carries the questions.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: Gradio reads it then

import anyio.to_thread
import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from gradio.events import api as add_api

from helseassistent.chat.desk import Ask, BadRequestError, BusyError, Desk, Question, parse_json, parse_question
from helseassistent.chat.feedback import FeedbackCounter, FeedbackListener, new_reply_id, parse_feedback
from helseassistent.chat.guard import (
    BODY_LIMIT,
    BodyTooLargeError,
    GradioGuard,
    Refusals,
    SecurityHeaders,
    read_body,
    security_headers,
)
from helseassistent.chat.markup import show
from helseassistent.chat.page import Shell, asset, spell
from helseassistent.chat.render import plain_text
from helseassistent.chat.strings import strings
from helseassistent.reply import ReplyRecord, reply_record
from helseassistent.types import EmergencyNumber, Exchange, Language, Topic


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """What an operator may decide about the page."""

    language: Language = "nb"  # when neither the address nor the browser asks for one
    frame_ancestors: str = "'none'"  # who may embed the page, as in the Content-Security-Policy
    root_path: str = ""  # the path a proxy serves the page under
    at_once: int = 8  # questions answered at the same time
    waiting: int = 120  # questions that may wait; the next one is told to come back
    pages: Sequence[Topic] = ()  # offered as links when scripts are off
    being_updated: Collection[str] = frozenset()  # files whose page says that it is being updated
    bodies: Mapping[str, str] = field(default_factory=dict)  # stored pages by file, to show a quote in its surroundings
    ready: Callable[[], bool] = lambda: True
    today: Callable[[], date] = date.today


def build_app(
    ask: Ask,
    numbers: Mapping[str, EmergencyNumber],
    options: ChatOptions | None = None,
    *,
    listener: FeedbackListener | None = None,
) -> FastAPI:
    """The whole site; nothing is fetched and nothing is stored. Not to be called from a running event loop.

    `listener` hears of every reply that the page is given and of what people think of it; without one only numbers
    are kept.
    """
    options = options or ChatOptions()
    desk = Desk(ask, at_once=options.at_once, waiting=options.waiting)
    counter = _Counter(desk, numbers, options, listener or FeedbackCounter())
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, root_path=options.root_path)
    app.add_middleware(SecurityHeaders, frame_ancestors=options.frame_ancestors)
    _add_routes(app, counter, options)
    asyncio.run(_add_chat(app, counter, options))
    return app


@dataclass(frozen=True, slots=True)
class _Counter:
    """The desk with what it takes to hand out an exchange as a record or as HTML."""

    desk: Desk
    numbers: Mapping[str, EmergencyNumber]
    options: ChatOptions
    listener: FeedbackListener

    async def record(self, question: Question) -> ReplyRecord:
        exchange = await self.desk.answer(question)
        return reply_record(exchange, self._text(exchange))

    def _text(self, exchange: Exchange) -> str:
        options = self.options
        return plain_text(exchange, today=options.today(), numbers=self.numbers, being_updated=options.being_updated)

    async def message(self, payload: object) -> dict[str, str]:
        """The reply for the page as `html`, `spoken` and plain `text`, or `failed` with the key of what to say."""
        try:
            exchange = await self.desk.answer(parse_question(payload))
        except BusyError:
            return {"failed": "busy"}
        except BadRequestError:
            return {"failed": "failed"}
        reply_id = new_reply_id()
        await anyio.to_thread.run_sync(self.listener.replied, reply_id, exchange)
        shown = show(
            exchange,
            turn=_turn(payload),
            today=self.options.today(),
            numbers=self.numbers,
            being_updated=self.options.being_updated,
            bodies=self.options.bodies,
            reply_id=reply_id,
        )
        return {"html": shown.html, "spoken": shown.spoken, "text": self._text(exchange)}


def _turn(payload: object) -> int:
    turn = payload.get("turn") if isinstance(payload, dict) else None
    return turn if isinstance(turn, int) and turn > 0 else 1


def _add_routes(app: FastAPI, counter: _Counter, options: ChatOptions) -> None:
    words = strings(options.language).api

    @app.get("/helse")
    async def alive() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/klar")
    async def ready() -> PlainTextResponse:
        return PlainTextResponse("ok") if options.ready() else PlainTextResponse(words["not_ready"], status_code=503)

    @app.get("/chat.css")
    async def style() -> Response:
        return Response(asset("chat.css"), media_type="text/css", headers={"Cache-Control": "max-age=31536000"})

    @app.post("/api/ask")
    async def ask(request: Request) -> Response:
        try:
            body = await read_body(request.scope, request.receive)
            record = await counter.record(parse_question(parse_json(body)))
        except BodyTooLargeError:
            return JSONResponse({"error": words["too_large"]}, status_code=413)
        except BadRequestError as error:
            return JSONResponse({"error": words[error.key]}, status_code=400)
        except BusyError:
            return JSONResponse({"error": words["busy"]}, status_code=503, headers={"Retry-After": "5"})
        return JSONResponse(record)

    @app.post("/api/feedback")
    async def feedback(request: Request) -> Response:
        try:
            heard = parse_feedback(parse_json(await read_body(request.scope, request.receive)))
        except BodyTooLargeError:
            return JSONResponse({"error": words["too_large"]}, status_code=413)
        except BadRequestError as error:
            return JSONResponse({"error": words[error.key]}, status_code=400)
        await anyio.to_thread.run_sync(counter.listener.hear, heard)
        return Response(status_code=204)

    @app.exception_handler(Exception)  # outermost of all, so that it must bring its own headers
    async def failed(_: Request, __: Exception) -> Response:
        headers = security_headers(options.frame_ancestors)
        return JSONResponse({"error": words["failed"]}, status_code=500, headers=headers)


async def _add_chat(app: FastAPI, counter: _Counter, options: ChatOptions) -> None:
    # In a running loop, because outside one Gradio opens a new loop for every lock and never closes it.
    gr.mount_gradio_app(
        app,
        _blocks(counter, options),
        path="/",
        root_path=options.root_path or None,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size=BODY_LIMIT,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Base(font="sans-serif", font_mono="monospace"),
    )
    mounted: Any = app.router.routes[-1]
    words = strings(options.language).api
    mounted.app = GradioGuard(
        mounted.app,
        Shell(counter.numbers, options.pages),
        frame_ancestors=options.frame_ancestors,
        language=options.language,
        refusals=Refusals(not_found=words["not_found"], too_large=words["too_large"]),
    )


def _blocks(counter: _Counter, options: ChatOptions) -> gr.Blocks:
    async def message(payload: dict[str, object]) -> dict[str, str]:
        return await counter.message(payload)

    async def ask(question: str, lang: str = "") -> dict[str, object]:
        try:
            record = await counter.record(parse_question({"question": question, "lang": lang}))
        except BadRequestError as error:
            raise gr.Error(strings(options.language).api[error.key]) from error
        except BusyError as error:
            raise gr.Error(strings(options.language).api["busy"]) from error
        return dict(record)

    blocks = gr.Blocks(analytics_enabled=False, title=strings(options.language).title, fill_width=True)
    with blocks:
        gr.HTML(
            spell(asset("chat.html"), options.language, counter.numbers),
            js_on_load=asset("chat.js"),
            server_functions=[message],
            apply_default_css=False,
            elem_id="ha-root",
        )
        add_api(ask, api_name="ask", concurrency_limit=options.at_once)
    blocks.queue(max_size=options.waiting, default_concurrency_limit=options.at_once, api_open=False)
    return blocks
