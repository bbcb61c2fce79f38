"""The signals of a sentence, one by one, and the score that their weights give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from answer.evidence import found
from fakes import HashingEncoder
from helseassistent.answer.reading import WordVectors, read_question
from helseassistent.answer.sentences import NAMES, sentence_features, sentence_scores, shipped_weights

TEXT = "Sykehjemmet har 27 plasser i dag. Her er det 3 kafeer. Sykehjemmet har:"
QUESTION = "Hvor mange plasser har sykehjemmet?"


def signals(question: str, text: str, *, context: str = "") -> list[dict[str, float]]:
    encoder = HashingEncoder()
    sentences = found(text, similarities=(0.5, 0.25)).sentences
    table = sentence_features(
        read_question(question, encoder=encoder), sentences, context=context, vectors=WordVectors(encoder)
    )
    return [dict(zip(NAMES, row, strict=True)) for row in table]


def test_every_signal_of_a_sentence_is_what_it_says() -> None:
    first, second, third = signals(QUESTION, TEXT)
    rare, common = np.log(1 + 3 / 1.5), np.log(1 + 3 / 2.5)  # one of three sentences says plasser, two sykehjemmet
    assert [row["similarity"] for row in (first, second, third)] == [0.5, 0.25, 0.0]
    assert [row["late"] for row in (first, second, third)] == [0.0, 0.0, 0.0]
    assert [row["said"] for row in (first, second)] == pytest.approx([1.0, 0.0])
    assert third["said"] == pytest.approx(common / (rare + common))
    assert [row["asked"] for row in (first, second, third)] == [1.0, 1.0, 0.0]
    assert [row["counts"] for row in (first, second, third)] == [1.0, 0.0, 0.0]


def test_a_word_of_the_heading_counts_for_less_in_the_sentence() -> None:
    plain = signals(QUESTION, TEXT)[2]["said"]
    under_a_heading = signals(QUESTION, TEXT, context="Om sykehjemmet")[2]["said"]
    assert 0 < under_a_heading < plain


def test_a_question_that_counts_nothing_has_no_counts() -> None:
    assert [row["counts"] for row in signals("Har sykehjemmet plasser?", TEXT)] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("question", ["", "og det?", "Hvor mange er det?", "😀"])
def test_odd_questions_give_finite_signals(question: str) -> None:
    assert all(np.isfinite(list(row.values())).all() for row in signals(question, TEXT))


def test_a_score_is_the_weighted_sum_and_an_absent_weight_weighs_nothing() -> None:
    table = np.arange(2 * len(NAMES), dtype=float).reshape(2, -1)
    second = 0.5 * len(NAMES) + 2.0 * (len(NAMES) + 1)
    assert sentence_scores(table, weights={NAMES[1]: 2.0, NAMES[0]: 0.5}).tolist() == [2.0, second]
    assert sentence_scores(table, weights={}).tolist() == [0.0, 0.0]


def test_what_no_reader_has_read_weighs_nothing_and_odds_are_a_signal() -> None:
    encoder = HashingEncoder()
    unread = found(TEXT).sentences
    read = [replace(sentence, read=odds) for sentence, odds in zip(unread, (-3.0, 2.5, 0.0), strict=True)]
    reading, vectors = read_question(QUESTION, encoder=encoder), WordVectors(encoder)
    for sentences, expected in ((unread, [0.0, 0.0, 0.0]), (read, [-3.0, 2.5, 0.0])):
        table = sentence_features(reading, sentences, context="", vectors=vectors)
        assert table[:, NAMES.index("read")].tolist() == expected


@pytest.mark.parametrize("read", [True, False])
def test_the_shipped_weights_are_numbers_for_known_signals(read: bool) -> None:
    weights = shipped_weights(read=read)
    assert weights
    assert set(weights) <= set(NAMES)
    assert (weights["read"] != 0) is read
    assert all(np.isfinite(weight) for weight in weights.values())
