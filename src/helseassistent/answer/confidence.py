"""Owns the fitted confidence model: reading it, refusing a stale one, and the probability it gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import exp, isfinite
from pathlib import Path

from helseassistent.errors import BrokenIndexError

MEND = "kjør «helseassistent evaluate SPØRSMÅL --calibrate» på nytt"


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """Logistic regression over retrieval features, with how good it was when it was fitted."""

    features: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    means: tuple[float, ...]
    scales: tuple[float, ...]
    threshold: float  # answer at this probability and above
    encoder: str  # fingerprint of the encoder that the features came from
    n: int
    date: str  # ISO 8601
    error_budget: float  # wrong answers allowed, as a share of answers given
    budget_met: bool  # False: no threshold kept the budget in cross-validation
    risk: float  # cross-validated share of answers that are wrong at the threshold
    coverage: float  # cross-validated share of questions answered at the threshold
    ece: float
    brier: float
    by_pages: tuple[tuple[int, float], ...] = ()  # from how many pages on another threshold holds, ascending

    def of_corpus(self, *, pages: int) -> ConfidenceModel:
        """The same with the threshold for a corpus of so many pages."""
        fitting = [threshold for first, threshold in self.by_pages if pages >= first]
        return replace(self, threshold=fitting[-1]) if fitting else self


def probability(features: Mapping[str, float], model: ConfidenceModel) -> float:
    """The probability in (0, 1) that the answer is right; `features` must hold every feature of the model."""
    columns = zip(model.features, model.weights, model.means, model.scales, strict=True)
    logit = model.intercept + sum(weight * (features[name] - mean) / scale for name, weight, mean, scale in columns)
    # exp overflows past 709; past 35 the result is 0 or 1 to the last digit anyway.
    return 1 / (1 + exp(-max(-35.0, min(35.0, logit))))


def model_json(model: ConfidenceModel) -> str:
    """The model as indented JSON, readable by a person, ending in a line break."""
    return json.dumps(asdict(model), ensure_ascii=False, indent=2) + "\n"


def _numbers(value: object) -> tuple[float, ...]:
    if not isinstance(value, list) or not all(_is_number(x) for x in value):
        raise TypeError(value)
    return tuple(float(x) for x in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _number(value: object) -> float:
    if not _is_number(value):
        raise TypeError(value)
    return float(value)  # type: ignore[arg-type]


def _parsed(text: str) -> ConfidenceModel:
    raw = json.loads(text)
    known = {field.name for field in fields(ConfidenceModel)}
    raw = {"by_pages": [], **raw} if isinstance(raw, dict) else raw
    if not isinstance(raw, dict) or set(raw) != known:
        raise ValueError(raw)
    return ConfidenceModel(
        features=tuple(str(name) for name in raw["features"]),
        weights=_numbers(raw["weights"]),
        intercept=_number(raw["intercept"]),
        means=_numbers(raw["means"]),
        scales=_numbers(raw["scales"]),
        threshold=_number(raw["threshold"]),
        encoder=str(raw["encoder"]),
        n=int(_number(raw["n"])),
        date=str(raw["date"]),
        error_budget=_number(raw["error_budget"]),
        budget_met=bool(raw["budget_met"]),
        risk=_number(raw["risk"]),
        coverage=_number(raw["coverage"]),
        ece=_number(raw["ece"]),
        brier=_number(raw["brier"]),
        by_pages=tuple((int(_number(first)), _number(threshold)) for first, threshold in raw["by_pages"]),
    )


def model_from_json(text: str, *, encoder: str, source: str = "modellen for sikkerhet") -> ConfidenceModel:
    """The model in `text`.

    Raises:
        BrokenIndexError: it is damaged, or was fitted with another encoder than `encoder`.
    """
    try:
        model = _parsed(text)
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenIndexError(f"{source} kan ikke leses; {MEND}.") from error
    lengths = {len(model.features), len(model.weights), len(model.means), len(model.scales)}
    if len(lengths) != 1 or not all(scale > 0 for scale in model.scales):
        raise BrokenIndexError(f"{source} har ulikt antall trekk og vekter, eller en skala som ikke er over 0; {MEND}.")
    if model.encoder != encoder:
        raise BrokenIndexError(
            f"{source} er tilpasset setningskoderen {model.encoder}, men indeksen bruker {encoder}; {MEND}."
        )
    return model


def read_model(path: Path, *, encoder: str) -> ConfidenceModel:
    """The model stored at `path`, if it was fitted with the encoder whose fingerprint is `encoder`.

    Raises:
        BrokenIndexError: missing, damaged or stale; the message holds both fingerprints and the command.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndexError(f"{path} kan ikke leses; {MEND}.") from error
    return model_from_json(text, encoder=encoder, source=str(path))
