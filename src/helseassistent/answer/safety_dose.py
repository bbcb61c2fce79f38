"""Owns which questions about the dose of a medicine are ordinary: only known words, only small amounts.

The words are a closed list (safety_dose.toml). One word outside it, or one amount that is not small, and the message is
judged as every other message is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from helseassistent.answer.safety_lexicon import Lexicon
from helseassistent.answer.safety_text import Token

MOST_WORDS = 30
FEW = 4  # tablets of a painkiller sold without a prescription: those taken and those asked about, together
FEW_PRESCRIBED = 2
FEW_FOR_A_CHILD = 1
MOST_IN_A_DAY = 8  # a count of tablets times "times"
TABLET = 500.0  # milligrams that count as one
STRENGTHS = frozenset({200.0, 250.0, 400.0, 500.0, 600.0})  # "ibux 400"
_COUNTS = {
    "to": 2,
    "tre": 3,
    "fire": 4,
    "fem": 5,
    "seks": 6,
    "sju": 7,
    "syv": 7,
    "åte": 8,
    "ni": 9,
    "ti": 10,
    "tolv": 12,
}
_ORDINALS = frozenset({"fjerde", "sjete", "åtende"})  # every fourth hour, doubled letters single
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)(mg|g)?")
_NONE: frozenset[str] = frozenset()
_NAMED = frozenset({"PAINKILLER", "MEDICINE", "VITAMIN"})


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the message by what the list calls it, and an amount by its number and its unit."""

    kinds: frozenset[str]
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class DoseQuestions:
    """The closed list, read once."""

    lexicon: Lexicon

    def holds(self, message: Sequence[Token]) -> bool:
        """Whether `message` is an ordinary question about a dose, so that its words alone are no sign of danger."""
        if len(message) > MOST_WORDS:
            return False
        plain = not any(letter in token.text for token in message for letter in "æøå")
        words = [self._word(token.text, without_letters=plain) for token in message]
        named = _NONE.union(*(word.kinds for word in words))
        if not all(word.kinds for word in words) or "ASK" not in named or not named & (_NAMED | {"UNNAMED"}):
            return False
        return (
            _asks_plainly(words, named=named) and _took_as_meant(words, named=named) and _is_little(words, named=named)
        )

    def _word(self, text: str, *, without_letters: bool) -> _Word:
        if text in _COUNTS:
            return _Word(frozenset({"AMOUNT"}), amount=_COUNTS[text])
        if read := _AMOUNT.fullmatch(text):
            unit = {"mg": "MILLIGRAM", "g": "GRAM"}.get(read[2] or "", "AMOUNT")
            return _Word(frozenset({"AMOUNT", unit}), amount=float(read[1].replace(",", ".")))
        if text in _ORDINALS:
            return _Word(frozenset({"PLAIN"}))
        return _Word(self.lexicon.concepts_of(text, without_letters=without_letters))


def _asks_plainly(words: Sequence[_Word], *, named: frozenset[str]) -> bool:
    """Whether "many", "more", "not" and "each" stand where they ask for a dose and not for a deadly one."""
    if "ENOUGH" in named and named & {"PAINKILLER", "MEDICINE", "UNNAMED"}:
        return False
    if "MANY" in named and (named & {"RISK", "FORGOT", "UNNAMED"} or (named & {"MUST"} and "VITAMIN" not in named)):
        return False
    kinds = [_NONE, *(word.kinds for word in words), _NONE]
    for before, here, after in zip(kinds, kinds[1:], kinds[2:], strict=False):
        if "MANY" in here and not (before & {"HOW"} or (before & {"TOO"} and not named & {"TOOK", "GOT"})):
            return False
        if "MORE" in here and not before & {"TAKE"}:
            return False
        if "NOT" in here and not (before | after) & {"HELPS", "FORGOT", "TOOK"}:
            return False
        if "EACH" in here and after & {"HOUR", "HALF"}:
            return False
    return True


def _took_as_meant(words: Sequence[_Word], *, named: frozenset[str]) -> bool:
    """Whether no child took anything by itself, and what needs a prescription was at most forgotten."""
    took = sum("TOOK" in word.kinds for word in words)
    if took and named & {"YOUNG", "MEASURE"}:
        return False
    if "UNNAMED" in named and not named & _NAMED:
        return "FORGOT" in named and took <= 1
    return not took or "MEDICINE" not in named or ("FORGOT" in named and took == 1)


def _is_little(words: Sequence[_Word], *, named: frozenset[str]) -> bool:
    """Whether the tablets that the message counts are few, also when they are taken several times."""
    counted = [_tablets(words, at=at) for at, word in enumerate(words) if word.amount is not None]
    times = [_times(words, at=at) for at, word in enumerate(words) if word.amount is not None]
    most = FEW_PRESCRIBED if named & {"MEDICINE", "UNNAMED"} else FEW_FOR_A_CHILD if "YOUNG" in named else FEW
    one = max(counted, default=0.0)
    total = sum(counted) if named & {"TOOK", "GOT"} else one
    return total <= most and max(1.0, total) * max(times, default=1.0) <= MOST_IN_A_DAY


def _times(words: Sequence[_Word], *, at: int) -> float:
    return (words[at].amount or 1.0) if _kinds_at(words, at + 1) & {"TIMES"} else 1.0


def _tablets(words: Sequence[_Word], *, at: int) -> float:
    """How many tablets the amount at `at` counts; none for a time, an age, a weight or a strength."""
    amount = words[at].amount or math.inf  # "1 0" for ten
    before, after = _kinds_at(words, at - 1), _kinds_at(words, at + 1)
    unit = words[at].kinds | after
    if "MILLIGRAM" in unit:
        return amount / TABLET
    if "GRAM" in unit:
        return amount * 1000 / TABLET
    if after & {"TIMES", "HOUR", "MEASURE"}:
        return 0.0
    if not after & (_NAMED | {"UNNAMED"}):
        aged = before & {"ON"} and _kinds_at(words, at - 2) & {"YOUNG"}
        strength = before & {"PAINKILLER"} and amount in STRENGTHS
        if aged or strength or before & {"CLOCK"}:
            return 0.0
    return amount


def _kinds_at(words: Sequence[_Word], at: int) -> frozenset[str]:
    return words[at].kinds if 0 <= at < len(words) else _NONE
