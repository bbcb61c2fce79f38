"""Whether a model is on and answers is told to staff; where it is and its key are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from answer.model_server import served as model_served
from chat.conftest import served
from helseassistent.answer.circuit import FAILURES
from helseassistent.settings import Settings
from helseassistent.wiring.language_model import model_state
from helseassistent.wiring.serving import build_chat

CORPUS = Path(__file__).parents[2] / "corpus"
KEY = "nokkel-kanari-91c2"
ASKED = {"question": "Hvor mange plasser er det på mottaksavdelingen på Storetveit sykehjem?"}


def refuses(handler: Any, _: Any) -> None:
    handler.send_response(401)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_without_an_address_there_is_nothing_to_tell() -> None:
    assert model_state(Settings()) is None


@pytest.mark.slow
def test_readiness_tells_whether_the_model_answers_without_its_address_or_key(tmp_path: Path) -> None:
    with model_served(refuses) as server:
        settings = Settings(corpus=CORPUS, index=tmp_path, llm_url=server.url, llm_model="prøve", llm_key=KEY, log="")
        for site in served(build_chat(settings)):
            before = httpx.get(f"{site}/klar", timeout=30).text
            for _ in range(FAILURES):
                assert httpx.post(f"{site}/api/ask", json=ASKED, timeout=30).json()["engine"] == "extractive"
            after = httpx.get(f"{site}/klar", timeout=30).text
            everything = before + after + httpx.get(f"{site}/", timeout=30).text
    assert before == "ok. Språkmodellen er slått på."
    assert after.startswith("ok. Språkmodellen er slått på, men svarte ikke sist.")
    assert KEY not in everything
    assert server.url.removeprefix("http://") not in everything
