"""Owns how a message is read by the safety layer: one folded form for disguised, misspelt and dialect writing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from helseassistent.answer.safety_disguise import undisguised

# Work is capped here: a longer message is read at its beginning and at its end.
MAX_CHARACTERS = 10_000
SENTENCE_STEP = 4  # positions a sentence end adds, so that a phrase seldom spans two sentences

_HOMOGLYPHS = str.maketrans(
    "аеорсухіјѕԁһкмтвнгпіγικνορτυχαβεηςωöäø",
    "aeopcyxijsdhkmtbhrniyikvoptuxabenswøæø",
)
_LEET = str.maketrans("0134578@$", "oieastbas")
_BARE = str.maketrans("æøå", "aoa")
# Letters that Unicode names as one of the alphabet: small capitals, letters in squares, with a stroke, of flags.
_LATIN = re.compile(
    r"(?:LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL)(?: SCRIPT| DOTLESS| OPEN)? ([A-Z]|AE)(?: WITH .*)?"
    r"|(?:(?:NEGATIVE |CROSSED )?(?:SQUARED|CIRCLED) LATIN CAPITAL|REGIONAL INDICATOR SYMBOL) LETTER ([A-Z]))"
)
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_TOKEN = re.compile(r"[a-zæøå0-9@$]+(?:[.,][0-9]+)?|[.!?;:\n]")
_APOSTROPHES = re.compile(r"['’`´]")


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word or number; `position` grows by more than one over a sentence end."""

    text: str
    position: int
    sentence: int
    asked: bool = False  # a question mark follows


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """`word` in the spelling that lexicon and messages are compared in: doubled letters single, but aa as å."""
    return _DOUBLED.sub(r"\1", word.replace("aa", "å"))


def from_digraphs(word: str) -> str:
    """A folded word with ae and oe read as æ and ø."""
    return word.replace("oe", "ø").replace("ae", "æ")


def bare(word: str) -> str:
    """`word` as typed without Norwegian letters: æ and å as a, ø as o."""
    return fold_word(word.translate(_BARE))


def from_leet(word: str) -> str:
    """`word` with digits and signs that stand for letters read as letters."""
    return fold_word(word.translate(_LEET))


def clean(message: str) -> str:
    """Visible Latin characters of `message`, lower case, accents gone but for æøå; capped at `MAX_CHARACTERS`."""
    if len(message) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        message = message[:half] + "\n" + message[-half:]
    composed = unicodedata.normalize("NFKC", message).casefold()
    visible = "".join(_visible(character) for character in composed)
    letters = visible.translate(_HOMOGLYPHS)
    if letters.isascii():
        return _APOSTROPHES.sub("", letters)
    plain = "".join(_without_accent(character) for character in letters)
    return _APOSTROPHES.sub("", plain)


def tokens(message: str) -> tuple[Token, ...]:
    """The folded words of `message` in order, sentence ends counted but left out."""
    text = undisguised(clean(message))
    found: list[Token] = []
    position = sentence = 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word in ".!?;:\n":
            if word == "?" and found:
                found[-1] = replace(found[-1], asked=True)
            if found and found[-1].sentence == sentence:
                sentence += 1
                position += SENTENCE_STEP
            continue
        found.append(Token(text=fold_word(word), position=position, sentence=sentence))
        position += 1
    return tuple(found)


@lru_cache(maxsize=4096)
def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Cc", "Cs", "Co", "Cn"):
        return " " if character in "\t\r" else "\n" if character in "\n\x0b\x0c\x85" else ""
    return "" if category == "Mn" and character != "\u030a" else character


@lru_cache(maxsize=4096)
def _without_accent(character: str) -> str:
    if character in "æøå" or character.isascii():
        return character
    if named := _LATIN.fullmatch(unicodedata.name(character, "")):
        letter = named[1] or named[2]
        return {"AE": "æ"}.get(letter, letter.lower())
    return "".join(c for c in unicodedata.normalize("NFD", character) if unicodedata.category(c) != "Mn")
