"""A question's terms as an index can meet them: words that nobody knows become the nearest that the index has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias

from helseassistent.text.terms import is_norwegian, part_term, stem, terms_of
from helseassistent.text.words import FUNCTION_WORDS, tokens

CORRECTED = 0.7  # weight of a term that was guessed; between 0.5 and 1 the sets see no difference
_SHORTEST, _LONGEST = 5, 30  # letters of a word that may be misspelt
_LONG = 7  # letters of a folded stem in which two may be wrong
_ALIKE = (
    *(("skj", "sj"), ("kj", "sj"), ("tj", "sj"), ("hv", "v"), ("gj", "j"), ("hj", "j"), ("nd", "n"), ("ld", "l")),
    *(("å", "a"), ("ø", "o"), ("æ", "e")),
)
_TWICE = re.compile(r"(.)\1")

Bucket: TypeAlias = list[tuple[str, frozenset[str], str]]  # folded stem, its letters, stem


class Spelling:
    """Corrections towards `vocabulary`, which maps each term of an index to anything; nothing is done until asked."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    def terms(self, question: str) -> tuple[list[str], list[float]]:
        """The search terms of `question` with a weight each; a word that the index or the language knows is kept."""
        found: list[str] = []
        weights: list[float] = []
        for token in tokens(question):
            if token in FUNCTION_WORDS:
                continue
            terms = terms_of(token)
            nearest = None if any(term in self._vocabulary for term in terms) else self.nearest(token)
            if nearest is not None:
                terms = (nearest, part_term(nearest))
            found += terms
            weights += [1.0 if nearest is None else CORRECTED] * len(terms)
        return found, weights

    def nearest(self, word: str) -> str | None:
        """The stem of the index that `word` is most likely a misspelling of; none for a known word or a number.

        One letter may be wrong, missing, added or swapped with the next, two in a long word; what sounds alike counts
        as alike, and the first sound must be right.
        """
        if not word.isalpha() or not _SHORTEST <= len(word) <= _LONGEST or is_norwegian(word):
            return None
        wanted = stem(word)
        folded = fold(wanted)
        letters, most = frozenset(folded), 2 if len(folded) >= _LONG else 1
        close: list[tuple[int, int, str]] = []
        for length in range(len(folded) - most, len(folded) + most + 1):
            for other, others, candidate in self._buckets.get((folded[0], length), ()):
                if len(letters ^ others) <= 2 * most and (apart := distance(folded, other, most=most)) <= most:
                    close.append((apart, distance(wanted, candidate, most=_LONGEST), candidate))
        return min(close)[2] if close else None

    @cached_property
    def _buckets(self) -> Mapping[tuple[str, int], Bucket]:
        buckets: dict[tuple[str, int], Bucket] = defaultdict(list)
        for term in self._vocabulary:
            if len(term) >= 4 and term.isalpha():
                folded = fold(term)
                buckets[folded[0], len(folded)].append((folded, frozenset(folded), term))
        return buckets


def fold(word: str) -> str:
    """`word` as a hasty ear writes it: one spelling for each sound, no letter twice."""
    for written, heard in _ALIKE:
        word = word.replace(written, heard)
    return _TWICE.sub(r"\1", word)


def distance(one: str, other: str, *, most: int) -> int:
    """Letters to change, add, take away or swap with the next (optimal string alignment); past `most` it stops."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, above, row = row, before, [at]
        for place, match in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != match))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == match:
                cost = min(cost, above[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
