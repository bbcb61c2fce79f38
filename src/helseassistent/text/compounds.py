"""The words that a compound is put together from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from helseassistent.text.lists import ranked_list, word_list

_SHORTEST, _LONGEST = 6, 60  # letters of a word that is tried
_LEAST_PART = 2
_PER_PART = 4.0  # few parts before common ones


def _costs(name: str) -> Mapping[str, float]:
    return {word: math.log(rank) + _PER_PART for rank, word in enumerate(ranked_list(name), 2)}


_FIRST = _costs("compound_first")  # as they stand before another word, binding -s- or -e- with them
_LAST = _costs("compound_last")  # in every inflection
PARTS = frozenset(_FIRST) | frozenset(_LAST)
_SILENT = word_list("compound_silent")


@lru_cache(maxsize=100_000)
def split(word: str) -> tuple[str, ...]:
    """All parts of a compound in reading order, `(word,)` for any other word.

    Of all ways to cover the word with known parts the cheapest is taken: a part costs the logarithm of its rank among
    the parts of Norwegian compounds, as in word segmentation by unigrams (Norvig 2009, "Natural Language Corpus Data").
    """
    size = len(word)
    if not _SHORTEST <= size <= _LONGEST:
        return (word,)
    cost, begun = [0.0] + [math.inf] * size, [0] * (size + 1)
    for start in range(size - _LEAST_PART + 1):
        if cost[start] == math.inf:
            continue
        for end in range(start + _LEAST_PART, size + 1):
            parts = _FIRST if end < size else _LAST if start else {}
            total = cost[start] + parts.get(word[start:end], math.inf)
            if total < cost[end]:
                cost[end], begun[end] = total, start
    if cost[size] == math.inf:
        return (word,)
    found: list[str] = []
    end = size
    while end:
        found.insert(0, word[begun[end] : end])
        end = begun[end]
    return tuple(found)


def meaningful_parts(word: str) -> tuple[str, ...]:
    """The parts that say what a compound is about: of fastlege lege alone, for it has nothing to do with fast."""
    parts = split(word)
    return tuple(part for part in parts[:-1] if part not in _SILENT) + parts[-1:]
