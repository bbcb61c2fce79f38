"""Tokens of texts, quicker than the tokenizer gives them: texts use the same words again and again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MOST_WORDS, _LONGEST_WORD = 200_000, 50  # that are remembered, in about 60 MB
_FEW = 32  # texts that are tokenised before other threads have been woken
# Of tokenizers made of these alone, a word between spaces gives the same tokens whatever stands beside it.
_NORMALIZING = {"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "BertNormalizer"}
_SPLITTING = {"BertPreTokenizer", "Whitespace", "WhitespaceSplit"}
_WITHIN = _SPLITTING | {"Digits", "Punctuation"}


class WordTokens:
    """The ids that a tokenizer gives, without special tokens; threads may share it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] | None = {} if _reads_word_by_word(tokenizer) else None

    def of(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, in reading order."""
        known = self._known
        if known is None:
            return self._tokenised(texts)
        split = [text.split() for text in texts]
        found = [list(map(known.get, words)) for words in split]
        missing = dict.fromkeys(
            word
            for words, ids in zip(split, found, strict=True)
            if None in ids
            for word, tokens in zip(words, ids, strict=True)
            if tokens is None
        )
        fresh = dict(zip(missing, self._tokenised(list(missing)), strict=True))
        if len(known) < _MOST_WORDS:
            known.update((word, ids) for word, ids in fresh.items() if len(word) <= _LONGEST_WORD)
        return [
            list(chain.from_iterable(fresh[word] if ids is None else ids for word, ids in zip(words, row, strict=True)))
            for words, row in zip(split, found, strict=True)
        ]

    def _tokenised(self, texts: Sequence[str]) -> list[list[int]]:
        if len(texts) <= _FEW:
            return [self._tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


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
