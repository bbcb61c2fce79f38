"""Owns the second opinion on danger: a linear model over inspectable features, its weights shipped as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from helseassistent.answer.safety_features import BUCKETS
from helseassistent.errors import SettingsError

CLASSES = ("harmless", "crisis", "doctor", "life", "suicide", "poison", "violence", "child")
URGENT = CLASSES[3:]
MODEL_FILE = "safety_model.safetensors"


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Weights by bucket and class, int8 times one scale, and a bias a class."""

    weights: NDArray[np.int8]  # shape (BUCKETS, len(CLASSES)): what is read together lies together
    scale: float
    bias: NDArray[np.float32]  # shape (len(CLASSES),)

    def probabilities(self, buckets: Sequence[int]) -> dict[str, float]:
        """How likely each of `CLASSES` is; they add up to one. `urgent` is the sum of those in `URGENT`."""
        chosen = self.weights.take(list(buckets), axis=0).sum(axis=0, dtype=np.int64)
        scores = self.bias + chosen * (self.scale / max(1.0, len(buckets) ** 0.5))
        powers = np.exp(scores - scores.max())
        view: dict[str, float] = dict(zip(CLASSES, (powers / powers.sum()).tolist(), strict=True))
        return view | {"urgent": sum(view[kind] for kind in URGENT)}


def blank_opinion() -> SecondOpinion:
    """One that knows nothing, for what needs the features alone."""
    shape = (BUCKETS, len(CLASSES))
    return SecondOpinion(np.zeros(shape, np.int8), 1.0, np.zeros(len(CLASSES), np.float32))


def load_second_opinion(raw: bytes | None = None) -> SecondOpinion:
    """The shipped model; `raw` replaces the file.

    Raises:
        SettingsError: the file is missing, damaged or of another shape.
    """
    try:
        if raw is None:
            raw = files("helseassistent.answer").joinpath(MODEL_FILE).read_bytes()
        tensors = load(raw)
        weights, scale, bias = tensors["weights"], float(tensors["scale"][0]), tensors["bias"]
    except (OSError, KeyError, IndexError, SafetensorError) as error:
        raise SettingsError(f"{MODEL_FILE} mangler eller er skadet. Installer helseassistent på nytt.") from error
    if weights.shape != (len(CLASSES), BUCKETS) or weights.dtype != np.int8 or bias.shape != (len(CLASSES),):
        raise SettingsError(f"{MODEL_FILE} passer ikke til denne versjonen. Installer helseassistent på nytt.")
    return SecondOpinion(weights=np.ascontiguousarray(weights.T), scale=scale, bias=bias)
