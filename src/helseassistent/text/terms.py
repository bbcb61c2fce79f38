"""The analyser: from text to the terms that BM25 counts."""

from __future__ import annotations

from functools import lru_cache

from helseassistent.text.words import FUNCTION_WORDS, tokens

ANALYSER = "2"  # part of every index's identity; raise it when the terms of any text change
_GRAM = 4
# Inflection of nouns, adjectives and verbs in nb and nn, longest first; derivation (-het, -lig, -ing) is left alone.
_ENDINGS = tuple(
    sorted(
        [
            "enes",
            "anes",
            "ene",
            "ane",
            "erne",
            "ens",
            "ets",
            "ers",
            "ars",
            "en",
            "et",
            "er",
            "ar",
            "a",
            "e",
            "s",
            "est",
            "este",
            "ast",
            "aste",
            "ende",
            "ande",
            "te",
            "ede",
            "de",
            "t",
        ],
        key=len,
        reverse=True,
    )
)
_VOWELS = frozenset("aeiouyæøå")
_NOT_GENITIVE = frozenset("iouyæøås")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """`word` without its inflection: legemiddel and legemidler meet, fastlege and fast do not."""
    if len(word) < 5 or not word.isalpha():
        return word
    for ending in _ENDINGS:
        rest = word[: -len(ending)]
        if ending == "s" and rest[-1] in _NOT_GENITIVE:
            continue  # sykehus, praksis, kompass: the s belongs to the word
        if word.endswith(ending) and len(rest) >= 4 and any(letter in _VOWELS for letter in rest):
            return _contract(rest)
    return _contract(word)


def word_terms(text: str) -> list[str]:
    """Stems of the content words, in reading order."""
    return [stem(token) for token in tokens(text) if token not in FUNCTION_WORDS]


def gram_terms(text: str) -> list[str]:
    """Character 4-grams of the content words, word edges marked; they meet compounds, inflection and misspelling."""
    terms: list[str] = []
    for token in tokens(text):
        if token not in FUNCTION_WORDS:
            marked = f"_{token}_"
            terms.extend(marked[i : i + _GRAM] for i in range(max(1, len(marked) - _GRAM + 1)))
    return terms


def _contract(word: str) -> str:
    """Middel and midl(er), sykkel and sykl(er): the e that comes and goes before l, n, r, and doubled consonants."""
    if len(word) > 4 and word[-2] == "e" and word[-1] in "lnr" and word[-3] not in _VOWELS:
        word = word[:-2] + word[-1]
    if len(word) > 4 and word[-1] in "lnr" and word[-2] == word[-3]:
        word = word[:-2] + word[-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]
    return word
