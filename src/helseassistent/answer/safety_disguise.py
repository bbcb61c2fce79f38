"""Owns how letters in disguise are read: signs that stand for letters, and the letters of a word set apart.

What can be read in several ways is read as words that exist. All texts here are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from helseassistent.answer.safety_numbers import read_table
from helseassistent.text.compounds import PARTS
from helseassistent.text.words import FUNCTION_WORDS

_STANDS_FOR: Mapping[str, str] = {
    **{"0": "oø", "1": "il", "3": "e", "4": "aå", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g"},
    **{"@": "a", "$": "s", "€": "e", "|": "il", "+": "t", "!": "il", "*": "aeiouyæøå"},
}
_USUAL = str.maketrans("0134578@$", "oieastbas")
_SIGN = re.compile(f"[{re.escape(''.join(_STANDS_FOR))}]")
_SIGNED = re.compile(f"[a-zæøå{re.escape(''.join(_STANDS_FOR))}]*[a-zæøå][a-zæøå{re.escape(''.join(_STANDS_FOR))}]*")
_WITHIN = re.compile(f"(?<=[a-zæøå])[{re.escape(''.join(_STANDS_FOR))}]+(?=[a-zæøå])")
_ODD = re.compile(r"[$€|]|\+(?!$)")  # in a word at all
_INSIDE = re.compile(r"(?<=[a-zæøå])[0134578@$]+(?=[a-zæøå])")
_EDGE = re.compile(r"(?<=[a-zæøå])[0134578@$]+|(?<![0-9a-zæøå.,])[0134578@$](?=[a-zæøå]|\W|$)")
_PUNCTUATION = "!*|+"
_MOST_READINGS = 100

_SEPARATED = re.compile(r"(?<![^\W_])[^\W\d_](?P<sign>[.\-_*·/|,~+])[^\W\d_](?:(?P=sign)[^\W\d_]){2,}(?![^\W_])")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_] ){3,}[^\W_](?![^\W_])")
_SPACED_WORDS = re.compile(r"(?<![^\W_])(?:[^\W_] {1,4}){3,}[^\W_](?![^\W_])")
_MOST_LETTERS = 400  # set apart in one message that are parted into words
_LONGEST_WORD, _LONGEST_ENDING = 24, 6
_UNKNOWN = 4.0  # what a letter outside every word costs; a word costs a little more than 1


def undisguised(text: str) -> str:
    """`text` with its letters as letters and its words as words; ordinary writing stays as it is."""
    return _read_signs(_joined(text))


@dataclass(frozen=True, slots=True)
class _Words:
    whole: frozenset[str]
    stems: frozenset[str]  # what a word may begin with

    def cost(self, word: str) -> float | None:
        """How unlikely `word` is as a part of a run of letters; None for no word at all."""
        if word in self.whole:
            return 1 + 1 / len(word)
        begins = range(max(4, len(word) - _LONGEST_ENDING), len(word))
        return 1.2 + 1 / len(word) if any(word[:size] in self.stems for size in begins) or word in self.stems else None


@lru_cache(maxsize=1)
def _words() -> _Words:
    listed = {word for words in read_table("safety_lexicon.toml").values() for word in str(words).split()}
    exact = {word for word in listed if word.isalpha()} | FUNCTION_WORDS
    whole = {word for word in exact if len(word) > 1} | {word for word in PARTS if len(word) > 2} | {"å", "i", "æ"}
    return _Words(frozenset(whole), frozenset(word[:-1] for word in listed if word[:-1].isalpha() and word[-1] == "*"))


def _joined(text: str) -> str:
    """`text` with letters set apart ("l e g e v a k t") pulled together; wider gaps stay word gaps."""
    for sign in {found["sign"] for found in _SEPARATED.finditer(text)}:
        letters = re.compile(rf"(?<![^\W_])[^\W\d_](?:{re.escape(sign)}[^\W\d_])+(?![^\W_])")
        text = letters.sub(lambda found: found[0].replace(found[0][1], ""), text)
    if "  " in text:
        text = _SPACED_WORDS.sub(lambda found: _by_gaps(found[0]), text)
    room = _MOST_LETTERS

    def words(found: re.Match[str]) -> str:
        nonlocal room
        letters = found[0].replace(" ", "")
        room -= len(letters)
        return _as_words(letters) if room >= 0 else letters

    return _SPACED.sub(words, text)


def _by_gaps(run: str) -> str:
    words = [word.replace(" ", "") for word in re.split(r" {2,}", run)]
    return " ".join(words) if len(words) > 1 else run


def _as_words(letters: str) -> str:
    """A run of letters with spaces between its words, the likeliest way; as it is when most of it is no word."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        best.append(min(_ways(letters, end=end, best=best)))
    found: list[str] = []
    end = len(letters)
    while end:
        begin = best[end][1]
        found.append(letters[begin:end])
        end = begin
    return " ".join(reversed(found)) if best[-1][0] < _UNKNOWN * len(letters) / 2 else letters


def _ways(letters: str, *, end: int, best: list[tuple[float, int]]) -> Iterator[tuple[float, int]]:
    yield best[end - 1][0] + _UNKNOWN, end - 1
    for begin in range(max(0, end - _LONGEST_WORD), end):
        cost = _words().cost(letters[begin:end])
        if cost is not None:
            yield best[begin][0] + cost, begin


def _read_signs(text: str) -> str:
    """`text` with signs inside words read as letters; at the edges of words too, once two were found inside."""
    if not _SIGN.search(text):
        return text
    inside = sum(bool(_WITHIN.search(word) or _ODD.search(word)) for word in _SIGNED.findall(text))
    exclaimed = bool(re.search(r"[a-zæøå][^\Wa-zæøå!]|[$€|@+*]", text))  # else a space is missing after !
    text = _SIGNED.sub(lambda found: _reading(found[0], edges=inside >= 2, exclaimed=exclaimed), text)
    text = _INSIDE.sub(lambda found: found[0].translate(_USUAL), text)
    return _EDGE.sub(lambda found: found[0].translate(_USUAL), text) if inside >= 2 else text


@lru_cache(maxsize=2_000)
def _reading(word: str, *, edges: bool, exclaimed: bool) -> str:
    """The word that exists among what `word` can stand for; `word` itself when there is none."""
    if not _SIGN.search(word) or not (edges or _WITHIN.search(word)) or ("!" in word.strip("!") and not exclaimed):
        return word
    bare = word.strip(_PUNCTUATION)
    if bare.isalpha() and _words().cost(bare) is not None:
        return word
    ways = 1
    for sign in word:
        ways *= len(_STANDS_FOR.get(sign, sign))
    if ways > _MOST_READINGS:
        return word
    readings = ("".join(letters) for letters in product(*(_STANDS_FOR.get(sign, sign) for sign in word)))
    costs = [(cost, reading) for reading in readings if (cost := _words().cost(reading)) is not None]
    return min(costs)[1] if costs else word
