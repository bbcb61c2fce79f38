"""A real server on a free port of this machine, and a real browser to look at it with."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from chat import fakes
from chat.browser import Browser
from helseassistent.chat.view import ChatOptions, build_app
from needed import AXE, browser_programs

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


@pytest.fixture(scope="session")
def chrome() -> Iterator[webdriver.Chrome]:
    program, its_driver = browser_programs()
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(its_driver))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chrome: webdriver.Chrome, site: str) -> Iterator[Browser]:
    opened = Browser(chrome, site, axe=AXE.read_text(encoding="utf-8"))
    opened.reset()
    yield opened
    opened.reset()
