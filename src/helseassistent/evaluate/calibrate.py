"""Owns the fitting of confidence: logistic regression over retrieval features, and a threshold for an error budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.confidence import ConfidenceModel
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.metrics import (
    Bin,
    CurvePoint,
    brier,
    expected_calibration_error,
    reliability,
    risk_coverage,
)
from helseassistent.evaluate.run import Case

FOLDS = 5
REPEATS = 5
# Strength of the L2 penalty (scikit-learn's C): features are standardised, and the sets have a few hundred rows.
INVERSE_PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One question: what retrieval gave, and whether the answer it would lead to is right."""

    features: Mapping[str, float]
    right: bool  # False for every question without a key, whatever is answered


@dataclass(frozen=True, slots=True)
class Calibration:
    """A model, and how its cross-validated probabilities did; `held_out` is in the order of the samples."""

    model: ConfidenceModel
    held_out: tuple[float, ...]
    bins: tuple[Bin, ...]
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    weights: tuple[float, ...]
    intercept: float
    means: tuple[float, ...]
    scales: tuple[float, ...]


def _matrix(samples: Sequence[Sample], names: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray([[sample.features[name] for name in names] for sample in samples], dtype=np.float64)


def _fit(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> _Fit:
    from sklearn.linear_model import LogisticRegression

    means, scales = rows.mean(axis=0), rows.std(axis=0)
    scales[scales == 0] = 1.0  # a feature that never varies says nothing, and must not divide by 0
    learner = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    learner.fit((rows - means) / scales, right)
    return _Fit(
        tuple(map(float, learner.coef_[0])),
        float(learner.intercept_[0]),
        tuple(map(float, means)),
        tuple(map(float, scales)),
    )


def _probabilities(rows: NDArray[np.float64], fit: _Fit) -> NDArray[np.float64]:
    standard = (rows - np.asarray(fit.means)) / np.asarray(fit.scales)
    logits = np.clip(standard @ np.asarray(fit.weights) + fit.intercept, -35, 35)
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float64)


def _held_out(rows: NDArray[np.float64], right: NDArray[np.bool_], *, seed: int) -> NDArray[np.float64]:
    """The mean over repeats of the probability that a model gives which did not see the row."""
    from sklearn.model_selection import StratifiedKFold

    total = np.zeros(len(rows))
    for repeat in range(REPEATS):
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed + repeat)
        for train, test in folds.split(rows, right):
            total[test] += _probabilities(rows[test], _fit(rows[train], right[train]))
    return total / REPEATS


def choose_threshold(curve: Sequence[CurvePoint], *, error_budget: float) -> tuple[CurvePoint, bool]:
    """The point that answers most while at most `error_budget` of the answers are wrong, and whether there is one.

    Without one, the point that is wrong least often, and of equals the one that answers most.
    """
    within = [point for point in curve if point.risk <= error_budget]
    if within:
        return max(within, key=lambda point: point.coverage), True
    return min(curve, key=lambda point: (point.risk, -point.coverage)), False


def _refuse_unusable(samples: Sequence[Sample]) -> None:
    right = sum(sample.right for sample in samples)
    if min(right, len(samples) - right) < FOLDS:
        raise QuestionSetError(
            f"Tilpasning trenger minst {FOLDS} riktige og {FOLDS} gale svar, men settet gir {right} riktige "
            f"og {len(samples) - right} gale; bruk et større spørsmålssett."
        )


def calibrate(samples: Sequence[Sample], *, error_budget: float, encoder: str, date: str, seed: int = 0) -> Calibration:
    """The model fitted on all samples, with threshold, ECE and Brier from cross-validation.

    `error_budget` is the share of the given answers that may be wrong, `encoder` the fingerprint it is bound to.

    Raises:
        QuestionSetError: too few right or wrong answers to fit on.
    """
    _refuse_unusable(samples)
    names = tuple(sorted(samples[0].features))
    rows, right = _matrix(samples, names), np.asarray([sample.right for sample in samples])
    held_out, fit = _held_out(rows, right, seed=seed), _fit(rows, right)
    stated, outcome = tuple(map(float, held_out)), [sample.right for sample in samples]
    bins, curve = reliability(stated, outcome), risk_coverage(stated, outcome)
    point, met = choose_threshold(curve, error_budget=error_budget)
    model = ConfidenceModel(
        features=names,
        weights=fit.weights,
        intercept=fit.intercept,
        means=fit.means,
        scales=fit.scales,
        threshold=point.threshold,
        encoder=encoder,
        n=len(samples),
        date=date,
        error_budget=error_budget,
        budget_met=met,
        risk=point.risk,
        coverage=point.coverage,
        ece=expected_calibration_error(bins),
        brier=brier(stated, outcome),
    )
    return Calibration(model, stated, bins, curve)


def samples_of(cases: Sequence[Case], *, features: Mapping[str, Mapping[str, float]]) -> tuple[Sample, ...]:
    """A sample for every case that was answered; `features` by question id.

    The run must answer whatever it can, without a threshold: an answer held back teaches nothing about its chance.
    """
    return tuple(
        Sample(features[case.question.id], case.outcome == "right")
        for case in cases
        if case.reply and case.reply["kind"] == "answer"
    )
