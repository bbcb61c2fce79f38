"""The door to bm25s: one lexical index over ready-made terms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

# Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework", section 3.4.1, have k1 at 1.2; 0.9 is Anserini's,
# and better on the development sets: docs/decisions/0007-analyser.md.
K1 = 0.9
B = 0.75


class Bm25:
    """Scores every document for a list of terms, with Lucene's idf: ln(1 + (N - n + 0.5) / (n + 0.5))."""

    def __init__(self, engine: Any, *, documents: int) -> None:
        self._engine = engine
        self._documents = documents
        self._vocabulary: dict[str, int] = {} if engine is None else engine.vocab_dict
        self._starts = np.zeros(1, dtype=np.int64) if engine is None else engine.scores["indptr"]

    @classmethod
    def build(cls, documents: Sequence[list[str]]) -> Bm25:
        """Count the terms of `documents`; a document without terms scores zero for everything."""
        engine = bm25s.BM25(k1=K1, b=B, method="lucene")
        if any(documents):
            engine.index(list(documents), show_progress=False)
        return cls(engine if any(documents) else None, documents=len(documents))

    @classmethod
    def of_counts(cls, counts: Any, *, terms: Sequence[str]) -> Bm25:
        """The same from a SciPy matrix of how often each document (row) has each of `terms`; quicker by far."""
        documents, columns = counts.shape[0], counts.tocsc()
        if not columns.nnz:
            return cls(None, documents=documents)
        columns.sort_indices()
        had = np.flatnonzero(np.diff(columns.indptr))
        bounds = np.append(columns.indptr[had], columns.nnz)
        having = np.diff(bounds)
        idf = np.log(1 + (documents - having + 0.5) / (having + 0.5))
        lengths = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
        saturation = (K1 * (1 - B + B * lengths / lengths.mean())).astype(np.float32)
        found = columns.data.astype(np.float32)
        found /= found + saturation[columns.indices]
        found *= np.repeat(idf.astype(np.float32), having)
        engine = bm25s.BM25(k1=K1, b=B, method="lucene")
        engine.scores = {"data": found, "indices": columns.indices, "indptr": bounds, "num_docs": documents}
        engine.vocab_dict = {terms[column]: number for number, column in enumerate(had.tolist())}
        engine.unique_token_ids_set = set(engine.vocab_dict.values())
        engine.nonoccurrence_array = None
        return cls(engine, documents=documents)

    @classmethod
    def open(cls, folder: Path, *, documents: int) -> Bm25:
        """Open what `save` wrote; scores stay on disk until they are needed."""
        empty = not (folder / "params.index.json").exists()
        engine = None if empty else bm25s.BM25.load(folder, mmap=True)
        if engine is not None:
            # Plain arrays over the same pages of the files: indexing np.memmap costs more than the arithmetic.
            engine.scores = {
                key: value.view(np.ndarray) if isinstance(value, np.ndarray) else value
                for key, value in engine.scores.items()
            }
        return cls(engine, documents=documents)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`; an index without any term leaves it empty."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._engine is not None:
            self._engine.save(folder, show_progress=False)

    def ceiling(self, terms: Sequence[str]) -> float:
        """The most that any document could score for `terms`, unknown ones counted as if one document had them."""
        rarest = math.log(1 + (self._documents - 1 + 0.5) / 1.5)
        total = 0.0
        for term in terms:
            column = self._vocabulary.get(term)
            if column is None:
                total += rarest
                continue
            count = int(self._starts[column + 1] - self._starts[column])
            total += math.log(1 + (self._documents - count + 0.5) / (count + 0.5))
        return total

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every term that a document has, with its number."""
        return self._vocabulary

    def scores(self, terms: Sequence[str], weights: Sequence[float] | None = None) -> NDArray[np.float32]:
        """BM25 of every document, shape (documents,); a term given twice counts twice, an unknown one not at all.

        With `weights`, one a term, each term counts as much as its weight says.
        """
        total = np.zeros(self._documents, dtype=np.float32)
        given = [1.0] * len(terms) if weights is None else weights
        for weight in dict.fromkeys(given):
            asked = [term for term, own in zip(terms, given, strict=True) if own == weight]
            known = [] if self._engine is None else self._engine.get_tokens_ids(asked)
            if known:
                total += np.float32(weight) * np.asarray(self._engine.get_scores_from_ids(known), dtype=np.float32)
        return total
