"""Tokens of texts, quicker than the tokenizer gives them: texts use the same words again and again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ids: TypeAlias = NDArray[np.int32]
Bounds: TypeAlias = NDArray[np.int64]

_MOST_WORDS, _MOST_LETTERS = 400_000, 8_000_000  # that are remembered, in about 80 MB
_FEW = 32  # texts that are tokenised before other threads have been woken
_JOINED = 32  # words that the tokenizer gets as one text
# Of tokenizers made of these alone, a word between spaces gives the same tokens whatever stands beside it.
_NORMALIZING = {"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "BertNormalizer"}
_SPLITTING = {"BertPreTokenizer", "Whitespace", "WhitespaceSplit"}
_WITHIN = _SPLITTING | {"Digits", "Punctuation"}


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Token ids of texts one after the other: those of text i are `ids[bounds[i]:bounds[i + 1]]`."""

    ids: Ids
    bounds: Bounds

    @classmethod
    def of_lists(cls, lists: Sequence[Sequence[int]]) -> Tokens:
        """The same ids, given as a list a text."""
        bounds = np.concatenate(([0], np.cumsum(np.fromiter(map(len, lists), np.int64, len(lists)))))
        return cls(np.fromiter(chain.from_iterable(lists), np.int32, int(bounds[-1])), bounds)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, rows: NDArray[np.int64]) -> Tokens:
        """Those of some texts, in the order of `rows`."""
        return self.between(self.bounds[rows], self.bounds[rows + 1])

    def first(self, most: int) -> Tokens:
        """The first `most` of each text."""
        lengths = np.diff(self.bounds)
        if lengths.max(initial=0) <= most:
            return self
        return self.between(self.bounds[:-1], self.bounds[:-1] + np.minimum(lengths, most))

    def between(self, starts: Bounds, ends: Bounds) -> Tokens:
        """The texts that stand between places in `ids`, which may overlap."""
        lengths = ends - starts
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        return Tokens(self.ids[np.repeat(starts - bounds[:-1], lengths) + np.arange(bounds[-1])], bounds)


def distinct(ids: NDArray[Any], *, below: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different numbers among `ids`, ascending, and the place of each of `ids` among them: `np.unique` unsorted."""
    seen = np.zeros(below, dtype=np.bool_)
    seen[ids] = True
    found = np.flatnonzero(seen)
    places = np.empty(below, dtype=np.int64)
    places[found] = np.arange(len(found))
    return found, places[ids]


class WordTokens:
    """The ids that a tokenizer gives, without special tokens; threads may share it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._lock = Lock()
        self._memory = _Memory()
        self.word_by_word = _reads_word_by_word(tokenizer)  # what stands beside a word does not change its tokens
        self._separator = _separator(tokenizer)

    def of(self, texts: Sequence[str]) -> Tokens:
        """The ids of each text, in reading order."""
        if not self.word_by_word:
            return Tokens.of_lists(self._tokenised(texts))
        split = [text.split() for text in texts]
        bounds = np.concatenate(([0], np.cumsum(np.fromiter(map(len, split), np.int64, len(split)))))
        words = list(chain.from_iterable(split))
        memory = self._memory
        rows = np.fromiter(map(memory.rows.get, words, repeat(-1)), np.int64, len(words))
        unknown = np.flatnonzero(rows < 0)
        if len(unknown):
            known, memory = memory, self._remembering([words[place] for place in unknown.tolist()], among=words)
            places = unknown if memory is known else np.arange(len(words))
            asked = (words[place] for place in places.tolist())
            rows[places] = np.fromiter(map(memory.rows.__getitem__, asked), np.int64, len(places))
        found = Tokens(memory.ids, memory.bounds).take(rows)
        return Tokens(found.ids, found.bounds[bounds])

    def _remembering(self, unknown: Sequence[str], *, among: Sequence[str]) -> _Memory:
        """A memory that has `unknown` and all words `among` which they stand; a full one is forgotten as a whole."""
        with self._lock:
            missing = [word for word in dict.fromkeys(unknown) if word not in self._memory.rows]
            if self._memory.is_full(more=len(missing)):
                self._memory = _Memory()
                missing = list(dict.fromkeys(among))
            self._memory.add(missing, self._tokenised_words(missing))
            return self._memory

    def _tokenised(self, texts: Sequence[str]) -> list[list[int]]:
        if len(texts) <= _FEW:
            return self._one_by_one(texts)
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def _one_by_one(self, texts: Sequence[str]) -> list[list[int]]:
        """In this thread: others may have to wait for a core."""
        return [self._tokenizer.encode(text, add_special_tokens=False).ids for text in texts]

    def _tokenised_words(self, words: Sequence[str]) -> Tokens:
        """The ids of each word; many words are joined to a few texts, since every text has its cost."""
        if self._separator is None or len(words) <= _FEW or any(self._separator.text in word for word in words):
            return Tokens.of_lists(self._tokenised(words))
        joined = [self._separator.text.join(words[i : i + _JOINED]) for i in range(0, len(words), _JOINED)]
        closed = [[*ids, self._separator.id] for ids in self._one_by_one(joined)]
        ids = np.fromiter(chain.from_iterable(closed), np.int32)
        ends = np.flatnonzero(ids == self._separator.id)
        if len(ends) != len(words):  # a word has the separator's token too
            return Tokens.of_lists(self._tokenised(words))
        bounds = np.concatenate(([0], ends - np.arange(len(ends))))
        return Tokens(ids[ids != self._separator.id], bounds)


class _Memory:
    """The tokens of words; only ever added to, so that who has read of a word finds it in any later state."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.ids: Ids = np.empty(0, np.int32)
        self.bounds: Bounds = np.zeros(1, np.int64)
        self._letters = 0

    def is_full(self, *, more: int) -> bool:
        """Whether `more` words have no place."""
        return len(self.rows) + more > _MOST_WORDS or self._letters > _MOST_LETTERS

    def add(self, words: Sequence[str], tokens: Tokens) -> None:
        """Take in words that are not known."""
        first, used = len(self.rows), int(self.bounds[len(self.rows)])
        last, end = first + len(words), used + len(tokens.ids)
        self.ids = _grown(self.ids, size=end)
        self.ids[used:end] = tokens.ids
        self.bounds = _grown(self.bounds, size=last + 1)
        self.bounds[first + 1 : last + 1] = used + tokens.bounds[1:]
        self._letters += sum(map(len, words))
        self.rows.update(zip(words, range(first, last), strict=True))


@dataclass(frozen=True, slots=True)
class _Separator:
    """A special token that, between two words, changes the tokens of neither."""

    text: str
    id: int


def _grown(array: NDArray[Any], *, size: int) -> NDArray[Any]:
    """`array`, or a copy with room for twice the size that is needed."""
    return array if len(array) >= size else np.concatenate((array, np.zeros(2 * size - len(array), array.dtype)))


def _separator(tokenizer: Tokenizer) -> _Separator | None:
    for number, token in tokenizer.get_added_tokens_decoder().items():
        text = token.content
        plain = token.special and not (token.single_word or token.normalized or token.lstrip or token.rstrip)
        overlaps = any(text.startswith(text[place:]) for place in range(1, len(text)))
        if plain and not overlaps and not text[0].isalnum() and not text[-1].isalnum():
            return _Separator(text, number)
    return None


def _reads_word_by_word(tokenizer: Tokenizer) -> bool:
    normalizing, splitting = _steps(tokenizer.normalizer), _steps(tokenizer.pre_tokenizer)
    spaced = any(" " in token.content for token in tokenizer.get_added_tokens_decoder().values())
    known = set(normalizing) <= _NORMALIZING and set(splitting) <= _WITHIN
    return known and bool(_SPLITTING.intersection(splitting[:1])) and not spaced


def _steps(part: Any) -> list[str]:
    """The kinds of the steps in a part of a tokenizer, in order."""
    if part is None:
        return []
    fields = json.loads(part.__getstate__())
    inner = fields.get("normalizers", fields.get("pretokenizers", [fields]))
    return [str(step["type"]) for step in inner]
