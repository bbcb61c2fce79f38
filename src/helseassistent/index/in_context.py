"""Word pieces read in their context: their vectors are kept with each passage, and a question's are held against them.

The shipped second encoder gives them in the run that makes a text's own vector. Late interaction over them (MaxSim,
Khattab and Zaharia 2020, arXiv 2004.12832) is a signal of the ranking; a reader of two small layers, which sees the
pieces of question and passage together, says of each sentence how surely it answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from helseassistent.index.encode_onnx import OnnxEncoder, open_session
from helseassistent.index.model_folder import unit_rows
from helseassistent.types import Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding

    from helseassistent.index.encode_onnx import Session

READER, WORDS = "reader.onnx", "words.safetensors"
BEFORE = 255  # the number of what stands before a passage's first sentence: title and headings
UNREAD = -20.0  # log-odds of a sentence without a piece that counts
_OUTPUTS = ("sentence_embedding", "word_vectors", "word_weights")
_IN_QUESTIONS, _IN_PASSAGES = 1, 2  # from which value of `counts` on a piece counts there
_LENGTH = 127  # of a stored vector


@dataclass(frozen=True, slots=True, eq=False)
class WordsInContext:
    """The pieces that count, one passage after the other: those of passage i are at `bounds[i]:bounds[i + 1]`."""

    vectors: NDArray[np.int8]  # shape (pieces, dimensions), unit rows times 127
    sentences: NDArray[np.uint8]  # which sentence of its passage each piece stands in, or BEFORE
    bounds: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence[WordsInContext], *, dimensions: int) -> WordsInContext:
        """The passages of all parts, in order."""
        sizes = [0, *(size for part in parts for size in np.diff(part.bounds).tolist())]
        return cls(
            np.concatenate([np.zeros((0, dimensions), np.int8), *(part.vectors for part in parts)]),
            np.concatenate([np.zeros(0, np.uint8), *(part.sentences for part in parts)]),
            np.cumsum(np.array(sizes, np.int64)),
        )

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, rows: NDArray[np.int64]) -> WordsInContext:
        """Those of some passages, in the order of `rows`."""
        starts, ends = self.bounds[rows], self.bounds[rows + 1]
        bounds = np.concatenate(([0], np.cumsum(ends - starts)))
        places = np.repeat(starts - bounds[:-1], ends - starts) + np.arange(bounds[-1])
        return WordsInContext(self.vectors[places], self.sentences[places], bounds)


@dataclass(frozen=True, slots=True, eq=False)
class AskedInContext:
    """A question read once: its own vector, its pieces as unit rows, and two weights a piece that each sum to 1."""

    vector: NDArray[np.float32]
    words: NDArray[np.float32]
    weights: NDArray[np.float32]  # shape (pieces, 2): for finding the passage, for finding the sentence


@dataclass(frozen=True)
class ContextReader:
    """The second encoder with what it knows of words; an `Encoder` like others, and thread-safe as they are."""

    encoder: OnnxEncoder
    reader: Session
    counts: NDArray[np.uint8]  # of every piece: 0 never counts, 1 in questions, 2 in passages too

    @property
    def dimensions(self) -> int:
        """Of the vectors of whole texts."""
        return self.encoder.dimensions

    @property
    def of_words(self) -> int:
        """Dimensions of the vectors of pieces."""
        return int(next(node for node in self.encoder.session.get_outputs() if node.name == _OUTPUTS[1]).shape[-1])

    @cached_property
    def fingerprint(self) -> str:
        """Another one if what is stored of a passage would be another."""
        return hashlib.sha256(self.encoder.fingerprint.encode() + self.counts.tobytes()).hexdigest()

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """One unit row a question."""
        return self.encoder.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row a passage."""
        return self.encoder.encode_passages(texts)

    def ask(self, question: str) -> AskedInContext:
        """The question made ready for `late` and `read`."""
        ((encoding, (vector, words, weights)),) = self.encoder.run_each([question], outputs=_OUTPUTS)
        if not encoding.ids:
            vector = np.zeros_like(vector)
        kept = self._kept(encoding, at_least=_IN_QUESTIONS)
        powers = np.exp(weights[kept] - weights[kept].max(axis=0, initial=-np.inf))
        return AskedInContext(unit_rows(vector[None])[0], words[kept], powers / powers.sum(axis=0))

    def passages(
        self, texts: Sequence[str], *, sentence_ends: Sequence[Sequence[int]]
    ) -> tuple[Vectors, WordsInContext]:
        """The vectors of texts and of their pieces; `sentence_ends` are offsets, the first that of what stands before.

        A piece between two sentences, a bullet say, belongs to the second.
        """
        vectors, parts = [], []
        for (encoding, (vector, words, _)), ends in zip(
            self.encoder.run_each(texts, outputs=_OUTPUTS), sentence_ends, strict=True
        ):
            kept = self._kept(encoding, at_least=_IN_PASSAGES)
            begins = np.array([start for start, _ in encoding.offsets], np.int64)[kept]
            number = np.minimum(np.searchsorted(ends, begins, side="right"), max(1, len(ends) - 1)) - 1
            parts.append(
                WordsInContext(
                    np.rint(words[kept] * _LENGTH).astype(np.int8),
                    np.where(begins < ends[0], BEFORE, np.minimum(number, BEFORE - 1)).astype(np.uint8),
                    np.array([0, len(kept)], np.int64),
                )
            )
            vectors.append(vector if encoding.ids else np.zeros_like(vector))
        rows = np.array(vectors, np.float32).reshape(len(texts), self.dimensions)
        return unit_rows(rows), WordsInContext.joined(parts, dimensions=self.of_words)

    def late(self, asked: AskedInContext, passages: WordsInContext) -> NDArray[np.float32]:
        """How surely each passage says the question, shape (passages,), in [0, 1]."""
        scores = np.zeros(len(passages), np.float32)
        filled = np.flatnonzero(np.diff(passages.bounds))
        if len(filled) and len(asked.words):
            cosines = (asked.words / _LENGTH) @ passages.vectors.astype(np.float32).T
            best = np.maximum.reduceat(cosines, passages.bounds[filled], axis=1)
            scores[filled] = asked.weights[:, 0] @ np.maximum(best, 0.0)
        return scores

    def read(
        self, asked: AskedInContext, passages: WordsInContext, *, sentences: Sequence[int]
    ) -> list[NDArray[np.float32]]:
        """Log-odds that each sentence of each passage answers; `sentences` says how many a passage has."""
        sizes, most = np.diff(passages.bounds), max(sentences, default=0)
        if not len(asked.words) or not sizes.any() or not most:
            return [np.full(count, UNREAD, np.float32) for count in sentences]
        row = np.repeat(np.arange(len(passages)), sizes)
        place = np.arange(sizes.sum()) - np.repeat(passages.bounds[:-1], sizes)
        shape = (len(passages), int(sizes.max()))
        words = np.zeros((*shape, passages.vectors.shape[1]), np.float32)
        words[row, place] = passages.vectors.astype(np.float32) / _LENGTH
        number = np.full(shape, BEFORE, np.int64)
        number[row, place] = passages.sentences
        given: dict[str, NDArray[Any]] = {
            "question": asked.words,
            "weights": asked.weights,
            "passages": words,
            "real": np.arange(shape[1]) < sizes[:, None],
            "sentence": number,
            "member": (number[:, None, :] == np.arange(most)[:, None]).astype(np.float32),
        }
        scores = np.asarray(self.reader.run(["scores"], given)[0], np.float32)
        return [scores[index, :count] for index, count in enumerate(sentences)]

    def _kept(self, encoding: Encoding, *, at_least: int) -> NDArray[np.int64]:
        """Places of the pieces that count."""
        return np.flatnonzero(self.counts[np.array(encoding.ids, np.int64)] >= at_least)


def with_words(encoder: OnnxEncoder, folder: Path, *, name: str) -> ContextReader:
    """The encoder with the reader that lies in its folder.

    Raises:
        EncoderError: if a part of it is missing or cannot be used.
    """
    from safetensors.numpy import load_file

    session = open_session(folder / READER, name=name, threads=1)
    return ContextReader(encoder, session, load_file(folder / WORDS)["counts"])
