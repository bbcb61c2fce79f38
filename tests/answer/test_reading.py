"""A question read word by word, with an encoder whose words are alike only when they have one stem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import HashingEncoder
from helseassistent.answer import reading as module
from helseassistent.answer.reading import (
    Reading,
    WordVectors,
    nearness,
    nearness_of_texts,
    rarity,
    read_question,
    unsaid,
)
from helseassistent.types import Vectors

WORDS = ["plasser", "sykehjemmet", "røntgen", "legen", "koster", "time", "parkering", "og", "er", "27", "æ", "😀"]


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return WordVectors(HashingEncoder())


def read(question: str) -> Reading:
    return read_question(question, encoder=HashingEncoder())


def test_words_that_turn_the_question_as_much_matter_as_much() -> None:
    reading = read("Har legen røntgen og parkering?")
    assert reading.words == ("legen", "røntgen", "parkering")
    np.testing.assert_allclose(reading.importance, [1 / 3] * 3, atol=1e-6)


def test_a_word_said_twice_matters_more() -> None:
    # The question's vector is (2, 1) / √5; without one word it is the other, at cosines 1 / √5 and 2 / √5.
    reading = read("Røntgen, ja røntgen av legen?")
    left = np.array([1 - 1 / 5**0.5, 1 - 2 / 5**0.5])
    assert reading.words == ("røntgen", "legen")
    np.testing.assert_allclose(reading.importance, left / left.sum(), atol=1e-6)


@pytest.mark.parametrize("question", ["", "?!", "og det er", "😀"])
def test_a_question_without_content_words_is_read_by_what_it_has(question: str) -> None:
    reading = read(question)
    assert reading.words
    assert reading.importance.sum() == pytest.approx(1)


def test_a_word_is_near_itself_and_its_inflections_and_not_near_others(vectors: WordVectors) -> None:
    reading = read("Hvor mange plasser har sykehjemmet?")
    assert nearness(reading, "Plassene på kjøkkenet", vectors=vectors).tolist() == [1.0, 0.0]
    assert nearness(reading, "sykehjem med plass", vectors=vectors).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("text", ["", "…", "😀"])
def test_nothing_is_near_a_text_without_words(text: str, vectors: WordVectors) -> None:
    assert nearness(read("Hvor mange plasser?"), text, vectors=vectors).tolist() == [0.0]


def test_what_the_headings_have_said_matters_less(vectors: WordVectors) -> None:
    reading = read("Hvor mange plasser har sykehjemmet?")
    left = unsaid(reading, "Om sykehjem", vectors=vectors)
    np.testing.assert_allclose(left, [10 / 11, 1 / 11], atol=1e-6)  # a tenth is left of the word that was said
    np.testing.assert_allclose(unsaid(reading, "", vectors=vectors), reading.importance, atol=1e-6)


def test_a_word_that_all_texts_say_is_worth_least() -> None:
    said = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0], [0.5, 0.5]])
    expected = [np.log(1 + 2 / 2.5), np.log(1 + 2 / 1.5), np.log(1 + 2 / 0.5), np.log(1 + 2 / 1)]
    np.testing.assert_allclose(rarity(said), expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8), st.lists(st.sampled_from(WORDS), max_size=8))
def test_importance_sums_to_one_and_nearness_is_a_share(asked: list[str], said: list[str]) -> None:
    vectors = WordVectors(HashingEncoder())
    reading = read(" ".join(asked))
    text = " ".join(said)
    near = nearness(reading, text, vectors=vectors)
    assert reading.importance.sum() == pytest.approx(1)
    assert (reading.importance > 0).all()
    assert unsaid(reading, text, vectors=vectors).sum() == pytest.approx(1)
    assert near.shape == (len(reading.words),)
    assert ((near >= 0) & (near <= 1)).all()
    if asked and set(asked) != {"😀"}:
        assert (nearness(reading, reading.question, vectors=vectors) == 1).all()


def test_a_word_is_encoded_once() -> None:
    encoder = HashingEncoder()
    vectors = WordVectors(encoder)
    rows = vectors.of(["legen", "legen", "time"])
    vectors.of(["time", "parkering"])
    assert rows.shape == (3, encoder.dimensions)
    assert encoder.encoded == ["legen", "time", "parkering"]


def test_a_full_memory_is_emptied_and_gives_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WORDS", 3)
    vectors = WordVectors(HashingEncoder())
    first = vectors.of(["legen", "time"])
    vectors.of(["parkering", "kafé"])
    again = vectors.of(["legen", "time"])
    np.testing.assert_array_equal(first, again)


def test_several_texts_are_as_near_as_each_alone(vectors: WordVectors) -> None:
    reading = read_question("Når åpner legevakten?", encoder=HashingEncoder())
    texts = ["Legevakten er åpen hele døgnet.", "", "og en", "Ring oss når du vil."]
    together = nearness_of_texts(reading, texts, vectors=vectors)
    np.testing.assert_allclose(together.T, [nearness(reading, text, vectors=vectors) for text in texts], atol=1e-6)
    assert nearness_of_texts(reading, [], vectors=vectors).shape == (len(reading.words), 0)


def test_what_is_learnt_is_not_encoded_again_and_a_full_memory_learns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, asked = HashingEncoder(), list[int]()
    vectors, words = WordVectors(encoder), ["lege", "sykehjem", "plass"]

    def encode(places: Sequence[int]) -> Vectors:
        asked.extend(places)
        return encoder.encode_passages([words[place] for place in places])

    vectors.of(["sykehjem"])
    vectors.learn(words, encode=encode)
    assert asked == [0, 2]
    np.testing.assert_array_equal(vectors.of(words), encoder.encode_passages(words))
    monkeypatch.setattr(module, "_MOST_WORDS", 3)
    vectors.learn(["vakt"], encode=lambda _: pytest.fail("there is no room"))
