"""Owns uncertainty: means with their n and a seeded percentile bootstrap interval (Efron and Tibshirani 1993)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval; `n` is how many values it is made of."""

    mean: float
    low: float
    high: float
    n: int


@lru_cache(maxsize=16)
def _weights(n: int, seed: int) -> NDArray[np.float64]:
    """How often each of `n` values is drawn, shape (RESAMPLES, n), rows summing to 1."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return np.asarray(drawn / n, dtype=np.float64)


def _interval(means: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def estimate(values: Sequence[float], *, seed: int = SEED) -> Estimate | None:
    """The mean of `values` in [low, high]; None for no values, so that nothing measured is never read as 0."""
    if not values:
        return None
    array = np.asarray(values, dtype=np.float64)
    # A mean never leaves the range of its values, except by a rounding error that a reader would see as 1.0000000002.
    means = np.clip(_weights(len(array), seed) @ array, array.min(), array.max())
    low, high = _interval(means)
    mean = float(array.mean())
    return Estimate(mean, min(low, mean), max(high, mean), len(array))


def paired(after: Sequence[float], before: Sequence[float], *, seed: int = SEED) -> Estimate | None:
    """The mean of `after - before`, question by question in the same order."""
    return estimate([a - b for a, b in zip(after, before, strict=True)], seed=seed)


def difference(first: Sequence[float], second: Sequence[float], *, seed: int = SEED) -> Estimate | None:
    """Mean of `first` minus mean of `second`, two groups of different questions; `n` counts both."""
    if not first or not second:
        return None
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    # The two groups are drawn independently, hence two seeds.
    means = _weights(len(a), seed) @ a - _weights(len(b), seed + 1) @ b
    low, high = _interval(means)
    mean = float(a.mean() - b.mean())
    return Estimate(mean, min(low, mean), max(high, mean), len(a) + len(b))
