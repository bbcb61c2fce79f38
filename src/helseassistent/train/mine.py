"""Hard negatives: passages that look right for a question and are not, found by its words and by the model itself."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
import torch
from numpy.typing import NDArray
from torch.nn.functional import embedding_bag, normalize
from tqdm import tqdm

from helseassistent.train.tokens import Tokens

_SATURATION, _LENGTH_SHARE = 1.2, 0.75  # BM25's k1 and b
_AT_ONCE = 2048
# A passage nearly as near as the right one often answers too (NV-Retriever, arXiv 2407.15831).
_TOO_NEAR = 0.97


def means(table: torch.Tensor, texts: Tokens) -> torch.Tensor:
    """Unit vectors of all texts; zeros for an empty one."""
    return normalize(raw_means(table, texts), dim=1)


def raw_means(table: torch.Tensor, texts: Tokens) -> torch.Tensor:
    """The mean of every text's rows, at whatever length that has."""
    flat, starts = torch.from_numpy(texts.flat.astype(np.int64)), torch.from_numpy(texts.offsets[:-1])
    return embedding_bag(flat, table, starts, mode="mean")


def hard_negatives(
    asked: torch.Tensor,
    answers: torch.Tensor,
    *,
    questions: Tokens,
    passages: Tokens,
    right: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    by_model: int,
    by_words: int,
) -> NDArray[np.int32]:
    """Passage numbers, shape (questions, by_model + by_words), -1 where there are too few.

    `asked` and `answers` are the model's unit vectors of `questions` and `passages`.
    """
    vocabulary = 1 + max(int(texts.flat.max(initial=0)) for texts in (questions, passages))
    weights = _bm25(passages, vocabulary=vocabulary)
    found = np.full((len(questions), by_model + by_words), -1, np.int32)
    for first in tqdm(range(0, len(questions), _AT_ONCE), desc="Leter vanskelige feilsvar", unit="bunke"):
        chunk = slice(first, first + _AT_ONCE)
        own = torch.from_numpy(right[chunk])[:, None]
        near = asked[chunk] @ answers.T
        barred = (near > near.gather(1, own) * _TOO_NEAR) | ~torch.from_numpy(allowed)[None, :]
        barred.scatter_(1, own, True)
        shared = torch.from_numpy((_present(questions, chunk, vocabulary) @ weights).toarray())
        found[chunk, :by_model] = _top(near.masked_fill(barred, -1), count=by_model)
        found[chunk, by_model:] = _top(shared.masked_fill(barred, 0), count=by_words)
    return found


def _top(scores: torch.Tensor, *, count: int) -> NDArray[np.int32]:
    values, numbers = scores.topk(count, dim=1)
    return numbers.masked_fill(values <= 0, -1).numpy().astype(np.int32)


def _bm25(passages: Tokens, *, vocabulary: int) -> sparse.csr_matrix:
    """Weight of every token in every passage, shape (vocabulary, passages)."""
    ones = np.ones(len(passages.flat), np.float32)
    counts = sparse.csr_matrix((ones, passages.flat, passages.offsets), shape=(len(passages), vocabulary), copy=True)
    counts.sum_duplicates()
    lengths = np.repeat(np.diff(passages.offsets) / max(1.0, np.diff(passages.offsets).mean()), np.diff(counts.indptr))
    having = np.bincount(counts.indices, minlength=vocabulary)
    rarity = np.log(1 + (len(passages) - having + 0.5) / (having + 0.5))
    damping = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * lengths)
    counts.data = (counts.data * (_SATURATION + 1) / (counts.data + damping) * rarity[counts.indices]).astype(
        np.float32
    )
    return counts.T.tocsr()


def _present(texts: Tokens, chunk: slice, vocabulary: int) -> sparse.csr_matrix:
    offsets = texts.offsets[chunk.start : chunk.stop + 1]
    flat = texts.flat[offsets[0] : offsets[-1]]
    ones = np.ones(len(flat), np.float32)
    return sparse.csr_matrix((ones, flat, offsets - offsets[0]), shape=(len(offsets) - 1, vocabulary))
