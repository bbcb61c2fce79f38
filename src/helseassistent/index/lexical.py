"""The three lexical indexes of a build, from one count of the words: each is analysed once, however often it stands.

The terms of a text are those of its words, so that counting terms is multiplying two sparse matrices: how often each
passage has each word, and how often each word has each term.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from helseassistent.index.bm25 import Bm25
from helseassistent.index.passages import context_of
from helseassistent.text.terms import gram_terms, search_terms
from helseassistent.text.words import FUNCTION_WORDS, tokens
from helseassistent.types import Passage

_TOGETHER = 20_000  # passages whose words are held as numbers at once


@dataclass(frozen=True, slots=True)
class Lexical:
    """BM25 over words, over character n-grams, and over the words of title and headings alone."""

    words: Bm25
    grams: Bm25
    context: Bm25


def lexical(passages: Sequence[Passage]) -> Lexical:
    """The indexes over `embedded_text` and `context_of` of each passage; row i belongs to `passages[i]`."""
    contexts: dict[str, int] = {}
    row_of = [contexts.setdefault(context_of(passage), len(contexts)) for passage in passages]
    numbers: dict[str, int] = {}
    parts = (passages[first : first + _TOGETHER] for first in range(0, len(passages), _TOGETHER))
    texts = [_counts([passage.text for passage in part], numbers) for part in parts]
    above = _counts(list(contexts), numbers)
    known = list(numbers)
    for block in (*texts, above):
        block.resize(block.shape[0], len(known))
    context = above[row_of]
    whole = sparse.vstack(texts, format="csr") + context if texts else above
    words, stems = _terms(known, search_terms)
    pieces, grams = _terms(known, gram_terms)
    return Lexical(
        Bm25.of_counts(whole @ words, terms=stems),
        Bm25.of_counts(whole @ pieces, terms=grams),
        Bm25.of_counts(context @ words, terms=stems),
    )


def _counts(texts: Sequence[str], numbers: dict[str, int]) -> sparse.csr_matrix:
    """How often each text has each content word; a new word gets the next number."""
    rows = [[numbers.setdefault(t, len(numbers)) for t in tokens(text) if t not in FUNCTION_WORDS] for text in texts]
    return _matrix(rows, width=len(numbers))


def _terms(words: Sequence[str], analyse: Callable[[str], Sequence[str]]) -> tuple[sparse.csr_matrix, list[str]]:
    """How often each word has each term, and the terms."""
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(term, len(numbers)) for term in analyse(word)] for word in words]
    return _matrix(rows, width=len(numbers)), list(numbers)


def _matrix(rows: Sequence[Sequence[int]], *, width: int) -> sparse.csr_matrix:
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    columns = np.fromiter((number for row in rows for number in row), np.int32, int(lengths.sum()))
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, bounds), shape=(len(rows), width))
    counts.sum_duplicates()
    return counts
