"""Texts as flat arrays of token numbers, so that a batch is cut out without touching a string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

_AT_ONCE = 20_000
_SENTENCE_END = re.compile(r'(?<=[.!?:;])\s+(?=[A-ZÆØÅ«"–\-0-9])')
_SHORTEST_SENTENCE = 5  # tokens
_LEAST_SURROUNDINGS = 12  # tokens of the document outside the sentence

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Many texts in one array; text number i is `flat[offsets[i]:offsets[i + 1]]`."""

    flat: Ids
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> Ids:
        return self.flat[self.offsets[number] : self.offsets[number + 1]]


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences of running text with the bounds of the document each stands in, all as positions in `flat`."""

    flat: Ids
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    document_starts: NDArray[np.int64]
    document_ends: NDArray[np.int64]

    @property
    def usable(self) -> NDArray[np.int64]:
        """Numbers of the sentences that are long enough and have surroundings."""
        lengths = self.ends - self.starts
        surroundings = self.document_ends - self.document_starts - lengths
        return np.flatnonzero((lengths >= _SHORTEST_SENTENCE) & (surroundings >= _LEAST_SURROUNDINGS))


def tokenise(texts: Iterable[str], *, tokenizer: Tokenizer) -> Tokens:
    """Every text as token numbers, without special tokens."""
    parts: list[Ids] = []
    lengths: list[int] = []
    for chunk in _chunks(texts):
        for encoding in tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
            parts.append(np.array(encoding.ids, np.int32))
            lengths.append(len(parts[-1]))
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Tokens(np.concatenate(parts) if parts else np.zeros(0, np.int32), offsets)


def tokenise_documents(documents: Iterable[Sequence[str]], *, tokenizer: Tokenizer) -> Sentences:
    """The sentences of every document in order."""
    numbers: list[int] = []

    def sentences() -> Iterator[str]:
        for number, paragraphs in enumerate(documents):
            for paragraph in paragraphs:
                for sentence in _SENTENCE_END.split(paragraph):
                    numbers.append(number)
                    yield sentence

    tokens = tokenise(sentences(), tokenizer=tokenizer)
    owners = np.array(numbers, np.int64)
    first = np.searchsorted(owners, owners, side="left")
    last = np.searchsorted(owners, owners, side="right")
    offsets = tokens.offsets
    return Sentences(tokens.flat, offsets[:-1], offsets[1:], offsets[first], offsets[last])


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(texts)
    while chunk := list(islice(iterator, _AT_ONCE)):
        yield chunk
