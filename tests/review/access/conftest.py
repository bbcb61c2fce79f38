"""A store that is quick to make: its tables are made once, and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from helseassistent.review.store import Store, open_store


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "log.sqlite"
    open_store(str(file)).close()
    return file


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Store]:
    """Of one test; `place` of the folder above has one of each kind of database."""
    opened = open_store(str(shutil.copy(empty, tmp_path / "log.sqlite")))
    yield opened
    opened.close()
