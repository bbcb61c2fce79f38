"""The formulas: against hand-computed values, and against ir_measures and scikit-learn on random rankings."""

from __future__ import annotations

import math
import random

import ir_measures
import pytest
from ir_measures import RR, R, nDCG
from sklearn.metrics import brier_score_loss, roc_auc_score

from helseassistent.evaluate.metrics import (
    CurvePoint,
    area_under_risk,
    auroc,
    brier,
    citation_precision,
    citation_recall,
    expected_calibration_error,
    ndcg,
    percentile,
    ranked_by_score,
    recall,
    reciprocal_rank,
    reliability,
    risk_coverage,
)

RANKED = ("d", "a", "x", "b")


def test_hand_computed_values_of_one_ranking() -> None:
    assert recall(RANKED, {"a", "b", "c"}, k=3) == 1 / 3
    assert recall(RANKED, {"a", "b", "c"}, k=4) == 2 / 3
    assert reciprocal_rank(RANKED, {"a", "b"}) == 1 / 2
    ideal = 2 + 1 / math.log2(3)
    assert ndcg(RANKED, {"a": 2.0, "b": 1.0}, k=4) == (2 / math.log2(3) + 1 / math.log2(5)) / ideal
    assert ndcg(RANKED, {"a": 2.0, "b": 1.0}, k=2) == (2 / math.log2(3)) / ideal


def test_a_query_without_a_result_is_zero_and_not_lost() -> None:
    assert (recall((), {"a"}, k=5), reciprocal_rank((), {"a"}), ndcg((), {"a": 1.0}, k=10)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("seed", range(8))
def test_the_measures_agree_with_ir_measures_on_random_rankings_with_ties_and_empty_results(seed: int) -> None:
    draw = random.Random(seed)
    ids = [f"d{n}" for n in range(40)]
    queries = [f"q{n}" for n in range(40)]
    judged = {q: {d: draw.choice([1, 1, 2, 3]) for d in draw.sample(ids, draw.randint(1, 6))} for q in queries}
    # Few distinct scores give many ties; every fifth query has no result at all.
    scored = {
        q: {d: float(draw.randint(0, 4)) for d in draw.sample(ids, draw.randint(1, 30))} if n % 5 else {}
        for n, q in enumerate(queries)
    }
    cutoffs = (1, 3, 5, 10)
    wanted = [*(R @ k for k in cutoffs), RR, nDCG @ 10]
    theirs = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(wanted, judged, {q: s for q, s in scored.items() if s})
    }
    for query in queries:
        ranked, relevant = ranked_by_score(scored[query]), judged[query]
        ours = {f"R@{k}": recall(ranked, relevant, k=k) for k in cutoffs}
        ours["RR"] = reciprocal_rank(ranked, relevant)
        ours["nDCG@10"] = ndcg(ranked, {d: float(g) for d, g in relevant.items()}, k=10)
        for name, value in ours.items():
            assert value == pytest.approx(theirs.get((query, name), 0.0), abs=1e-9), (query, name)


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_over_a_set_agrees_with_ir_measures_when_queries_have_no_result(seed: int) -> None:
    draw = random.Random(100 + seed)
    judged = {f"q{n}": {f"d{draw.randint(0, 9)}": 1} for n in range(30)}
    scored = {q: {f"d{n}": draw.random() for n in draw.sample(range(10), 5)} for q in list(judged)[:20]}
    theirs = ir_measures.calc_aggregate([RR, nDCG @ 10], judged, scored)
    rankings = [(ranked_by_score(scored.get(q, {})), relevant) for q, relevant in judged.items()]
    mean_rr = sum(reciprocal_rank(ranked, relevant) for ranked, relevant in rankings) / len(judged)
    gains = [ndcg(ranked, dict.fromkeys(relevant, 1.0), k=10) for ranked, relevant in rankings]
    assert mean_rr == pytest.approx(theirs[RR], abs=1e-9)
    assert sum(gains) / len(judged) == pytest.approx(theirs[nDCG @ 10], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_auroc_and_brier_agree_with_scikit_learn_ties_included(seed: int) -> None:
    draw = random.Random(seed)
    scores = [draw.randint(0, 10) / 10 for _ in range(80)]
    positive = [draw.random() < score for score in scores]
    assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores), abs=1e-12)
    assert brier(scores, positive) == pytest.approx(brier_score_loss(positive, scores), abs=1e-12)


def test_auroc_is_unmeasured_when_everything_is_right() -> None:
    assert auroc([0.2, 0.9], [True, True]) is None


def test_risk_and_coverage_count_equal_confidences_together() -> None:
    curve = risk_coverage([0.9, 0.5, 0.5, 0.1], [True, False, True, False])
    assert curve == (CurvePoint(0.9, 0.25, 0.0), CurvePoint(0.5, 0.75, 1 / 3), CurvePoint(0.1, 1.0, 0.5))
    assert area_under_risk(curve) == pytest.approx(0.5 / 3 + 0.25 * 0.5)


def test_calibration_of_a_forecast_that_says_what_is_true_is_perfect() -> None:
    bins = reliability([0.75, 0.75, 0.75, 0.75], [True, True, True, False])
    assert [(group.n, group.confidence, group.accuracy) for group in bins] == [(4, 0.75, 0.75)]
    assert expected_calibration_error(bins) == 0.0


def test_calibration_error_weighs_bins_by_their_size() -> None:
    bins = reliability([1.0, 1.0, 1.0, 0.05], [False, True, True, False])
    assert expected_calibration_error(bins) == pytest.approx(3 / 4 * (1 / 3) + 1 / 4 * 0.05)


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 21)]
    assert (percentile(values, share=0.5), percentile(values, share=0.95), percentile([], share=0.5)) == (
        10.0,
        19.0,
        0.0,
    )


@pytest.mark.parametrize(
    ("alone", "without", "together", "expected"),
    [
        pytest.param([True], [False], True, 1.0, id="one_citation_that_carries_the_claim"),
        pytest.param([True, False], [False, True], True, 0.5, id="one_of_two_is_not_needed"),
        pytest.param([False, False], [False, False], True, 1.0, id="two_that_carry_it_only_together"),
        pytest.param([False, False], [False, False], False, 0.0, id="a_claim_that_nothing_carries"),
        pytest.param([], [], False, 0.0, id="no_citation"),
    ],
)
def test_citation_precision_is_that_of_alce(
    alone: list[bool], without: list[bool], together: bool, expected: float
) -> None:
    assert citation_precision(alone, without, together=together) == expected


def test_a_reply_without_statements_has_no_citation_recall() -> None:
    assert (citation_recall([]), citation_recall([True, False])) == (0.0, 0.5)
