"""Whether two questions ask the same, so that the answer that somebody approved to one is right for the other.

In doubt they do not: who is given the answer to another question is misled, who is not given it gets the usual answer.
So all that is asked must be the same, and only the forms of words, and words that ask for nothing, may differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helseassistent.answer.agreement import numbers
from helseassistent.text.asked import asked_for
from helseassistent.text.places import places_in
from helseassistent.text.terms import stem
from helseassistent.text.words import FUNCTION_WORDS, tokens

# Small words that say the same; each counts as the first of its line, and any other as itself.
_LIKE: Mapping[str, str] = {
    word: line.split()[0]
    for line in (
        "ikke ikkje kje itj",
        "ingen inga",
        "uten utan",
        "må lyt måtte treng trenger",
        "skal skulle",
        "bør burde",
        "bare berre kun",
        "fra frå",
        "flere fleire",
        "mer meir",
        "annen andre annan anna annet",
        "selv sjølv sjøl",
        "jeg eg vi man æ me",
        "meg seg oss",
        "min mi mitt mine sin si sitt sine vår",
        "du dere dykk",
        "din di ditt dine",
        "hun ho",
        "noen nokon nokre noe noko",
        "være vere vera",
        "bli blir",
        "ble blei vart blitt",
        "få får fått",
        "fikk fekk",
        "hvis dersom viss",
        "samme same",
        "hver kvar hvert",
        "hos hjå",
        "siden sidan sia",
    )
    for word in line.split()
}
# Small words that a question may have or lack and ask the same.
_ARTICLES = "en ei et ein eit ett den det de dei dem å at som og"
_HELPING = "er e kan kunne ha har ta tar te gjør gjøre gjer gjere vil ville"
_FILLING = (
    "da då nå no litt egentlig eigentleg jo så vel liksom please ok ja hei takk men faktisk altså mange mye mykje"
)
_MUTE = frozenset(f"{_ARTICLES} {_HELPING} {_FILLING}".split())
_ASKING: Mapping[str, str] = {
    word: line.split()[0]
    for line in (
        "hva kva ka hvilken hvilke hvilket",
        "hvem kven kem ken",
        "hvor kor kvar hen",
        "når",
        "hvordan korleis kordan kossen korsen",
        "hvorfor kvifor korfor koffor",
    )
    for word in line.split()
}
_HOW_MUCH = frozenset(("mange", "mye", "mykje"))
# What only says that somebody asks.
_LEAD = re.compile(r"^\W*(?:hei\w*\W+)?(?:(?:jeg|eg|æ)\s+)?(?:lurer|lurar|lure)\s+(?:\w+\s+)?på\s+", re.IGNORECASE)
_EMPTY = frozenset(map(stem, ["vite", "spørsmål", "betyr", "betyder", "menes", "meines", "tatt", "treng", "trenger"]))


@dataclass(frozen=True, slots=True)
class Key:
    """All that a question asks; two questions ask the same when their keys are equal."""

    words: tuple[str, ...]  # stems of content, in reading order, each once: who does what to whom
    kept: frozenset[str]  # numbers, places, small words that tell, what kind of thing is asked


def key_of(question: str) -> Key | None:
    """The key of `question`; None if it has no word of content to be known by."""
    asking = _LEAD.sub("", question)
    said = tokens(asking)
    words = tuple(dict.fromkeys(stem(word) for word in said if word not in FUNCTION_WORDS))
    words = tuple(word for word in words if word not in _EMPTY)
    if not words:
        return None
    small = {_LIKE.get(word, word) for word in said if word in FUNCTION_WORDS or word in _LIKE}
    telling = {f"small {word}" for word in small - _MUTE - _ASKING.keys()}
    fixed = {f"number {number}" for number in numbers(asking)} | {f"place {place}" for place in places_in(asking)}
    return Key(words, frozenset(telling | fixed | _asked(asking, said)))


def _asked(question: str, said: Sequence[str]) -> set[str]:
    """What kind of thing is asked: a kind of fact, else by the first word that asks; nothing for yes or no."""
    if kinds := asked_for(question):
        return {f"asked {kind}" for kind in kinds}
    for word, after in zip(said, [*said, ""][1:], strict=True):
        if word in _ASKING:
            return {f"asked {_ASKING[word]}{' much' if after in _HOW_MUCH else ''}"}
    return set()
