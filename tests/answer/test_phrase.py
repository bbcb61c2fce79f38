"""A model may say anything; what reaches the citizen is what the page says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from answer.model_server import drafts, served
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Server
from helseassistent.answer.phrase import Phrasing
from helseassistent.assistant import Assistant
from helseassistent.types import Answer
from helseassistent.wiring import Parts

ANSWERABLE = [
    row
    for line in (Path(__file__).parents[2] / "benchmarks" / "questions" / "sporsmal-kilder.jsonl")
    .read_text()
    .split("\n")
    if line and (row := json.loads(line))["kind"] == "answerable"
]


def phrased(parts: Parts, url: str, heard: list[object]) -> Assistant:
    own = parts.assistant
    backing = Backing(own.encoder.fingerprint, own.vectors, Bar.shipped())
    server = Server(url, "prøvemodell", seconds=20.0)
    return replace(own, phrasing=Phrasing(LanguageModel(server), backing, heard.append))


def right(told: dict[str, Any]) -> list[dict[str, str]]:
    """The set's own quotes for the question, each as its own claim, from the passage that holds it."""
    row = next(row for row in ANSWERABLE if row["question"] in (told["question"], told["earlier"][-1]))
    return [
        {"text": quote["quote"][:1].upper() + quote["quote"][1:], "passage": passage["id"], "quote": quote["quote"]}
        for quote in row["relevant"]
        for passage in told["passages"]
        if quote["quote"] in passage["text"]
    ][:1]


def test_right_drafts_come_out_as_claims_and_a_model_that_goes_away_fails_none(parts: Parts) -> None:
    heard: list[object] = []
    with served(drafts(right)) as server:
        assistant = phrased(parts, server.url, heard)
        before = [assistant.ask([row["question"]]).reply for row in ANSWERABLE[:18]]
    after = [assistant.ask([row["question"]]).reply for row in ANSWERABLE[18:]]
    alone = [parts.ask([row["question"]]).reply for row in ANSWERABLE]
    assert [type(reply) for reply in (*before, *after)] == [type(reply) for reply in alone]
    engines = [reply.engine for reply in before if isinstance(reply, Answer)]
    assert set(engines) == {"prøvemodell (ledetekst 1)"}, [h for h in heard if isinstance(h, str)]
    assert {reply.engine for reply in after if isinstance(reply, Answer)} == {"extractive"}


@pytest.mark.parametrize("turn", ["Faren min puster ikke", "Jeg vil ikke leve mer", "hei", "Hva koster et hus i Oslo?"])
def test_danger_small_talk_and_what_no_page_answers_never_reach_the_model(turn: str, parts: Parts) -> None:
    with served(drafts(right)) as server:
        reply = phrased(parts, server.url, []).ask([turn]).reply
        assert not server.asked
    assert reply == parts.ask([turn]).reply
    assert not isinstance(reply, Answer)


def test_personal_data_never_reaches_the_model(parts: Parts) -> None:
    question = "Jeg heter Kari Nordmann, tlf 91 23 45 67. " + ANSWERABLE[4]["question"]
    with served(drafts(lambda _: [])) as server:
        phrased(parts, server.url, []).ask([question])
        sent = json.dumps(server.asked, ensure_ascii=False)
    assert "Nordmann" not in sent
    assert "91 23 45 67" not in sent
