"""Late interaction is learned: words that answer each other meet, and a question's own words weigh."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from helseassistent.train.late import LateTable, first_table, fit_late, late_scores, mean_of
from helseassistent.train.pairs import AskedPairs
from helseassistent.train.recipe import LatePlan
from helseassistent.train.tokens import Tokens

WORDS, OTHERS = 12, 40


def _tokens(texts: list[list[int]]) -> Tokens:
    bounds = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    return Tokens(np.array([token for text in texts for token in text], np.int32), bounds)


def _asked() -> AskedPairs:
    """Question word n is answered by passage word n + WORDS; both stand among words that tell nothing."""
    generator = np.random.default_rng(3)
    noise = [[2 * WORDS + int(word) for word in generator.integers(0, OTHERS, 6)] for _ in range(2 * WORDS)]
    questions = [[number, *noise[number][:3]] for number in range(WORDS)]
    passages = [[number + WORDS, *noise[number + WORDS]] for number in range(WORDS)]
    others = np.array([[n for n in range(WORDS) if n != number] for number in range(WORDS)], np.int32)
    right = {number: [number] for number in range(WORDS)}
    return AskedPairs((_tokens(questions),), (1.0,), _tokens(passages), right, others, 1)


def _scores(table: LateTable, asked: AskedPairs) -> torch.Tensor:
    texts = [torch.from_numpy(asked.passages[n].astype(np.int64)) for n in range(WORDS)]
    said = torch.stack(texts)[None].expand(WORDS, -1, -1)
    questions = torch.stack([torch.from_numpy(asked.versions[0][n].astype(np.int64)) for n in range(WORDS)])
    real = torch.ones_like(questions, dtype=torch.bool), torch.ones_like(said, dtype=torch.bool)
    return late_scores(table, asked=(questions, real[0]), said=(said, real[1]))


@pytest.fixture(scope="module")
def start() -> LateTable:
    table = torch.randn(2 * WORDS + OTHERS, 16, generator=torch.Generator().manual_seed(1))
    return first_table(table, passages=_asked().passages, dimensions=8)


def test_a_rare_word_weighs_more_at_the_start(start: LateTable) -> None:
    assert start.vectors.shape == (2 * WORDS + OTHERS, 8)
    torch.testing.assert_close(start.vectors.norm(dim=1), torch.ones(len(start.vectors)))
    counts = np.bincount(_asked().passages.flat, minlength=len(start.weights))
    assert start.weights[counts == 0].min() > start.weights[counts >= 3].max() > 0


def test_the_word_that_answers_is_learned(start: LateTable) -> None:
    asked = _asked()
    plan = LatePlan(dimensions=8, batch=4, against=6, rate=0.05, warm_up=1)
    before = (_scores(start, asked).argmax(dim=1) == torch.arange(WORDS)).float().mean()
    table = start
    for seed in range(60):
        table = fit_late(table, asked, plan=plan, seed=seed)
    after = (_scores(table, asked).argmax(dim=1) == torch.arange(WORDS)).float().mean()
    assert after > 0.9 > before
    assert (table.weights > 0).all()


def test_the_same_seed_gives_the_same_table_and_the_mean_lies_between(start: LateTable) -> None:
    plan = LatePlan(dimensions=8, batch=4, against=3)
    one, same, other = (fit_late(start, _asked(), plan=plan, seed=seed) for seed in (1, 1, 2))
    torch.testing.assert_close(one.vectors, same.vectors)
    assert not torch.equal(one.weights, other.weights)
    mean = mean_of([one, other])
    torch.testing.assert_close(mean.weights, (one.weights + other.weights) / 2)
    torch.testing.assert_close(mean.vectors.norm(dim=1), torch.ones(len(mean.vectors)))
