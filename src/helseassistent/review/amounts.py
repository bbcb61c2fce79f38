"""Numbers with their units in a sentence, written one way so that two can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helseassistent.text.terms import stem
from helseassistent.text.words import FUNCTION_WORDS

_WORDS = (
    *("to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv", "tretten", "fjorten"),
    *("femten", "seksten", "sytten", "atten", "nitten", "tjue"),
)
_WRITTEN = {word: str(number) for number, word in enumerate(_WORDS, start=2)} | {"syv": "7", "tretti": "30"}
_UNITS = {
    "kroner": r"kr\b\.?|kroner\b|,-",
    "prosent": r"%|prosent\b|pst\b",
    "år": r"års?\b|åra\b|årene\b",
    "måneder": r"måned(?:er|ers)?\b|månader?\b|mnd\b",
    "uker": r"uke?r?s?\b|veker?s?\b",
    "virkedager": r"virkedag(?:er)?\b|virkedagar\b|arbeidsdag(?:er|ar)?\b",
    "dager": r"dag(?:er|ers|ar|ars)?\b|døgn\b",
    "timer": r"time(?:r|rs)?\b|timar\b",
    "minutter": r"minutt(?:er|ar)?\b|min\b",
    "ganger": r"ganger\b|gonger\b",
}
_FIGURE = r"\d{1,3}(?:[ \u00a0.]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_WORD = "|".join(sorted(_WRITTEN, key=len, reverse=True))
_DASH = r"\s*(?:-|–|—|\btil\b)\s*"
_CLOCK = re.compile(
    rf"(?:\bkl\b\.?|\bklokk(?:en|a)\b)\s*(\d{{1,2}}(?:[.:]\d{{2}})?)(?:{_DASH}(?:kl\.?\s*)?(\d{{1,2}}(?:[.:]\d{{2}})?))?"
    rf"|\b(\d{{1,2}}[.:]\d{{2}}){_DASH}(\d{{1,2}}[.:]\d{{2}})\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\d.])(?:\d{2} ?\d{2} ?\d{2} ?\d{2}|\d{3} \d{2} \d{3}|116 ?\d{3})(?![\d.,]*\d)")
_BEFORE = re.compile(rf"\bkr\b\.?\s*({_FIGURE})", re.IGNORECASE)
_NUMBER = re.compile(rf"(?<![\d.,§/])\b({_FIGURE}|{_WORD})\b(?:{_DASH}({_FIGURE}|{_WORD})\b)?[ \u00a0]*", re.IGNORECASE)
_UNIT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items()), re.IGNORECASE)
_NOUN = re.compile(r"[^\W\d_]{4,}")
_ROUGHLY = re.compile(r"\b(?:ca|cirka|om lag|omtrent|rundt|nesten|opp mot|over lag|kring)\.?\s*$", re.IGNORECASE)
_NO_UNIT = re.compile(
    r"(?:januar|februar|mars|april|juni|juli|august|september|oktober|november|desember|første|andre|annet|tredje"
    r"|fjerde|femte|sjette|ledd|punktum|bokstav|nummer|kapittel)$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?:§|\bnr\.?|\bkapittel|\bkap\.?|\bartikkel|\bpunkt|\bskjema)\s*$", re.IGNORECASE)
_PART_OF_A_DATE = re.compile(r"\.\s*(?:jan|feb|mars|apr|mai|jun|jul|aug|sep|okt|nov|des)|\.\s*(?:klasse|trinn|ledd)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a range; `low` and `high` are the same for a number alone. `start:end` is its place in the text."""

    unit: str  # one of ours, or the stem of what is counted
    low: float
    high: float
    roughly: bool
    start: int
    end: int

    @property
    def value(self) -> tuple[float, float]:
        """What two amounts of a unit are compared by."""
        return self.low, self.high


def amounts_in(text: str) -> tuple[Amount, ...]:
    """Every number that has a unit, in reading order; years, dates and section numbers are none."""
    found: list[Amount] = []
    for amount in (*_clocks(text), *_phones(text), *_prices(text), *_counts(text)):
        if not any(amount.start < other.end and other.start < amount.end for other in found):
            found.append(amount)
    return tuple(sorted(found, key=lambda amount: amount.start))


def _clocks(text: str) -> Iterator[Amount]:
    for match in _CLOCK.finditer(text):
        first, last = (match[1], match[2]) if match[1] else (match[3], match[4])
        yield Amount("klokkeslett", _clock(first), _clock(last or first), False, *match.span())


def _phones(text: str) -> Iterator[Amount]:
    for match in _PHONE.finditer(text):
        number = float(re.sub(r"\D", "", match[0]))
        yield Amount("telefon", number, number, False, *match.span())


def _prices(text: str) -> Iterator[Amount]:
    for match in _BEFORE.finditer(text):
        number = _number(match[1])
        yield Amount("kroner", number, number, _is_rough(text, match.start()), *match.span())


def _counts(text: str) -> Iterator[Amount]:
    for match in _NUMBER.finditer(text):
        if _REFERENCE.search(text[max(0, match.start() - 12) : match.start()]) or _PART_OF_A_DATE.match(
            text, match.end(2) if match[2] else match.end(1)
        ):
            continue
        low, high = _number(match[1]), _number(match[2] or match[1])
        named = _named(text, match.end(), number=low)
        if named:
            unit, end = named
            yield Amount(unit, low, high, _is_rough(text, match.start()), match.start(), end)


def _named(text: str, place: int, *, number: float) -> tuple[str, int] | None:
    """The unit that stands at `place`, and where it ends."""
    if (unit := _UNIT.match(text, place)) and unit.lastgroup:
        return unit.lastgroup, unit.end()
    noun = _NOUN.match(text, place)
    if noun is None or noun[0].lower() in FUNCTION_WORDS or _NO_UNIT.match(noun[0]) or 1900 <= number <= 2100:
        return None
    return stem(noun[0].lower()), noun.end()


def _number(written: str) -> float:
    spelt = _WRITTEN.get(written.lower(), written)
    return float(re.sub(r"[ \u00a0.]", "", spelt).replace(",", "."))


def _clock(written: str) -> float:
    hours, _, minutes = written.replace(":", ".").partition(".")
    return int(hours) + int(minutes or 0) / 60


def _is_rough(text: str, place: int) -> bool:
    return bool(_ROUGHLY.search(text[max(0, place - 12) : place]))
