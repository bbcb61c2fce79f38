"""Where the transformer begins: rows of tokens that stand near the same tokens lie near each other.

Positive pointwise mutual information and a randomised singular value decomposition, as `cooccurrence` has them.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from helseassistent.train.contextual_model import ContextualEncoder
from helseassistent.train.contextual_recipe import Architecture, StartPlan
from helseassistent.train.cooccurrence import Neighbours, neighbour_directions
from helseassistent.train.tokens import Ids, Sentences


def first_encoder(
    sentences: Sentences, *, size: Architecture, plan: StartPlan, known: int, seed: int
) -> ContextualEncoder:
    """An encoder that has learned nothing but its first `known` token rows."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = ContextualEncoder(size)
    how = Neighbours((1.0,) * plan.distance, least_count=0.0, spectrum_exponent=plan.spectrum_exponent)
    rows = neighbour_directions(sentences, vocabulary=known, dimensions=size.width, seed=seed, how=how)
    rows = torch.nn.functional.normalize(rows, dim=1) * _lengths(sentences.flat, known=known, plan=plan)[:, None]
    with torch.no_grad():
        encoder.tokens.weight[:known] = rows * plan.size * math.sqrt(size.width)
        encoder.tokens.weight[size.mask] = 0
    return encoder


def _lengths(tokens: Ids, *, known: int, plan: StartPlan) -> torch.Tensor:
    """The root of a / (a + p) by a token's share p, which is half as strong as smooth inverse frequency."""
    share = torch.from_numpy(np.bincount(tokens, minlength=known) / max(1, len(tokens))).float()
    return (plan.rarity / (plan.rarity + share)).sqrt().clamp(min=plan.shortest)
