"""The hybrid retriever: dense and lexical candidates, ranked together, the best of them read word by word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.reading import (
    Reading,
    WordVectors,
    nearness_of_words,
    rarity,
    read_question,
    subject_words,
)
from helseassistent.index.generation import Generation
from helseassistent.index.passages import embedded_text
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import Scores, sentence_similarities, signal_table
from helseassistent.types import Encoder, Scored, Sentence, Signals

READ_AGAIN = 30  # passages that the second ranking reads


class HybridRetriever:
    """Finds passages of one generation; threads may share it."""

    def __init__(
        self, generation: Generation, *, encoder: Encoder, weights: RankWeights, vectors: WordVectors | None = None
    ) -> None:
        self.generation = generation
        self._encoder = encoder
        self._weights = weights
        self._vectors = vectors or WordVectors(encoder)

    def search(self, question: str, *, top_k: int = 10) -> list[Scored]:
        """The best passages, best first, each with its signals and sentences; empty for a corpus without passages."""
        if not self.generation.passages:
            return []
        vector = self._encoder.encode_questions([question])[0]
        table = signal_table(question, generation=self.generation, vector=vector)
        first = scores(table, weights=self._weights)
        # A stable order for equal scores: the passage that stands first in the corpus.
        order = np.lexsort((table.rows, -first))[: max(top_k, READ_AGAIN if self._weights.said else 0)]
        said = self._said(question, table.rows[order])
        final = self._weights.first * first[order] + self._weights.said * said
        best = np.lexsort((table.rows[order], -final))[:top_k]
        return [
            self._scored(int(table.rows[order[i]]), float(final[i]), (*table.values[order[i]], said[i]), vector)
            for i in best
        ]

    def _said(self, question: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        if not self._weights.said:
            return np.zeros(len(rows))
        reading = read_question(question, encoder=self._encoder)
        return said_shares(reading, rows, generation=self.generation, vectors=self._vectors)

    def _scored(self, row: int, score: float, values: tuple[float, ...], vector: Scores) -> Scored:
        passage = self.generation.passages[row]
        body = self.generation.pages[passage.file].body
        similarities = sentence_similarities(row, generation=self.generation, vector=vector)
        sentences = tuple(
            Sentence(start, end, body[start:end], float(similarity))
            for (_, start, end), similarity in zip(self.generation.sentences_of(row), similarities, strict=True)
        )
        return Scored(passage, score, Signals(*(float(value) for value in values)), sentences)


def said_shares(
    reading: Reading, rows: NDArray[np.int64], *, generation: Generation, vectors: WordVectors
) -> NDArray[np.float64]:
    """How much of the question each passage says, in [0, 1]; a word that few of these passages say counts more."""
    texts = [embedded_text(generation.passages[row]) for row in rows]
    words = [subject_words(text) for text in texts]
    said = np.stack([nearness_of_words(reading, found, vectors=vectors) for found in words], axis=1)
    weights = reading.importance * rarity(said)
    return np.asarray((weights / weights.sum()) @ said)
