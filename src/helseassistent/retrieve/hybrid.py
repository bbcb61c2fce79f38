"""The hybrid retriever: dense and lexical candidates, ranked together, the best of them read word by word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.extract import PASSAGES
from helseassistent.answer.reading import (
    Reading,
    WordVectors,
    best_of_each,
    nearness,
    nearness_to_words,
    rarity,
    read_question,
)
from helseassistent.index.contextual import contextual_of, words_of
from helseassistent.index.encode import StaticEncoder
from helseassistent.index.generation import Generation
from helseassistent.index.late import Asked, LateInteraction, shipped_late
from helseassistent.index.passages import embedded_text
from helseassistent.index.word_tokens import distinct
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import Scores, SignalTable, sentence_similarities, signal_table
from helseassistent.retrieve.thesaurus import Thesaurus, searched_also, shipped_thesaurus
from helseassistent.types import Encoder, Passage, Scored, Sentence, Signals, Vectors

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
        own = words_of(encoder)
        self._quick = own if isinstance(own, StaticEncoder) and own.reads_like(self._late.reader) else None
        self._thesaurus = thesaurus or shipped_thesaurus()
        self._vectors = vectors or WordVectors(encoder)

    def search(self, question: str, *, top_k: int = 10) -> list[Scored]:
        """The best passages, best first, each with its signals and sentences; empty for a corpus without passages."""
        if not self.generation.passages:
            return []
        question = self.generation.spelling.with_letters(question)
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
        rows = table.rows[order[best]]
        self._learn_words(rows[:PASSAGES])
        sentences = self._sentences(rows, vector=vector, asked=asked)
        return [
            self._scored(row, float(final[i]), (*table.values[order[i]], *read[i]), found)
            for row, i, found in zip(rows.tolist(), best, sentences, strict=True)
        ]

    def says(self, passage: Passage, question: str) -> float:
        """How much of `question` the passage with its title and headings says, in [0, 1], by what matters in it."""
        reading = read_question(question, encoder=self._encoder)
        return float(reading.importance @ nearness(reading, embedded_text(passage), vectors=self._vectors))

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
        reading = read_question(question, encoder=self._encoder)
        said = said_shares(reading, self._nearness(reading, rows))
        passages = self.generation.tokens.passages.take(rows)
        return np.column_stack([said, self._late.scores(asked or self._late.read(question), passages)])

    def _scored(
        self, row: int, score: float, values: tuple[float, ...], sentences: Sequence[tuple[float, float]]
    ) -> Scored:
        passage = self.generation.passages[row]
        body = self.generation.pages[passage.file].body
        spans = [(start, end) for _, start, end in self.generation.sentences_of(row)]
        found = tuple(
            Sentence(start, end, body[start:end], similarity, said)
            for (start, end), (similarity, said) in zip(spans, sentences, strict=True)
        )
        return Scored(passage, score, Signals(*(float(value) for value in values)), found)

    def _sentences(self, rows: NDArray[np.int64], *, vector: Scores, asked: Asked) -> list[list[tuple[float, float]]]:
        """For each passage, how near each of its sentences is to the question and how surely it says it."""
        bounds = self.generation.sentence_bounds
        places = [np.arange(bounds[row], bounds[row + 1]) for row in rows.tolist()]
        every = np.concatenate(places)
        similarities = sentence_similarities(every, generation=self.generation, vector=vector)
        said = self._late.scores(asked, self.generation.tokens.of_sentences(every))
        both = iter(zip(similarities.tolist(), said.tolist(), strict=True))
        return [[next(both) for _ in own] for own in places]

    def _nearness(self, reading: Reading, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """How surely each passage says each word of the question, shape (words of the question, passages)."""
        found = self.generation.said.passages.take(rows)
        numbers, places = distinct(found.ids, below=len(self.generation.said.words))
        stems = [self.generation.words.vocabulary.get(stem, -1) for stem in reading.stems]
        same = np.array(stems)[:, None] == self.generation.said.stems[numbers]
        near = nearness_to_words(reading, self._word_vectors(numbers), same=same)
        return best_of_each(near[:, places], found.bounds)

    def _word_vectors(self, numbers: NDArray[np.int64]) -> Vectors:
        """The vectors of words of the generation, from their tokens where the encoder can."""
        table = self.generation.said
        if self._quick:
            return self._quick.encode_tokens(table.tokens.take(numbers))
        return self._vectors.of([table.words[number] for number in numbers.tolist()])

    def _learn_words(self, rows: NDArray[np.int64]) -> None:
        """What the answer will ask for: the words of the passages that may speak."""
        if self._quick:
            numbers = np.unique(self.generation.said.passages.take(rows).ids).astype(np.int64)
            words = [self.generation.said.words[number] for number in numbers.tolist()]
            self._vectors.learn(words, encode=lambda places: self._word_vectors(numbers[places]))


def said_shares(reading: Reading, said: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of the question each passage says, in [0, 1], from how surely it says each word of it.

    A word that few of these passages say counts more.
    """
    weights = reading.importance * rarity(said)
    return np.asarray((weights / weights.sum()) @ said)
