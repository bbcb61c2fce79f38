"""A real server on a free port of this machine, and a real browser to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from chat import fakes
from chat.browser import Browser
from helseassistent.chat.view import ChatOptions, build_app

AXE = Path(__file__).parents[2] / "build/node_modules/axe-core/axe.min.js"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run --hide-scrollbars --disable-dev-shm-usage --lang=nb"
)


def served(app: FastAPI) -> Iterator[str]:
    """The address of `app` for as long as the caller holds it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", server_header=False, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    yield from served(build_app(fakes.edition, fakes.numbers(), ChatOptions(today=lambda: fakes.TODAY)))


def missing_browser() -> str | None:
    """What the browser tests lack, as the command that installs it."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        return "apt-get install chromium chromium-driver"
    return None if AXE.is_file() else "npm install --prefix build --no-save --no-package-lock axe-core@4"


@pytest.fixture(scope="session")
def chrome() -> Iterator[webdriver.Chrome]:
    if lacking := missing_browser():
        if os.environ.get("CI"):
            pytest.fail(f"nettleserprøvene mangler noe: {lacking}")
        pytest.skip(f"nettleserprøvene mangler noe: {lacking}")
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chrome: webdriver.Chrome, site: str) -> Iterator[Browser]:
    opened = Browser(chrome, site, axe=AXE.read_text(encoding="utf-8"))
    opened.reset()
    yield opened
    opened.reset()
