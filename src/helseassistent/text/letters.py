"""Text typed without æ, ø and å, on a keyboard that lacks them: which letters were meant."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from helseassistent.text.compounds import PARTS, split
from helseassistent.text.languages import foreign_language
from helseassistent.text.lists import word_pairs
from helseassistent.text.terms import is_norwegian
from helseassistent.text.words import FUNCTION_WORDS

_NORWEGIAN = re.compile("[æøå]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_BARE = str.maketrans("æøå", "aoa")
_PAIRS = {"æ": "ae", "ø": "oe", "å": "aa"}
_LETTER_OF = {pair: letter for letter, pair in _PAIRS.items()}
_PAIR = re.compile("|".join(_LETTER_OF))
_MEANT = 500  # per mille of its uses in which a bare form is the word with letters
# How much likelier (natural logarithm) a text must be from somebody without the letters; few people are.
_PROOF = 5.5
_SURE = 4.2  # proof of one form alone: 985 in a thousand of its uses
_LEAST_PART, _LEAST_BESIDE_UNKNOWN = 3, 6  # letters of a part of a compound
_LONGEST = 40  # letters of a word that is taken apart


@dataclass(frozen=True, slots=True)
class _Meanings:
    """What forms without letters stand for: of pairs such as `oe`, of bare vowels, and of bare vowels before a word."""

    paired: Mapping[str, str]
    bare: Mapping[str, str]
    before: Mapping[tuple[str, str], str]
    as_typed: frozenset[str]  # words with such a pair of their own: noen, samboer
    proof: Mapping[str, float]  # how much each bare form speaks for the letters' being missing


def with_letters(text: str) -> str:
    """`text` with the letters that it was typed without; as it is when it has any of them, or shows no sign of it."""
    if _NORWEGIAN.search(text):
        return text
    words = [word.lower() for word in _WORD.findall(text)]
    paired = any(_is_paired(word) for word in words)
    if foreign_language(text):
        return text
    if not paired and sum(_MEANINGS.proof.get(word, 0.0) for word in set(words)) < _PROOF:
        # No sign that the letters are missing everywhere; a word that is none without them is still read with them.
        return _WORD.sub(lambda found: _in_case(found[0], _only_with_letters(found[0].lower())), text)
    if paired:
        return _WORD.sub(lambda found: _in_case(found[0], _from_pairs(found[0].lower())), text)
    return _WORD.sub(lambda found: _in_case(found[0], _from_bare(found, text=text)), text)


def _only_with_letters(word: str) -> str:
    meant = _MEANINGS.bare.get(word)
    surely = _MEANINGS.proof.get(word, 0.0) >= _SURE and not _is_known(word)
    return meant if meant and surely else word


def _is_paired(word: str) -> bool:
    """Whether `word` is one with letters, or an unknown one that these make a compound, typed with pairs of vowels."""
    if word in _MEANINGS.paired:
        return True
    return bool(_PAIR.search(word)) and not _is_known(word) and len(split(_from_pairs(word))) > 1


def _from_pairs(word: str) -> str:
    meant = _MEANINGS.paired.get(word)
    if meant or _is_known(word):
        return meant or word
    return _PAIR.sub(lambda found: _LETTER_OF[found[0]], word)


def _from_bare(found: re.Match[str], *, text: str) -> str:
    meanings, word = _MEANINGS, found[0].lower()
    if meant := meanings.bare.get(word):
        return meant
    following = _WORD.search(text, found.end())
    if following and (meant := meanings.before.get((word, following[0].lower()))):
        return meant
    return word if _is_known(word) else _compound(word)


@lru_cache(maxsize=20_000)
def _compound(word: str) -> str:
    """An unknown word with the letters of its parts, the longest part that has any deciding; else as it is."""
    bare = _MEANINGS.bare
    cuts = range(_LEAST_PART, len(word) - _LEAST_PART + 1) if len(word) <= _LONGEST else ()
    found, longest = word, 0
    for first, last in ((word[:at], word[at:]) for at in cuts):
        lettered = max((len(part) for part in (first, last) if part in bare), default=0)
        known = all(part in bare or part in PARTS for part in (first, last))
        if lettered > longest and (known or lettered >= _LEAST_BESIDE_UNKNOWN):
            found, longest = bare.get(first, first) + bare.get(last, last), lettered
    return found


def _is_known(word: str) -> bool:
    return word in FUNCTION_WORDS or word in _MEANINGS.as_typed or word in PARTS or is_norwegian(word)


def _in_case(typed: str, meant: str) -> str:
    if typed.isupper() and len(typed) > 1:
        return meant.upper()
    return meant.capitalize() if typed[:1].isupper() else meant


def _read() -> _Meanings:
    """The rows of letters.tsv: a word, or a word and the next, and how often its bare form means it, in per mille."""
    paired, bare, before = {"aa": "å"}, {"a": "å"}, {}
    lettered: dict[str, int] = defaultdict(int)
    as_typed = set[str]()
    for entry, share in word_pairs("letters"):
        word, _, following = entry.partition(" ")
        form = word.translate(_BARE)
        if following:
            before[form, following] = word
            continue
        if form == word:
            as_typed.add(word)
            continue
        paired["".join(_PAIRS.get(letter, letter) for letter in word)] = word
        lettered[form] += int(share)
        if int(share) > _MEANT:
            bare[form] = word
    proof = {form: -math.log(1 - min(share, 999) / 1000) for form, share in lettered.items()}
    return _Meanings(paired, bare, before, frozenset(as_typed), proof)


_MEANINGS = _read()
