"""A reply on its way: a line for each stage and each checked sentence, and the whole reply as the last line."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

from fastapi.responses import JSONResponse, Response, StreamingResponse

from helseassistent.faults import fault
from helseassistent.types import Claim, Stage, Watcher

STAGED = "application/x-ndjson"

_LOG = logging.getLogger(__name__)
_Told: TypeAlias = dict[str, str]
_News: TypeAlias = Stage | Claim


async def told_in_stages(work: Callable[[Watcher], Awaitable[_Told]]) -> Response:
    """What `work` gives: as one JSON object if it is done before any stage begins, else in lines.

    The lines are `{"stage": …}` for each stage and `{"sentence": …}` for each claim once it is checked, then the
    object, or `{"failed": "failed"}` if the work broke down.
    """
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[_News | None] = asyncio.Queue()
    task = asyncio.ensure_future(work(lambda news: _tell(loop, heard, news)))
    task.add_done_callback(lambda _: heard.put_nowait(None))
    first = await heard.get()
    if first is None:
        return JSONResponse(await task)
    return StreamingResponse(_lines(first, heard, task), media_type=STAGED)


def _tell(loop: asyncio.AbstractEventLoop, heard: asyncio.Queue[_News | None], news: _News) -> None:
    loop.call_soon_threadsafe(heard.put_nowait, news)


async def _lines(first: _News, heard: asyncio.Queue[_News | None], task: asyncio.Future[_Told]) -> AsyncIterator[str]:
    news: _News | None = first
    while news is not None:
        told = {"sentence": news.text} if isinstance(news, Claim) else {"stage": news}
        yield json.dumps(told, ensure_ascii=False) + "\n"
        news = await heard.get()
    if error := task.exception():
        _LOG.error("a question was not answered: %s", fault(error))
    yield json.dumps({"failed": "failed"} if error else task.result(), ensure_ascii=False) + "\n"
