"""The unsupervised start: token vectors from which words stand near which, before any pair is seen.

Positive pointwise mutual information of tokens within eight positions, reduced by a randomised singular value
decomposition (Levy and Goldberg 2014; Halko et al. 2011). The singular values are turned around (exponent -1/4),
which spreads the mass over all directions, and every row is weighted a / (a + p) by its token's share p
(smooth inverse frequency, Arora et al. 2017).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from helseassistent.train.tokens import Ids, Sentences

_CONTEXT_SMOOTHING = 0.75
_OVERSAMPLING = 32
_POWER_ITERATIONS = 3
_RARITY = 1e-4
_RANDOM_SIZE = 0.02
_WINDOW = 96  # tokens
_FEW_WINDOWS = 20


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which tokens count as near each other, and how the directions found are scaled."""

    near: tuple[float, ...] = (
        1.0,
        1.0,
        1.0,
        0.8,
        0.7,
        0.6,
        0.5,
        0.4,
    )  # weight of a neighbour by its distance in tokens
    least_count: float = 2.0
    spectrum_exponent: float = -0.25  # of the singular values


def start_vectors(sentences: Sentences, *, vocabulary: int, dimensions: int, seed: int) -> torch.Tensor:
    """Token vectors of shape (vocabulary, dimensions); the rarer the token, the longer its row, at most 1."""
    directions = neighbour_directions(sentences, vocabulary=vocabulary, dimensions=dimensions, seed=seed)
    return _weighted(directions, tokens=sentences.flat)


def neighbour_directions(
    sentences: Sentences, *, vocabulary: int, dimensions: int, seed: int, how: Neighbours | None = None
) -> torch.Tensor:
    """The leading left singular vectors of the tokens' mutual information, before any row is weighted."""
    how = how or Neighbours()
    matrix = _information(_counts(sentences, vocabulary=vocabulary, near=how.near), least_count=how.least_count)
    return _decompose(matrix, dimensions=dimensions, seed=seed, exponent=how.spectrum_exponent)


def window_vectors(sentences: Sentences, *, vocabulary: int, dimensions: int, seed: int) -> torch.Tensor:
    """Token vectors from which windows of text a token stands in (latent semantic analysis), weighted the same way."""
    generator = np.random.default_rng(seed)
    count = len(sentences.flat) // _WINDOW
    chosen = np.sort(generator.permutation(count)[: max(1, count // 2)])
    windows = sentences.flat[: count * _WINDOW].reshape(count, _WINDOW)[chosen]
    operator = sparse_tensor(_weighted_windows(windows, vocabulary=vocabulary))
    spread = sparse_tensor(_weighted_windows(windows, vocabulary=vocabulary).T.tocsr())
    basis = torch.randn(vocabulary, dimensions + _OVERSAMPLING, generator=torch.Generator().manual_seed(seed))
    for _ in tqdm(range(_POWER_ITERATIONS), desc="Finner emner", unit="runde"):
        basis, _ = torch.linalg.qr(spread @ (operator @ basis))
    inner = operator @ basis
    _, rotation = torch.linalg.eigh(inner.T @ inner)
    # The first direction is only how frequent a token is.
    directions = (basis @ rotation.flip(1))[:, 1 : dimensions + 1]
    return _weighted(directions, tokens=sentences.flat)


def random_vectors(*, vocabulary: int, dimensions: int, seed: int) -> torch.Tensor:
    """The other start: nothing known; small numbers of shape (vocabulary, dimensions)."""
    return torch.randn(vocabulary, dimensions, generator=torch.Generator().manual_seed(seed)) * _RANDOM_SIZE


def turned(table: torch.Tensor, *, dimensions: int, seed: int) -> torch.Tensor:
    """The table in fewer dimensions that are chosen at random, so that two members of one start differ."""
    size = table.shape[1]
    noise = torch.randn(size, size, generator=torch.Generator().manual_seed(seed))
    directions, _ = torch.linalg.qr(noise)
    kept: torch.Tensor = table @ directions[:, :dimensions] * (size / dimensions) ** 0.5
    return kept


def _weighted(directions: torch.Tensor, *, tokens: Ids) -> torch.Tensor:
    frequency = np.bincount(tokens, minlength=len(directions)) + 1.0
    share = torch.from_numpy(frequency / frequency.sum()).float()
    return torch.nn.functional.normalize(directions, dim=1) * (_RARITY / (_RARITY + share))[:, None]


def _weighted_windows(windows: Ids, *, vocabulary: int) -> sparse.csr_matrix:
    """log(1 + count) * idf, every window at length 1, frequent tokens damped by the root of their windows."""
    bounds = np.arange(0, windows.size + 1, windows.shape[1])
    ones = np.ones(windows.size, np.float32)
    counts = sparse.csr_matrix((ones, windows.ravel(), bounds), shape=(len(windows), vocabulary), copy=True)
    counts.sum_duplicates()
    having = np.bincount(counts.indices, minlength=vocabulary)
    rarity = np.maximum(0, np.log(len(windows) / (1 + having)))
    values = np.log1p(counts.data) * rarity[counts.indices]
    rows = np.repeat(np.arange(len(windows)), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=len(windows)))
    damping = np.maximum(lengths[rows], 1e-6) * np.sqrt(np.maximum(having, _FEW_WINDOWS))[counts.indices]
    counts.data = (values / damping).astype(np.float32)
    return counts


def _counts(sentences: Sentences, *, vocabulary: int, near: Sequence[float]) -> sparse.csr_matrix:
    """How often two tokens stand near each other in a document, nearer ones counting more; symmetric."""
    tokens = sentences.flat
    borders = np.zeros(len(tokens) + 1, np.int32)
    borders[np.unique(sentences.document_starts)] = 1
    document = np.cumsum(borders[:-1], dtype=np.int32)
    total = sparse.csr_matrix((vocabulary, vocabulary), dtype=np.float32)
    for distance, weight in enumerate(tqdm(near, desc="Teller naboord", unit="avstand"), 1):
        together = document[:-distance] == document[distance:]
        left, right = tokens[:-distance][together], tokens[distance:][together]
        values = np.full(len(left), weight, np.float32)
        total = total + sparse.coo_matrix((values, (left, right)), shape=total.shape).tocsr()
    return (total + total.T).tocsr()


def _information(counts: sparse.csr_matrix, *, least_count: float) -> sparse.csr_matrix:
    """Positive pointwise mutual information; rare pairs are left out."""
    counts.data[counts.data < least_count] = 0
    counts.eliminate_zeros()
    frequency: NDArray[np.float32] = np.asarray(counts.sum(axis=1)).ravel() + 1
    context = frequency**_CONTEXT_SMOOTHING
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    expected = frequency[rows] * context[counts.indices] / context.sum()
    counts.data = np.maximum(0, np.log(counts.data / expected)).astype(np.float32)
    counts.eliminate_zeros()
    return counts


def _decompose(matrix: sparse.csr_matrix, *, dimensions: int, seed: int, exponent: float) -> torch.Tensor:
    """The leading left singular vectors, scaled by the singular values to the spectrum exponent."""
    operator = sparse_tensor(matrix)
    generator = torch.Generator().manual_seed(seed)
    basis = torch.randn(matrix.shape[0], dimensions + _OVERSAMPLING, generator=generator)
    for _ in tqdm(range(_POWER_ITERATIONS), desc="Finner retninger", unit="runde"):
        basis, _ = torch.linalg.qr(operator @ basis)
    rotation, values, _ = torch.linalg.svd(basis.T @ (operator @ basis), full_matrices=False)
    directions: torch.Tensor = (basis @ rotation)[:, :dimensions] * values[:dimensions] ** exponent
    return directions


def sparse_tensor(matrix: sparse.csr_matrix) -> torch.Tensor:
    """The same matrix for torch, whose sparse product uses all threads."""
    rows, columns = (torch.from_numpy(part.astype(np.int64)) for part in (matrix.indptr, matrix.indices))
    values = torch.from_numpy(matrix.data)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta", UserWarning)
        return torch.sparse_csr_tensor(rows, columns, values, size=matrix.shape, check_invariants=False)
