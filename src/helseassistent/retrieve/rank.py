"""The ranking: two weighted sums of signals, their weights in a file that can be read.

The first sum ranks every candidate. The second ranks the best of those again, with what is too dear to compute for all:
how much of the question each passage says, word by word.
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


@dataclass(frozen=True, slots=True)
class RankWeights:
    """One weight a signal, in the order of `signals.NAMES`; `said` 0 leaves the first ranking as it is."""

    values: tuple[float, ...]
    first: float = 1.0  # what the first sum weighs in the second
    said: float = 0.0

    @classmethod
    def shipped(cls) -> RankWeights:
        """The weights in `rank.json`, fitted by `helseassistent train --fit` on questions the encoder has not seen."""
        content = resources.files("helseassistent.retrieve").joinpath("rank.json").read_text(encoding="utf-8")
        fields = json.loads(content)
        return cls.of(fields["weights"], again=fields["again"])

    @classmethod
    def of(cls, weights: Mapping[str, float], *, again: Mapping[str, float] | None = None) -> RankWeights:
        """Weights by signal name, and those of the second ranking; a signal that is not named weighs nothing.

        Raises:
            SettingsError: if a name is not a signal.
        """
        unknown = set(weights) - set(NAMES)
        if unknown:
            raise SettingsError(
                f"Ukjente signaler i rangeringen: {', '.join(sorted(unknown))}. Kjente: {', '.join(NAMES)}."
            )
        again = again or {}
        values = tuple(float(weights.get(name, 0.0)) for name in NAMES)
        return cls(values, first=float(again.get("first", 1.0)), said=float(again.get("said", 0.0)))

    def by_name(self) -> dict[str, float]:
        """The weight of each signal of the first ranking."""
        return dict(zip(NAMES, self.values, strict=True))

    @property
    def again(self) -> dict[str, float]:
        """The weights of the second ranking."""
        return {"first": self.first, "said": self.said}


def scores(table: SignalTable, *, weights: RankWeights) -> NDArray[np.float32]:
    """The first score of every candidate, shape (candidates,)."""
    return np.asarray(table.values @ np.array(weights.values, dtype=np.float32))
