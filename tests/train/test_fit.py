"""The loop's loss is the library's, and what it learns brings pairs together."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the train extra")

from helseassistent.train.fit import fit, ranking_loss  # noqa: E402
from helseassistent.train.pairs import Matched, Mixture  # noqa: E402
from helseassistent.train.recipe import Plan  # noqa: E402
from helseassistent.train.tokens import Tokens  # noqa: E402


def _tokens(rows: list[list[int]]) -> Tokens:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Tokens(np.array([number for row in rows for number in row], np.int32), offsets)


def test_the_ranking_loss_is_the_library_s_symmetric_one() -> None:
    losses = pytest.importorskip("sentence_transformers.sentence_transformer.losses", reason="needs the train extra")
    torch.manual_seed(1)
    queries, passages = torch.randn(6, 8), torch.randn(6, 8)
    theirs = losses.MultipleNegativesRankingLoss(
        model=None, scale=20.0, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
    )
    expected = theirs.compute_loss_from_embeddings([queries, passages], None)
    assert ranking_loss(torch.cat([queries, passages]), queries=6).item() == pytest.approx(expected.item(), rel=1e-5)


def test_negatives_make_the_loss_larger() -> None:
    torch.manual_seed(1)
    means = torch.randn(15, 8)
    assert ranking_loss(means, queries=5) > ranking_loss(means[:10], queries=5)


def test_the_rate_warms_up_and_falls_and_the_last_tables_are_kept() -> None:
    plan = Plan(steps=1000, rate=1.0, last_rate=0.2, averaged=0.1)
    assert plan.rate_at(0) == pytest.approx(0.02)
    assert plan.rate_at(500) == pytest.approx(0.6)
    assert plan.rate_at(999) == pytest.approx(0.2, abs=1e-3)
    assert [step for step in range(1000) if plan.is_kept(step)] == [899, 919, 939, 959, 979, 999]
    assert [step for step in range(1000) if Plan(1000, 1.0).is_kept(step)] == [999]


def _learned(*, seed: int) -> torch.Tensor:
    queries = _tokens([[number, 40] for number in range(20)])
    passages = _tokens([[number + 20, 41, 42] for number in range(20)])
    table = torch.randn(50, 16, generator=torch.Generator().manual_seed(0)) * 0.1
    draw = Mixture([(Matched(queries, passages), 1.0)], size=8)
    return fit(table, draw, plan=Plan(120, 0.02), seed=seed, name="prøve")


def test_learning_brings_pairs_together_and_leaves_unseen_tokens_alone() -> None:
    table = _learned(seed=1)
    untouched = torch.randn(50, 16, generator=torch.Generator().manual_seed(0)) * 0.1
    torch.testing.assert_close(table[43:], untouched[43:])
    unit = torch.nn.functional.normalize(table, dim=1)
    nearest = (unit[:20] @ unit[20:40].T).argmax(dim=1)
    assert (nearest == torch.arange(20)).float().mean() > 0.9


def test_the_same_seed_learns_the_same_table() -> None:
    torch.testing.assert_close(_learned(seed=3), _learned(seed=3), rtol=0, atol=1e-6)
    assert not torch.equal(_learned(seed=3), _learned(seed=4))
