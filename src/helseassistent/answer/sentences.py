"""Which sentence of a passage answers: a few signals, weighted by a fitted file that can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.reading import (
    Reading,
    Shares,
    WordVectors,
    nearness,
    nearness_of_texts,
    rarity,
    still_unsaid,
)
from helseassistent.text.asked import amounts, counted, holds
from helseassistent.types import Sentence

NAMES = ("similarity", "late", "said", "asked", "counts", "read")
Features: TypeAlias = NDArray[np.float64]  # shape (sentences, len(NAMES))


def sentence_features(
    reading: Reading, sentences: Sequence[Sentence], *, context: str, vectors: WordVectors
) -> Features:
    """The signals of each sentence of one passage; `context` is the title and headings that it stands under.

    `said` is how much of the question the sentence says, counting what the headings have not said already, and the
    more the fewer of the other sentences say it (an inverse document frequency within the passage).
    """
    return features_by_passage(reading, [(context, sentences)], vectors=vectors)[0]


def features_by_passage(
    reading: Reading, passages: Sequence[tuple[str, Sequence[Sentence]]], *, vectors: WordVectors
) -> list[Features]:
    """The same for passages with what each stands under, whose words are looked up together."""
    texts = [text for context, own in passages for text in (context, *(sentence.text for sentence in own))]
    near = nearness_of_texts(reading, texts, vectors=vectors)
    found, first = [], 0
    for _, own in passages:
        said = near[:, first + 1 : first + 1 + len(own)]
        found.append(_features(reading, own, said=said, above=near[:, first], vectors=vectors))
        first += 1 + len(own)
    return found


def _features(
    reading: Reading, sentences: Sequence[Sentence], *, said: Shares, above: Shares, vectors: WordVectors
) -> Features:
    weights = still_unsaid(reading, above) * rarity(said)
    share = (weights / weights.sum()) @ said
    counts = _counts(reading, sentences, vectors=vectors)
    rows = zip(sentences, share, counts, strict=True)
    return np.array([_row(reading, sentence, said=value, counts=count) for sentence, value, count in rows])


def sentence_scores(features: Features, *, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Scores whose softmax is the probability that the sentence is the one that answers, given its passage."""
    return np.asarray(features @ np.array([weights.get(name, 0.0) for name in NAMES]))


def sentence_file(*, read: bool) -> str:
    """Which file of this folder holds the weights for sentences that the reader has read, or has not."""
    return "sentence.json" if read else "sentence-static.json"


@cache
def shipped_weights(*, read: bool) -> Mapping[str, float]:
    """The weights in `sentence_file`, fitted by `helseassistent train` on labelled sentences."""
    content = resources.files("helseassistent.answer").joinpath(sentence_file(read=read)).read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(content)["weights"]
    return weights


def _row(reading: Reading, sentence: Sentence, *, said: float, counts: float) -> list[float]:
    return [
        sentence.similarity,
        sentence.late,
        said,
        float(any(holds(sentence.text, kind) for kind in reading.asked)),
        counts,
        sentence.read or 0.0,
    ]


def _counts(reading: Reading, sentences: Sequence[Sentence], *, vectors: WordVectors) -> list[float]:
    """How near each sentence's numbered words are to the word that the question counts; 0 where it counts nothing."""
    noun = counted(reading.question)
    if noun is None or noun not in reading.words:
        return [0.0] * len(sentences)
    place = reading.words.index(noun)
    found = [" ".join(amounts(sentence.text)) for sentence in sentences]
    return [float(nearness(reading, text, vectors=vectors)[place]) if text else 0.0 for text in found]
