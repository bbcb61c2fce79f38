"""The analyser: from text to the terms that BM25 counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from helseassistent.text.compounds import PARTS, meaningful_parts
from helseassistent.text.forms import FORMS, common_form
from helseassistent.text.words import FUNCTION_WORDS, tokens

ANALYSER = "4"  # part of every index's identity; raise it when the terms of any text change
_PART = "+"  # before the stem of a part, which is another term than the word by itself
_GRAM = 4
_VOWELS = frozenset("aeiouyæøå")
_LEAST_STEM = 3
# Inflection of nouns, adjectives and verbs in nb and nn: an s, the longest of these that fits, then one of the inner
# ones that it may stand after (lær-er-en, skjema-et, rapport-er-te), and last a t.
_ENDINGS = (
    *("erne", "este", "aste", "ende", "ande"),
    *("ene", "ane", "est", "ast", "ede", "ert"),
    *("en", "et", "er", "ar", "te", "de"),
    *("a", "e"),
)
_INNER = ("ert", "er", "ar", "a", "e")
# After these an ending is none, but belongs to the word: mulighet, kvalitet; attest; rette, løfte, hente; sende,
# utvide, where levde, bygde and skjedde are past tenses.
_PART_AFTER = {
    "et": ("h", "it"),
    "est": ("t",),
    "ast": ("t",),
    "te": ("t", "f", "n"),
    "de": tuple("abcefhijklmnopqrstuwxyzæøå"),
}
# Derivation that leaves the subject as it is, with the letters that must stay before it: søke and søking, undersøke and
# undersøkelse, trygg and trygghet. Of -lig more must stay, or farlig would be far.
_DERIVATIONS = (("leik", 3), ("els", 3), ("het", 3), ("ing", 3), ("lig", 4))
_LEAST_BEFORE_T = 5  # bestemt, generelt; in plikt, vekt and kort the t belongs to the word
_NO_S_AFTER = frozenset("iouyæøåstr")  # sykehus, praksis, kompass, sats, kurs: the s belongs to the word
_S_AFTER = ("et", "er", "ar", "å")  # but not here: barnets, lærers, forstås


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What all forms of `word` share: legemiddel and legemidler meet, bok and bøker, sjukeheim and sykehjem."""
    word = common_form(word)
    if len(word) <= _LEAST_STEM or not word.isalpha():
        return word
    return _without_t(_underived(_uninflected(word)))


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
    return _without(_INNER, _without(_ENDINGS, _without_s(word)))


def _without(endings: Sequence[str], word: str) -> str:
    """`word` without the first of `endings` that it has and that leaves a stem."""
    for ending in endings:
        rest = word.removesuffix(ending)
        if rest != word and _is_stem(rest) and not rest.endswith(_PART_AFTER.get(ending, ())):
            return rest
    return word


def _is_stem(rest: str) -> bool:
    return len(rest) >= _LEAST_STEM and any(letter in _VOWELS for letter in rest)


def _without_s(word: str) -> str:
    """Without the s of the genitive or the passive."""
    rest = word.removesuffix("s")
    kept = rest[-1] in _NO_S_AFTER and not rest.endswith(_S_AFTER)
    return word if kept or len(rest) < _LEAST_STEM else rest


def _without_t(word: str) -> str:
    """Without the t of the neuter and of participles, once the e of sykkel and sykler is dealt with.

    The t that belongs to the word goes too, but then from every form: pasient, pasienten.
    """
    contracted = _contract(word)
    if word.endswith("tt") or not contracted.endswith("t") or len(contracted) <= _LEAST_BEFORE_T:
        return contracted
    return _single(contracted[:-1])


def _underived(word: str) -> str:
    for ending, least in _DERIVATIONS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= least and _is_stem(rest):
            return _without(_INNER, rest)
    return word


def _contract(word: str) -> str:
    """Middel and midl(er), sykkel and sykl(er): the e that comes and goes before l, n, r, and doubled consonants."""
    if len(word) > 4 and word[-2] == "e" and word[-1] in "lnr" and word[-3] not in _VOWELS:
        word = word[:-2] + word[-1]
    if len(word) > 4 and word[-1] in "lnr" and word[-2] == word[-3]:
        word = word[:-2] + word[-1]
    return _single(word)


def _single(word: str) -> str:
    """Rom and rommet, bevisst and bevissthet; a lege does not legge."""
    doubled = (len(word) > 4 or word[-2:] == "mm") and word[-1] == word[-2] and word[-1] not in _VOWELS
    return word[:-1] if doubled else word
