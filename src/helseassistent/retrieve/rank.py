"""The ranking: three weighted sums of signals, their weights in a file that can be read.

The first sum ranks every candidate. The second ranks the best of those again, with what is too dear to compute for all:
how much of the question each passage says, word by word, each by itself and in its context. The third takes in what the
reader, if there is one, says of the best few. A question in the pages' own words wants other weights than an everyday
one, so that each signal has two: what it weighs, and what it weighs more the more of the question's words some passage
has (`SignalTable.own_words`).
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

AGAIN = ("first", "said", "late", "in_context", "length")  # what the second sum adds up, `first` being the first sum
LAST = ("again", "read")  # what the third adds up, `again` being the second


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
    """Weights of the sums: the first in the order of `signals.NAMES`, the others in those of `AGAIN` and `LAST`."""

    first: Weights
    again: Weights | None = None  # None leaves the first ranking as it is
    last: Weights | None = None  # None leaves the second

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
        last: Mapping[str, float] | None = None,
        last_own_words: Mapping[str, float] | None = None,
    ) -> RankWeights:
        """Weights by signal name; a signal that is not named weighs nothing.

        Raises:
            SettingsError: if a name is not a signal.
        """

        def pair(
            always: Mapping[str, float] | None, own: Mapping[str, float] | None, names: tuple[str, ...]
        ) -> Weights:
            return Weights(_in_order(always or {}, names), _in_order(own or {}, names))

        return cls(
            pair(weights, own_words, NAMES),
            pair(again, again_own_words, AGAIN) if again else None,
            pair(last, last_own_words, LAST) if last else None,
        )

    def by_name(self) -> dict[str, dict[str, float]]:
        """What `of` takes."""
        sums = (("weights", NAMES, self.first), ("again", AGAIN, self.again), ("last", LAST, self.last))
        found = {}
        for name, names, weights in sums:
            if weights:
                found[name] = dict(zip(names, weights.always, strict=True))
                own = "own_words" if name == "weights" else f"{name}_own_words"
                found[own] = dict(zip(names, weights.own_words, strict=True))
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
