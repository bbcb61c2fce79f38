"""A reply on its way: each stage as a line when it begins, and the whole reply, checked, as the last line."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

from fastapi.responses import JSONResponse, Response, StreamingResponse

from helseassistent.types import Stage, Watcher

STAGED = "application/x-ndjson"

_LOG = logging.getLogger(__name__)
_Told: TypeAlias = dict[str, str]


async def told_in_stages(work: Callable[[Watcher], Awaitable[_Told]]) -> Response:
    """What `work` gives: as one JSON object if it is done before any stage begins, else in lines.

    The lines are `{"stage": …}` for each stage, then the object, or `{"failed": "failed"}` if the work broke down.
    """
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[Stage | None] = asyncio.Queue()
    task = asyncio.ensure_future(work(lambda stage: _tell(loop, heard, stage)))
    task.add_done_callback(lambda _: heard.put_nowait(None))
    first = await heard.get()
    if first is None:
        return JSONResponse(await task)
    return StreamingResponse(_lines(first, heard, task), media_type=STAGED)


def _tell(loop: asyncio.AbstractEventLoop, heard: asyncio.Queue[Stage | None], stage: Stage) -> None:
    loop.call_soon_threadsafe(heard.put_nowait, stage)


async def _lines(first: Stage, heard: asyncio.Queue[Stage | None], task: asyncio.Future[_Told]) -> AsyncIterator[str]:
    stage: Stage | None = first
    while stage is not None:
        yield json.dumps({"stage": stage}) + "\n"
        stage = await heard.get()
    if error := task.exception():
        _LOG.error("a question was not answered", exc_info=error)
    yield json.dumps({"failed": "failed"} if error else task.result(), ensure_ascii=False) + "\n"
