"""Every mean comes with n and an interval, and the same data give the same interval."""

from __future__ import annotations

import random

import pytest

from helseassistent.evaluate.bootstrap import Estimate, difference, estimate, paired


def test_the_same_values_give_the_same_interval() -> None:
    draw = random.Random(1)
    values = [draw.random() for _ in range(50)]
    assert estimate(values) == estimate(list(values))
    assert estimate(values) != estimate(values, seed=2)


def test_nothing_measured_is_not_zero() -> None:
    assert estimate([]) is None
    assert difference([], [1.0]) is None


def test_equal_values_give_a_point_exactly() -> None:
    assert estimate([1.0] * 7) == Estimate(1.0, 1.0, 1.0, 7)


def test_the_interval_holds_the_true_mean_about_95_times_in_100() -> None:
    draw = random.Random(3)
    held = 0
    for _ in range(200):
        found = estimate([float(draw.random() < 0.3) for _ in range(100)])
        assert found is not None
        held += found.low <= 0.3 <= found.high
    assert 180 <= held <= 199


def test_a_paired_change_is_seen_where_two_separate_intervals_would_overlap() -> None:
    draw = random.Random(4)
    before = [draw.random() for _ in range(40)]
    after = [value + 0.02 for value in before]
    change = paired(after, before)
    assert change is not None
    assert change.low > 0
    assert change.mean == pytest.approx(0.02)


def test_a_difference_of_groups_counts_both() -> None:
    gap = difference([1.0, 1.0, 0.0, 1.0], [0.0, 1.0])
    assert gap is not None
    assert (gap.mean, gap.n) == (0.25, 6)
    assert gap.low < 0 < gap.high
