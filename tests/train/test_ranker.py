"""The listwise fit finds the weights that made the data."""

from __future__ import annotations

import numpy as np
import pytest

from helseassistent.train.ranker import Group, fit_listwise

NAMES = ("a", "b", "c")
TRUE = np.array([2.0, -1.0, 0.0])


def made_groups(count: int, *, weights: np.ndarray, seed: int = 5) -> list[Group]:
    """Groups of 2 to 8 candidates, the right one drawn from the softmax of the weighted sum."""
    random = np.random.default_rng(seed)
    groups = []
    for _ in range(count):
        features = random.normal(size=(int(random.integers(2, 9)), len(weights)))
        chances = np.exp(features @ weights)
        right = np.zeros(len(features), dtype=bool)
        right[random.choice(len(features), p=chances / chances.sum())] = True
        groups.append(Group(features, right))
    return groups


def test_the_weights_that_made_the_choices_are_found() -> None:
    found = fit_listwise(made_groups(3000, weights=TRUE), names=NAMES)
    assert tuple(found) == NAMES
    np.testing.assert_allclose(list(found.values()), TRUE, atol=0.12)


def test_a_signal_that_never_differs_weighs_nothing() -> None:
    groups = [
        Group(np.hstack([g.features, np.ones((len(g.right), 1))]), g.right) for g in made_groups(300, weights=TRUE)
    ]
    assert fit_listwise(groups, names=(*NAMES, "same"))["same"] == pytest.approx(0.0, abs=1e-3)


def test_groups_that_teach_nothing_change_nothing() -> None:
    groups = made_groups(200, weights=TRUE)
    none, all_ = (Group(np.ones((3, 3)), np.full(3, right)) for right in (False, True))
    assert fit_listwise([none, *groups, all_], names=NAMES) == fit_listwise(groups, names=NAMES)


def test_several_right_candidates_are_right_together() -> None:
    features = np.array([[1.0], [0.9], [-1.0]])
    assert fit_listwise([Group(features, np.array([True, True, False]))], names=("a",))["a"] > 0
    assert fit_listwise([Group(features, np.array([False, False, True]))], names=("a",))["a"] < 0
