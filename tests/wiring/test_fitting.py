"""The thresholds that are fitted: one for each size of corpus, within the error budget."""

from __future__ import annotations

import json
from importlib import resources
from math import log

import pytest

from helseassistent.answer.confidence import ConfidenceModel
from helseassistent.evaluate.calibrate import Calibration, Sample
from helseassistent.wiring import CONFIDENCE
from helseassistent.wiring.fitting import ERROR_BUDGET, SIZES, within_budget

FITTED = ConfidenceModel(
    ("pages",), (1.0,), 0.0, (0.0,), (1.0,), 0.5, "koder", 80, "2026-11-26", 0.15, True, 0, 1, 0, 0
)


def test_each_size_answers_as_much_as_the_budget_allows() -> None:
    # Of twenty questions on two pages all but one are right, of sixty on fifty pages only the thirty surest.
    few = [(0.9001 - i / 100, i != 19) for i in range(20)]
    many = [(0.9901 - i / 100, i < 30) for i in range(60)]
    some = [(0.8001, True), (0.3, False)]
    kinds = ((few, 2), (some, 15), (many, 50))
    samples = [Sample({"pages": log(pages)}, right) for questions, pages in kinds for _, right in questions]
    stated = tuple(certainty for questions, _ in kinds for certainty, _ in questions)
    model = within_budget(Calibration(FITTED, stated, (), ()), samples=samples)
    assert model.by_pages == ((1, 0.71), (10, 0.8), (30, 0.65))  # 1 of 20, 0 of 1 and 5 of 35 are wrong
    assert model.threshold == 0.65
    assert model.coverage == pytest.approx(56 / 82)
    assert model.risk == pytest.approx(6 / 56)
    assert model.error_budget == ERROR_BUDGET
    assert model.budget_met


@pytest.mark.parametrize("contextual", [True, False])
def test_the_shipped_thresholds_are_of_all_sizes_and_within_the_budget(contextual: bool) -> None:
    stored = json.loads(resources.files("helseassistent.answer").joinpath(CONFIDENCE[contextual]).read_text("utf-8"))
    assert [first for first, _ in stored["by_pages"]] == list(SIZES)
    assert all(0.2 < threshold < 0.9 for _, threshold in stored["by_pages"])
    assert stored["budget_met"]
    assert stored["risk"] <= max(SIZES.values())
    assert stored["threshold"] == stored["by_pages"][-1][1]
