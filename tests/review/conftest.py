"""A log on each of the databases it may lie in."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.conftest import chrome  # noqa: F401  (a fixture)
from helseassistent.review.store import Store, open_store
from needed import lacking
from review.postgres import Server, new_server, programs


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; Debian's package `postgresql` is what it takes."""
    installed = programs()
    if installed is None:
        lacking("apt-get install postgresql")
    server = new_server(installed)
    yield server
    server.stop()
    shutil.rmtree(server.folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a log can be made that nobody else uses."""
    if request.param == "sqlite":
        return str(tmp_path / "review" / "log.sqlite")
    server: Server = request.getfixturevalue("server")
    return server.make(uuid.uuid4().hex)


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()
