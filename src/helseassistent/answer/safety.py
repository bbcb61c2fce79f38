"""Owns what happens to a message about danger: fixed words and numbers, before retrieval, before any model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from helseassistent.answer.safety_decide import (
    MIN_WORDS,
    PRECEDENCE,
    UNSURE,
    URGENT_LABELS,
    Signs,
    decide,
    may_decide_alone,
    stands_alone,
)
from helseassistent.answer.safety_dose import DoseQuestions
from helseassistent.answer.safety_features import WHOLE, features, stretches
from helseassistent.answer.safety_lexicon import Lexicon
from helseassistent.answer.safety_model import SecondOpinion, blank_opinion, load_second_opinion
from helseassistent.answer.safety_numbers import (
    freshness_warning,
    load_numbers,
    read_table,
    stale_numbers,
)
from helseassistent.answer.safety_rules import (
    Guard,
    Hit,
    Reading,
    Rule,
    compile_pattern,
    hits,
    matches,
    penalties,
    read,
)
from helseassistent.answer.safety_text import Token, tokens
from helseassistent.answer.safety_texts import CAUTION, LAST_RESORT, shipped_texts
from helseassistent.errors import SettingsError
from helseassistent.types import Language, Urgent

__all__ = ["PRECEDENCE", "URGENT_LABELS", "Safety", "freshness_warning", "load_numbers", "stale_numbers"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Regarded:
    """What the rules see in some words, and how likely the second opinion holds each of its classes for."""

    seen: Signs
    view: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Safety:
    """The rules and the approved texts, read once; pure from then on."""

    lexicon: Lexicon
    guards: tuple[Guard, ...]
    rules: tuple[Rule, ...]
    texts: Mapping[tuple[str, Language], Urgent]
    named: frozenset[str]  # lists of the lexicon that the second opinion counts
    opinion: SecondOpinion
    doses: DoseQuestions
    works: bool = True  # when not, every message is met with the last resort

    @classmethod
    def load(cls, *, opinion: SecondOpinion | None = None) -> Safety:
        """The shipped layer; `opinion` replaces the shipped model.

        Raises:
            SettingsError: a data file is missing, damaged or names what does not exist.
        """
        counted = _words_of("safety_lexicon.toml")
        words = counted | _words_of("safety_rule_words.toml")
        tables = read_table("safety_rules.toml")
        literals: dict[str, tuple[str, ...]] = {}
        try:
            guards = tuple(_guard(t, literals=literals, words=words) for t in _tables(tables["guard"]))
            rules = tuple(_rule(t, literals=literals, words=words) for t in _tables(tables["rule"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SettingsError(f"safety_rules.toml mangler et felt eller har feil type ({error!r}).") from error
        texts = shipped_texts(load_numbers())
        return cls(
            lexicon=Lexicon(words | literals),
            guards=guards,
            rules=rules,
            texts=texts,
            named=frozenset(counted),
            opinion=opinion or load_second_opinion(),
            doses=DoseQuestions(Lexicon(_words_of("safety_dose.toml"))),
        )

    @classmethod
    def load_or_numbers(cls) -> Safety:
        """The shipped layer; when its rules or its model are damaged, one that meets every message with the numbers.

        Raises:
            SettingsError: the texts or the numbers themselves are missing or damaged.
        """
        try:
            return cls.load()
        except SettingsError as error:
            _LOG.error("Sikkerhetslaget virker ikke, og alle meldinger besvares med nødnumrene: %s", error)
            return cls._numbers_only()

    @classmethod
    def _numbers_only(cls) -> Safety:
        texts = shipped_texts(load_numbers())
        nothing, none = Lexicon({}), frozenset[str]()
        doses = DoseQuestions(nothing)
        return cls(nothing, (), (), texts=texts, named=none, opinion=blank_opinion(), doses=doses, works=False)

    def look(self, message: str) -> Look:
        """What is to be seen in `message`, for several questions about it."""
        return Look(self, message)

    def check(self, message: str, *, language: Language) -> Urgent | None:
        """The fixed reply to a message about danger; None lets the message on to the search."""
        return self.look(message).urgent(language)

    def glance(self, message: str) -> float:
        """How far the spelling of `message` makes one fear danger, in [0, 1]: says whom to look at first, no more."""
        spelled = features(tokens(message), reading=Reading(), signs=(), named=frozenset())
        return 1.0 - self.opinion.probabilities(spelled)["harmless"]

    def caution(self, message: str, *, language: Language) -> Urgent | None:
        """A calm note with numbers, for a message that is met with an ordinary reply although it may tell of danger."""
        return self.look(message).caution(language)

    def label(self, message: str) -> str | None:
        """Which of the approved texts `message` calls for; None means no danger was seen."""
        return self.look(message).label

    def regard(self, words: Sequence[Token]) -> _Regarded:
        """What the rules and the second opinion see in `words` taken as one stretch."""
        seen = self._signs(words)
        return _Regarded(seen, self.opinion.probabilities(self._buckets(words, seen=seen)))

    def weight(self, word: str) -> int:
        """How many of the lists that the second opinion counts `word` is in."""
        return len(self.lexicon.concepts_of(word) & self.named)

    def _signs(self, words: Sequence[Token]) -> Signs:
        reading = read(words, lexicon=self.lexicon)
        rules, guards = matches(self.rules, reading), matches(self.guards, reading)
        doubt = penalties(guards)
        return Signs(
            reading=reading,
            suspected=hits(rules, doubt={}),
            found=hits(rules, doubt=doubt),
            guards=tuple(guard.name for guard, _ in guards),
            doubt=max(doubt.values(), default=0),
        )

    def fired(self, message: str) -> tuple[Hit, ...]:
        """Every rule that speaks for danger in `message`, for staff and tests."""
        return self._signs(tokens(message)).found

    def buckets(self, message: str) -> tuple[int, ...]:
        """What the second opinion sees of `message` taken as one stretch; empty without words."""
        words = tokens(message)
        return self._buckets(words, seen=self._signs(words)) if words else ()

    def part_buckets(self, message: str) -> list[tuple[int, ...]]:
        """What the second opinion sees of each part of `message` that is judged by itself."""
        parts = stretches(tokens(message), weight=self.weight)
        return [self._buckets(part, seen=self._signs(part)) for part in parts]

    def _buckets(self, words: Sequence[Token], *, seen: Signs) -> tuple[int, ...]:
        signs = [f"r {hit.rule.name}" for hit in seen.suspected] + [f"s {hit.rule.name}" for hit in seen.found]
        signs += [f"g {name}" for name in seen.guards]
        return features(words, reading=seen.reading, signs=signs, named=self.named)

    def last_resort(self, language: Language) -> Urgent:
        """The block to show when the layer itself failed."""
        return self.texts[LAST_RESORT, language]


class Look:
    """One message as the safety layer sees it; each thing is found when it is first asked for, and only once."""

    def __init__(self, safety: Safety, message: str) -> None:
        self._safety = safety
        self._words = tokens(message)

    def urgent(self, language: Language) -> Urgent | None:
        """The fixed reply to a message about danger."""
        if not self._safety.works:
            return self._safety.last_resort(language)
        return self._safety.texts[self.label, language] if self.label else None

    def caution(self, language: Language) -> Urgent | None:
        """The note beside an ordinary reply.

        A question about a dose that sounds ordinary gets it too where its words made one fear more.
        """
        may = len(self._words) >= MIN_WORDS and 1.0 - self._whole.view["harmless"] >= UNSURE
        return self._safety.texts[CAUTION, language] if may or self._feared else None

    @cached_property
    def label(self) -> str | None:
        """Which of the approved texts the message calls for."""
        return None if self._safety.doses.holds(self._words) else self._feared

    @cached_property
    def _whole(self) -> _Regarded:
        return self._safety.regard(self._words)

    @cached_property
    def _feared(self) -> str | None:
        safety = self._safety
        parts = stretches(self._words, weight=safety.weight)
        whole = bool(self._words) and (len(self._words) <= WHOLE or not parts)
        if whole and (label := _judge(self._words, self._whole)):
            return label
        judged = [_judge(part, safety.regard(part), in_part=True, beside_whole=whole) for part in parts]
        return min((label for label in judged if label), key=PRECEDENCE.index, default=None)


def _judge(
    words: Sequence[Token], regarded: _Regarded, *, in_part: bool = False, beside_whole: bool = False
) -> str | None:
    seen, view = regarded.seen, regarded.view
    if in_part and not stands_alone(view, seen=seen, beside_whole=beside_whole):
        return None
    if not seen.found and not may_decide_alone(view, words=words, seen=seen):
        return None
    return decide(seen.found, view=view, suspected=seen.suspected, reading=seen.reading)


def _words_of(name: str) -> dict[str, tuple[str, ...]]:
    return {concept: tuple(str(text).split()) for concept, text in read_table(name).items()}


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
