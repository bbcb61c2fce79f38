"""Fits a linear ranking on groups of candidates: the passages of a question, or the sentences of a passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

_RIDGE = 1e-3  # keeps the weights of signals that never differ at zero
_NEVER = -1e9  # the score of a place that only fills up a shorter group


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
    features, right, filled = _padded(useful)
    result = minimize(_loss, np.zeros(len(names)), args=(features, right, filled), jac=True, method="L-BFGS-B")
    return {name: round(float(weight), 4) for name, weight in zip(names, result.x, strict=True)}


def _padded(groups: Sequence[Group]) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    most = max(len(group.right) for group in groups)
    features = np.zeros((len(groups), most, groups[0].features.shape[1]))
    right = np.zeros((len(groups), most), dtype=bool)
    filled = np.zeros((len(groups), most), dtype=bool)
    for index, group in enumerate(groups):
        features[index, : len(group.right)] = group.features
        right[index, : len(group.right)] = group.right
        filled[index, : len(group.right)] = True
    return features, right, filled


def _loss(
    weights: NDArray[np.float64],
    features: NDArray[np.float64],
    right: NDArray[np.bool_],
    filled: NDArray[np.bool_],
) -> tuple[float, NDArray[np.float64]]:
    scores = np.where(filled, features @ weights, _NEVER)
    everything = logsumexp(scores, axis=1, keepdims=True)
    wanted = np.where(right, scores, _NEVER)
    hit = logsumexp(wanted, axis=1, keepdims=True)
    difference = np.exp(scores - everything) - np.exp(wanted - hit)
    gradient = np.einsum("gc,gcf->f", difference, features) / len(features)
    loss = float((everything - hit).mean()) + _RIDGE * float(weights @ weights)
    return loss, gradient + 2 * _RIDGE * weights
