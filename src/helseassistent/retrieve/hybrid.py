"""The hybrid retriever: dense and lexical candidates, ranked together."""

from __future__ import annotations

import numpy as np

from helseassistent.index.generation import Generation
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import Scores, sentence_similarities, signal_table
from helseassistent.types import Encoder, Scored, Sentence, Signals


class HybridRetriever:
    """Finds passages of one generation; safe to share between threads, since nothing in it changes."""

    def __init__(self, generation: Generation, *, encoder: Encoder, weights: RankWeights) -> None:
        self.generation = generation
        self._encoder = encoder
        self._weights = weights

    def search(self, question: str, *, top_k: int = 10) -> list[Scored]:
        """The best passages, best first, each with its signals and sentences; empty for a corpus without passages."""
        if not self.generation.passages:
            return []
        vector = self._encoder.encode_questions([question])[0]
        table = signal_table(question, generation=self.generation, vector=vector)
        found = scores(table, weights=self._weights)
        # A stable order for equal scores: the passage that stands first in the corpus.
        order = np.lexsort((table.rows, -found))[:top_k]
        return [self._scored(int(table.rows[i]), float(found[i]), table.values[i], vector) for i in order]

    def _scored(self, row: int, score: float, values: Scores, vector: Scores) -> Scored:
        passage = self.generation.passages[row]
        body = self.generation.pages[passage.file].body
        similarities = sentence_similarities(row, generation=self.generation, vector=vector)
        sentences = tuple(
            Sentence(start, end, body[start:end], float(similarity))
            for (_, start, end), similarity in zip(self.generation.sentences_of(row), similarities, strict=True)
        )
        return Scored(passage, score, Signals(*(float(value) for value in values)), sentences)
