"""The three lexical indexes of a build, from one count of the words: each is analysed once, however often it stands.

The terms of a text are those of its words, so that counting terms is multiplying two sparse matrices: how often each
passage has each word, and how often each word has each term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from helseassistent.index.bm25 import Bm25
from helseassistent.index.late import shipped_late
from helseassistent.index.passages import context_of
from helseassistent.index.word_table import WordTable
from helseassistent.index.word_tokens import Tokens
from helseassistent.text.terms import gram_terms, terms_of
from helseassistent.text.words import FUNCTION_WORDS, tokens
from helseassistent.types import Passage

_TOGETHER = 20_000  # passages whose words are held as numbers at once


@dataclass(frozen=True, slots=True)
class Lexical:
    """BM25 over words, over character n-grams, and over the words of title and headings alone; and the words."""

    words: Bm25
    grams: Bm25
    context: Bm25
    table: WordTable


@dataclass(frozen=True, slots=True)
class Material:
    """Passage i has the text `texts[i]`, and `contexts[row_of[i]]` above it: many passages share title and headings."""

    texts: Sequence[str]
    contexts: Sequence[str]
    row_of: Sequence[int]


def material(passages: Sequence[Passage]) -> Material:
    """What of `passages` is counted."""
    contexts: dict[str, int] = {}
    row_of = [contexts.setdefault(context_of(passage), len(contexts)) for passage in passages]
    return Material([passage.text for passage in passages], list(contexts), row_of)


def count(given: Material) -> Lexical:
    """The indexes over `embedded_text` and `context_of` of each passage; row i belongs to passage i."""
    numbers = _numbers()
    starts = range(0, len(given.texts), _TOGETHER)
    parts = [_counts(given.texts[first : first + _TOGETHER], numbers) for first in starts]
    above = _counts(given.contexts, numbers)
    known = list(numbers)[len(FUNCTION_WORDS) :]
    for part in (*parts, above):
        part.resize(part.shape[0], len(known))
    context = above[given.row_of]
    whole = sparse.vstack(parts, format="csr") + context if parts else above
    words, stems, first_stems = _terms(known, terms_of)
    pieces, grams, _ = _terms(known, gram_terms)
    return Lexical(
        Bm25.of_counts(whole @ words, terms=stems),
        Bm25.of_counts(whole @ pieces, terms=grams),
        Bm25.of_counts(context @ words, terms=stems),
        WordTable(
            known,
            first_stems,
            shipped_late().words.of(known),
            Tokens(whole.indices.astype(np.int32), whole.indptr.astype(np.int64)),
        ),
    )


def _numbers() -> defaultdict[str, int]:
    """A number for every word, new ones getting the next; first come the function words."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    for word in sorted(FUNCTION_WORDS):
        numbers[word]
    return numbers


def _counts(texts: Sequence[str], numbers: Mapping[str, int]) -> sparse.csr_matrix:
    """How often each text has each content word, numbered from the first that is no function word."""
    found = [tokens(text) for text in texts]
    lengths = np.fromiter(map(len, found), np.int64, len(found))
    columns = np.fromiter(map(numbers.__getitem__, chain.from_iterable(found)), np.int32, int(lengths.sum()))
    columns -= len(FUNCTION_WORDS)
    content = columns >= 0
    lengths = np.bincount(np.repeat(np.arange(len(found)), lengths)[content], minlength=len(found))
    return _matrix(columns[content], lengths=lengths, width=len(numbers) - len(FUNCTION_WORDS))


def _terms(
    words: Sequence[str], analyse: Callable[[str], Sequence[str]]
) -> tuple[sparse.csr_matrix, list[str], NDArray[np.int32]]:
    """How often each word has each term, the terms, and the number of each word's first one."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found = [analyse(word) for word in words]
    lengths = np.fromiter(map(len, found), np.int64, len(found))
    columns = np.fromiter(map(numbers.__getitem__, chain.from_iterable(found)), np.int32, int(lengths.sum()))
    first = columns[np.cumsum(lengths) - lengths] if len(lengths) else columns
    return _matrix(columns, lengths=lengths, width=len(numbers)), list(numbers), first


def _matrix(columns: NDArray[np.int32], *, lengths: NDArray[np.int64], width: int) -> sparse.csr_matrix:
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, bounds), shape=(len(lengths), width))
    counts.sum_duplicates()
    return counts
