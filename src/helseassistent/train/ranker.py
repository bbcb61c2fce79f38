"""Fits the weights of the ranking on questions of documents that the encoder has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

_RIDGE = 1e-3  # keeps weights of signals that never differ at zero


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one question: features of shape (candidates, n), and which of them are right."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def fit_listwise(groups: Sequence[Group], *, names: Sequence[str]) -> Mapping[str, float]:
    """Weights that maximise the softmax probability of the right candidates (ListNet, Cao et al. 2007, top one).

    Groups without a right candidate, or with nothing but right ones, teach nothing and are left out.
    """
    useful = [group for group in groups if group.right.any() and not group.right.all()]
    result = minimize(_loss, np.zeros(len(names)), args=(useful,), jac=True, method="L-BFGS-B")
    return {name: round(float(weight), 4) for name, weight in zip(names, result.x, strict=True)}


def _loss(weights: NDArray[np.float64], groups: Sequence[Group]) -> tuple[float, NDArray[np.float64]]:
    loss = _RIDGE * float(weights @ weights)
    gradient = 2 * _RIDGE * weights
    for group in groups:
        scores = group.features @ weights
        everything = logsumexp(scores)
        right = logsumexp(scores[group.right])
        loss += (everything - right) / len(groups)
        toward = np.zeros_like(scores)
        toward[group.right] = np.exp(scores[group.right] - right)
        gradient = gradient + (np.exp(scores - everything) - toward) @ group.features / len(groups)
    return loss, gradient
