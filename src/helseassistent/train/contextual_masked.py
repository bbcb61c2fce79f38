"""Masked language modelling (Devlin et al. 2019) on the running text: whole words are hidden and guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from tqdm import tqdm

from helseassistent.errors import HelseassistentError
from helseassistent.train.contextual_fit import REPORT_EVERY, optimiser_of, quick, stepped
from helseassistent.train.contextual_model import ContextualEncoder, MaskedLoss
from helseassistent.train.contextual_recipe import MaskedPlan
from helseassistent.train.tokens import Ids

_INSIDE = "##"  # begins a piece that goes on with a word
_FIRST_PIECE = 2  # after padding and unknown


@dataclass(frozen=True, slots=True)
class Hidden:
    """Windows with some tokens hidden: shape (windows, tokens), flat places of those guessed, and what stood there."""

    ids: torch.Tensor
    at: torch.Tensor
    right: torch.Tensor


def fit_masked(
    encoder: ContextualEncoder, tokens: Ids, *, tokenizer: Tokenizer, plan: MaskedPlan, seed: int
) -> list[float]:
    """Teach `encoder` in place; the loss of every `REPORT_EVERY`th step.

    Raises:
        HelseassistentError: if the text is shorter than one batch.
    """
    device = encoder.tokens.weight.device
    stream = torch.from_numpy(tokens.astype(np.int64)).to(device)
    hide = Hiding(encoder, tokenizer, plan, seed)
    windows = _windows(stream, length=encoder.size.window, batch=plan.batch, seed=seed)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        model = MaskedLoss(encoder).to(device).train()
    encoder.dropout = 0.0
    forward: Callable[..., torch.Tensor] = torch.compile(model) if device.type == "cuda" else model
    optimiser, losses = optimiser_of(model), []
    progress = tqdm(range(plan.steps), desc="Gjetter skjulte ord", unit="bunke")
    for step in progress:
        hidden = hide(next(windows))
        with quick(device):
            loss = forward(hidden.ids, hidden.at, hidden.right)
        stepped(model, loss, optimiser=optimiser, rate=plan.rate_at(step))
        if step % REPORT_EVERY == 0:
            losses.append(loss.item())
            progress.set_postfix(tap=f"{losses[-1]:.3f}")
    return losses


class Hiding:
    """Chooses whole words, and in nearly every place puts the mask; the places are as many in every step."""

    def __init__(self, encoder: ContextualEncoder, tokenizer: Tokenizer, plan: MaskedPlan, seed: int) -> None:
        device = encoder.tokens.weight.device
        vocabulary = tokenizer.get_vocab()
        inside = torch.zeros(encoder.size.vocabulary, dtype=torch.bool)
        inside[[number for piece, number in vocabulary.items() if piece.startswith(_INSIDE)]] = True
        self._inside, self._mask, self._pieces = inside.to(device), encoder.size.mask, len(vocabulary)
        self._plan, self._generator = plan, torch.Generator(device).manual_seed(seed)

    def __call__(self, ids: torch.Tensor) -> Hidden:
        at = self._places(ids)
        right, noisy = ids.reshape(-1)[at], ids.reshape(-1).clone()
        how = self._random(len(at))
        others = torch.randint(_FIRST_PIECE, self._pieces, (len(at),), device=ids.device, generator=self._generator)
        replaced = torch.where(how < self._plan.masked + self._plan.replaced, others, right)
        noisy[at] = torch.where(how < self._plan.masked, torch.full_like(right, self._mask), replaced)
        return Hidden(noisy.view(ids.shape), at, right)

    def _places(self, ids: torch.Tensor) -> torch.Tensor:
        """Flat places in words drawn at random, then as many of them as are guessed."""
        word = torch.cumsum(~self._inside[ids], 1)
        chance = self._random(ids.shape[0], ids.shape[1] + 1).gather(1, word).reshape(-1)
        hidden = chance.topk(int(self._plan.hidden * len(chance)), largest=False).indices
        return hidden[self._random(len(hidden)).argsort()[: int(self._plan.guessed * len(chance))]]

    def _random(self, *shape: int) -> torch.Tensor:
        return torch.rand(shape, device=self._inside.device, generator=self._generator)


def _windows(stream: torch.Tensor, *, length: int, batch: int, seed: int) -> Iterator[torch.Tensor]:
    """Batches of windows without end; every pass over the text begins at another token and in another order."""
    if len(stream) < length * (batch + 1):
        raise HelseassistentError(
            f"Tekstene har {len(stream)} ordbiter, og én bunke trenger {length * (batch + 1)}. Legg til flere tekster."
        )
    generator = np.random.default_rng(seed)
    while True:
        first = int(generator.integers(length))
        count = (len(stream) - first) // length
        order = torch.from_numpy(generator.permutation(count)).to(stream.device)
        windows = stream[first : first + count * length].view(count, length)
        for start in range(0, count - batch + 1, batch):
            yield windows[order[start : start + batch]]
