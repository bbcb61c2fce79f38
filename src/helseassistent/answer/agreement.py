"""Owns whether a sentence that a model wrote agrees with the words it quotes: numbers, negations, strength, links.

Each rule refuses when in doubt: a claim that is dropped costs a sentence, one that is wrong costs the trust in all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from helseassistent.answer.commands import commands, is_disguised
from helseassistent.text.terms import stem
from helseassistent.text.words import FUNCTION_WORDS, tokens

Fault: TypeAlias = Literal[
    "passage", "quote", "form", "link", "command", "number", "negation", "strength", "name", "unsupported", "unrelated"
]

NUMBER = re.compile(r"\d+(?:[ \u00a0.,:]\d+)*")
NEGATION = re.compile(r"\b(?:ikke|ikkje|ingen|inga|intet|inkje|aldri|uten|utan|verken|hverken|korkje)\b", re.IGNORECASE)
_LINK = re.compile(r"(?:https?:|www\.|mailto:|tel:)\S+|\b\S+@\S+|\b(?:[\w-]+\.)+[a-zæøå]{2,10}(?:/\S*)?", re.IGNORECASE)
_MARKUP = re.compile(r"[<>{}\[\]`|\\]|\*\*|__|&#|&\w+;")
_SENTENCE = re.compile(r"[«“\"(]?[^\W_]")
_PREFIX = re.compile(r"^(?:[a-z]+:)?(?://)?(?:www\.)?", re.IGNORECASE)
_LEAST_WORDS = 2  # of a claim, function words counted
# Small words that change what is said; the ones in a line say the same.
_STRENGTHS = tuple(
    frozenset(line.split())
    for line in (
        "ja jo",
        "nei",
        "må lyt",
        "skal",
        "bør",
        "alle samtlige samtlege",
        "alltid bestandig",
        "bare kun berre",
        "hele heile",
        "før",
        "etter",
        "under",
        "over",
        "mellom",
        "minst",
        "høyst maks maksimalt høgst",
        "inntil opptil",
        "mange mykje mye",
        "få lite",
        "mer meir flere fleire",
        "mindre færre",
        "gratis",
        "daglig dagleg",
        "første fyrste",
        "siste",
        "også òg",
        "eller",
        "unntatt unnateke bortsett",
        "hvis dersom viss om",
        "åpent åpen open ope opent",
        "stengt",
    )
)
_STRENGTH_OF = {word: number for number, words in enumerate(_STRENGTHS) for word in words}
_MUST, _CAN = frozenset(["må", "lyt", "skal", "plikter", "pliktar"]), frozenset(["kan", "får"])
_COUNTED = (
    *("null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv", "tretten"),
    *("fjorten", "femten", "seksten", "sytten", "atten", "nitten", "tjue"),
)
# «en» is mostly an article, so it counts as no number.
_WRITTEN = {word: str(number) for number, word in enumerate(_COUNTED) if number != 1} | {
    word: str(number)
    for word, number in (
        *(("syv", 7), ("tyve", 20), ("tretti", 30), ("førti", 40), ("femti", 50), ("seksti", 60), ("sytti", 70)),
        *(("åtti", 80), ("nitti", 90), ("hundre", 100), ("tusen", 1000), ("førr", 40), ("begge", 2)),
    )
}


def fault_of(claim: str, *, quote: str, sentence: str, context: str, host: str) -> Fault | None:
    """The first rule that `claim` breaks; `sentence` is what the quote stands in, `context` its title and headings.

    `host` is where the page lies: the only one that a link in the evidence may lead to.
    """
    if len(claim.split()) < _LEAST_WORDS or _MARKUP.search(claim) or not _SENTENCE.match(claim):
        return "form"
    if not links(claim) <= links(quote) or any(not _is_at(link, host) for link in links(quote)):
        return "link"
    if any(commands(said) or is_disguised(said) for said in (claim, sentence)):
        return "command"
    if not _numbers_agree(claim, quote):
        return "number"
    if len(NEGATION.findall(claim)) != len(NEGATION.findall(sentence)):
        return "negation"
    if _strengths(claim) - _strengths(sentence) or _weakened(claim, sentence):
        return "strength"
    return None if _names(claim, opening=_opening(quote)) <= _stems(f"{sentence} {context}") else "name"


def links(text: str) -> frozenset[str]:
    """What in `text` leads somewhere, or looks as if it did."""
    return frozenset(match.group().rstrip(".,;:!?)»").lower() for match in _LINK.finditer(text))


def _is_at(link: str, host: str) -> bool:
    address = link if "@" in link else "@" + _PREFIX.sub("", link)
    found = urlsplit("//" + address.rpartition("@")[2]).hostname or ""
    own = host.removeprefix("www.")
    return bool(own) and (found == own or found.endswith(f".{own}"))


def numbers(text: str) -> frozenset[str]:
    """The numbers in digits, without the spaces inside them."""
    return frozenset(_digits(match.group()) for match in NUMBER.finditer(text))


def _digits(number: str) -> str:
    return re.sub(r"[ \u00a0]", "", number).strip(".,:")


def _numbers_agree(claim: str, quote: str) -> bool:
    """Whether the numbers of `claim` stand in `quote` in the same order, each beside the same word."""
    said, given = list(_counts(claim)), list(_counts(quote))
    place = 0
    for number, beside in said:
        match = next((i for i in range(place, len(given)) if given[i][0] == number), None)
        if match is None:
            return False
        others = {word for i, (_, words) in enumerate(given) if i != match for word in words}
        if beside and beside[0] not in given[match][1] and beside[0] in others:
            return False
        place = match + 1
    return True


def _counts(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each number, in digits or letters, with the stems of the two words of content after it."""
    joined = NUMBER.sub(lambda match: _digits(match.group()).replace(".", "·") + " ", text.lower())
    words = re.findall(r"[\d·,:]*\d[\d·,:]*|[^\W\d_]+", joined)
    for place, word in enumerate(words):
        number = _WRITTEN.get(word, word if word[0].isdigit() else None)
        if number is not None:
            after = [other for other in words[place + 1 : place + 5] if other not in FUNCTION_WORDS]
            yield number, tuple(stem(other) for other in after[:2])


def _strengths(text: str) -> Counter[int]:
    return Counter(_STRENGTH_OF[token] for token in tokens(text) if token in _STRENGTH_OF)


def _weakened(claim: str, sentence: str) -> bool:
    said, given = frozenset(tokens(claim)), frozenset(tokens(sentence))
    return bool(said & _CAN) and not given & _CAN and bool(given & _MUST)


def _names(claim: str, *, opening: str) -> frozenset[str]:
    """Stems of the words with a capital letter, but for the first word of a sentence."""
    found = re.findall(r"(?<![.!?:]\s)(?<!^)\b([A-ZÆØÅ][\w-]*)", claim)
    return frozenset(stem(word.lower()) for name in found for word in tokens(name) if name != opening)


def _opening(quote: str) -> str:
    return next(iter(quote.split()), "")


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in tokens(text))
