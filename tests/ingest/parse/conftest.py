"""A warm child for the tests of this folder, and a way to ask it that says what a test is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.worker import Worker
from ingest.parse.labels import TODAY

Parse: TypeAlias = Callable[..., Document | Refused]
URL = "https://www.fjordvik.kommune.example/helse/side"


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    started = Worker()
    yield started
    started.close()


@pytest.fixture(scope="session")
def parse(worker: Worker) -> Parse:
    """What the child makes of a body; text is sent as UTF-8 and called HTML unless told otherwise."""

    def ask(body: str | bytes, *, content_type: str = "text/html; charset=utf-8", url: str = URL) -> Document | Refused:
        sent = body.encode() if isinstance(body, str) else body
        return worker.parse(Fetched(url, content_type, sent), limits=Limits(), today=TODAY)

    return ask


@pytest.fixture(scope="session")
def read(parse: Parse) -> Callable[..., Document]:
    """As `parse`, where the body must give a page."""

    def ask(body: str | bytes, **named: str) -> Document:
        found = parse(body, **named)
        assert isinstance(found, Document), found
        return found

    return ask


@pytest.fixture(scope="session")
def refuse(parse: Parse) -> Callable[..., Refused]:
    """As `parse`, where the body must be refused."""

    def ask(body: str | bytes, **named: str) -> Refused:
        found = parse(body, **named)
        assert isinstance(found, Refused), found
        return found

    return ask
