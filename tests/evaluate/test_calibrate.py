"""Fitting the confidence: honest probabilities, a threshold for an error budget, refused when stale."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp
from pathlib import Path

import pytest

from evaluate.assistant import PAGES, QUESTIONS, Assistant
from helseassistent.answer.confidence import model_json, probability, read_model
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.calibrate import Calibration, Sample, calibrate, choose_threshold, samples_of
from helseassistent.evaluate.metrics import CurvePoint
from helseassistent.evaluate.run import run_questions


def samples(count: int, *, seed: int = 0, strength: float = 2.0) -> list[Sample]:
    """Features of which one decides the chance of being right, one is noise and one never varies."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        score = draw.gauss(0, 1)
        right = draw.random() < 1 / (1 + exp(-strength * score))
        found.append(Sample({"score": 10 + 3 * score, "noise": draw.gauss(0, 1), "constant": 4.0}, right))
    return found


def fitted(budget: float = 0.1) -> Calibration:
    return calibrate(samples(400), error_budget=budget, encoder="enc-1", date="2026-11-25")


def test_the_fit_is_the_same_twice() -> None:
    assert fitted() == fitted()


def test_held_out_probabilities_are_calibrated_and_hold_on_unseen_questions() -> None:
    model = fitted().model
    assert model.ece < 0.06
    assert model.brier < 0.2
    fresh = samples(2000, seed=1)
    chosen = [sample for sample in fresh if probability(sample.features, model) >= model.threshold]
    wrong = sum(not sample.right for sample in chosen) / len(chosen)
    assert model.budget_met
    assert wrong < 0.16
    assert 0.2 < len(chosen) / len(fresh) < 0.7


def test_a_smaller_budget_answers_less() -> None:
    assert fitted(0.05).model.coverage < fitted(0.2).model.coverage
    assert fitted(0.05).model.threshold > fitted(0.2).model.threshold
    assert fitted(0.05).model.risk <= 0.05


def test_the_decisive_feature_carries_the_weight() -> None:
    model = fitted().model
    weights = dict(zip(model.features, model.weights, strict=True))
    assert weights["score"] > 5 * abs(weights["noise"])
    assert weights["constant"] == 0.0


def test_a_stored_model_gives_the_same_probabilities(tmp_path: Path) -> None:
    model = fitted().model
    (tmp_path / "confidence.json").write_text(model_json(model))
    assert read_model(tmp_path / "confidence.json", encoder="enc-1") == model
    assert all(0 < probability(sample.features, model) < 1 for sample in samples(50, seed=2))


def test_too_few_right_answers_to_fit_on_is_said_in_a_sentence() -> None:
    hopeless = [replace(sample, right=False) for sample in samples(50)]
    with pytest.raises(QuestionSetError, match="minst 5 riktige"):
        calibrate(hopeless, error_budget=0.1, encoder="e", date="d")


def test_a_budget_that_nothing_keeps_is_not_pretended_to_be_kept() -> None:
    curve = (CurvePoint(0.9, 0.1, 0.5), CurvePoint(0.5, 0.6, 0.3), CurvePoint(0.1, 1.0, 0.4))
    assert choose_threshold(curve, error_budget=0.1) == (curve[1], False)
    assert choose_threshold(curve, error_budget=0.4) == (curve[2], True)


def test_only_answers_become_samples_and_a_wrong_one_is_not_right() -> None:
    cases = run_questions(QUESTIONS, ask=Assistant(), pages=PAGES)
    features = {question.id: {"top": float(number)} for number, question in enumerate(QUESTIONS)}
    found = samples_of(cases, features=features)
    # Five right answers, and the question outside the subject that was answered all the same.
    assert [(sample.features["top"], sample.right) for sample in found] == [
        *((float(n), True) for n in range(5)),
        (7.0, False),
    ]
