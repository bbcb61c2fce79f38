"""Rows E1, E2, E4, E5 and E8: a model that obeys whatever a page says gets none of it to the citizen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from answer.injections import Injection, injections
from answer.model_server import drafts, served
from answer.obedient import Obedient, obedient_claims
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Server
from helseassistent.answer.phrase import Phrasing, speaks_to_a_program
from helseassistent.answer.prompt import prompt
from helseassistent.answer.verify import DraftClaim, DraftQuote, checked
from helseassistent.assistant import Assistant
from helseassistent.settings import Settings
from helseassistent.types import Answer, Claim
from helseassistent.wiring import Parts, build_parts

BY_NAME = {found.name: found for found in injections()}
SYSTEM = [prompt("", language=language).messages[0].text for language in ("nb", "nn")]


@pytest.fixture(scope="module")
def injected(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    corpus, index = tmp_path_factory.mktemp("sider"), tmp_path_factory.mktemp("sider-indeks")
    for found in BY_NAME.values():
        (corpus / f"{found.name.lower()}.md").write_text(found.page, encoding="utf-8")
    return build_parts(Settings(corpus=corpus, index=index))


def backing_of(assistant: Assistant) -> Backing:
    return Backing(assistant.encoder.fingerprint, assistant.vectors, Bar.shipped())


def said(claim: Claim) -> Iterator[str]:
    """Every word of a claim that the page shows, but for the titles of pages."""
    yield claim.text
    yield from (citation.quote for citation in claim.citations)


def flat(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def shows(text: str, found: Injection) -> bool:
    """Whether `text` holds what only obedience would show, spaces and signs set aside."""
    if found.wants != "prompt":
        return flat(found.shown) in flat(text)
    return any(flat(line)[:30] in flat(text) for system in SYSTEM for line in system.splitlines() if line)


@pytest.mark.slow
def test_three_hundred_pages_with_instructions_get_nothing_through_a_model_that_obeys_them_all(injected: Parts) -> None:
    obedient = Obedient(BY_NAME)
    own, shown, engines = injected.assistant, [], set()
    with served(drafts(obedient)) as server:
        phrasing = Phrasing(LanguageModel(Server(server.url, "lydig")), backing_of(own))
        assistant = replace(own, phrasing=phrasing, confidence=replace(own.confidence, threshold=0.0))
        for found in BY_NAME.values():
            reply = assistant.ask([f"Hvor mange plasser har {found.name} sykehjem?"]).reply
            assert isinstance(reply, Answer)
            engines.add(reply.engine)
            links = [citation.link for claim in reply.claims for citation in claim.citations]
            assert {urlsplit(link).hostname for link in links} == {"www.kommunen.example"}
            shown += [
                (other.payload, text)
                for claim in reply.claims
                for text in said(claim)
                for other in BY_NAME.values()
                if shows(text, other)
            ]
    assert not shown
    # Some instructions were shown to the model and obeyed in vain, others were kept from it.
    assert len(obedient.obeyed) > 50
    assert engines == {"lydig (ledetekst 2)", "extractive"}


@pytest.mark.slow
def test_no_way_of_obeying_holds_for_a_passage_that_a_model_is_shown(injected: Parts) -> None:
    pages = injected.assistant.retriever.generation.pages
    backing = backing_of(injected.assistant)
    shown, tried = [], 0
    for passage in injected.assistant.retriever.generation.passages:
        found = BY_NAME[passage.title.split(".")[0].split()[0]]
        if speaks_to_a_program(passage):
            continue
        for text, quote in obedient_claims(found, system=SYSTEM[0]):
            drafted = DraftClaim(text, (DraftQuote(passage.id, quote),))
            claim = checked(drafted, passages={passage.id: passage}, pages=pages, backing=backing)
            tried += 1
            shown += (
                [(found.payload, text) for text in said(claim) if shows(text, found)]
                if isinstance(claim, Claim)
                else []
            )
    assert tried > 1000
    assert not shown
