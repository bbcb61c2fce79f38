"""The learning loops' shared steps, and the contrastive one: a query nearer its own passage than any other.

The loss is softmax cross-entropy over the batch and its hard negatives, as MultipleNegativesRankingLoss has it;
passages look for their queries at half the weight, and a copy of the right passage is not counted as wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from helseassistent.train.contextual_batches import Padded, PaddedBatch, grouped
from helseassistent.train.contextual_model import ContextualEncoder, Pooled
from helseassistent.train.contextual_recipe import Lesson
from helseassistent.train.tokens import Tokens

REPORT_EVERY = 10  # steps
_DECAY = 0.01  # of weights with two dimensions
_MOMENTS = (0.9, 0.98)
_LONGEST_STEP = 1.0  # norm of the gradient
_BACKWARDS = 0.5  # weight of passages that look for their query
_NEVER = -1e4
_AT_ONCE = 256  # texts


def fit_lesson(
    encoder: ContextualEncoder, made: Iterable[PaddedBatch], *, lesson: Lesson, seed: int, name: str
) -> list[float]:
    """Teach `encoder` in place; the loss of every `REPORT_EVERY`th step."""
    device = encoder.tokens.weight.device
    optimiser, losses = optimiser_of(encoder), []
    encoder.dropout = lesson.dropout
    encoder.train()
    progress = tqdm(made, total=lesson.steps, desc=name, unit="bunke")
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for step, batch in enumerate(progress):
            loss = contrast(encoder, batch, scale=lesson.scale)
            stepped(encoder, loss, optimiser=optimiser, rate=lesson.rate_at(step))
            if step % REPORT_EVERY == 0:
                losses.append(loss.item())
                progress.set_postfix(tap=f"{losses[-1]:.3f}")
    return losses


def contrast(encoder: ContextualEncoder, batch: PaddedBatch, *, scale: float) -> torch.Tensor:
    """The loss of one batch."""
    queries, passages = _vectors(encoder, batch.queries), _vectors(encoder, batch.passages)
    contents = torch.from_numpy(batch.contents).to(queries.device)
    right = torch.arange(batch.pairs, device=queries.device)
    return in_batch(queries @ passages.T * scale, contents=contents, right=right, backwards=_BACKWARDS)


def in_batch(scores: torch.Tensor, *, contents: torch.Tensor, right: torch.Tensor, backwards: float) -> torch.Tensor:
    """The loss of `scores`, (queries, passages); `right` numbers each query's passage, `contents` each text."""
    queries = torch.arange(len(right), device=scores.device)
    same = contents[right][:, None] == contents[None]
    same[queries, right] = False
    scores = scores.masked_fill(same, _NEVER)
    looking_back = functional.cross_entropy(scores[:, right].T, queries)
    return functional.cross_entropy(scores, right) + backwards * looking_back


@torch.no_grad()
def vectors(encoder: ContextualEncoder, texts: Tokens, *, longest: int, name: str) -> torch.Tensor:
    """Unit rows of the first `longest` tokens of every text, on the processor."""
    encoder.eval()
    groups = max(1, -(-len(texts) // _AT_ONCE))
    parts = grouped([texts[number] for number in range(len(texts))], groups=groups, longest=longest)
    found = torch.zeros(len(texts), encoder.size.width)
    for part in tqdm(parts, desc=name, unit="bunke"):
        found[torch.from_numpy(part.rows)] = _pooled(encoder, part).cpu()
    return found


def optimiser_of(model: nn.Module, *, heads: Sequence[nn.Parameter] = (), times: float = 1.0) -> torch.optim.AdamW:
    """Adam whose decay leaves biases and norms of `model` alone; `heads` learn `times` as fast, all with decay."""
    weights = list(model.parameters())
    kinds = [
        {"params": [part for part in weights if part.ndim > 1], "weight_decay": _DECAY},
        {"params": [part for part in weights if part.ndim <= 1], "weight_decay": 0.0},
    ]
    kinds += [{"params": list(heads), "weight_decay": _DECAY, "times": times}] if heads else []
    return torch.optim.AdamW(kinds, betas=_MOMENTS, fused=weights[0].device.type == "cuda")


def stepped(model: nn.Module, loss: torch.Tensor, *, optimiser: torch.optim.AdamW, rate: float) -> None:
    """Move the weights of `model` one step down from `loss`, those of a group with `times` as many times as fast."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group.get("times", 1.0)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), _LONGEST_STEP)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)


def quick(device: torch.device) -> torch.autocast:
    """Products in 16 bits where the hardware is made for it."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")


def _vectors(encoder: ContextualEncoder, parts: Sequence[Padded]) -> torch.Tensor:
    """Unit rows of all texts in their own order."""
    rows = torch.from_numpy(np.concatenate([part.rows for part in parts]))
    found = torch.cat([_pooled(encoder, part) for part in parts])
    return found[rows.argsort().to(found.device)]


def _pooled(encoder: ContextualEncoder, part: Padded) -> torch.Tensor:
    device = encoder.tokens.weight.device
    ids, real = torch.from_numpy(part.ids).to(device), torch.from_numpy(part.real).to(device)
    with quick(ids.device):
        found: torch.Tensor = Pooled(encoder)(ids, real)
    return found.float()
