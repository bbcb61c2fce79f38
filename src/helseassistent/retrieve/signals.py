"""Candidates for a question and what each method says of them, as one table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.index.bm25 import Bm25
from helseassistent.index.generation import Generation
from helseassistent.text.terms import gram_terms
from helseassistent.types import Signals

DEPTH = 60  # how many passages each list may propose
NAMES = tuple(field.name for field in fields(Signals) if field.name != "said")  # `said` is for the few best only
Scores: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class SignalTable:
    """Row i describes passage `rows[i]`; `values` has shape (candidates, len(NAMES)), columns in the order of NAMES."""

    rows: NDArray[np.int64]
    values: NDArray[np.float32]


def signal_table(question: str, *, generation: Generation, vector: Scores) -> SignalTable:
    """Every passage that is among the best of any list, with all signals; `vector` is the encoded question."""
    terms, weights = generation.spelling.terms(question)
    words = _shares(generation.words, terms, weights)
    grams = _shares(generation.grams, gram_terms(question))
    headings = _shares(generation.context, terms, weights)
    nearest, _ = generation.dense.search(vector, top_k=DEPTH)
    rows = np.unique(np.concatenate([nearest, *(_best(scores) for scores in (words, grams, headings))]))
    values = np.stack(
        [
            generation.vectors[rows] @ vector,
            generation.context_vectors[rows] @ vector,
            _best_sentences(rows, generation=generation, vector=vector),
            words[rows],
            grams[rows],
            headings[rows],
        ],
        axis=1,
    )
    return SignalTable(rows, values.astype(np.float32))


def sentence_similarities(row: int, *, generation: Generation, vector: Scores) -> Scores:
    """Cosine of each sentence of passage `row` to the question, in reading order."""
    first, last = generation.sentence_bounds[row], generation.sentence_bounds[row + 1]
    return np.asarray(generation.sentence_vectors[first:last].astype(np.float32) @ vector)


def _shares(index: Bm25, terms: list[str], weights: list[float] | None = None) -> Scores:
    """BM25 divided by the most that these terms could give a document if none were a guess: the sum of their idf."""
    scores = index.scores(terms, weights)
    ceiling = index.ceiling(terms)
    return scores / ceiling if ceiling > 0 else scores


def _best(scores: Scores) -> NDArray[np.int64]:
    count = min(DEPTH, int(np.count_nonzero(scores > 0)))
    return np.argpartition(-scores, count - 1)[:count].astype(np.int64) if count else np.empty(0, dtype=np.int64)


def _best_sentences(rows: NDArray[np.int64], *, generation: Generation, vector: Scores) -> Scores:
    best = np.zeros(len(rows), dtype=np.float32)
    for position, row in enumerate(rows):
        similarities = sentence_similarities(int(row), generation=generation, vector=vector)
        best[position] = similarities.max(initial=0.0)
    return best
