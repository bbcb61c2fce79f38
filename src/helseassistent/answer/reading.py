"""A question read word by word: how much each word matters, and how near a text comes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.text.asked import Asked, asked_for, defined
from helseassistent.text.terms import stem, word_terms
from helseassistent.text.words import FUNCTION_WORDS, content_words, tokens
from helseassistent.types import Encoder, Vectors

# Cosines of single words: below the first they say nothing, from the second on the words mean the same here.
# Chosen on labelled sentences: docs/decisions/0006-sentence-choice.md.
UNRELATED, SAME = 0.1, 0.5
_SAID = 0.9  # how much of a word's importance goes when title and headings have said it already
_MOST_WORDS = 50_000  # remembered vectors; about 60 MB

Shares: TypeAlias = NDArray[np.float64]  # one number in [0, 1] a word of the question


class WordVectors:
    """Vectors of single words, remembered, since a corpus uses the same words again and again; threads may share it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._lock = Lock()
        self._rows: dict[str, int] = {}
        self._matrix: Vectors = np.empty((0, encoder.dimensions), dtype=np.float32)

    def of(self, words: Sequence[str]) -> Vectors:
        """The vector of each word, shape (words, dimensions)."""
        with self._lock:
            missing = [word for word in dict.fromkeys(words) if word not in self._rows]
            if missing:
                self._remember(missing, asked=words)
            return self._matrix[[self._rows[word] for word in words]]

    def learn(self, words: Sequence[str], *, encode: Callable[[Sequence[int]], Vectors]) -> None:
        """Remember `words` too; `encode` gives the vectors of some of them, by their places, more quickly than others.

        Where there is no room, nothing is learnt.
        """
        with self._lock:
            missing = [place for place, word in enumerate(words) if word not in self._rows]
            if missing and len(self._rows) + len(missing) <= _MOST_WORDS:
                self._add([words[place] for place in missing], encode(missing))

    def _remember(self, missing: Sequence[str], *, asked: Sequence[str]) -> None:
        if len(self._rows) + len(missing) > _MOST_WORDS:
            self._rows, missing = {}, list(dict.fromkeys(asked))
        self._add(missing, self._encoder.encode_passages(missing))

    def _add(self, missing: Sequence[str], vectors: Vectors) -> None:
        first, last = len(self._rows), len(self._rows) + len(missing)
        if last > len(self._matrix):
            grown = np.empty((2 * last, self._encoder.dimensions), dtype=np.float32)
            grown[:first] = self._matrix[:first]
            self._matrix = grown
        self._matrix[first:last] = vectors
        self._rows.update(zip(missing, range(first, last), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A question with its content words; `importance` sums to 1."""

    question: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    vectors: Vectors  # one row a word
    importance: Shares
    terms: frozenset[str]
    asked: frozenset[Asked]


def read_question(question: str, *, encoder: Encoder) -> Reading:
    """A word matters as much as the question's vector turns when it is left out; that needs no list of words."""
    words = tuple(dict.fromkeys(content_words(question) or tokens(question) or [question]))
    without = [" ".join(other for other in words if other != word) for word in words]
    encoded = encoder.encode_questions([question, *without, *words])
    weights = np.maximum(1.0 - encoded[1 : len(words) + 1] @ encoded[0], 1e-3).astype(np.float64)
    return Reading(
        question,
        words,
        tuple(stem(word) for word in words),
        encoded[len(words) + 1 :],
        weights / weights.sum(),
        frozenset(word_terms(question)),
        asked_for(question),
    )


@lru_cache(maxsize=20_000)
def subject_words(text: str) -> tuple[str, ...]:
    """The distinct words of `text` that can carry a subject; all its words if it has none."""
    found = tuple(dict.fromkeys(tokens(text)))
    return tuple(word for word in found if word not in FUNCTION_WORDS) or found


def says_every_word(question: str, texts: Iterable[str]) -> bool:
    """Whether each word of `question` that can carry a subject stands, in some inflection, in one of `texts`."""
    said = {stem(word) for text in texts for word in tokens(text)}
    return {stem(word) for word in subject_words(question)} <= said


def nearness(reading: Reading, text: str, *, vectors: WordVectors) -> Shares:
    """How surely `text` says each word of the question: 0 for nothing near, 1 for the word itself or one as good."""
    return nearness_of_words(reading, subject_words(text), vectors=vectors)


def nearness_of_words(reading: Reading, words: Sequence[str], *, vectors: WordVectors) -> Shares:
    """The same for a text whose `subject_words` are known."""
    if not words:
        return np.zeros(len(reading.words))
    stems = _stems(tuple(words))
    cosines = reading.vectors @ vectors.of(words).T
    scaled = np.clip((cosines.max(axis=1) - UNRELATED) / (SAME - UNRELATED), 0.0, 1.0).astype(np.float64)
    same = [stem in stems for stem in reading.stems]
    return np.where(same, 1.0, scaled)


def nearness_of_texts(reading: Reading, texts: Sequence[str], *, vectors: WordVectors) -> NDArray[np.float64]:
    """The same for several texts at once, shape (words of the question, texts)."""
    rows: dict[str, int] = {}
    found = [subject_words(text) for text in texts]
    places = [rows.setdefault(word, len(rows)) for words in found for word in words]
    same = np.array(reading.stems)[:, None] == np.array([stem(word) for word in rows], dtype=np.str_)
    near = nearness_to_words(reading, vectors.of(list(rows)), same=same)
    bounds = np.cumsum([0, *map(len, found)])
    return best_of_each(near[:, places], bounds)


def best_of_each(near: NDArray[np.float64], bounds: NDArray[np.int64]) -> NDArray[np.float64]:
    """The highest of the columns `bounds[i]:bounds[i + 1]` for each i; 0 where there are none."""
    best = np.zeros((len(near), len(bounds) - 1))
    filled = np.flatnonzero(np.diff(bounds))
    if len(filled):
        best[:, filled] = np.maximum.reduceat(near, bounds[filled], axis=1)
    return best


def nearness_to_words(reading: Reading, words: Vectors, *, same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How surely each of some words says each word of the question, shape (words of the question, words).

    `words` are their vectors, and `same`, of that shape, tells which of them have one stem.
    """
    near = (reading.vectors @ words.T - UNRELATED) / (SAME - UNRELATED)
    return np.where(same, 1.0, np.clip(near, 0.0, 1.0)).astype(np.float64)


@lru_cache(maxsize=20_000)
def _stems(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem(word) for word in words)


def unsaid(reading: Reading, context: str, *, vectors: WordVectors) -> Shares:
    """The importance of each word once `context`, the title and headings, has said its part; sums to 1."""
    return still_unsaid(reading, nearness(reading, context, vectors=vectors))


def still_unsaid(reading: Reading, said: Shares) -> Shares:
    """The same where it is known how surely `context` says each word."""
    left = reading.importance * (1.0 - _SAID * said)
    return np.asarray(left / left.sum())


def asks_about_title(reading: Reading, title: str) -> bool:
    """Whether the question asks what something is, and that something is what `title` names, and nothing more."""
    subject = defined(reading.question)
    if not subject:
        return False
    asked = frozenset(word_terms(subject))
    return bool(asked) and asked == frozenset(word_terms(title))


def rarity(said: NDArray[np.float64]) -> Shares:
    """Inverse document frequency of each word over a few texts, `said` having shape (words, texts); never zero.

    A word that all of them say tells them not apart. Nearness counts as a part of an occurrence.
    """
    return np.asarray(np.log(1 + said.shape[1] / (0.5 + (said**2).sum(axis=1))))
