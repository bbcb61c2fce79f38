"""The quick way of the shipped encoder, from tokens that are known, gives what encoding every text gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from helseassistent.corpus import Corpus
from helseassistent.index import encode
from helseassistent.index.build import build
from helseassistent.index.encode import StaticEncoder, load_encoder
from helseassistent.index.generation import Generation, open_generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.types import Vectors

QUESTIONS = ["Hva koster det på legevakten?", "Hvor mange plasser har sykehjemmet?", "xyzzy", "og en"]


class Plain:
    """The shipped encoder as any other one: only texts go in."""

    def __init__(self, inner: StaticEncoder) -> None:
        self._inner = inner
        self.fingerprint, self.dimensions = inner.fingerprint, inner.dimensions

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._inner.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._inner.encode_passages(texts)


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    made = load_encoder(None)
    assert isinstance(made, StaticEncoder)
    return made


@pytest.fixture(scope="module")
def generations(shipped: Corpus, encoder: StaticEncoder, tmp_path_factory: pytest.TempPathFactory) -> list[Generation]:
    """The shipped pages, read the quick way and the plain way."""
    made = []
    for way in (encoder, Plain(encoder)):
        folder: Path = tmp_path_factory.mktemp("index")
        build(shipped, folder, encoder=way)
        made.append(open_generation(folder))
    return made


def test_both_ways_make_the_same_vectors(generations: list[Generation]) -> None:
    quick, plain = generations
    for name in ("vectors", "context_vectors"):
        np.testing.assert_allclose(getattr(quick, name), getattr(plain, name), atol=1e-6)
    np.testing.assert_allclose(quick.sentence_vectors, plain.sentence_vectors, atol=1e-3)  # half precision


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_ways_find_the_same(question: str, generations: list[Generation], encoder: StaticEncoder) -> None:
    weights = RankWeights.shipped(contextual=False)
    found = [
        HybridRetriever(generation, encoder=way, weights=weights).search(question)
        for generation, way in zip(generations, (encoder, Plain(encoder)), strict=True)
    ]
    assert [one.passage for one in found[0]] == [one.passage for one in found[1]]
    np.testing.assert_allclose([one.score for one in found[0]], [one.score for one in found[1]], atol=1e-4)
    np.testing.assert_allclose(
        [one.signals.said for one in found[0]], [one.signals.said for one in found[1]], atol=1e-6
    )


@pytest.mark.parametrize(("few", "many"), [(1, 2), (1, 10**6), (10**6, 10**6)])
def test_however_many_tokens_there_are_the_sums_are_the_same(
    few: int, many: int, encoder: StaticEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["Legevakten tar imot hele døgnet.", "", "🏥", *QUESTIONS] * 50
    expected = np.vstack([encoder.encode_passages([text]) for text in texts])
    monkeypatch.setattr(encode, "_FEW_TOKENS", few)
    monkeypatch.setattr(encode, "_MANY_TOKENS", many)
    np.testing.assert_allclose(encoder.encode_tokens(encoder.tokens.of(texts)), expected, atol=1e-6)
