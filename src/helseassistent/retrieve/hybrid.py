"""The hybrid retriever: dense and lexical candidates, ranked together, the best of them read word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

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
from helseassistent.index.contextual import contextual_of, reader_of, words_of
from helseassistent.index.encode import StaticEncoder
from helseassistent.index.generation import Generation
from helseassistent.index.late import LateInteraction, shipped_late
from helseassistent.index.passages import embedded_text
from helseassistent.index.word_tokens import distinct
from helseassistent.retrieve.asked import Asked, Wording
from helseassistent.retrieve.rank import AGAIN, RankWeights, scores
from helseassistent.retrieve.signals import SignalTable, sentence_similarities, signal_table
from helseassistent.retrieve.thesaurus import Thesaurus, searched_also, shipped_thesaurus
from helseassistent.text.bokmaal import in_bokmaal
from helseassistent.types import Encoder, Passage, Scored, Sentence, Signals, Vectors

READ_AGAIN = 40  # passages that the second ranking reads
READ = 8  # passages whose sentences the reader reads
_DECIMALS = 6  # of a score that count; what rounding in a sum of products turns around does not

Odds: TypeAlias = Mapping[int, NDArray[np.float32]]  # of the sentences of passages, by row
SentenceSignals: TypeAlias = tuple[float, float, float | None]


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
        reworded: Callable[[str], str] = in_bokmaal,
    ) -> None:
        self.generation = generation
        self._encoder = encoder
        self._second, self._reader = contextual_of(encoder), reader_of(encoder)
        self._weights = weights
        self._late = late or shipped_late()
        own = words_of(encoder)
        self._quick = own if isinstance(own, StaticEncoder) and own.reads_like(self._late.reader) else None
        self._thesaurus = thesaurus or shipped_thesaurus()
        self._reworded = reworded
        self._vectors = vectors or WordVectors(encoder)

    def search(self, question: str, *, top_k: int = 10) -> list[Scored]:
        """The best passages, best first, each with its signals and sentences; empty for a corpus without passages."""
        if not self.generation.passages:
            return []
        asked = self.ask(self.generation.spelling.with_letters(question))
        table = self.table(asked)
        first = scores(table, weights=self._weights)
        # A stable order for equal scores: the passage that stands first in the corpus.
        order = np.lexsort((table.rows, -np.round(first, _DECIMALS)))[
            : max(top_k, READ_AGAIN if self._weights.again else 0)
        ]
        again = self.read_again(asked, table.rows[order])
        final = first[order]
        if self._weights.again:
            final = np.column_stack([final, again]) @ self._weights.again.at(table.own_words)
        best = np.lexsort((table.rows[order], -np.round(final, _DECIMALS)))
        odds: Odds = {}
        read = np.zeros(len(order))
        if self._weights.last:
            odds = self.read(asked, table.rows[order[best[:READ]]])
            read = read_shares(odds, count=len(order), places=best)
            final = np.column_stack([final, read]) @ self._weights.last.at(table.own_words)
            best = np.lexsort((table.rows[order], -np.round(final, _DECIMALS)))
        rows = table.rows[order[best[:top_k]]]
        self._learn_words(rows[:PASSAGES])
        return [
            self._scored(row, float(final[i]), (*table.values[order[i]], *again[i], read[i]), found)
            for row, i, found in zip(rows.tolist(), best, self._sentences(rows, asked=asked, odds=odds), strict=False)
        ]

    def says(self, passage: Passage, question: str) -> float:
        """How much of `question` the passage with its title and headings says, in [0, 1], by what matters in it."""
        reading = read_question(question, encoder=self._encoder)
        return float(reading.importance @ nearness(reading, embedded_text(passage), vectors=self._vectors))

    def searched_also(self, question: str) -> tuple[str, ...]:
        """The official words that `search` looks for besides the question's own."""
        return tuple(dict.fromkeys(word for text in self._wordings(question) for word in self._official(text)))

    def ask(self, question: str) -> Asked:
        """Read the question, and its wording in bokmål if that is another, by every encoder."""
        return Asked(tuple(self._read(text) for text in self._wordings(question)))

    def _wordings(self, question: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((question, self._reworded(question))))

    def _read(self, text: str) -> Wording:
        vector = self._encoder.encode_questions([text])[0]
        in_context = self._reader.ask(text) if self._reader else None
        contextual = in_context.vector if in_context else None
        if in_context is None and self._second:
            contextual = self._second.encode_questions([text])[0]
        return Wording(text, vector, self._late.read(text), self._official(text), contextual, in_context)

    def _official(self, text: str) -> tuple[str, ...]:
        return searched_also(self._thesaurus.synonyms(text))

    def table(self, asked: Asked) -> SignalTable:
        """The candidates for a question with the signals of the first ranking."""
        return signal_table(asked, generation=self.generation)

    def read_again(self, asked: Asked, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """What only the second ranking sees of passages, in the order of `AGAIN` after `first`, shape (rows, 4)."""
        if not self._weights.again:
            return np.zeros((len(rows), len(AGAIN) - 1))
        readings = [read_question(wording.text, encoder=self._encoder) for wording in asked.wordings]
        said = np.maximum.reduce(
            [said_shares(*found) for found in zip(readings, self._nearness(readings, rows), strict=True)]
        )
        late = self._late.scores(
            [wording.late for wording in asked.wordings], self.generation.tokens.passages.take(rows)
        )
        in_context = np.zeros(len(rows), np.float32)
        read = asked.in_context
        if self._reader and self.generation.in_context and read:
            words = self.generation.in_context.take(rows)
            in_context = np.maximum.reduce([self._reader.late(one, words) for one in read])
        # A long passage says more words of any question.
        length = np.log1p([len(self.generation.passages[row].text.split()) for row in rows.tolist()])
        return np.column_stack([said, late, in_context, length])

    def _scored(
        self, row: int, score: float, values: tuple[float, ...], sentences: Sequence[SentenceSignals]
    ) -> Scored:
        passage = self.generation.passages[row]
        body = self.generation.pages[passage.file].body
        spans = [(start, end) for _, start, end in self.generation.sentences_of(row)]
        found = tuple(
            Sentence(start, end, body[start:end], *signals)
            for (start, end), signals in zip(spans, sentences, strict=True)
        )
        return Scored(passage, score, Signals(*(float(value) for value in values)), found)

    def read(self, asked: Asked, rows: NDArray[np.int64]) -> Odds:
        """What the reader says of each sentence of passages; empty without a reader."""
        read = asked.in_context
        if not (self._reader and self.generation.in_context and read):
            return {}
        bounds = self.generation.sentence_bounds
        counts = (bounds[rows + 1] - bounds[rows]).tolist()
        words = self.generation.in_context.take(rows)
        found = [self._reader.read(one, words, sentences=counts) for one in read]
        return {row: np.maximum.reduce(own) for row, *own in zip(rows.tolist(), *found, strict=True)}

    def _sentences(self, rows: NDArray[np.int64], *, asked: Asked, odds: Odds) -> list[list[SentenceSignals]]:
        """For each passage the signals of its sentences: how near, how surely said, and what the reader says."""
        bounds = self.generation.sentence_bounds
        places = [np.arange(bounds[row], bounds[row + 1]) for row in rows.tolist()]
        every = np.concatenate(places)
        tokens = self.generation.tokens.of_sentences(every)
        similarities = sentence_similarities(every, generation=self.generation, vectors=asked.vectors)
        said = self._late.scores([wording.late for wording in asked.wordings], tokens)
        read = [
            value
            for row, own in zip(rows.tolist(), places, strict=True)
            for value in (odds[row].tolist() if row in odds else [None] * len(own))
        ]
        signals = iter(zip(similarities.tolist(), said.tolist(), read, strict=True))
        return [[next(signals) for _ in own] for own in places]

    def _nearness(self, readings: Sequence[Reading], rows: NDArray[np.int64]) -> Iterator[NDArray[np.float64]]:
        """For each reading how surely each passage says each word of it, shape (words of the question, passages)."""
        found = self.generation.said.passages.take(rows)
        numbers, places = distinct(found.ids, below=len(self.generation.said.words))
        vectors = self._word_vectors(numbers)
        for reading in readings:
            stems = [self.generation.words.vocabulary.get(stem, -1) for stem in reading.stems]
            same = np.array(stems)[:, None] == self.generation.said.stems[numbers]
            near = nearness_to_words(reading, vectors, same=same)
            yield best_of_each(near[:, places], found.bounds)

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


def read_shares(odds: Odds, *, count: int, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probability by the reader that it is each of `count` passages that answers; the rest of 1 is that none does.

    `odds` are those of the passages at the first of `places`, in their order; the others have not been read and get 0.
    """
    read = np.zeros(count)
    found = [np.logaddexp.reduce(own.astype(np.float64)) if len(own) else -np.inf for own in odds.values()]
    read[places[: len(found)]] = np.exp(np.array(found) - np.logaddexp.reduce([0.0, *found]))
    return read
