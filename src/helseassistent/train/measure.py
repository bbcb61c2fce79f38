"""How good a table is: the held-out documents' questions against every passage that has questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from helseassistent.train.mine import means
from helseassistent.train.tokens import Tokens

_TOP = 10
_AT_ONCE = 1024
_TIE = 1e-6  # what rounding may turn around


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of `questions` whose passage comes first or among ten, and the mean nDCG@10 with one right passage."""

    questions: int
    passages: int
    hit_1: float
    hit_10: float
    ndcg_10: float


def measure(table: torch.Tensor, *, questions: Tokens, passages: Tokens, right: NDArray[np.int64]) -> Figures:
    """Rank all passages for every question by the cosine of the means."""
    return measure_vectors(means(table, questions), means(table, passages), right=right)


def measure_vectors(asked: torch.Tensor, answers: torch.Tensor, *, right: NDArray[np.int64]) -> Figures:
    """Rank all passages for every question by the product of their unit vectors."""
    ranks = np.concatenate(
        [
            _ranks(asked[first : first + _AT_ONCE] @ answers.T, right=right[first : first + _AT_ONCE])
            for first in range(0, len(asked), _AT_ONCE)
        ]
        or [np.zeros(0, np.int64)]
    )
    if not len(ranks):
        return Figures(0, len(answers), 0.0, 0.0, 0.0)
    gains = np.where(ranks <= _TOP, 1 / np.log2(ranks + 1), 0.0)
    return Figures(
        len(ranks), len(answers), float((ranks == 1).mean()), float((ranks <= _TOP).mean()), float(gains.mean())
    )


def _ranks(scores: torch.Tensor, *, right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The right passage's place for every question, counted from 1; ties count against it."""
    own = scores.gather(1, torch.from_numpy(right)[:, None])
    better: NDArray[np.int64] = (scores >= own - _TIE).sum(dim=1).numpy()
    return better
