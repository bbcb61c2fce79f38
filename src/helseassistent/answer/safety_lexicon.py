"""Owns the word lists of the safety layer: the concepts a folded word stands for, misspellings one letter off too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from helseassistent.answer.safety_text import bare, fold_word, from_digraphs, from_leet

MIN_FUZZY = 6  # shorter words have too many neighbours
MAX_FUZZY = 24
_NONE: frozenset[str] = frozenset()


class Lexicon:
    """Words to concepts. A word list holds exact words, `stem*`, `*ending` and `*part*`."""

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        meanings: dict[str, set[str]] = {}
        for concept, words in concepts.items():
            for word in words:
                meanings.setdefault(word, set()).add(concept)
        self._spelled = _Index(meanings, fold_word)
        self._meanings = meanings

    def concepts_of(self, word: str, *, without_letters: bool = False) -> frozenset[str]:
        """Concepts of a folded word; `without_letters` also reads it as typed on a keyboard without æøå."""
        found = self._spelled.lookup(word)
        if "ae" in word or "oe" in word:
            found |= self._spelled.lookup(from_digraphs(word))
        if without_letters:
            found |= self._bare.lookup(word)
        if not word.isalpha() and any(c.isalpha() for c in word) and len(word) >= 4:
            found |= self._spelled.lookup(from_leet(word))
        return found or self._spelled.nearest(word)

    def concepts_of_pair(self, first: str, second: str) -> frozenset[str]:
        """Concepts of a compound written apart; only lists whose stem reaches into the second word count."""
        return self._spelled.lookup(fold_word(first + second), longer_than=len(first) + 1)

    @cached_property
    def _bare(self) -> _Index:
        return _Index(self._meanings, lambda word: bare(fold_word(word)))


class _Index:
    def __init__(self, meanings: Mapping[str, set[str]], fold: Callable[[str], str]) -> None:
        self._exact: dict[str, frozenset[str]] = {}
        self._prefix: dict[str, frozenset[str]] = {}
        self._suffix: dict[str, frozenset[str]] = {}
        self._infix: dict[str, frozenset[str]] = {}
        for word, concepts in meanings.items():
            starts, ends = word.endswith("*"), word.startswith("*")
            table = (self._exact, self._prefix, self._suffix, self._infix)[starts + 2 * ends]
            stem = fold(word.strip("*"))
            table[stem] = table.get(stem, _NONE) | concepts
        self._longest = max((len(s) for s in (*self._prefix, *self._suffix)), default=0)
        # One letter off, by the deletions of both sides; words and stems by what is left when a letter goes.
        self._near: dict[str, list[str]] = {}
        for stem in {*self._exact, *self._prefix}:
            if len(stem) >= MIN_FUZZY:
                for shorter in _deletions(stem):
                    self._near.setdefault(shorter, []).append(stem)

    def lookup(self, word: str, *, longer_than: int = 0) -> frozenset[str]:
        found = self._exact.get(word, _NONE) if len(word) > longer_than else _NONE
        for length in range(max(1, longer_than + 1), min(len(word), self._longest) + 1):
            found |= self._prefix.get(word[:length], _NONE)
            if not longer_than:
                found |= self._suffix.get(word[-length:], _NONE)
        for part, concepts in self._infix.items():
            if len(part) > longer_than and part in word:
                found |= concepts
        return found

    def nearest(self, word: str) -> frozenset[str]:
        """Concepts of long words and stems one insertion, deletion, change or swap away."""
        if len(word) < MIN_FUZZY or not word.isalpha() or len(word) > MAX_FUZZY:
            return _NONE
        found = _NONE
        for shorter in _deletions(word):
            for stem in self._near.get(shorter, ()):
                found |= self._exact.get(stem, _NONE) | self._prefix.get(stem, _NONE)
        return found


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}
