"""The fitted confidence model: its arithmetic, and when it is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp
from pathlib import Path

import pytest

from helseassistent.answer.confidence import ConfidenceModel, model_from_json, model_json, probability, read_model
from helseassistent.errors import BrokenIndexError

MODEL = ConfidenceModel(
    features=("margin", "top"),
    weights=(0.5, 2.0),
    intercept=-1.0,
    means=(1.0, 3.0),
    scales=(2.0, 0.5),
    threshold=0.6,
    encoder="abc123",
    n=126,
    date="2026-11-25",
    error_budget=0.1,
    budget_met=True,
    risk=0.08,
    coverage=0.5,
    ece=0.03,
    brier=0.15,
)


def test_the_probability_is_that_of_logistic_regression_on_standardised_features() -> None:
    expected = 1 / (1 + exp(-(-1.0 + 0.5 * (5.0 - 1.0) / 2.0 + 2.0 * (3.5 - 3.0) / 0.5)))
    assert probability({"top": 3.5, "margin": 5.0, "unused": 9.0}, MODEL) == pytest.approx(expected)


@pytest.mark.parametrize("top", [-1e9, 1e9])
def test_extreme_features_stay_probabilities(top: float) -> None:
    assert 0 < probability({"margin": 0.0, "top": top}, MODEL) <= 1


def test_a_missing_feature_is_a_bug_and_not_a_guess() -> None:
    with pytest.raises(KeyError):
        probability({"margin": 1.0}, MODEL)


def test_the_stored_form_is_readable_and_reads_back() -> None:
    text = model_json(MODEL)
    assert '\n  "threshold": 0.6,' in text
    assert model_from_json(text, encoder="abc123") == MODEL


def test_a_model_of_another_encoder_is_refused_with_both_fingerprints_and_the_command(tmp_path: Path) -> None:
    path = tmp_path / "confidence.json"
    path.write_text(model_json(MODEL))
    with pytest.raises(BrokenIndexError) as caught:
        read_model(path, encoder="def456")
    assert all(part in str(caught.value) for part in ("abc123", "def456", "--calibrate"))


def damaged(**fields: object) -> str:
    return json.dumps({**json.loads(model_json(MODEL)), **fields})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="half_a_file"),
        pytest.param("[]", id="not_an_object"),
        pytest.param("{}", id="no_fields"),
        pytest.param(damaged(weights=[1.0]), id="a_weight_is_missing"),
        pytest.param(damaged(weights=["a", "b"]), id="weights_that_are_words"),
        pytest.param(damaged(scales=[0.0, 1.0]), id="a_scale_of_0"),
        pytest.param(damaged(threshold=float("nan")), id="not_a_number"),
        pytest.param(damaged(threshold="0.5"), id="a_number_as_text"),
        pytest.param(damaged(extra=1), id="a_field_too_many"),
    ],
)
def test_a_damaged_model_is_refused_with_the_command_that_mends_it(text: str) -> None:
    with pytest.raises(BrokenIndexError, match="--calibrate"):
        model_from_json(text, encoder="abc123")


def test_a_missing_model_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(BrokenIndexError, match="--calibrate"):
        read_model(tmp_path / "none.json", encoder="abc123")


def test_the_threshold_is_part_of_equality() -> None:
    assert replace(MODEL, threshold=0.7) != MODEL


def test_the_threshold_is_that_of_the_size_of_the_corpus() -> None:
    model = replace(MODEL, by_pages=((1, 0.4), (10, 0.5), (30, 0.7)))
    found = [model.of_corpus(pages=pages).threshold for pages in (0, 1, 9, 10, 29, 30, 5000)]
    assert found == [0.6, 0.4, 0.4, 0.5, 0.5, 0.7, 0.7]
    assert MODEL.of_corpus(pages=12) == MODEL
    assert model_from_json(model_json(model), encoder="abc123") == model


def test_a_model_from_before_there_were_sizes_is_read() -> None:
    stored = json.loads(model_json(MODEL))
    del stored["by_pages"]
    assert model_from_json(json.dumps(stored), encoder="abc123") == MODEL
