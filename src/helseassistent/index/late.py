"""Late interaction at question time: every word of a question looks for the word of a passage that says it best.

The table comes from `helseassistent train` (`train.late`) and lies beside the shipped encoder. It reads texts with the
tokenizer of that encoder, so that it serves under any encoder that an operator chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from helseassistent.index.encode import SHIPPED_MODEL
from helseassistent.index.word_tokens import WordTokens

LATE = "late.safetensors"
_TOKENIZER = "tokenizer.json"
MOST_SAID = 250  # tokens of a passage that count
_REMEMBERED = 50_000  # passages; about 30 MB


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's distinct tokens: unit rows of shape (tokens, dimensions), weights that sum to 1."""

    rows: NDArray[np.float32]
    weights: NDArray[np.float32]


class LateInteraction:
    """Scores texts for a question with MaxSim (Khattab and Zaharia 2020, arXiv 2004.12832); threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = WordTokens(Tokenizer.from_file(str(folder / _TOKENIZER)))
        arrays = load_file(folder / LATE)
        self.rows: NDArray[np.int8] = arrays["vectors"]  # to be brought to length 1, shape (tokens, dimensions)
        self.weights: NDArray[np.float16] = arrays["weights"]  # of each token in a question
        self._known: dict[str, NDArray[np.int64]] = {}  # tokens of passages and their sentences

    def read(self, question: str) -> Asked:
        """The question made ready for `scores`; without a known token it has no rows."""
        (tokens,) = self.tokens([question])
        weights = self.weights[tokens].astype(np.float32)
        return Asked(self._units(tokens), weights / max(float(weights.sum()), 1e-9))

    def scores(self, asked: Asked, texts: Sequence[str]) -> NDArray[np.float32]:
        """How surely each text says the question, shape (texts,), in [-1, 1]; 0 for a text without a known token."""
        found = self._distinct(texts)
        lengths = np.array([len(tokens) for tokens in found], dtype=np.int64)
        filled = np.flatnonzero(lengths)
        scores = np.zeros(len(texts), dtype=np.float32)
        if len(filled) and len(asked.weights):
            distinct, places = np.unique(np.concatenate(found), return_inverse=True)
            cosines = (asked.rows @ self._units(distinct).T)[:, places]
            starts = (np.cumsum(lengths) - lengths)[filled]
            scores[filled] = asked.weights @ np.maximum.reduceat(cosines, starts, axis=1)
        return scores

    def tokens(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """The distinct tokens of each text that count, ascending."""
        return [np.unique(np.array(ids[:MOST_SAID], dtype=np.int64)) for ids in self._tokenizer.of(texts)]

    def _distinct(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        known = self._known
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        fresh = dict(zip(missing, self.tokens(missing), strict=True))
        found = [fresh[text] if text in fresh else known[text] for text in texts]
        if len(known) + len(fresh) > _REMEMBERED:
            self._known = known = {}
        known.update(fresh)
        return found

    def _units(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        rows = self.rows[tokens].astype(np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@cache
def shipped_late() -> LateInteraction:
    """The table of the package."""
    return LateInteraction(SHIPPED_MODEL)
