"""The protocol as a public server package speaks it; the words of its model make no sense, and need not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from answer.tiny_server import tiny_server
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Message, Server, llama_index_llm
from helseassistent.answer.phrase import Phrasing
from helseassistent.answer.prompt import SCHEMA
from helseassistent.types import Answer
from helseassistent.wiring import Parts

pytestmark = pytest.mark.slow
ASKED = "Hvor mange plasser er det på mottaksavdelingen på Storetveit sykehjem?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("liten-modell")
    with tiny_server(folder) as url:
        yield Server(url, str(folder), seconds=60.0, pause=60.0, tokens=40)


def test_it_answers_piece_by_piece(server: Server) -> None:
    model = LanguageModel(server)
    pieces = list(model.stream([Message("user", "Hei")], schema=SCHEMA))
    assert len(pieces) > 1
    assert not model.circuit.is_open


def test_it_answers_in_one_piece(server: Server) -> None:
    async def answered() -> str:
        return (await llama_index_llm(server).acomplete("Hei")).text

    assert asyncio.run(answered())


def test_what_makes_no_sense_leaves_the_sources_own_sentences(server: Server, parts: Parts) -> None:
    own, heard = parts.assistant, []
    backing = Backing(own.encoder.fingerprint, own.vectors, Bar.shipped())
    phrasing = Phrasing(LanguageModel(server), backing, heard.append)
    reply = replace(own, phrasing=phrasing).ask([ASKED]).reply
    assert isinstance(reply, Answer)
    assert reply == parts.ask([ASKED]).reply
    assert not heard  # it was answered, and held no claim
