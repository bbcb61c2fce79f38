"""The weights of both rankings, by name and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helseassistent.errors import SettingsError
from helseassistent.retrieve.rank import RankWeights, scores
from helseassistent.retrieve.signals import NAMES, SignalTable


@pytest.mark.parametrize(
    "weights",
    [
        RankWeights.shipped(contextual=False),
        RankWeights.of({}),
        RankWeights.of({"dense": 1.25, "grams": -0.5}, own_words={"words": 2}, again={"first": 0.75, "said": 3}),
    ],
    ids=["shipped", "none", "some"],
)
def test_weights_come_back_from_the_file_they_are_written_to(weights: RankWeights) -> None:
    assert RankWeights.of(**json.loads(json.dumps(weights.by_name()))) == weights


def test_a_weight_that_is_not_named_is_nothing_and_the_second_ranking_is_off() -> None:
    weights = RankWeights.of({"dense": 2})
    nothing = dict.fromkeys(NAMES, 0.0)
    assert weights.by_name() == {"weights": nothing | {"dense": 2.0}, "own_words": nothing}
    assert weights.again is None


def test_a_question_in_the_pages_own_words_has_weights_of_its_own() -> None:
    weights = RankWeights.of({"dense": 2, "words": 1}, own_words={"dense": -1, "words": 3})
    values = np.zeros((2, len(NAMES)), dtype=np.float32)
    values[0, NAMES.index("dense")], values[1, NAMES.index("words")] = 1.0, 0.5
    assert SignalTable(np.array([0, 1]), values).own_words == 0.5
    np.testing.assert_allclose(scores(SignalTable(np.array([0, 1]), values), weights=weights), [1.5, 1.25])


def test_a_signal_can_be_left_out_of_both_sums() -> None:
    weights = RankWeights.of({"dense": 2, "words": 1}, own_words={"dense": 1}, again={"first": 1, "late": 2})
    assert weights.without("dense") == RankWeights.of({"words": 1}, again={"first": 1, "late": 2})
    assert weights.without("late") == RankWeights.of(
        {"dense": 2, "words": 1}, own_words={"dense": 1}, again={"first": 1}
    )


def test_what_is_said_is_no_signal_of_the_first_ranking() -> None:
    with pytest.raises(SettingsError, match="said"):
        RankWeights.of({"said": 1.0})
