"""Whether two questions ask the same, so that the answer that somebody approved to one is right for the other.

In doubt they do not: who is given the answer to another question is misled, who is not given it gets the usual answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helseassistent.answer.agreement import numbers
from helseassistent.answer.reading import WordVectors
from helseassistent.text.asked import asked_for
from helseassistent.text.places import places_in
from helseassistent.text.terms import stem
from helseassistent.text.words import FUNCTION_WORDS, tokens
from helseassistent.types import Encoder

# Cosine from which two words are one, differently spelt. Chosen by benchmarks/same_question.py on written pairs: demens
# and alzheimer, mor and far reach 0.76 and 0.68, so that no bar tells synonyms from neighbours.
WORD = 0.85
_OTHER_WORDS = 1  # content words of a question that the other may spell otherwise
# Small words that change what is asked; those in a line ask the same.
_TELLING = tuple(
    frozenset(line.split())
    for line in (
        "ikke ikkje",
        "ingen inga ingenting",
        "aldri",
        "uten utan",
        "må lyt måtte treng trenger",
        "skal skulle",
        "bør burde",
        "bare berre kun",
        "før",
        "etter",
        "under",
        "over",
        "mot",
        "fra frå",
        "inn",
        "ut",
        "opp",
        "ned",
        "bort",
        "flere fleire mer meir",
        "mindre færre",
        "enn",
        "mest",
        "eller",
        "alle",
        "andre annen anna annet",
        "selv sjølv sjøl",
        "han hun ho henne hans hennes hennar",
        "meg deg seg oss",
        "noen nokon nokre",
        "være vere",
        "bli blir blitt blei ble vart",
        "først første",
    )
)
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
# What only says that somebody asks, or is said by the kind of thing that is asked.
_ASKED_WITH = (
    "lurer lure lurar vite spørsmål spørre spør fortell fortelle betyr betyder menes meines tatt treng trenger"
)
_EMPTY = frozenset(map(stem, _ASKED_WITH.split()))
_SAID_OTHERWISE: Mapping[str, str] = {
    stem(word): stem(line.split()[0])
    for line in ("pris koste koster kostar", "adresse ligge ligger ligg")
    for word in line.split()
}


@dataclass(frozen=True, slots=True)
class Key:
    """What decides whether a question asks the same as another."""

    words: tuple[str, ...]  # of content, in reading order, each once
    stems: tuple[str, ...]  # of those
    kept: frozenset[
        str
    ]  # what may not differ: numbers, places, negation, who and when, and what kind of thing is asked


def key_of(question: str) -> Key:
    """Read the question."""
    said = tokens(question)
    by_stem: dict[str, str] = {}
    for word in said:
        if word not in FUNCTION_WORDS and (found := stem(word)) not in _EMPTY:
            by_stem.setdefault(_SAID_OTHERWISE.get(found, found), word)
    telling = {f"small {n}" for n, words in enumerate(_TELLING) if words & set(said)}
    fixed = {f"number {n}" for n in numbers(question)} | {f"place {place}" for place in places_in(question)}
    kept = frozenset(telling | fixed | _asked(question, said))
    return Key(tuple(by_stem.values()), tuple(by_stem), kept)


class SameQuestion:
    """Compares questions by their words, and a word that only one has by its vector; threads may share it."""

    def __init__(self, encoder: Encoder, *, word: float = WORD) -> None:
        self._vectors = WordVectors(encoder)
        self._word = word

    def same(self, one: Key, other: Key) -> bool:
        """Whether both ask the same."""
        if one.kept != other.kept or not one.stems or len(one.stems) != len(other.stems):
            return False
        if not set(one.stems) & set(other.stems):
            return set(one.words) == set(other.words)
        if not _in_order(one, other):
            return False
        mine, theirs = _only(one, other), _only(other, one)
        return not mine or (len(mine) == len(theirs) <= _OTHER_WORDS and self._spelt_otherwise(mine, theirs))

    def _spelt_otherwise(self, mine: Sequence[str], theirs: Sequence[str]) -> bool:
        cosines = self._vectors.of(mine) @ self._vectors.of(theirs).T
        return bool(min(cosines.max(axis=1).min(), cosines.max(axis=0).min()) >= self._word)


def _in_order(one: Key, other: Key) -> bool:
    """Whether the words that both have stand in the same order: who does what to whom is told by nothing else."""
    shared = set(one.stems) & set(other.stems)
    first, second = ([found for found in key.stems if found in shared] for key in (one, other))
    return first == second


def _only(one: Key, other: Key) -> list[str]:
    known = set(other.stems)
    return [word for word, found in zip(one.words, one.stems, strict=True) if found not in known]


def _asked(question: str, said: Sequence[str]) -> set[str]:
    """What kind of thing is asked: a kind of fact, else by the first word that asks; nothing for yes or no."""
    if kinds := asked_for(question):
        return {f"asked {kind}" for kind in kinds}
    for word, after in zip(said, [*said[1:], ""], strict=True):
        if word in _ASKING:
            return {f"asked {_ASKING[word]}{' much' if after in _HOW_MUCH else ''}"}
    return set()
