"""The hybrid retriever: dense and lexical candidates, ranked together, the best of them read word by word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.reading import (
    Reading,
    WordVectors,
    nearness_of_texts,
    rarity,
    read_question,
    subject_words,
)
from helseassistent.index.contextual import contextual_of
from helseassistent.index.generation import Generation
from helseassistent.index.late import Asked, LateInteraction, shipped_late
from helseassistent.index.passages import embedded_text
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import Scores, SignalTable, sentence_similarities, signal_table
from helseassistent.retrieve.thesaurus import Thesaurus, searched_also, shipped_thesaurus
from helseassistent.types import Encoder, Scored, Sentence, Signals

READ_AGAIN = 40  # passages that the second ranking reads
_DECIMALS = 6  # of a score that count; what rounding in a sum of products turns around does not


class HybridRetriever:
    """Finds passages of one generation; threads may share it."""

    def __init__(
        self,
        generation: Generation,
        *,
        encoder: Encoder,
        weights: RankWeights,
        vectors: WordVectors | None = None,
        late: LateInteraction | None = None,
        thesaurus: Thesaurus | None = None,
    ) -> None:
        self.generation = generation
        self._encoder = encoder
        self._second = contextual_of(encoder)
        self._weights = weights
        self._late = late or shipped_late()
        self._thesaurus = thesaurus or shipped_thesaurus()
        self._vectors = vectors or WordVectors(encoder)

    def search(self, question: str, *, top_k: int = 10) -> list[Scored]:
        """The best passages, best first, each with its signals and sentences; empty for a corpus without passages."""
        if not self.generation.passages:
            return []
        vector = self._encoder.encode_questions([question])[0]
        table = self.table(question, vector=vector)
        first = scores(table, weights=self._weights)
        # A stable order for equal scores: the passage that stands first in the corpus.
        order = np.lexsort((table.rows, -np.round(first, _DECIMALS)))[
            : max(top_k, READ_AGAIN if self._weights.again else 0)
        ]
        asked = self._late.read(question)
        read = self.read_again(question, table.rows[order], asked=asked)
        final = first[order]
        if self._weights.again:
            final = np.column_stack([final, read]) @ self._weights.again.at(table.own_words)
        best = np.lexsort((table.rows[order], -np.round(final, _DECIMALS)))[:top_k]
        return [
            self._scored(int(table.rows[order[i]]), float(final[i]), (*table.values[order[i]], *read[i]), vector, asked)
            for i in best
        ]

    def searched_also(self, question: str) -> tuple[str, ...]:
        """The official words that `search` looks for besides the question's own."""
        return searched_also(self._thesaurus.synonyms(question))

    def table(self, question: str, *, vector: Scores) -> SignalTable:
        """The candidates for a question with the signals of the first ranking."""
        return signal_table(
            question,
            generation=self.generation,
            vector=vector,
            contextual=self._second.encode_questions([question])[0] if self._second else None,
            official=self.searched_also(question),
        )

    def read_again(self, question: str, rows: NDArray[np.int64], *, asked: Asked | None = None) -> NDArray[np.float64]:
        """What only the second ranking sees of passages, `said` and `late`, shape (rows, 2)."""
        if not self._weights.again:
            return np.zeros((len(rows), 2))
        texts = [embedded_text(self.generation.passages[row]) for row in rows]
        reading = read_question(question, encoder=self._encoder)
        said = said_shares(reading, texts, vectors=self._vectors)
        return np.column_stack([said, self._late.scores(asked or self._late.read(question), texts)])

    def _scored(self, row: int, score: float, values: tuple[float, ...], vector: Scores, asked: Asked) -> Scored:
        passage = self.generation.passages[row]
        body = self.generation.pages[passage.file].body
        spans = [(start, end) for _, start, end in self.generation.sentences_of(row)]
        similarities = sentence_similarities(row, generation=self.generation, vector=vector)
        late = self._late.scores(asked, [body[start:end] for start, end in spans])
        sentences = tuple(
            Sentence(start, end, body[start:end], float(similarity), float(said))
            for (start, end), similarity, said in zip(spans, similarities, late, strict=True)
        )
        return Scored(passage, score, Signals(*(float(value) for value in values)), sentences)


def said_shares(reading: Reading, texts: Sequence[str], *, vectors: WordVectors) -> NDArray[np.float64]:
    """How much of the question each text says, in [0, 1]; a word that few of these texts say counts more."""
    words = [subject_words(text) for text in texts]
    said = nearness_of_texts(reading, words, vectors=vectors)
    weights = reading.importance * rarity(said)
    return np.asarray((weights / weights.sum()) @ said)
