"""Retrieval: best first, scores that compare, and the right passage for plain questions."""

from __future__ import annotations

import numpy as np
import pytest

from fakes import HashingEncoder
from helseassistent.errors import SettingsError
from helseassistent.index.generation import Generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import NAMES, SignalTable


@pytest.fixture
def retriever(generation: Generation) -> HybridRetriever:
    return HybridRetriever(generation, encoder=HashingEncoder(), weights=RankWeights.shipped())


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Kan legevakten ta røntgen av en brukket arm?", "røntgenavdeling"),
        ("Hvor mange plasser har Storetveit sykehjem?", "27 plasser"),
        ("Når ble Nygårdsparken stengt?", "sommeren 2014"),
        ("Hvilke pasientgrupper skal helsefellesskapene prioritere?", "fire pasientgrupper"),
    ],
)
def test_plain_questions_find_their_passage_first(question: str, words: str, retriever: HybridRetriever) -> None:
    assert words in retriever.search(question)[0].passage.text


def test_the_best_come_first_each_once_and_no_more_than_asked_for(retriever: HybridRetriever) -> None:
    found = retriever.search("helse i Bergen", top_k=3)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len({one.passage.id for one in found}) == 3
    assert found == retriever.search("helse i Bergen", top_k=3)


def test_sentences_of_what_is_found_are_spans_of_the_page(retriever: HybridRetriever) -> None:
    for found in retriever.search("psykiatrisk legevakt"):
        body = retriever.generation.pages[found.passage.file].body
        assert found.sentences
        assert all(body[one.start : one.end] == one.text for one in found.sentences)
        assert [one.start for one in found.sentences] == sorted(one.start for one in found.sentences)


@pytest.mark.parametrize("question", ["", "😀", "qwzx", "og det er", "helse " * 200])
def test_odd_questions_find_something_finite_or_nothing(question: str, retriever: HybridRetriever) -> None:
    assert all(np.isfinite(found.score) for found in retriever.search(question))


def test_a_score_is_the_weighted_sum_of_the_signals() -> None:
    values = np.arange(len(NAMES) * 2, dtype=np.float32).reshape(2, -1)
    weights = RankWeights.of({NAMES[0]: 2, NAMES[1]: 0.5})
    found = scores(SignalTable(np.array([0, 1]), values), weights=weights)
    np.testing.assert_allclose(found, [0.5, len(NAMES) * 2 + (len(NAMES) + 1) * 0.5])


def test_an_unknown_signal_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"dens.*Kjente: dense"):
        RankWeights.of({"dens": 1.0})
