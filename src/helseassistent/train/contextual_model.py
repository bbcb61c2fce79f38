"""The transformer itself: layers that norm first (Xiong et al. 2020), the mean of the last one's tokens as the vector.

The names of the weights are those that the shipped file was trained with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from helseassistent.train.contextual_recipe import Architecture

Weights = Mapping[str, NDArray[np.generic]]
_SPREAD = 0.02  # standard deviation of the numbers at the start


class Block(nn.Module):
    """Attention over the real tokens, then two layers on each; both are added to what came in."""

    def __init__(self, size: Architecture) -> None:
        super().__init__()
        self.heads = size.heads
        self.norm1, self.norm2 = nn.LayerNorm(size.width), nn.LayerNorm(size.width)
        self.qkv, self.out = nn.Linear(size.width, 3 * size.width), nn.Linear(size.width, size.width)
        self.up, self.down = nn.Linear(size.width, size.inner), nn.Linear(size.inner, size.width)

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor | None, dropout: float) -> torch.Tensor:
        """The same shape, (texts, tokens, width)."""
        texts, length, width = tokens.shape
        split = self.qkv(self.norm1(tokens)).view(texts, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = self.out(seen.transpose(1, 2).reshape(texts, length, width))
        tokens = tokens + functional.dropout(seen, dropout, self.training)
        thought = self.down(functional.gelu(self.up(self.norm2(tokens))))
        return tokens + functional.dropout(thought, dropout, self.training)


class ContextualEncoder(nn.Module):
    """Token numbers of shape (texts, tokens) to one vector a token, of shape (texts, tokens, width)."""

    def __init__(self, size: Architecture) -> None:
        super().__init__()
        self.size, self.dropout = size, 0.0
        self.tokens = nn.Embedding(size.vocabulary, size.width)
        self.places = nn.Embedding(size.window, size.width)
        self.norm, self.last = nn.LayerNorm(size.width), nn.LayerNorm(size.width)
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.layers))
        for name, weights in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(weights)
            elif weights.ndim > 1:
                deep = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(weights, std=_SPREAD / math.sqrt(2 * size.layers) if deep else _SPREAD)

    def forward(self, ids: torch.Tensor, real: torch.Tensor | None = None) -> torch.Tensor:
        """Tokens where `real` is false are seen by none; without it, all are seen."""
        found = self.norm(self.tokens(ids) + self.places.weight[: ids.shape[1]])
        found = functional.dropout(found, self.dropout, self.training)
        mask = None if real is None else real[:, None, None, :]
        for block in self.blocks:
            found = block(found, mask, self.dropout)
        normed: torch.Tensor = self.last(found)
        return normed


def pooled(tokens: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """The unit mean of the real ones of `tokens`, (texts, tokens, width); shape (texts, width)."""
    return functional.normalize((tokens.float() * real[..., None]).sum(1), dim=1)


class Pooled(nn.Module):
    """The encoder with one unit vector a text."""

    def __init__(self, encoder: ContextualEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Shape (texts, width)."""
        real = attention_mask.bool()
        return pooled(self.encoder(input_ids, real), real)


class MaskedLoss(nn.Module):
    """How badly hidden tokens are guessed; the guess is made with the rows of the token table."""

    def __init__(self, encoder: ContextualEncoder) -> None:
        super().__init__()
        size = encoder.size
        self.encoder, self.dense = encoder, nn.Linear(size.width, size.width)
        self.norm, self.bias = nn.LayerNorm(size.width), nn.Parameter(torch.zeros(size.vocabulary))

    def forward(self, ids: torch.Tensor, at: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """The mean over the places `at` of the flattened `ids`, whose tokens were `right`."""
        hidden = self.encoder(ids).reshape(-1, self.encoder.size.width)[at]
        hidden = self.norm(functional.gelu(self.dense(hidden)))
        guesses = functional.linear(hidden, self.encoder.tokens.weight, self.bias).float()
        return functional.cross_entropy(guesses, right)


def weights_of(model: nn.Module) -> dict[str, NDArray[np.float32]]:
    """A copy of all weights by name."""
    return {name: weights.detach().float().cpu().numpy().copy() for name, weights in model.state_dict().items()}


def load_weights(model: nn.Module, weights: Weights) -> None:
    """Give `model` these weights."""
    model.load_state_dict({name: torch.from_numpy(np.asarray(part, np.float32)) for name, part in weights.items()})


def encoder_from(weights: Weights, *, size: Architecture, device: torch.device) -> ContextualEncoder:
    """An encoder with these weights."""
    encoder = ContextualEncoder(size)
    load_weights(encoder, weights)
    return encoder.to(device)
