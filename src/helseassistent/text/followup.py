"""A question that leans on those before it, told by its form, and made to stand alone in the person's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from helseassistent.text.words import content_words, tokens

# How surely a message leans: "sure" and "no" by its form, "maybe" where only the sources can tell.
Leaning: TypeAlias = Literal["sure", "maybe", "no"]

REACH = 4  # messages; a chain of leaning questions is followed no further
_TOPIC_WORDS = 10  # words of a sentence of the earlier question that are carried over
_POINTED = 3  # content words beside a pointer that still leave the message leaning
_ALONE = 4  # content words from which a message without a pointer stands alone

_SENTENCE = re.compile(r"[^.?!:]+")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_COURTESY = re.compile(
    r"^(?:(?:ja|jo|ok|okei|okay|greit|fint|flott|hei|hm+|å|takk for det|(?:tusen |mange )?takk|skjønner|forstår)"
    r"\b[\s,.!–-]+)+",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:nei(?:da)?|niks|feil|unnskyld|orsak|sorry)\b[\s,.!–-]*(?:men\s+)?(?:det\s+)?(?:jeg|eg|æ|e|i)?\s*"
    r"(?:mente|meinte|mener|meiner|tenkte på|tenkjer på|sa|spurte om|lurte på|ikke|ikkje)?\s*(?:om\s+)?",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:og|også|òg|å|men|enn|eller|så|for)\b[\s,]*)*"
    r"(?:(?:hva|kva|ka|hvordan|korleis|koss) (?:med|om|da med|då med)\b\s*"
    r"|(?:gjelder|gjeld|gjell) (?:det|dette|den|de|dei)(?: samme| same)?\b\s*(?:også |òg |for )*)?",
    re.IGNORECASE,
)
_VERBS = (
    r"er|e|har|kan|må|får|skal|bør|vil|tar|tek|gir|gjev|går|skjer|sitter|sit|avgjør|avgjer|bestemmer|kommer"
    r"|kjem|finnes|finst|fins|koster|kostar|trenger|treng|teller|dekker|dekkjer|dekkes|gjelder|gjeld|blir"
    r"|varer|varar|virker|verkar|innen når|slipper|slepp|står|stemmer|betaler|betalar|hjelper|hjelp|gjør"
    r"|gjer|bruker|brukar|søker|søkjer"
)
_SUBJECTS = "det|den|dette|de|dei|dem|jeg|eg|æ|man|ein|en|du|vi|me|han|hun|ho"
_ASKS = re.compile(
    rf"^(?:(?:hv(?!is\b)\w+|kva\w*|kven|kvar|kor\w*|koffor|kem|ken|ka|når|åssen|{_VERBS})\b"
    rf"|[^\W\d_]+\s+(?:{_SUBJECTS})\b)",
    re.IGNORECASE,
)
# "kan jeg klage?", "må man betale?": a verb without what it is done to.
_BARE_VERB = re.compile(
    rf"^(?:kan|må|får|skal|bør|vil|kunne|skulle)\s+(?:{_SUBJECTS}|noe|noko|noen|nokon)\s+[^\W\d_]+\W*$", re.IGNORECASE
)
# What a question begins with before it comes to its subject: «hvor lenge varer det», «slipper jeg».
_ASKED = re.compile(
    r"^(?:(?:hva|hvem|hvor|når|hvordan|hvorfor|kva|kven|kvar|kor|korleis|kvifor|ka|kem|ken|koss|koffor)\s+"
    r"(?:(?:lenge|ofte|ofta|fort|langt|mye|mykje|gammel|gammal)\s+)?)?"
    rf"(?:(?:{_VERBS})\b|[^\W\d_]+(?=\s+(?:{_SUBJECTS})\b))(?:\s+|$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[^\W.!?:] )[A-ZÆØÅ][^\W\d_]{2,}")  # inside a sentence: what is asked about is named
_POINTER = re.compile(
    r"\b(?:det|dette|den|denne|de|dem|dei|disse|desse|der|dit|derfra|han|ham|hun|henne|ho|samme|same|da|då|deres|hans|hennes"
    r"|etterpå|ellers|i så fall)\b"
)
# "det" that points to nothing: er det lov å, finnes det, hvor mange er det i, står det.
_EMPTY_IT = re.compile(
    r"\b(?:er|e|blir|var) det (?:lov|mulig|mogleg|noe|noen|noko|nokon|nødvendig|gratis|vanlig|riktig|sant|sånn|slik"
    r"|en|et|ein|eit|ei|krav|plass)\b|\b(?:finnes|finst|fins|gis|skjer|går|tar|står) det\b"
    r"|\bdet (?:finnes|finst|er)\b|\bdet (?:[^\W\d_]+ ){0,3}(?:å|at)\b"
    r"|\b(?:er|e|var|blir) det (?:som|på|i|for|til|hos|ved|av|nå|no|her)\b|\bskal det (?:bli|være|vere)\b"
    r"|\bhar [^\W\d_]+ det (?:selv|sjølv)\b"
    r"|\bde(?:i)? (?:som|der|på|i|hos|ved)\b|\bdem som\b"
    r"|\bde[nti]? (?!noe\b|samme\b|same\b|ikke\b|ikkje\b|alle\b|være\b|vere\b|bare\b)(?=[^\W\d_]+(?:e|ste)\b)"
)


_PREPOSITIONS = "på|i|til|for|hos|med|ved|fra|frå|under|etter|uten|utan|om|mot|før"
_PREPOSITION = re.compile(rf"({_PREPOSITIONS})\s", re.IGNORECASE)
_PREPOSITION_INSIDE = re.compile(rf"(?<=\s)({_PREPOSITIONS})(?=\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The last message read against those before it; `alone` and `together` are the two ways to understand it."""

    alone: str  # the message without courtesies, or as it was
    together: str  # the same with what it leans on; equal to `alone` when there is nothing before it
    leaning: Leaning


def read_follow_up(message: str, *, before: str | None) -> FollowUp:
    """`message` read against `before`, the question before it made to stand alone; None for the first message."""
    alone = _COURTESY.sub("", message).strip() or message
    if before is None:
        return FollowUp(message, message, "no")
    if correction := _corrected(alone):
        alone = correction
        topic = _topic(before, said=alone)
        return FollowUp(alone, _headed(topic, alone), "sure" if len(content_words(alone)) < _ALONE - 1 else "maybe")
    topic = _topic(before, said=alone)
    if not topic:
        return FollowUp(alone, alone, "no")
    return FollowUp(alone, *_together(alone, before=before, topic=topic))


def stand_alone(messages: Sequence[str]) -> str:
    """The last of `messages` (never empty, oldest first) as a question that stands alone, by its form only."""
    before = None
    for message in messages[-REACH:]:
        read = read_follow_up(message, before=before)
        before = read.alone if read.leaning == "no" else read.together
    return before or ""


def _together(alone: str, *, before: str, topic: str) -> tuple[str, Leaning]:
    opener = _OPENER.match(alone)
    opened = opener.end() if opener else 0
    rest = alone[opened:].strip()
    if not _ASKS.match(rest):
        # "og på søndag?", "enn røntgen?": the question is the earlier one, with this in it.
        few = len(content_words(rest)) < _ALONE
        return _put_in(rest, before) or f"{before} {alone}", "sure" if opened and few else "maybe"
    return _headed(topic, rest), _leaning(rest, opened=bool(opened))


def _put_in(fragment: str, before: str) -> str:
    """`before` with `fragment` in the place of its last words that begin the same way; "" where none do.

    «Er det lov å røyke på skolen?» with «på lekeplassen» asks «Er det lov å røyke på lekeplassen?».
    """
    begun = _PREPOSITION.match(fragment)
    places = list(_PREPOSITION_INSIDE.finditer(before)) if begun else []
    same = [place for place in places if begun and place[1].lower() == begun[1].lower()]
    place = (same or places)[-1] if places else None
    return f"{before[: place.start(1)]}{fragment.rstrip(' ?.!')}?" if place else ""


def _leaning(question: str, *, opened: bool) -> Leaning:
    content = len(content_words(question))
    if _NAME.search(question):
        return "maybe" if content < _ALONE or opened else "no"
    lowered = " ".join(tokens(question))
    pointed = bool(_POINTER.search(_EMPTY_IT.sub(" ", lowered)))
    if content == 0 or (pointed and content <= _POINTED) or _BARE_VERB.match(question):
        return "sure"
    return "maybe" if pointed or opened or content < _ALONE else "no"


def _corrected(message: str) -> str:
    """What a correction puts in place of what was understood; "" for a message that corrects nothing."""
    found = _CORRECTION.match(message)
    return message[found.end() :].strip() if found else ""


def _headed(topic: str, question: str) -> str:
    return f"{topic[:1].upper()}{topic[1:]}: {question}" if topic else question


def _topic(question: str, *, said: str) -> str:
    """What each sentence of `question` is about: from its first content word to its last, unless `said` repeats it."""
    repeated = frozenset(content_words(said))
    spans = []
    for sentence in _SENTENCE.findall(question):
        words = _WORD.findall(_ASKED.sub("", sentence.strip()))
        carried = [i for i, word in enumerate(words) if content_words(word) and word.lower() not in repeated]
        if carried:
            spans.append(" ".join(words[carried[0] : carried[-1] + 1][:_TOPIC_WORDS]))
    return ", ".join(dict.fromkeys(spans))
