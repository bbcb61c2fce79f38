"""The page for citizens: the only door to Gradio.

A FastAPI app with the HTTP API, liveness and readiness, and a Gradio Blocks whose one component holds our own HTML.
Gradio's Chatbot announces every change, names its buttons in English and loses the focus; here the log, the form and
the status line are ours. Gradio carries the page, and the questions of programs that speak its protocol; those of the
page take a shorter way, since danger among many waited in Gradio's.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: Gradio reads it then

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from gradio.events import api as add_api

from helseassistent.chat.api import add_routes
from helseassistent.chat.counter import Counter
from helseassistent.chat.desk import BadRequestError, Desk, Edition, RefusedError
from helseassistent.chat.feedback import FeedbackCounter, FeedbackListener
from helseassistent.chat.guard import BODY_LIMIT, GradioGuard, SameOrigin, Sayings, SecurityHeaders, security_headers
from helseassistent.chat.page import Shell, asset, failure_page, spell
from helseassistent.chat.strings import strings
from helseassistent.chat.visitors import Limits, Network, Visitors
from helseassistent.types import EmergencyNumber, Language


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """What an operator may decide about the page."""

    language: Language = "nb"  # when neither the address nor the browser asks for one
    frame_ancestors: str = "'none'"  # who may embed the page, as in the Content-Security-Policy
    root_path: str = ""  # the path a proxy serves the page under
    at_once: int = 2  # questions answered at the same time
    waiting: int = 120  # questions that may wait; the next one is told to come back
    per_minute: int = 0  # questions from one address, and as many judgements; 0 means no limit
    trusted: Sequence[Network] = ()  # proxies whose X-Forwarded-For is believed
    off: Callable[[], bool] = lambda: False  # asked at every request
    problem: Callable[[], str | None] = lambda: None  # what staff should know while everything works
    today: Callable[[], date] = date.today
    keep_days: int = 0  # how long the listener keeps what is asked; 0: not at all


def build_app(
    current: Callable[[], Edition],
    numbers: Mapping[str, EmergencyNumber],
    options: ChatOptions | None = None,
    *,
    listener: FeedbackListener | None = None,
) -> FastAPI:
    """The whole site, answering from the `current` edition; nothing is fetched, and nothing kept but by `listener`.

    `listener` hears of every reply that is given and of what people think of it; without one only numbers are kept.
    Not to be called from a running event loop.
    """
    options = options or ChatOptions()
    limits = Limits(options.per_minute)
    desk = Desk(limits=limits, off=options.off, at_once=options.at_once, waiting=options.waiting)
    counter = Counter(
        desk,
        current,
        numbers,
        listener or FeedbackCounter(),
        Limits(options.per_minute),
        today=options.today,
        language=options.language,
    )
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, root_path=options.root_path)
    # The last one added is the first to see a request.
    app.add_middleware(SameOrigin, told=strings(options.language).api["cross_origin"])
    app.add_middleware(Visitors, trusted=options.trusted)
    app.add_middleware(SecurityHeaders, frame_ancestors=options.frame_ancestors)
    add_routes(app, counter, off=options.off, problem=options.problem)

    @app.exception_handler(Exception)  # outermost of all, so that it must bring its own headers
    async def failed(_: Request, __: Exception) -> Response:
        headers = security_headers(options.frame_ancestors)
        return JSONResponse({"error": counter.refusal("failed")}, status_code=500, headers=headers)

    asyncio.run(_add_chat(app, counter, options))
    return app


async def _add_chat(app: FastAPI, counter: Counter, options: ChatOptions) -> None:
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
        lambda: Shell(counter.numbers, counter.current().pages, options.keep_days),
        frame_ancestors=options.frame_ancestors,
        language=options.language,
        sayings=Sayings(
            not_found=words["not_found"],
            too_large=words["too_large"],
            bad_request=words["bad_json"],
            off=lambda language: failure_page(strings(language).off, counter.numbers, language=language),
        ),
        off=options.off,
    )


def _blocks(counter: Counter, options: ChatOptions) -> gr.Blocks:
    async def ask(question: str, request: gr.Request, lang: str = "") -> dict[str, object]:
        try:
            record = await counter.record({"question": question, "lang": lang}, visitor=request.client.host)
        except BadRequestError as error:
            raise gr.Error(strings(options.language).api[error.key]) from error
        except RefusedError as error:
            raise gr.Error(counter.refusal(error.key)) from error
        return dict(record)

    # The desk decides how many are served: Gradio's own line would put danger behind answers.
    blocks = gr.Blocks(analytics_enabled=False, title=strings(options.language).title, fill_width=True)
    with blocks:
        gr.HTML(
            spell(asset("chat.html"), options.language, counter.numbers),
            js_on_load=asset("chat.js"),
            apply_default_css=False,
            elem_id="ha-root",
        )
        add_api(ask, api_name="ask", concurrency_limit=None)
    blocks.queue(default_concurrency_limit=None, api_open=False)
    return blocks
