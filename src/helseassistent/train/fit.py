"""The learning loop: one table of token vectors, moved so that a query's mean lies near its passage's mean.

The loss is that of sentence-transformers' MultipleNegativesRankingLoss in both directions. The loop is our own
because only the rows that a batch touches are read and written; docs/training.md has both speeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
import torch
from torch.nn.functional import cross_entropy, normalize
from tqdm import tqdm

from helseassistent.train.cooccurrence import sparse_tensor
from helseassistent.train.pairs import Batch
from helseassistent.train.recipe import Plan
from helseassistent.train.tokens import Ids

_SCALE = 20.0  # inverse temperature of the softmax over the batch
_DECAY = 0.999
_EPSILON = 1e-8
_REPORT_EVERY = 20  # steps
_AHEAD = 3  # batches made while one is learned from


@dataclass(frozen=True, slots=True)
class _Bags:
    """The texts of a batch as averages over the rows that occur in it."""

    tokens: torch.Tensor  # which rows of the table, ascending
    average: torch.Tensor  # sparse, (texts, tokens)
    spread: torch.Tensor  # its transpose
    queries: int
    negatives: int


class Optimiser:
    """RMSprop with one running square a row, touching only the rows a step has a gradient for.

    Adam's momentum and its square a number took a third of a step's time and gave nothing here.
    """

    def __init__(self, table: torch.Tensor) -> None:
        self.table = table.clone()
        self._square = torch.zeros(len(table))
        self._steps = 0

    def step(self, tokens: torch.Tensor, *, gradient: torch.Tensor, rate: float) -> None:
        """Move the rows `tokens` against `gradient`, which is overwritten."""
        self._steps += 1
        square = self._square[tokens].mul_(_DECAY).add_(gradient.square().mean(dim=1), alpha=1 - _DECAY)
        self._square[tokens] = square
        moved = -rate * math.sqrt(1 - _DECAY**self._steps) / (square.sqrt() + _EPSILON)
        self.table.index_add_(0, tokens, gradient.mul_(moved[:, None]))


def fit(
    table: torch.Tensor, draw: Callable[[np.random.Generator], Batch], *, plan: Plan, seed: int, name: str
) -> torch.Tensor:
    """The mean of the tables along the last part of `plan.steps` batches, learned from `table` on."""
    optimiser, kept = Optimiser(table), _Average()
    bags = _ahead(draw, steps=plan.steps, seed=seed, vocabulary=len(table))
    progress = tqdm(bags, total=plan.steps, desc=name, unit="bunke")
    for step, bag in enumerate(progress):
        means = (bag.average @ optimiser.table[bag.tokens]).requires_grad_(True)
        loss = ranking_loss(means, queries=bag.queries)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step(bag.tokens, gradient=bag.spread @ _gradient(means), rate=plan.rate_at(step))
        if plan.is_kept(step):
            kept.add(optimiser.table)
        if step % _REPORT_EVERY == 0:
            progress.set_postfix(tap=f"{loss.item():.3f}")
    return kept.mean


class _Average:
    """The mean of the tables added."""

    def __init__(self) -> None:
        self._sum: torch.Tensor | None = None
        self._count = 0

    def add(self, table: torch.Tensor) -> None:
        self._sum = table.clone() if self._sum is None else self._sum.add_(table)
        self._count += 1

    @property
    def mean(self) -> torch.Tensor:
        if self._sum is None:
            raise ValueError("no table was added")
        return self._sum / self._count


def ranking_loss(means: torch.Tensor, *, queries: int) -> torch.Tensor:
    """Softmax cross-entropy of every query over all passages and negatives, and of every passage over all queries.

    Rows come as queries, their passages in the same order, then any number of negatives.
    """
    unit = normalize(means, dim=1)
    scores = unit[:queries] @ unit[queries:].T * _SCALE
    right = torch.arange(queries)
    return (cross_entropy(scores, right) + cross_entropy(scores[:, :queries].T, right)) / 2


def _gradient(means: torch.Tensor) -> torch.Tensor:
    if means.grad is None:
        raise RuntimeError("the loss does not depend on the means")
    return means.grad


def _ahead(draw: Callable[[np.random.Generator], Batch], *, steps: int, seed: int, vocabulary: int) -> Iterator[_Bags]:
    """The bags of every step in order, made in the background; batch i depends on (seed, i) alone."""

    def make(step: int) -> _Bags:
        return _bags(draw(np.random.default_rng((seed, step))), vocabulary=vocabulary)

    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(make, step) for step in range(min(_AHEAD, steps))]
        for step in range(steps):
            if step + _AHEAD < steps:
                waiting.append(pool.submit(make, step + _AHEAD))
            yield waiting.pop(0).result()


def _bags(batch: Batch, *, vocabulary: int) -> _Bags:
    texts: Sequence[Ids] = [*batch.queries, *batch.passages, *batch.negatives]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    flat = np.concatenate(texts)
    present = np.zeros(vocabulary, bool)
    present[flat] = True
    tokens = np.flatnonzero(present)
    position = np.zeros(vocabulary, np.int64)
    position[tokens] = np.arange(len(tokens))
    values = np.repeat((1 / np.maximum(lengths, 1)).astype(np.float32), lengths)
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    average = sparse.csr_matrix((values, position[flat], bounds), shape=(len(texts), len(tokens)))
    return _Bags(
        torch.from_numpy(tokens),
        sparse_tensor(average),
        sparse_tensor(average.T.tocsr()),
        len(batch.queries),
        len(batch.negatives),
    )
