"""Owns the rules of the safety layer: phrases of concepts, weighed against what speaks for a mere question.

A pattern is read left to right. `A B`: B at most three words after A. `A+B`: right after. `A..B`: at most eight words
after. `A ~ B`: near, in either order. `A & B`: both anywhere in the message; `& !C`: C nowhere. `^A`: A that is not
negated. A capitalised element names a list of the lexicon; others are words, with `|` between alternatives.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from helseassistent.answer.safety_lexicon import Lexicon
from helseassistent.answer.safety_text import Token
from helseassistent.errors import SettingsError

_REACH = {" ": 3, "+": 1, "..": 8}
_NEAR = 8
_ELEMENT = re.compile(r"\s*(\.\.|\+|\s)\s*")
_NAME = re.compile(r"[A-Z][A-Z_0-9]*")
MAX_STARTS = 60  # matches of one pattern looked at in one message


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: a concept, how far it may stand from the one before, and whether negation spoils it."""

    concept: str
    reach: int
    unnegated: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """Elements in order."""

    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The first phrase must match, and each of `others` anywhere, and none of `absent`."""

    first: tuple[Phrase, ...]
    others: tuple[tuple[Phrase, ...], ...]
    absent: tuple[tuple[Phrase, ...], ...]
    needed: frozenset[str]  # concepts without which no match is possible
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a message is about when one of `patterns` matches, and how much doubt that survives."""

    name: str
    label: str
    weight: int
    patterns: tuple[Pattern, ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """A sign that a message only asks, tells of the past, or jokes; takes `penalty` from the rules in its sentence."""

    name: str
    penalty: int
    patterns: tuple[Pattern, ...]


_Kind = TypeVar("_Kind", Rule, Guard)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired, and what was left of its weight."""

    rule: Rule
    score: int


@dataclass(slots=True)
class Reading:
    """A message as concepts: where each stands, in which sentence, and where it is negated."""

    places: dict[str, list[int]] = field(default_factory=dict)  # concept -> positions, ascending
    sentence_at: dict[int, int] = field(default_factory=dict)
    negated: set[int] = field(default_factory=set)


def read(message: Sequence[Token], *, lexicon: Lexicon) -> Reading:
    """The concepts of `message`; without any Norwegian letter in it, also as typed without them."""
    without_letters = not any(letter in token.text for token in message for letter in "æøå")
    known: dict[str, frozenset[str]] = {}
    reading = Reading()
    previous: Token | None = None
    for token in message:
        concepts = known.get(token.text)
        if concepts is None:
            concepts = known[token.text] = lexicon.concepts_of(token.text, without_letters=without_letters)
        if previous is not None and previous.sentence == token.sentence and len(known) < 400:
            concepts |= lexicon.concepts_of_pair(previous.text, token.text)
        previous = token
        reading.sentence_at[token.position] = token.sentence
        for concept in concepts:
            reading.places.setdefault(concept, []).append(token.position)
    _mark_negated(reading)
    return reading


def _mark_negated(reading: Reading) -> None:
    """Negation covers the word before it and the three after, in its sentence."""
    for at in reading.places.get("NOT", ()):
        for near in (at - 1, at + 1, at + 2, at + 3):
            if reading.sentence_at.get(near) == reading.sentence_at[at]:
                reading.negated.add(near)


def _spans(pattern: Pattern, reading: Reading) -> tuple[int, ...]:
    if any(_starts(phrases, reading) for phrases in pattern.absent):
        return ()
    if not all(_starts(phrases, reading) for phrases in pattern.others):
        return ()
    return _starts(pattern.first, reading)


def _starts(phrases: Iterable[Phrase], reading: Reading) -> tuple[int, ...]:
    return tuple(start for phrase in phrases for start in _phrase_starts(phrase, reading))


def _phrase_starts(phrase: Phrase, reading: Reading) -> list[int]:
    first, *rest = phrase.elements
    begins = [at for at in reading.places.get(first.concept, ()) if not (first.unnegated and at in reading.negated)]
    return [at for at in begins[:MAX_STARTS] if _continues(at, rest=rest, reading=reading)]


def _continues(start: int, *, rest: Sequence[Element], reading: Reading) -> bool:
    ends = {start}
    for element in rest:
        places = reading.places.get(element.concept, [])
        ends = {
            at
            for end in ends
            for at in places[bisect_right(places, end) : bisect_right(places, end + element.reach)]
            if not (element.unnegated and at in reading.negated)
        }
        if not ends:
            return False
    return True


def matches(kinds: Iterable[_Kind], reading: Reading) -> tuple[tuple[_Kind, frozenset[int]], ...]:
    """Those of `kinds` with a pattern that matches, each with the sentences it matches in."""
    present = frozenset(reading.places)
    possible = ((kind, [pattern for pattern in kind.patterns if pattern.needed <= present]) for kind in kinds)
    found = ((kind, _sentences(patterns, reading)) for kind, patterns in possible if patterns)
    return tuple((kind, sentences) for kind, sentences in found if sentences)


def _sentences(patterns: Iterable[Pattern], reading: Reading) -> frozenset[int]:
    return frozenset(reading.sentence_at[at] for pattern in patterns for at in _spans(pattern, reading))


def penalties(guards: Iterable[tuple[Guard, frozenset[int]]]) -> dict[int, int]:
    """What the matched `guards` say against an emergency, by sentence."""
    total: dict[int, int] = {}
    for guard, sentences in guards:
        for sentence in sentences:
            total[sentence] = total.get(sentence, 0) + guard.penalty
    return total


def hits(rules: Iterable[tuple[Rule, frozenset[int]]], *, doubt: Mapping[int, int]) -> tuple[Hit, ...]:
    """Matched rules whose weight outlives the doubt in their sentence, plus half of the doubt in those beside it."""
    found: list[Hit] = []
    for rule, sentences in rules:
        score = rule.weight - min(
            doubt.get(s, 0) + max(0, doubt.get(s - 1, 0), doubt.get(s + 1, 0)) // 2 for s in sentences
        )
        if score > 0:
            found.append(Hit(rule=rule, score=score))
    return tuple(found)


def compile_pattern(
    source: str, *, literals: dict[str, tuple[str, ...]], names: Mapping[str, Sequence[str]]
) -> Pattern:
    """`source` as a pattern; its plain words are added to `literals` as lists of their own.

    Raises:
        SettingsError: an unknown list is named or a part is empty.
    """
    present: list[tuple[Phrase, ...]] = []
    absent: list[tuple[Phrase, ...]] = []
    for part in source.split("&"):
        text = part.strip()
        phrases = _phrases(text.removeprefix("!").strip(), literals=literals, names=names)
        (absent if text.startswith("!") else present).append(phrases)
    if not present:
        raise SettingsError(f"Regelen «{source}» i safety_rules.toml har ingen del som må finnes.")
    needed = frozenset(e.concept for phrases in present for e in phrases[0].elements)
    return Pattern(first=present[0], others=tuple(present[1:]), absent=tuple(absent), needed=needed, source=source)


def _phrases(
    text: str, *, literals: dict[str, tuple[str, ...]], names: Mapping[str, Sequence[str]]
) -> tuple[Phrase, ...]:
    sides = [_elements(side.strip(), literals=literals, names=names) for side in text.split("~")]
    if len(sides) == 1:
        return (Phrase(sides[0]),)
    if len(sides) > 2:
        raise SettingsError(f"«{text}» i safety_rules.toml har mer enn én ~.")
    return tuple(Phrase((*left, _reaching(right[0]), *right[1:])) for left, right in (sides, sides[::-1]))


def _reaching(element: Element) -> Element:
    return Element(concept=element.concept, reach=_NEAR, unnegated=element.unnegated)


def _elements(
    text: str, *, literals: dict[str, tuple[str, ...]], names: Mapping[str, Sequence[str]]
) -> tuple[Element, ...]:
    parts = _ELEMENT.split(text)
    if not all(parts):
        raise SettingsError(f"«{text}» i safety_rules.toml har en tom del.")
    found: list[Element] = []
    for index in range(0, len(parts), 2):
        word = parts[index]
        separator = parts[index - 1] if index else " "
        reach = _REACH[separator if separator in ("+", "..") else " "]
        concept = _concept(word.removeprefix("^"), literals=literals, names=names)
        found.append(Element(concept=concept, reach=reach, unnegated=word.startswith("^")))
    return tuple(found)


def _concept(word: str, *, literals: dict[str, tuple[str, ...]], names: Mapping[str, Sequence[str]]) -> str:
    if word in names:
        return word
    found: list[str] = []
    for alternative in word.split("|"):
        if _NAME.fullmatch(alternative) and alternative not in names:
            raise SettingsError(f"Ordlista {alternative} i safety_rules.toml finnes ikke i safety_lexicon.toml.")
        found += names.get(alternative, (alternative,))
    literals.setdefault(word, tuple(found))
    return word
