"""The ranking: two weighted sums of signals, their weights in a file that can be read.

The first sum ranks every candidate. The second ranks the best of those again, with what is too dear to compute for all:
how much of the question each passage says, word by word. A question in the pages' own words wants other weights than an
everyday one, so that each signal has two: what it weighs, and what it weighs more the more of the question's words some
passage has (`SignalTable.own_words`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from helseassistent.errors import SettingsError
from helseassistent.retrieve.signals import NAMES, SignalTable

AGAIN = ("first", "said", "late")  # what the second sum adds up, `first` being the first sum


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a signal, and what is added to it for a question wholly in the pages' own words."""

    always: tuple[float, ...]
    own_words: tuple[float, ...]

    def at(self, own_words: float) -> NDArray[np.float64]:
        """The weights for one question."""
        return np.array(self.always) + own_words * np.array(self.own_words)


@dataclass(frozen=True, slots=True)
class RankWeights:
    """Weights of the first sum, in the order of `signals.NAMES`, and of the second, in the order of `AGAIN`."""

    first: Weights
    again: Weights | None = None  # None leaves the first ranking as it is

    @classmethod
    def shipped(cls, *, contextual: bool) -> RankWeights:
        """The weights that `helseassistent train --fit` fitted on questions the encoders have not seen.

        Those of `rank.json` want the signal of the second encoder, those of `rank-static.json` do without.
        """
        path = resources.files("helseassistent.retrieve").joinpath(rank_file(contextual=contextual))
        return cls.of(**json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(
        cls,
        weights: Mapping[str, float],
        *,
        own_words: Mapping[str, float] | None = None,
        again: Mapping[str, float] | None = None,
        again_own_words: Mapping[str, float] | None = None,
    ) -> RankWeights:
        """Weights by signal name; a signal that is not named weighs nothing.

        Raises:
            SettingsError: if a name is not a signal.
        """
        first = Weights(_in_order(weights, NAMES), _in_order(own_words or {}, NAMES))
        if not again:
            return cls(first)
        return cls(first, Weights(_in_order(again, AGAIN), _in_order(again_own_words or {}, AGAIN)))

    def by_name(self) -> dict[str, dict[str, float]]:
        """What `of` takes."""
        found = {
            "weights": dict(zip(NAMES, self.first.always, strict=True)),
            "own_words": dict(zip(NAMES, self.first.own_words, strict=True)),
        }
        if self.again:
            found["again"] = dict(zip(AGAIN, self.again.always, strict=True))
            found["again_own_words"] = dict(zip(AGAIN, self.again.own_words, strict=True))
        return found

    def without(self, signal: str) -> RankWeights:
        """The same weights but for one signal."""
        return RankWeights.of(
            **{part: {name: w for name, w in found.items() if name != signal} for part, found in self.by_name().items()}
        )


def rank_file(*, contextual: bool) -> str:
    """Which file of this folder holds the weights with or without the signal of the second encoder."""
    return "rank.json" if contextual else "rank-static.json"


def scores(table: SignalTable, *, weights: RankWeights) -> NDArray[np.float64]:
    """The first score of every candidate, shape (candidates,)."""
    return np.asarray(table.values @ weights.first.at(table.own_words))


def _in_order(weights: Mapping[str, float], names: tuple[str, ...]) -> tuple[float, ...]:
    unknown = set(weights) - set(names)
    if unknown:
        raise SettingsError(
            f"Ukjente signaler i rangeringen: {', '.join(sorted(unknown))}. Kjente: {', '.join(names)}."
        )
    return tuple(float(weights.get(name, 0.0)) for name in names)
