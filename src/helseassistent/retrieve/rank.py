"""The ranking: a weighted sum of signals, its weights in a file that can be read."""

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
    """One weight a signal, in the order of `signals.NAMES`."""

    values: tuple[float, ...]

    @classmethod
    def shipped(cls) -> RankWeights:
        """The weights in `rank.json`, fitted by `helseassistent train` on questions the encoder has not seen."""
        content = resources.files("helseassistent.retrieve").joinpath("rank.json").read_text(encoding="utf-8")
        return cls.of(json.loads(content)["weights"])

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> RankWeights:
        """Weights by signal name; a signal that is not named weighs nothing.

        Raises:
            SettingsError: if a name is not a signal.
        """
        unknown = set(weights) - set(NAMES)
        if unknown:
            raise SettingsError(
                f"Ukjente signaler i rangeringen: {', '.join(sorted(unknown))}. Kjente: {', '.join(NAMES)}."
            )
        return cls(tuple(float(weights.get(name, 0.0)) for name in NAMES))

    def by_name(self) -> dict[str, float]:
        """The weight of each signal."""
        return dict(zip(NAMES, self.values, strict=True))


def scores(table: SignalTable, *, weights: RankWeights) -> NDArray[np.float32]:
    """The score of every candidate, shape (candidates,)."""
    return np.asarray(table.values @ np.array(weights.values, dtype=np.float32))
