"""The last training: one loss for texts' vectors, one for late interaction and one for the reader, added.

The reader chooses among the sentences of the right passage, those of hard negatives and none, whose score is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from tqdm import tqdm

from helseassistent.train.contextual_fit import REPORT_EVERY, in_batch, optimiser_of, quick, stepped
from helseassistent.train.contextual_heads import JointModel, shares
from helseassistent.train.contextual_joint_batches import Counted, JointBatch
from helseassistent.train.contextual_model import pooled
from helseassistent.train.contextual_recipe import JointPlan

_AT_ONCE = 144  # queries whose cosines to all words of all passages are in memory
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Words:
    """Of texts: unit vectors (texts, width), word pieces that count (texts, words, dimensions), and their weights."""

    vectors: torch.Tensor
    words: torch.Tensor  # zero rows where there is none
    real: torch.Tensor
    shares: torch.Tensor  # (texts, words, 2)


@dataclass(frozen=True, slots=True)
class JointLoss:
    """The losses of one batch."""

    text: torch.Tensor
    late: torch.Tensor
    answered: torch.Tensor
    near: torch.Tensor  # of near misses, before it is weighted

    def total(self, plan: JointPlan) -> torch.Tensor:
        """What is learned from."""
        return self.text + self.late + self.answered + plan.near_weight * self.near


def fit_joint(model: JointModel, made: Iterable[JointBatch], *, plan: JointPlan, seed: int) -> list[float]:
    """Teach `model` in place, to the mean of its last weights; the loss of every `REPORT_EVERY`th step."""
    device = model.late_scale.device
    optimiser = optimiser_of(model.encoder, heads=model.heads, times=plan.heads_rate)
    sums, kept, losses = [torch.zeros_like(part) for part in model.parameters()], 0, []
    model.encoder.dropout = plan.dropout
    model.train()
    progress = tqdm(made, total=plan.steps, desc="Lærer å lese ord og setninger", unit="bunke")
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for step, batch in enumerate(progress):
            loss = joint_loss(model, batch, plan=plan).total(plan)
            stepped(model, loss, optimiser=optimiser, rate=plan.rate_at(step))
            if plan.is_kept(step):
                kept += 1
                for total, part in zip(sums, model.parameters(), strict=True):
                    total += part.detach()
            if step % REPORT_EVERY == 0:
                losses.append(loss.item())
                progress.set_postfix(tap=f"{losses[-1]:.3f}")
    with torch.no_grad():
        for total, part in zip(sums, model.parameters(), strict=True):
            part.copy_(total / kept)
    return losses


def joint_loss(model: JointModel, batch: JointBatch, *, plan: JointPlan) -> JointLoss:
    """In the batch, near misses' own passages are wrong for others and right for none."""
    asked, said = read_words(model, batch.queries), read_words(model, batch.passages)
    contents, right, near = (_on(model, part) for part in (batch.contents, batch.right, batch.near))
    answered = torch.cat([~near, near.new_ones(len(right) - len(near))])
    by_text = asked.vectors @ said.vectors.T * plan.scale
    by_word = late_scores(asked, said) * model.late_scale.exp()
    text, late = (
        in_batch(scores[answered], contents=contents, right=right[answered], backwards=backwards)
        for scores, backwards in ((by_text, plan.backwards), (by_word, plan.late_backwards))
    )
    scores = sentence_scores(model, asked, said, batch=batch)
    wrong = ~_on(model, batch.answers)
    missed = scores.logsumexp(1) - scores.masked_fill(wrong, _NEVER).logsumexp(1)
    return JointLoss(text, late, _mean(missed[~near]), _mean(missed[near]))


def read_words(model: JointModel, texts: Counted) -> Words:
    """All texts in their own order."""
    places, device = _on(model, texts.places), model.late_scale.device
    vectors, words, logits = [], [], []
    for group in texts.groups:
        real = _on(model, group.real)
        with quick(device):
            tokens = model.encoder(_on(model, group.ids), real)
            at = places[_on(model, group.rows)].clamp(min=0)
            counted = torch.take_along_dim(tokens, at[..., None], 1)
            words.append(model.words(counted))
            logits.append(model.weights(counted))
        vectors.append(pooled(tokens, real))
    order = _on(model, np.concatenate([group.rows for group in texts.groups])).argsort()
    real = places >= 0
    return Words(
        torch.cat(vectors)[order],
        functional.normalize(torch.cat(words)[order].float(), dim=2) * real[..., None],
        real,
        shares(torch.cat(logits)[order], real),
    )


def late_scores(asked: Words, said: Words) -> torch.Tensor:
    """Shape (queries, passages): the weighted mean of each word's best cosine to a word of the passage, at least 0."""
    flat = said.words.flatten(0, 1)

    def scores(words: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        with quick(words.device):
            cosines = words.flatten(0, 1) @ flat.T
        best = cosines.view(*weights.shape, *said.real.shape).amax(3).clamp(min=0).float()
        return (best * weights[..., None]).sum(1)

    # The cosines are made again for the gradient: kept, they would take four gigabytes a batch.
    chunks = zip(torch.split(asked.words, _AT_ONCE), torch.split(asked.shares[..., 0], _AT_ONCE), strict=True)
    return torch.cat([checkpoint(scores, *chunk, use_reentrant=False) for chunk in chunks])


def sentence_scores(model: JointModel, asked: Words, said: Words, *, batch: JointBatch) -> torch.Tensor:
    """Shape (questions, sentences of all passages read, and none in the last column)."""
    passages = _on(model, batch.read)
    count, each = passages.shape
    questions = torch.arange(count, device=passages.device).repeat_interleave(each)
    passages = passages.flatten()
    sentence, real = _on(model, batch.sentences)[passages], said.real[passages]
    numbers = torch.arange(model.reader.size.sentences, device=passages.device)
    member = (sentence[:, None] == numbers[:, None]) & real[:, None]
    with quick(passages.device):
        scores = model.reader(
            asked.words[questions],
            asked.real[questions],
            asked.shares[questions],
            said.words[passages],
            real,
            sentence,
            member.float(),
        )
    return functional.pad(scores.float().view(count, each * len(numbers)), (0, 1))


def _mean(losses: torch.Tensor) -> torch.Tensor:
    """0 for none."""
    return losses.sum() / max(1, len(losses))


def _on(model: JointModel, array: NDArray[np.generic]) -> torch.Tensor:
    return torch.from_numpy(array).to(model.late_scale.device)
