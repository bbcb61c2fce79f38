"""An answer that a language model phrases, on its way: each sentence is shown when it is checked, and no other ever."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from answer import model_server
from chat.browser import Browser
from chat.conftest import served
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Server
from helseassistent.answer.phrase import Phrasing
from helseassistent.answer.safety_numbers import load_numbers
from helseassistent.chat.view import build_app
from helseassistent.wiring import Parts
from helseassistent.wiring.live import edition_of
from needed import AXE

ASKED = "Hvor mange plasser er det på mottaksavdelingen på Storetveit sykehjem?"
FIRST = "På Storetveit sykehjem har kommunen opprettet 27 plasser ved en mottaksavdeling"
FALSE = "På Storetveit sykehjem har kommunen opprettet 72 plasser ved en mottaksavdeling"


@dataclass
class Site:
    url: str
    go_on: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def site(parts: Parts) -> Iterator[Site]:
    """A site whose model says a false sentence and a true one, and then waits to be told to go on."""
    running = Site("")

    def serve(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        passages = json.loads(body["messages"][-1]["content"])["passages"]
        place = next(passage["id"] for passage in passages if FIRST in passage["text"])
        claims = [json.dumps({"text": text, "passage": place, "quote": FIRST}) for text in (FALSE, FIRST)]
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(model_server.event('{"claims": [' + ", ".join(claims)))
        handler.wfile.flush()
        running.go_on.wait(timeout=15)
        handler.wfile.write(model_server.event("]}") + b"data: [DONE]\n\n")

    own = parts.assistant
    with model_server.served(serve) as server:
        backing = Backing(own.encoder.fingerprint, own.vectors, Bar.shipped())
        phrasing = Phrasing(LanguageModel(Server(server.url, "prøvemodell")), backing)
        edition = edition_of(replace(parts, assistant=replace(own, phrasing=phrasing)))
        for running.url in served(build_app(lambda: edition, load_numbers())):
            yield running
            running.go_on.set()


def test_a_checked_sentence_comes_while_the_model_still_writes_and_a_false_one_never(site: Site) -> None:
    asked = {"turns": [ASKED], "lang": None, "turn": 1}
    accept = {"Accept": "application/x-ndjson"}
    told: list[dict[str, str]] = []
    with httpx.stream("POST", f"{site.url}/message", json=asked, headers=accept, timeout=30) as answer:
        for line in answer.iter_lines():
            told.append(json.loads(line))
            if "sentence" in told[-1]:
                site.go_on.set()
    assert told[-3:-1] == [{"stage": "phrasing"}, {"sentence": FIRST}]
    assert FIRST in told[-1]["text"]
    assert FALSE not in json.dumps(told, ensure_ascii=False)


@pytest.mark.slow
def test_the_page_shows_it_for_the_eye_until_the_whole_answer_is_there(site: Site, chrome: webdriver.Chrome) -> None:
    browser = Browser(chrome, site.url, axe=AXE.read_text(encoding="utf-8"))
    browser.open()
    browser.run("const f = document.querySelector('#ha-question'); f.focus(); f.value = arguments[0];", ASKED)
    browser.press(Keys.ENTER)
    browser.until("document.querySelector('.ha-pending .ha-drafted')")
    assert [shown.text for shown in browser.all(".ha-drafted")] == [FIRST]
    assert browser.run("return document.querySelector('.ha-pending').getAttribute('aria-hidden')") == "true"
    site.go_on.set()
    browser.until("document.querySelector('.ha-reply')")
    assert not browser.all(".ha-drafted")
    browser.reset()
