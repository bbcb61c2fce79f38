"""A question's terms as an index can meet them: words that nobody knows become the nearest that the index has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from helseassistent.text.terms import is_norwegian, part_term, stem, terms_of
from helseassistent.text.words import FUNCTION_WORDS, tokens

CORRECTED = 0.7  # weight of a term that was guessed; between 0.5 and 1 the sets see no difference
_SHORTEST, _LONGEST = 5, 30  # letters of a word that may be misspelt
_LONG = 7  # letters of a folded stem in which two may be wrong
_ALIKE = (
    *(("skj", "sj"), ("kj", "sj"), ("tj", "sj"), ("hv", "v"), ("gj", "j"), ("hj", "j"), ("nd", "n"), ("ld", "l")),
    *(("å", "a"), ("ø", "o"), ("æ", "e")),
)
_WORD, _LETTERS = re.compile(r"[^\W\d_]{5,}"), re.compile("[æøå]")
_WITHOUT = str.maketrans("æøå", "aoa")
_ENDING = 5  # letters of the longest ending that a stem lacks
_TWICE = re.compile(r"(.)\1")

Bucket: TypeAlias = tuple[list[str], list[str]]  # folded stems, and the stems themselves


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

    def with_letters(self, question: str) -> str:
        """`question` with æ, ø and å in words that the index has with them and nobody has without: Nygårdsparken."""
        return _WORD.sub(lambda found: self._lettered(found[0]), question)

    def _lettered(self, word: str) -> str:
        form = word.lower()
        if _LETTERS.search(form) or is_norwegian(form) or form in FUNCTION_WORDS:
            return word
        for size in range(len(form), max(_SHORTEST, len(form) - _ENDING) - 1, -1):
            if form[:size] in self._vocabulary:
                return word
            if meant := self._bare.get(form[:size]):
                return (meant.capitalize() if word[0].isupper() else meant) + word[size:]
        return word

    @cached_property
    def _bare(self) -> dict[str, str]:
        """The stems of the index that have such letters, by what is left without them."""
        return {term.translate(_WITHOUT): term for term in self._vocabulary if _LETTERS.search(term)}

    def nearest(self, word: str) -> str | None:
        """The stem of the index that `word` is most likely a misspelling of; none for a known word or a number.

        One letter may be wrong, missing, added or swapped with the next, two in a long word; what sounds alike counts
        as alike, and the first sound must be right.
        """
        if not word.isalpha() or not _SHORTEST <= len(word) <= _LONGEST or is_norwegian(word):
            return None
        wanted = stem(word)
        folded = fold(wanted)
        most = 2 if len(folded) >= _LONG else 1
        close: list[tuple[int, int, str]] = []
        for length in range(len(folded) - most, len(folded) + most + 1):
            alike, stems = self._buckets.get((folded[0], length), ([], []))
            # Optimal string alignment: letters to change, add, take away or swap with the next.
            for _, apart, place in process.extract_iter(folded, alike, scorer=OSA.distance, score_cutoff=most):
                close.append((int(apart), OSA.distance(wanted, stems[place]), stems[place]))
        return min(close)[2] if close else None

    @cached_property
    def _buckets(self) -> Mapping[tuple[str, int], Bucket]:
        buckets: dict[tuple[str, int], Bucket] = defaultdict(lambda: ([], []))
        for term in self._vocabulary:
            if len(term) >= 4 and term.isalpha():
                folded = fold(term)
                alike, stems = buckets[folded[0], len(folded)]
                alike.append(folded)
                stems.append(term)
        return dict(buckets)


def fold(word: str) -> str:
    """`word` as a hasty ear writes it: one spelling for each sound, no letter twice."""
    for written, heard in _ALIKE:
        word = word.replace(written, heard)
    return _TWICE.sub(r"\1", word)
