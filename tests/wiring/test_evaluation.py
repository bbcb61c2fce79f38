"""The assistant as the evaluation wants it: methods by name, search over plain texts, features, other confidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fakes import HashingEncoder
from helseassistent.errors import QuestionSetError
from helseassistent.index.generation import Generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.retrieve.signals import NAMES
from helseassistent.types import Answer
from helseassistent.wiring import Parts
from helseassistent.wiring.evaluation import (
    METHODS,
    features_of,
    methods_of,
    search_over,
    unthresholded,
    with_confidence,
)

QUESTION = "Kan legevakten ta røntgen av en brukket arm?"
TEXTS = ["Røntgen av armen tas på sykehuset.", "Parkering koster 40 kroner.", "Kafeen er åpen.", "Røntgen av armen."]


def test_every_method_ranks_by_its_own_signal(generation: Generation) -> None:
    methods = methods_of(generation, encoder=HashingEncoder(), names=list(METHODS))
    assert list(methods) == list(METHODS)
    for name in set(METHODS) - {"hybrid"}:
        signal = "words" if name == "bm25" else name
        for scored in methods[name](QUESTION, 5):
            assert scored.score == pytest.approx(getattr(scored.signals, signal), abs=1e-6)


def test_a_method_without_a_signal_is_the_shipped_ranking_with_that_weight_at_nothing(generation: Generation) -> None:
    signals = (*NAMES, "said", "late", "length")
    names = ["hybrid", "without-own-words", "without-thesaurus", *(f"without-{name}" for name in signals)]
    found = {
        name: search(QUESTION, 5)
        for name, search in methods_of(generation, encoder=HashingEncoder(), names=names).items()
    }
    for name in signals:
        weights = RankWeights.shipped(contextual=False).without(name)
        retriever = HybridRetriever(generation, encoder=HashingEncoder(), weights=weights)
        assert found[f"without-{name}"] == retriever.search(QUESTION, top_k=5)
    assert found["without-said"] != found["hybrid"]
    assert all(np.isfinite(scored.score) for ranked in found.values() for scored in ranked)
    assert all(len(ranked) == 5 for ranked in found.values())


@pytest.mark.parametrize("name", ["tull", "", "Hybrid", "without-tull", "without-", "without-hybrid"])
def test_an_unknown_method_is_named_with_the_known_ones(name: str, generation: Generation) -> None:
    with pytest.raises(QuestionSetError, match=rf"Ukjent metode: «{name}».*hybrid"):
        methods_of(generation, encoder=HashingEncoder(), names=["dense", name])


def test_plain_texts_are_found_by_their_place(tmp_path: Path) -> None:
    methods = search_over(TEXTS, encoder=HashingEncoder(), folder=tmp_path, names=["bm25", "dense"])
    assert methods["bm25"]("Hva koster parkering?", 10)[0] == 1
    assert set(methods["bm25"]("røntgen av armen", 2)) == {0, 3}
    assert len(methods["dense"]("røntgen", 3)) == 3


def test_a_long_text_counts_once(tmp_path: Path) -> None:
    long = "\n\n".join(f"Røntgen av armen tas i rom {number}, og det tar en stund. " * 8 for number in range(9))
    methods = search_over([long, *TEXTS], encoder=HashingEncoder(), folder=tmp_path, names=["bm25"])
    found = methods["bm25"]("røntgen av armen", 10)
    assert len(found) == len(set(found))
    assert {0, 1, 4} <= set(found)


def test_the_features_are_those_that_the_confidence_weighs(parts: Parts) -> None:
    found = features_of(parts, QUESTION)
    assert set(parts.assistant.confidence.features) <= set(found)
    assert all(np.isfinite(value) for value in found.values())
    assert found == features_of(parts, QUESTION)


def test_without_a_threshold_whatever_can_be_drafted_is_answered(parts: Parts) -> None:
    never = with_confidence(parts, replace(parts.assistant.confidence, threshold=1.1))
    assert not isinstance(never.ask([QUESTION]).reply, Answer)
    assert isinstance(unthresholded(never).ask([QUESTION]).reply, Answer)
    assert parts.assistant.confidence.threshold != 1.1
