"""What some tests need of the machine beside Python: without it they are skipped, and fail where `.ci/run` sets CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

AXE = Path(__file__).parents[1] / "build/node_modules/axe-core/axe.min.js"


def browser_programs() -> tuple[str, str]:
    """The paths of Chromium and its driver; a test that calls this does not run without them and axe-core."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        lacking("apt-get install chromium chromium-driver")
    if not AXE.is_file():
        lacking("npm install --prefix build --no-save --no-package-lock axe-core@4")
    return browser, driver


def lacking(command: str) -> NoReturn:
    """Skip or fail, and say how to get what is lacking."""
    told = f"prøven mangler noe: {command}"
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(told)
