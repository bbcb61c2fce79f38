"""Rows F1 to F3 for a model: what it invents is dropped, whatever it says it has it from."""

from __future__ import annotations

from collections import Counter

import pytest

from answer.inventions import Invention, inventions
from answer.model_server import drafts, served
from helseassistent.answer.backing import Backing, Bar
from helseassistent.answer.llm import LanguageModel, Server
from helseassistent.answer.phrase import Phrasing
from helseassistent.types import Passage, Scored
from helseassistent.wiring import Parts

CASES = 500
SEED = 1
CAUGHT = 0.98


def drafted(invention: Invention) -> list[dict[str, str]]:
    return [{"text": invention.text, "passage": invention.named, "quote": invention.quote}]


@pytest.mark.slow
def test_nearly_all_of_five_hundred_inventions_are_dropped(parts: Parts) -> None:
    generation, own = parts.assistant.retriever.generation, parts.assistant
    invented = inventions(CASES, passages=generation.passages, pages=generation.pages, seed=SEED)
    missed = []
    left = iter(invented)
    with served(drafts(lambda _: drafted(next(left)))) as server:
        backing = Backing(own.encoder.fingerprint, own.vectors, Bar.shipped())
        phrasing = Phrasing(LanguageModel(Server(server.url, "oppfinner")), backing)
        for invention in invented:
            reply = phrasing.answer(
                "Hva står det på siden?",
                turns=(),
                evidence=[Scored(passage, 0.0) for passage in beside(invention, generation.passages)],
                pages={**generation.pages, invention.page.file: invention.page},
                language="nb",
                confidence=1.0,
            )
            missed += [invention] if reply else []
    assert len(invented) == len(server.asked) == CASES
    told = [f"{invention.kind}: {invention.text} | {invention.quote}" for invention in missed]
    assert len(missed) <= (1 - CAUGHT) * CASES, told
    assert min(Counter(invention.kind for invention in invented).values()) >= 8


def beside(invention: Invention, passages: tuple[Passage, ...]) -> list[Passage]:
    """The passage that is quoted, and one of another page."""
    return [invention.passage, next(other for other in passages if other.file != invention.passage.file)]
