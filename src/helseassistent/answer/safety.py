"""Owns what happens to a message about danger: fixed words and numbers, before retrieval, before any model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from helseassistent.answer.safety_features import features, stretches
from helseassistent.answer.safety_lexicon import Lexicon
from helseassistent.answer.safety_model import CLASSES, SecondOpinion, load_second_opinion
from helseassistent.answer.safety_numbers import (
    freshness_warning,
    load_numbers,
    read_data,
    stale_numbers,
)
from helseassistent.answer.safety_rules import Guard, Hit, Reading, Rule, compile_pattern, hits, penalties, read, spans
from helseassistent.answer.safety_text import Token, tokens
from helseassistent.errors import SettingsError
from helseassistent.types import EmergencyNumber, Language, Urgency, Urgent

__all__ = ["Safety", "freshness_warning", "load_numbers", "stale_numbers"]

# The most dangerous first; of several rules that fire, the first of these decides.
PRECEDENCE = ("life_suicide", "life", "poison", "violence", "crisis", "child", "doctor")
URGENT_LABELS = frozenset({"life_suicide", "life", "poison", "violence", "child"})
LAST_RESORT = "last_resort"
# Chosen on benchmarks/safety/dev.jsonl: where the second opinion decides alone, and where a fair rule needs it.
SURE = 0.4
CALM = 0.15
FAIR_SCORE = 2
STRONG_SCORE = 4
MAX_FIRST_LINE_WORDS = 15

_LANGUAGES: tuple[Language, ...] = get_args(Language)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BARE_NUMBER = re.compile(r"\d[\d ]*\d\d")


@dataclass(frozen=True, slots=True)
class Safety:
    """The rules and the approved texts, read once; pure from then on."""

    lexicon: Lexicon
    guards: tuple[Guard, ...]
    rules: tuple[Rule, ...]
    texts: Mapping[tuple[str, Language], Urgent]
    named: frozenset[str]  # lists of the lexicon that the second opinion counts
    opinion: SecondOpinion

    @classmethod
    def load(cls, *, opinion: SecondOpinion | None = None) -> Safety:
        """The shipped layer; `opinion` replaces the shipped model.

        Raises:
            SettingsError: a data file is missing, damaged or names what does not exist.
        """
        words = {name: tuple(str(text).split()) for name, text in _table("safety_lexicon.toml").items()}
        tables = _table("safety_rules.toml")
        literals: dict[str, tuple[str, ...]] = {}
        try:
            guards = tuple(_guard(t, literals=literals, words=words) for t in _tables(tables["guard"]))
            rules = tuple(_rule(t, literals=literals, words=words) for t in _tables(tables["rule"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SettingsError(f"safety_rules.toml mangler et felt eller har feil type ({error!r}).") from error
        texts = load_texts(_table("urgent.toml"), numbers=load_numbers())
        return cls(
            lexicon=Lexicon(words | literals),
            guards=guards,
            rules=rules,
            texts=texts,
            named=frozenset(words),
            opinion=opinion or load_second_opinion(),
        )

    def check(self, message: str, *, language: Language) -> Urgent | None:
        """The fixed reply to a message about danger; None lets the message on to the search."""
        label = self.label(message)
        return self.texts[label, language] if label else None

    def label(self, message: str) -> str | None:
        """Which of the approved texts `message` calls for; None means no danger was seen."""
        words = tokens(message)
        if not words:
            return None
        reading = read(words, lexicon=self.lexicon)
        suspected = hits(self.rules, reading, doubt={})
        found = hits(self.rules, reading, doubt=penalties(self.guards, reading))
        views = [
            self.opinion.probabilities(self._buckets(stretch))
            for stretch in stretches(words, reading=reading, named=self.named)
        ]
        view = min(views, key=lambda probabilities: probabilities["harmless"])
        return decide(found, view=view, suspected=suspected, reading=reading)

    def fired(self, message: str) -> tuple[Hit, ...]:
        """Every rule that speaks for danger in `message`, for staff and tests."""
        reading = read(tokens(message), lexicon=self.lexicon)
        return hits(self.rules, reading, doubt=penalties(self.guards, reading))

    def buckets(self, message: str) -> tuple[int, ...]:
        """What the second opinion sees of `message` taken as one stretch; empty without words."""
        words = tokens(message)
        return self._buckets(words) if words else ()

    def _buckets(self, words: Sequence[Token]) -> tuple[int, ...]:
        reading = read(words, lexicon=self.lexicon)
        doubt = penalties(self.guards, reading)
        signs = [f"r {hit.rule.name}" for hit in hits(self.rules, reading, doubt={})]
        signs += [f"s {hit.rule.name}" for hit in hits(self.rules, reading, doubt=doubt)]
        signs += [f"g {guard.name}" for guard in self.guards if any(spans(p, reading) for p in guard.patterns)]
        return features(words, reading=reading, signs=signs, named=self.named)

    def last_resort(self, language: Language) -> Urgent:
        """The block to show when the layer itself failed."""
        return self.texts[LAST_RESORT, language]


def decide(
    found: Sequence[Hit], *, view: Mapping[str, float], suspected: Sequence[Hit], reading: Reading
) -> str | None:
    """The label that the rules and the second opinion come to; None means no danger.

    A sure second opinion decides; an unsure one is overruled by a rule, a calm one only by a strong rule.
    """
    danger = 1.0 - view["harmless"]
    best = max((hit.score for hit in found), default=0)
    if danger > SURE:
        return _label_of(max(CLASSES[1:], key=lambda name: view[name]), found or suspected, reading)
    if best >= STRONG_SCORE or (best >= FAIR_SCORE and danger > CALM):
        return min((hit.rule.label for hit in found), key=PRECEDENCE.index)
    return None


def _label_of(name: str, hits_found: Sequence[Hit], reading: Reading) -> str:
    """The label within the second opinion's class: what a rule says, else what the words point to."""
    if name != "urgent":
        return name
    labels = [hit.rule.label for hit in hits_found if hit.rule.label in URGENT_LABELS]
    if labels:
        return min(labels, key=PRECEDENCE.index)
    places = reading.places.keys()
    if "SWALLOW" in places and places & {"POISON", "BATTERY"}:
        return "poison"
    if places & {"WEAPON", "THREAT", "HIDE"}:
        return "violence"
    return "life"


def load_texts(
    tables: Mapping[str, object], *, numbers: Mapping[str, EmergencyNumber]
) -> Mapping[tuple[str, Language], Urgent]:
    """The approved texts by label and language, their numbers filled in from `numbers`.

    Raises:
        SettingsError: a text is missing, too long in its first line, or holds a number that numbers.toml does not have.
    """
    texts: dict[tuple[str, Language], Urgent] = {}
    for label in (*PRECEDENCE, LAST_RESORT):
        table = tables.get(label)
        if not isinstance(table, dict) or table.get("urgency") not in get_args(Urgency):
            raise SettingsError(f"urgent.toml mangler en gyldig tekst for «{label}».")
        ids = table.get("numbers", [])
        if not ids or any(identity not in numbers for identity in ids):
            raise SettingsError(f"urgent.toml, {label}: numbers skal være navn som finnes i numbers.toml.")
        for language in _LANGUAGES:
            text = _filled(str(table.get(language, "")).strip(), label=label, ids=ids, numbers=numbers)
            texts[label, language] = Urgent(
                urgency=table["urgency"], text=text, numbers=tuple(numbers[identity] for identity in ids)
            )
    return texts


def _filled(template: str, *, label: str, ids: Sequence[str], numbers: Mapping[str, EmergencyNumber]) -> str:
    first = template.partition("\n")[0]
    if not _PLACEHOLDER.search(first):
        raise SettingsError(f"urgent.toml, {label}: første linje skal ha et nummer i begge målformer.")
    if _BARE_NUMBER.search(template):
        raise SettingsError(f"urgent.toml, {label}: skriv {{navn}} fra numbers.toml, ikke nummeret selv.")
    if unknown := set(_PLACEHOLDER.findall(template)) - set(ids):
        raise SettingsError(f"urgent.toml, {label}: {', '.join(sorted(unknown))} står ikke i numbers.")
    if len(first.split()) > MAX_FIRST_LINE_WORDS:
        raise SettingsError(f"urgent.toml, {label}: første linje har mer enn {MAX_FIRST_LINE_WORDS} ord.")
    return _PLACEHOLDER.sub(lambda match: numbers[match[1]].number, template)


def _table(name: str) -> dict[str, object]:
    try:
        return tomllib.loads(read_data(name))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name} kan ikke leses ({error}). Hent fila på nytt med git checkout.") from error


def _guard(
    table: Mapping[str, object], *, literals: dict[str, tuple[str, ...]], words: Mapping[str, Sequence[str]]
) -> Guard:
    patterns = tuple(compile_pattern(p, literals=literals, names=words) for p in _strings(table["patterns"]))
    return Guard(name=str(table["name"]), penalty=int(str(table["penalty"])), patterns=patterns)


def _rule(
    table: Mapping[str, object], *, literals: dict[str, tuple[str, ...]], words: Mapping[str, Sequence[str]]
) -> Rule:
    label = str(table["label"])
    if label not in PRECEDENCE:
        raise SettingsError(f"safety_rules.toml: label «{label}» har ingen tekst i urgent.toml.")
    return Rule(
        name=str(table["name"]),
        label=label,
        weight=int(str(table["weight"])),
        patterns=tuple(compile_pattern(p, literals=literals, names=words) for p in _strings(table["patterns"])),
        examples=tuple(_strings(table["examples"])),
    )


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("liste med tekster")
    return value


def _tables(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError("liste med tabeller")
    return value
