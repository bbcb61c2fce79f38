"""The analyser: from text to the terms that BM25 counts."""

from __future__ import annotations

from functools import lru_cache

from helseassistent.text.compounds import PARTS, meaningful_parts
from helseassistent.text.forms import FORMS, common_form
from helseassistent.text.words import FUNCTION_WORDS, tokens

ANALYSER = "3"  # part of every index's identity; raise it when the terms of any text change
_PART = "+"  # before the stem of a part, which is another term than the word by itself
_GRAM = 4
_VOWELS = frozenset("aeiouyæøå")
_LEAST_STEM = 3
# Inflection of nouns, adjectives and verbs in nb and nn; one of them is taken off, the longest that fits.
_ENDINGS = (
    *("enes", "anes", "erne", "este", "aste", "ende", "ande"),
    *("ene", "ane", "ens", "ets", "ers", "ars", "est", "ast", "ede"),
    *("en", "et", "er", "ar", "es", "te", "de"),
    *("a", "e", "s", "t"),
)
# Derivation that leaves the subject as it is, with the letters that must stay before it: søke and søking, undersøke and
# undersøkelse, trygg and trygghet. Of -lig more must stay, or farlig would be far.
_DERIVATIONS = (("leik", 3), ("els", 3), ("het", 3), ("ing", 3), ("lig", 4))
_LEAST_BEFORE_T = 5  # stort, viktigt; in plikt, vekt and kort the t belongs to the word
_NOT_GENITIVE = frozenset("iouyæøås")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What all forms of `word` share: legemiddel and legemidler meet, bok and bøker, sjukeheim and sykehjem."""
    word = common_form(word)
    if len(word) <= _LEAST_STEM or not word.isalpha():
        return word
    return _contract(_underived(_uninflected(word)))


def word_terms(text: str) -> list[str]:
    """Stems of the content words, in reading order."""
    return [stem(token) for token in tokens(text) if token not in FUNCTION_WORDS]


def search_terms(text: str) -> list[str]:
    """Stems of the content words, and after each those of its parts, marked as parts; a simple word is its only part.

    So a compound meets other compounds and simple words by its parts, and itself by one term more.
    """
    return [term for token in tokens(text) if token not in FUNCTION_WORDS for term in terms_of(token)]


def gram_terms(text: str) -> list[str]:
    """Character 4-grams of the content words, word edges marked; they meet compounds, inflection and misspelling."""
    terms: list[str] = []
    for token in tokens(text):
        if token not in FUNCTION_WORDS:
            marked = f"_{token}_"
            terms.extend(marked[i : i + _GRAM] for i in range(max(1, len(marked) - _GRAM + 1)))
    return terms


@lru_cache(maxsize=100_000)
def terms_of(token: str) -> tuple[str, ...]:
    """The search terms of one word."""
    return stem(token), *(part_term(stem(part)) for part in meaningful_parts(common_form(token)))


def part_term(stem: str) -> str:
    """The term that `stem` has as a part."""
    return _PART + stem


def is_norwegian(word: str) -> bool:
    """Whether the analyser's own lists know `word` in any form."""
    return stem(word) in _known_stems()


@lru_cache(maxsize=1)
def _known_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in (*PARTS, *FORMS))


def _uninflected(word: str) -> str:
    for ending in _ENDINGS:
        rest = word[: -len(ending)]
        if not word.endswith(ending) or (ending == "s" and rest[-1] in _NOT_GENITIVE):
            continue  # sykehus, praksis, kompass: the s belongs to the word
        if ending == "t" and len(rest) < _LEAST_BEFORE_T:
            continue
        if len(rest) >= _LEAST_STEM and any(letter in _VOWELS for letter in rest):
            return rest
    return word


def _underived(word: str) -> str:
    for ending, least in _DERIVATIONS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= least and any(letter in _VOWELS for letter in rest):
            return rest
    return word


def _contract(word: str) -> str:
    """Middel and midl(er), sykkel and sykl(er): the e that comes and goes before l, n, r, and doubled consonants."""
    if len(word) > 4 and word[-2] == "e" and word[-1] in "lnr" and word[-3] not in _VOWELS:
        word = word[:-2] + word[-1]
    if len(word) > 4 and word[-1] in "lnr" and word[-2] == word[-3]:
        word = word[:-2] + word[-1]
    if (len(word) > 4 or word[-2:] == "mm") and word[-1] == word[-2] and word[-1] not in _VOWELS:
        word = word[:-1]  # rom and rommet; a lege does not legge
    return word
