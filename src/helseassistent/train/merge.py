"""Several tables made into one: what they agree on counts, what each got by chance is averaged away."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from helseassistent.train.mine import means, raw_means
from helseassistent.train.tokens import Tokens

_SIZE = 0.1  # root mean square of the numbers of a merged table


def merge(tables: Sequence[torch.Tensor], *, weights: Sequence[float], texts: Tokens, dimensions: int) -> torch.Tensor:
    """The tables side by side, turned and cut to the `dimensions` in which `texts` differ most.

    A cosine in the long table is the mean of the members' products, so this is an ensemble; the cut is a principal
    component analysis without centring, which a mean of rows could not undo at question time.
    """
    sizes = [raw_means(table, texts).norm(dim=1).mean() / weight for table, weight in zip(tables, weights, strict=True)]
    beside = torch.cat([table / size for table, size in zip(tables, sizes, strict=True)], dim=1)
    vectors = means(beside, texts)
    _, directions = torch.linalg.eigh(vectors.T @ vectors)
    merged: torch.Tensor = beside @ directions.flip(1)[:, :dimensions]
    merged *= _SIZE / merged.square().mean().sqrt()
    return merged
