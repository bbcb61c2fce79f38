"""Fitting from end to end on material so small that every outcome is known."""

from __future__ import annotations

import numpy as np
import pytest

from fakes import HashingEncoder
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.scope import Scope
from helseassistent.answer.sentences import NAMES as SENTENCE_NAMES
from helseassistent.retrieve.rank import RankWeights
from helseassistent.train.answering import (
    RememberingEncoder,
    Tried,
    confidence_samples,
    fit_sentences,
    sentence_group,
    try_episodes,
)
from helseassistent.train.data import Questioned
from helseassistent.train.episodes import read_material
from train.material import page_rows, question_folder

WEIGHTS = RankWeights.of({"words": 4.0, "dense": 2.0}, again={"first": 1.0, "said": 1.0})
NO_SCOPE = Scope(np.zeros(64, dtype=np.float32), -1.0, np.zeros(64, dtype=np.float32), 0.0, 1.0)


@pytest.fixture(scope="module")
def rows() -> list[Questioned]:
    return page_rows(500)


@pytest.fixture(scope="module")
def tried(rows: list[Questioned], tmp_path_factory: pytest.TempPathFactory) -> list[Tried]:
    folder = question_folder(tmp_path_factory.mktemp("spørsmål"), rows)
    encoder = RememberingEncoder(HashingEncoder())
    labels = folder / "sentence-labels.jsonl"
    material = read_material(rows, questions=folder)
    return list(try_episodes(material, labels=labels, encoder=encoder, weights=WEIGHTS, count=4))


def test_no_passage_is_encoded_twice() -> None:
    inner = HashingEncoder()
    encoder = RememberingEncoder(inner)
    first = encoder.encode_passages(["Ring oss.", "Ring oss.", "Kom hit."])
    again = encoder.encode_passages(["Kom hit."])
    assert inner.encoded == ["Ring oss.", "Kom hit."]
    np.testing.assert_array_equal(first[2], again[0])
    np.testing.assert_array_equal(first, inner.encode_passages(["Ring oss.", "Ring oss.", "Kom hit."]))
    assert encoder.encode_passages([]).shape == (0, inner.dimensions)
    assert (encoder.fingerprint, encoder.dimensions) == (inner.fingerprint, inner.dimensions)


def test_an_answer_stands_where_its_sentence_was_pointed_out(tried: list[Tried]) -> None:
    answerable = [case for case in tried if case.asked.kind == "answerable"]
    assert answerable
    for case in answerable:
        ((file, start, end),) = case.spans
        words = case.pages[file].body[start:end]
        assert case.labelled
        assert words.startswith("Timen koster" if case.asked.question.startswith("Hva koster") else "Avdeling")
        assert words.endswith(".")
    assert all(case.spans == () and not case.labelled for case in tried if case.asked.kind != "answerable")


def test_a_group_holds_every_sentence_that_could_be_quoted(tried: list[Tried]) -> None:
    case = next(case for case in tried if case.labelled)
    group = sentence_group(case, vectors=WordVectors(HashingEncoder()))
    assert group.features.shape == (len(group.right), 1 + len(SENTENCE_NAMES))
    assert group.features[:, 0].max() == 0.0
    assert group.right.sum() <= 1


def test_the_choice_of_sentences_is_put_on_the_scale_of_the_ranking(tried: list[Tried]) -> None:
    weights = fit_sentences(tried, counting=(), vectors=WordVectors(HashingEncoder()))
    assert tuple(weights) == SENTENCE_NAMES
    assert all(np.isfinite(weight) for weight in weights.values())


def test_a_sample_is_right_only_when_the_quote_holds_the_answer(tried: list[Tried]) -> None:
    encoder = HashingEncoder()
    samples = confidence_samples(tried, encoder=encoder, vectors=WordVectors(encoder), scope=NO_SCOPE)
    assert 0 < len(samples) <= len(tried)
    assert 0 < sum(right for _, right in samples) <= sum(case.asked.kind == "answerable" for case in tried)
    assert len({frozenset(seen) for seen, _ in samples}) == 1
    unanswered = [case for case in tried if not case.spans]
    wrong = confidence_samples(unanswered, encoder=encoder, vectors=WordVectors(encoder), scope=NO_SCOPE)
    assert not any(right for _, right in wrong)
