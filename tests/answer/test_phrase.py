"""A model may say anything; what reaches the citizen is what the page says."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from answer.model_server import drafts, served
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Server
from helseassistent.answer.phrase import Phrasing
from helseassistent.answer.rewrite import Rewriting
from helseassistent.assistant import Assistant
from helseassistent.types import Abstention, Answer
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
    ]


@pytest.mark.slow
def test_right_drafts_come_out_as_claims_and_a_model_that_goes_away_fails_none(parts: Parts) -> None:
    alone = [parts.ask([row["question"]]).reply for row in ANSWERABLE]
    heard: list[object] = []
    with served(drafts(right)) as server:
        assistant = phrased(parts, server.url, heard)
        replies = [assistant.ask([row["question"]]).reply for row in ANSWERABLE]
    after = [assistant.ask([row["question"]]).reply for row in ANSWERABLE]
    # What the rules are almost sure of the model may find, if its words hold.
    answers = [reply for reply in replies if isinstance(reply, Answer)]
    assert len(answers) == len(ANSWERABLE) == 36
    assert {reply.engine for reply in answers} == {"prøvemodell (ledetekst 2)"}, [
        h for h in heard if isinstance(h, str)
    ]
    pages = parts.assistant.retriever.generation.pages
    for citation in (citation for reply in answers for claim in reply.claims for citation in claim.citations):
        assert pages[citation.file].body[citation.start : citation.end] == citation.quote
    assert after == alone


def test_a_right_draft_comes_out_and_a_model_that_goes_away_leaves_the_answer_as_it_was(parts: Parts) -> None:
    question = ANSWERABLE[0]["question"]
    with served(drafts(right)) as server:
        assistant = phrased(parts, server.url, [])
        reply = assistant.ask([question]).reply
    assert isinstance(reply, Answer)
    assert reply.engine == "prøvemodell (ledetekst 2)"
    assert assistant.ask([question]).reply == parts.ask([question]).reply


@pytest.mark.slow
def test_a_model_that_never_ends_has_one_limit_of_time_for_both_its_tasks(parts: Parts) -> None:
    """Row H2, for a question that is first asked anew and then answered from its draft."""

    def silent(_: BaseHTTPRequestHandler, __: object) -> None:
        time.sleep(8)

    almost = next(
        row["question"]
        for row in ANSWERABLE
        if isinstance(reply := parts.ask([row["question"]]).reply, Abstention) and reply.confidence >= 0.3
    )
    with served(silent) as server:
        own = phrased(parts, server.url, [])
        model = LanguageModel(Server(server.url, "prøvemodell", seconds=3.0))
        phrasing = Phrasing(model, Backing(own.encoder.fingerprint, own.vectors, Bar.shipped()))
        asked = replace(own, phrasing=phrasing, rewriting=Rewriting(model, own.encoder))
        begun = time.monotonic()
        reply = asked.ask([almost]).reply
        spent = time.monotonic() - begun
        assert len(server.asked) == 2
    assert isinstance(reply, Abstention)
    assert spent < 3.0 + 1.0


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
