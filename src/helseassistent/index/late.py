"""Late interaction at question time: every word of a question looks for the word of a passage that says it best.

The table comes from `helseassistent train` (`train.late`) and lies beside the shipped encoder. It reads texts with the
tokenizer of that encoder, so that it serves under any encoder that an operator chooses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from helseassistent.index.encode import SHIPPED_MODEL
from helseassistent.index.word_tokens import Tokens, WordTokens, distinct
from helseassistent.text.terms import ANALYSER

LATE = "late.safetensors"
_TOKENIZER = "tokenizer.json"
MOST_SAID = 250  # tokens of a passage that count


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's distinct tokens: unit rows of shape (tokens, dimensions), weights that sum to 1."""

    rows: NDArray[np.float32]
    weights: NDArray[np.float32]


class LateInteraction:
    """Scores texts for a question with MaxSim (Khattab and Zaharia 2020, arXiv 2004.12832); threads may share it."""

    def __init__(self, folder: Path) -> None:
        tokenizer = (folder / _TOKENIZER).read_bytes()
        self.reader = hashlib.sha256(tokenizer).hexdigest()
        self.words = WordTokens(Tokenizer.from_buffer(tokenizer))
        arrays = load_file(folder / LATE)
        self.rows: NDArray[np.int8] = arrays["vectors"]  # to be brought to length 1, shape (tokens, dimensions)
        self.weights: NDArray[np.float16] = arrays["weights"]  # of each token in a question

    def read(self, question: str) -> Asked:
        """The question made ready for `scores`; without a known token it has no rows."""
        (tokens,) = self.tokens([question])
        weights = self.weights[tokens].astype(np.float32)
        return Asked(self._units(tokens), weights / max(float(weights.sum()), 1e-9))

    def scores(self, asked: Sequence[Asked], texts: Tokens) -> NDArray[np.float32]:
        """How surely each text says the question, shape (texts,), in [-1, 1]; 0 for a text without a known token.

        Of a question asked in several wordings it is the one that the text says most surely. A text is its first
        `MOST_SAID` tokens.
        """
        said = texts.first(MOST_SAID)
        filled = np.flatnonzero(np.diff(said.bounds))
        scores = np.zeros(len(said), dtype=np.float32)
        known = [one for one in asked if len(one.weights)]
        if len(filled) and known:
            tokens, places = distinct(said.ids, below=len(self.rows))
            units = self._units(tokens).T
            scores[filled] = np.maximum.reduce(
                [
                    one.weights @ np.maximum.reduceat((one.rows @ units)[:, places], said.bounds[filled], axis=1)
                    for one in known
                ]
            )
        return scores

    def tokens(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """The distinct tokens of each text that count, ascending."""
        found = self.words.of(texts).first(MOST_SAID)
        return [np.unique(ids).astype(np.int64) for ids in np.split(found.ids, found.bounds[1:-1])] if texts else []

    def _units(self, tokens: NDArray[Any]) -> NDArray[np.float32]:
        rows = self.rows[tokens].astype(np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def analyser() -> str:
    """How an index reads texts: its words, and the tokens for this table."""
    return f"{ANALYSER}.{shipped_late().reader[:8]}"


@cache
def shipped_late() -> LateInteraction:
    """The table of the package."""
    return LateInteraction(SHIPPED_MODEL)
