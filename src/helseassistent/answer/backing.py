"""How surely a quoted sentence says what a claim says: words and vectors together, against a fitted bar."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from math import exp

from helseassistent.answer.reading import WordVectors, subject_words
from helseassistent.text.terms import stem

NAMES = ("weakest", "foreign_words", "disorder")


@dataclass(frozen=True, slots=True)
class Bar:
    """A logistic regression over what is compared, with how good it was on pairs that it was not fitted on."""

    weights: tuple[float, ...]  # in the order of NAMES
    intercept: float
    bar: float  # a claim passes at this probability and above
    encoder: str  # fingerprint of the encoder that the vectors came from
    n: int  # pairs held out, true and false together
    false_passed: float  # share of the false ones held out that pass
    true_passed: float  # share of the true ones held out that pass
    made_by: str  # the command

    @classmethod
    def shipped(cls) -> Bar:
        """The bar in `backing.json`."""
        raw = json.loads(resources.files("helseassistent.answer").joinpath("backing.json").read_text("utf-8"))
        return cls(**{**raw, "weights": tuple(raw["weights"][name] for name in NAMES)})


@dataclass(frozen=True, slots=True)
class Backing:
    """Judges claims with the encoder of the search; with another one than the bar's, no new word passes at all."""

    encoder: str  # fingerprint
    vectors: WordVectors
    bar: Bar

    def backs(self, claim: str, *, quote: str, context: str) -> bool:
        """Whether `quote` says `claim`; `context` is the sentence around it, its title and headings."""
        seen = compared(claim, quote=quote, context=context, vectors=self.vectors)
        if self.bar.encoder != self.encoder:
            return seen["foreign_words"] == 0.0 and seen["disorder"] == 0.0
        return chance(seen, self.bar) >= self.bar.bar


def chance(seen: Mapping[str, float], bar: Bar) -> float:
    """The probability in (0, 1) that the claim is true to the quote."""
    logit = bar.intercept + sum(weight * seen[name] for name, weight in zip(NAMES, bar.weights, strict=True))
    return 1 / (1 + exp(-max(-35.0, min(35.0, logit))))


def compared(claim: str, *, quote: str, context: str, vectors: WordVectors) -> dict[str, float]:
    """What is compared, by name.

    `weakest` is the cosine of the least known word of the claim to the nearest of the quote, `foreign_words` counts
    those that stand neither in quote nor context, `disorder` is the share of the shared ones in another order.
    """
    words, quoted = subject_words(claim), subject_words(quote)
    if not words or not quoted:
        return {**dict.fromkeys(NAMES, 1.0), "weakest": 0.0}
    stems, known = [stem(word) for word in words], {stem(word) for word in (*quoted, *subject_words(context))}
    foreign = [word for word, own in zip(words, stems, strict=True) if own not in known]
    nearest = (vectors.of(foreign) @ vectors.of(quoted).T).max(axis=1) if foreign else ()
    return {
        "weakest": float(min(nearest, default=1.0)),
        "disorder": _disorder(stems, [stem(word) for word in quoted]),
        "foreign_words": float(len(foreign)),
    }


def _disorder(stems: Sequence[str], quoted: Sequence[str]) -> float:
    """Share of the shared words that stand in another order than in the quote."""
    places = [quoted.index(own) for own in dict.fromkeys(stems) if own in quoted]
    rising: list[int] = []
    for place in places:
        at = bisect_left(rising, place)
        rising[at : at + 1] = [place]
    return 1 - len(rising) / len(places) if places else 0.0
