"""The tokens of passages and of their sentences, read once: a sentence's tokens are a stretch of its passage's.

Sentences begin and end at white space, and the shipped tokenizer reads word by word, so that the pieces of a passage
have the tokens that the whole has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.index.passages import context_of
from helseassistent.index.word_tokens import Tokens, WordTokens
from helseassistent.types import Passage

Spans: TypeAlias = Sequence[tuple[int, int]]  # of the sentences of one passage, in its page's body


@dataclass(frozen=True, slots=True, eq=False)
class PassageTokens:
    """The tokens of `embedded_text` of each passage, and where in them the sentences stand."""

    passages: Tokens
    sentences: NDArray[np.int64]  # shape (sentences, 2): start and end in `passages.ids`

    def of_sentences(self, rows: slice | NDArray[np.int64]) -> Tokens:
        """The tokens of some sentences."""
        starts, ends = self.sentences[rows].T
        return self.passages.between(starts, ends)


def passage_tokens(passages: Sequence[Passage], *, spans: Sequence[Spans], words: WordTokens) -> PassageTokens:
    """Read `passages`, whose sentences are at `spans`."""
    pieces = [piece for passage, own in zip(passages, spans, strict=True) for piece in _pieces(passage, own)]
    found = words.of(pieces)
    counts = np.fromiter(map(len, spans), np.int64, len(spans))
    firsts = np.concatenate(([0], np.cumsum(2 * counts + 2)))
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    sentences = np.repeat(firsts[:-1], counts) + 2 * within + 2
    bounds = found.bounds
    return PassageTokens(Tokens(found.ids, bounds[firsts]), np.column_stack([bounds[sentences], bounds[sentences + 1]]))


def joined(parts: Sequence[PassageTokens]) -> PassageTokens:
    """The passages of all parts, in order."""
    sizes = np.concatenate(([0], np.cumsum([len(part.passages.ids) for part in parts]))).astype(np.int64)
    ids = np.concatenate([np.empty(0, np.int32), *(part.passages.ids for part in parts)])
    ids = ids.astype(np.uint16) if ids.max(initial=0) <= np.iinfo(np.uint16).max else ids
    bounds = [part.passages.bounds[1:] + size for part, size in zip(parts, sizes, strict=False)]
    sentences = [part.sentences + size for part, size in zip(parts, sizes, strict=False)]
    none = np.zeros((0, 2), np.int64)
    return PassageTokens(Tokens(ids, np.concatenate([[0], *bounds])), np.concatenate([none, *sentences]))


def _pieces(passage: Passage, spans: Spans) -> Iterator[str]:
    """Title and headings, then by turns what stands before a sentence and the sentence, and what stands after all."""
    yield f"{context_of(passage)}."
    text, offset, place = passage.text, passage.start, 0
    for start, end in spans:
        yield text[place : start - offset]
        yield text[start - offset : end - offset]
        place = end - offset
    yield text[place:]
