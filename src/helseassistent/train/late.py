"""Late interaction: a second table, in which every word of a question looks for the word of a passage that says it.

The score of ColBERT (Khattab and Zaharia 2020, arXiv 2004.12832) over token vectors without context: the weighted mean,
over the question's tokens, of the best cosine to any token of the passage. Learned from the finished encoder on, with
hard negatives only; one pass over the questions, since a second learns them by heart (docs/training.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, normalize, softplus
from tqdm import tqdm

from helseassistent.train.fit import Optimiser
from helseassistent.train.mine import means
from helseassistent.train.pairs import AskedPairs
from helseassistent.train.recipe import LatePlan
from helseassistent.train.tokens import Tokens

MOST_ASKED, MOST_SAID = 32, 128  # distinct tokens of a question and of a passage that count
_FIRST_TOKENS = 250  # of a passage
_FIRST_SCALE, _SCALE_RATE = 8.0, 0.02
_WEIGHT_RATE = 5.0  # a weight is one number where a row has many
_LEAST_IDF, _IDF_SCALE = 0.05, 5.0
_NO_TOKEN = -1.0  # below every cosine


@dataclass(frozen=True, slots=True)
class LateTable:
    """Unit rows of shape (tokens, dimensions), and what each token weighs in a question, shape (tokens,)."""

    vectors: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True, slots=True)
class _Filled:
    """Distinct tokens of texts in rows of one length, and which places hold one."""

    tokens: NDArray[np.int64]
    real: NDArray[np.bool_]


def first_table(table: torch.Tensor, *, passages: Tokens, dimensions: int) -> LateTable:
    """The encoder's rows, turned to the directions in which passages differ most, weighted by inverse frequency."""
    vectors = means(table, passages)
    _, directions = torch.linalg.eigh(vectors.T @ vectors)
    rows = normalize(table @ directions.flip(1)[:, :dimensions], dim=1)
    having = np.zeros(len(table))
    for number in range(len(passages)):
        having[np.unique(passages[number])] += 1
    idf = np.log(1 + (len(passages) - having + 0.5) / (having + 0.5))
    start = torch.from_numpy(np.maximum(idf, _LEAST_IDF) / _IDF_SCALE).float()
    return LateTable(rows, start)


def fit_late(start: LateTable, asked: AskedPairs, *, plan: LatePlan, seed: int) -> LateTable:
    """One pass over the questions of `asked`: the right passage against `plan.against` hard ones by softmax."""
    generator = np.random.default_rng(seed)
    said = _filled([asked.passages[n][:_FIRST_TOKENS] for n in range(len(asked.passages))], most=MOST_SAID)
    spelt = [_filled([texts[n] for n in range(len(texts))], most=MOST_ASKED) for texts in asked.versions]
    # The weight of a token is the softplus of what is learned, so that it stays positive.
    free = torch.log(torch.expm1(start.weights))[:, None]
    rows, weights = Optimiser(start.vectors), Optimiser(free)
    scale = torch.tensor(_FIRST_SCALE, requires_grad=True)
    scale_rule = torch.optim.Adam([scale], lr=_SCALE_RATE)
    batches = list(_batches(asked, size=plan.batch, generator=generator))
    progress = tqdm(batches, desc="Lærer å lese ord for ord", unit="bunke")
    for step, questions in enumerate(progress):
        version = int(generator.choice(len(spelt), p=asked.shares))
        passages = _against(questions, asked, count=plan.against, generator=generator)
        loss = _step(
            rows,
            weights,
            scale,
            asked=(spelt[version].tokens[questions], _dropped(spelt[version].real[questions], plan.dropped, generator)),
            said=(said.tokens[passages], said.real[passages]),
            rate=plan.rate * (1 - step / len(batches)) * min(1.0, (step + 1) / plan.warm_up),
        )
        scale_rule.step()
        scale_rule.zero_grad()
        progress.set_postfix(tap=f"{loss:.3f}")
    return LateTable(normalize(rows.table, dim=1), softplus(weights.table[:, 0]))


def mean_of(tables: list[LateTable]) -> LateTable:
    """The mean of tables that were learned from one start."""
    vectors = torch.stack([table.vectors for table in tables]).mean(dim=0)
    return LateTable(normalize(vectors, dim=1), torch.stack([table.weights for table in tables]).mean(dim=0))


def late_scores(
    table: LateTable, *, asked: tuple[torch.Tensor, torch.Tensor], said: tuple[torch.Tensor, torch.Tensor]
) -> torch.Tensor:
    """Score of every candidate, shape (questions, candidates), for token numbers and which of them are real.

    `asked` has shape (questions, tokens), `said` (questions, candidates, tokens).
    """
    weights = table.weights[asked[0]] * asked[1]
    weights = weights / weights.sum(dim=1, keepdim=True)
    best = _cosines(table.vectors[asked[0]], table.vectors[said[0]], real=said[1]).amax(dim=3)
    return torch.einsum("bq,bqc->bc", weights, best)


def _step(
    rows: Optimiser,
    weights: Optimiser,
    scale: torch.Tensor,
    *,
    asked: tuple[NDArray[np.int64], NDArray[np.bool_]],
    said: tuple[NDArray[np.int64], NDArray[np.bool_]],
    rate: float,
) -> float:
    """Learn from one batch; the gradient flows through each token's best match alone."""
    words, word_at = torch.unique(torch.from_numpy(asked[0]), return_inverse=True)
    found, found_at = torch.unique(torch.from_numpy(said[0]), return_inverse=True)
    word_rows, found_rows = (rows.table[some].requires_grad_(True) for some in (words, found))
    free = weights.table[words].requires_grad_(True)
    word_units, found_units = normalize(word_rows, dim=1)[word_at], normalize(found_rows, dim=1)
    with torch.no_grad():
        cosines = _cosines(word_units, found_units[found_at], real=torch.from_numpy(said[1]))
        best = cosines.argmax(dim=3, keepdim=True)
    shape = (*best.shape[:3], found_at.shape[2])
    chosen = torch.gather(found_at[:, None].expand(shape), 3, best)[..., 0]
    share = softplus(free)[:, 0][word_at] * torch.from_numpy(asked[1])
    share = share / share.sum(dim=1, keepdim=True)
    scores = torch.einsum("bq,bqk,bqck->bc", share, word_units, found_units[chosen])
    loss = cross_entropy(scores * scale, torch.zeros(len(scores), dtype=torch.long))
    loss.backward()  # type: ignore[no-untyped-call]
    for part, tokens in ((word_rows, words), (found_rows, found)):
        rows.step(tokens, gradient=_gradient(part), rate=rate)
    weights.step(words, gradient=_gradient(free), rate=rate * _WEIGHT_RATE)
    return float(loss.item())


def _cosines(words: torch.Tensor, found: torch.Tensor, *, real: torch.Tensor) -> torch.Tensor:
    """Shape (questions, tokens, candidates, their tokens)."""
    return torch.einsum("bqk,bclk->bqcl", words, found).masked_fill(~real[:, None], _NO_TOKEN)


def _batches(asked: AskedPairs, *, size: int, generator: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    numbers = np.array([question for questions in asked.questions_of.values() for question in questions], np.int64)
    mixed = generator.permutation(numbers)
    yield from (mixed[first : first + size] for first in range(0, len(mixed), size))


def _against(
    questions: NDArray[np.int64], asked: AskedPairs, *, count: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """The right passage of each question in front, then wrong ones: hard where there are enough, else any."""
    right = {question: passage for passage, several in asked.questions_of.items() for question in several}
    anywhere = np.fromiter(asked.questions_of, np.int64)
    rows = []
    for question in questions.tolist():
        hard = asked.negatives[question]
        hard = generator.permutation(hard[hard >= 0])[:count]
        more = generator.choice(anywhere, count - len(hard)) if len(hard) < count else ()
        rows.append([right[question], *hard, *more])
    return np.array(rows, np.int64)


def _dropped(real: NDArray[np.bool_], share: float, generator: np.random.Generator) -> NDArray[np.bool_]:
    """A share of the tokens left out, but never all of a question's."""
    kept = real & (generator.random(real.shape) >= share)
    return np.where(kept.any(axis=1, keepdims=True), kept, real)


def _filled(texts: list[NDArray[np.int32]], *, most: int) -> _Filled:
    tokens, real = np.zeros((len(texts), most), np.int64), np.zeros((len(texts), most), bool)
    for row, text in enumerate(texts):
        distinct = np.unique(text)[:most]
        tokens[row, : len(distinct)], real[row, : len(distinct)] = distinct, True
    return _Filled(tokens, real)


def _gradient(leaf: torch.Tensor) -> torch.Tensor:
    if leaf.grad is None:
        raise RuntimeError("the loss does not depend on the rows")
    return leaf.grad
