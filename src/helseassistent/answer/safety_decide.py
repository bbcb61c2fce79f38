"""Owns how the rules and the second opinion on danger come to one label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helseassistent.answer.safety_model import URGENT
from helseassistent.answer.safety_rules import Hit, Reading
from helseassistent.answer.safety_text import Token

# The most dangerous first; of several rules that fire, the first of these decides.
PRECEDENCE = ("life_suicide", "life", "poison", "violence", "crisis", "child", "doctor")
URGENT_LABELS = frozenset({"life_suicide", "life", "poison", "violence", "child"})
# Chosen on held_out.jsonl and independent-training.jsonl of benchmarks/safety, each message judged by a model that had
# not seen it: how much danger the second opinion must see to decide alone, with a rule beside it, or to let a fair or a
# strong rule decide.
SURE = 0.4
SURE_WITH_RULE = 0.35
UNSURE = 0.2  # for a calm note with numbers above an ordinary reply
CALM = 0.3
SLIGHT = 0.05
POSSIBLE = 0.2
FAIR_SCORE = 2
STRONG_SCORE = 4
CERTAIN_SCORE = 6  # of a count of tablets: the second opinion need not see it too
MIN_WORDS = 2
SURE_AGAINST_DOUBT = 0.7
SURE_IN_PART = 0.6  # of a message too long to be judged as a whole
SURE_BESIDE_WHOLE = 0.95  # of a message that as a whole seems harmless
SURE_OF_KIND = 0.6  # of what is urgent, to choose the text against a rule
SEARCH_WORDS = 4  # a message this short without a symptom is taken for a search by keywords
FIGURE = 4  # the penalty of a figure of speech
# Lists of the lexicon that tell how somebody is, or what happened to them.
SYMPTOMS = frozenset(
    [
        "ALLERGY",
        "AMPUTATE",
        "BLEED",
        "BLOOD",
        "BLUE",
        "BREATH_TROUBLE",
        "BURN",
        "CHEST_PAIN",
        "CONFUSED",
        "CUT",
        "DRUG",
        "FAINT",
        "FEVER",
        "HEATSTROKE",
        "LIFELESS",
        "MENINGITIS",
        "NECK_STIFF",
        "OVERDOSE",
        "PAIN",
        "PARALYSED",
        "POISON",
        "PSYCHOSIS",
        "RASH",
        "SEIZURE",
        "SELFHARM",
        "SEPSIS",
        "SLURRED",
        "STITCH",
        "STROKE",
        "STRUGGLE",
        "SWALLOW",
        "SWELL",
        "UNCONSCIOUS",
        "VIOLENCE",
        "VOMIT",
        "WEAPON",
        "WORST_HEADACHE",
        "FALL",
        "HOT",
        "FIRE",
        "BREATHE",
        "BIRTH",
    ]
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the rules see in a stretch, and how much speaks against an emergency in its most doubtful sentence."""

    reading: Reading
    suspected: tuple[Hit, ...]  # before doubt
    found: tuple[Hit, ...]  # after it
    guards: tuple[str, ...]
    doubt: int


def may_decide_alone(view: Mapping[str, float], *, words: Sequence[Token], seen: Signs) -> bool:
    """Whether the second opinion sees enough to warn of what no rule found."""
    danger = 1.0 - view["harmless"]
    if len(words) < MIN_WORDS:
        return False
    if danger >= SURE_AGAINST_DOUBT:
        return True
    # Not for a figure of speech or several signs of a mere question, nor for a search by keywords.
    searched = len(words) <= SEARCH_WORDS and not seen.reading.places.keys() & SYMPTOMS and view["crisis"] < POSSIBLE
    return seen.doubt < FIGURE and not searched


def stands_alone(view: Mapping[str, float], *, seen: Signs, beside_whole: bool) -> bool:
    """Whether one part of a longer message tells of danger by itself, `beside_whole` although the whole does not.

    Despair is read in context; without a rule only bodily danger counts against a harmless whole.
    """
    danger = 1.0 - view["harmless"]
    if not beside_whole:
        return danger >= SURE_IN_PART
    return (danger if seen.found else view["urgent"]) >= SURE_BESIDE_WHOLE


def decide(
    found: Sequence[Hit], *, view: Mapping[str, float], suspected: Sequence[Hit], reading: Reading
) -> str | None:
    """The label that the rules and the second opinion come to; None means no danger.

    A sure second opinion decides; an unsure one is overruled by a rule, a calm one only by a strong rule.
    """
    danger = 1.0 - view["harmless"]
    best = max((hit.score for hit in found), default=0)
    if danger > (SURE_WITH_RULE if found else SURE):
        return _label_of(_class_of(found, view=view), found or suspected, view=view, reading=reading)
    if best >= CERTAIN_SCORE or (best >= STRONG_SCORE and danger > SLIGHT) or (best >= FAIR_SCORE and danger > CALM):
        return _most_dangerous([hit.rule.label for hit in found])
    return None


def _most_dangerous(labels: Sequence[str]) -> str:
    """The first of `labels` in `PRECEDENCE`; a child who tells of violence gets the words for children, 112 in them."""
    return "child" if set(labels) <= {"violence", "child"} and "child" in labels else min(labels, key=PRECEDENCE.index)


def _class_of(found: Sequence[Hit], *, view: Mapping[str, float]) -> str:
    """The likeliest dangerous class, but urgent when a fair rule says so and the second opinion does not exclude it."""
    likeliest = max(("crisis", "doctor", "urgent"), key=view.__getitem__)
    said = max((hit.score for hit in found if hit.rule.label in URGENT_LABELS), default=0)
    return "urgent" if said >= CERTAIN_SCORE or (said > FAIR_SCORE and view["urgent"] > POSSIBLE) else likeliest


def _label_of(name: str, rule_hits: Sequence[Hit], *, view: Mapping[str, float], reading: Reading) -> str:
    """The label within the second opinion's class: its own kind, unless it is unsure and a rule says another."""
    if name != "urgent":
        return name
    labels = [hit.rule.label for hit in rule_hits if hit.rule.label in URGENT_LABELS]
    kind = max(URGENT, key=view.__getitem__)
    if labels and view[kind] < SURE_OF_KIND * view["urgent"]:
        return _most_dangerous(labels)
    return "life_suicide" if kind == "suicide" else kind
