"""Candidates for a question and what each method says of them, as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.index.bm25 import Bm25
from helseassistent.index.generation import Generation
from helseassistent.index.half_precision import as_single
from helseassistent.retrieve.asked import Asked, Wording
from helseassistent.text.terms import gram_terms, search_terms
from helseassistent.types import Vectors

DEPTH = 60  # how many passages each list may propose
OFFICIAL = 0.3  # weight of a term that the thesaurus gave; docs/decisions/0008-ranking.md has the others
NAMES = ("dense", "context", "sentence", "words", "grams", "headings", "contextual")  # fields of types.Signals
Scores: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class SignalTable:
    """Row i describes passage `rows[i]`; `values` has shape (candidates, len(NAMES)), columns in the order of NAMES."""

    rows: NDArray[np.int64]
    values: NDArray[np.float32]

    @property
    def own_words(self) -> float:
        """How far the question speaks the pages' own words, in [0, 1]: the most that any passage has of its terms."""
        return float(self.values[:, NAMES.index("words")].max(initial=0.0))


def signal_table(asked: Asked, *, generation: Generation) -> SignalTable:
    """Every passage that is among the best of any list for any wording, with all signals."""
    lists = [_lists(wording, generation=generation) for wording in asked.wordings]
    rows = np.unique(np.concatenate([found.proposed() for found in lists]))
    written = _most([found.written[rows] for found in lists])
    values = np.stack(
        [
            _most_similar(generation.vectors[rows], asked.vectors),
            _most_similar(generation.context_vectors[rows], asked.vectors),
            np.maximum(_best_sentences(rows, generation=generation, vectors=asked.vectors), written),
            _most([found.words[rows] for found in lists]),
            _most([found.grams[rows] for found in lists]),
            _most([found.headings[rows] for found in lists]),
            _contextual(rows, generation=generation, asked=asked),
        ],
        axis=1,
    )
    return SignalTable(rows, values.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class _Lists:
    """What one wording gives every passage by its words, and which passages are nearest by its vectors."""

    words: Scores
    grams: Scores
    headings: Scores
    written: Scores
    nearest: NDArray[np.int64]

    def proposed(self) -> NDArray[np.int64]:
        """The best of each list, some of them more than once."""
        lists = (self.words, self.grams, self.headings, self.written)
        return np.concatenate([self.nearest, *(_best(scores) for scores in lists)])


def _lists(wording: Wording, *, generation: Generation) -> _Lists:
    terms, weights = generation.spelling.terms(wording.text)
    more = [term for word in wording.official for term in search_terms(word)]
    nearest = [generation.dense.search(wording.vector, top_k=DEPTH)[0]]
    if wording.contextual is not None and generation.dense_contextual is not None:
        nearest.append(generation.dense_contextual.search(wording.contextual, top_k=DEPTH)[0])
    count, written = len(generation.passages), generation.written
    return _Lists(
        words=_shares(generation.words, terms, weights, more),
        grams=_shares(generation.grams, gram_terms(wording.text)),
        headings=_shares(generation.context, terms, weights),
        written=written.best(wording.vector, passages=count) if written else np.zeros(count, dtype=np.float32),
        nearest=np.concatenate(nearest),
    )


def sentence_similarities(
    sentences: NDArray[np.int64], *, generation: Generation, vectors: Sequence[Vectors]
) -> Scores:
    """Cosine of each of `sentences`, rows of the table of sentences, to the nearest of the question's `vectors`."""
    return _most_similar(as_single(generation.sentence_vectors[sentences]), vectors)


def _contextual(rows: NDArray[np.int64], *, generation: Generation, asked: Asked) -> Scores:
    vectors = [wording.contextual for wording in asked.wordings if wording.contextual is not None]
    if not vectors or generation.contextual_vectors is None:
        return np.zeros(len(rows), dtype=np.float32)
    return _most_similar(as_single(generation.contextual_vectors[rows]), vectors)


def _most_similar(texts: Vectors, vectors: Sequence[Vectors]) -> Scores:
    return _most([texts @ vector for vector in vectors])


def _most(each: Sequence[Scores]) -> Scores:
    return np.asarray(np.maximum.reduce(each))


def _shares(index: Bm25, terms: list[str], weights: list[float] | None = None, official: Sequence[str] = ()) -> Scores:
    """BM25 divided by the most that `terms` could give a document if none were a guess: the sum of their idf."""
    weights = [1.0] * len(terms) if weights is None else weights
    scores = index.scores([*terms, *official], [*weights, *[OFFICIAL] * len(official)])
    ceiling = index.ceiling(terms)
    return scores / ceiling if ceiling > 0 else scores


def _best(scores: Scores) -> NDArray[np.int64]:
    found = np.flatnonzero(scores > 0)  # a question's words are in few of many passages
    return found[np.argpartition(-scores[found], DEPTH - 1)[:DEPTH]] if len(found) > DEPTH else found


def _best_sentences(rows: NDArray[np.int64], *, generation: Generation, vectors: Sequence[Vectors]) -> Scores:
    """The nearest sentence of each passage, all of them read at once; 0 for a passage without any."""
    starts, ends = generation.sentence_bounds[rows], generation.sentence_bounds[rows + 1]
    counts = ends - starts
    best = np.zeros(len(rows), dtype=np.float32)
    filled = np.flatnonzero(counts)
    if len(filled):
        begins = np.cumsum(counts) - counts
        places = np.repeat(starts - begins, counts) + np.arange(int(counts.sum()))
        similarities = sentence_similarities(places, generation=generation, vectors=vectors)
        best[filled] = np.maximum(np.maximum.reduceat(similarities, begins[filled]), 0.0)
    return best
