"""The weights of both rankings, by name and back."""

from __future__ import annotations

import json

import pytest

from helseassistent.errors import SettingsError
from helseassistent.retrieve.rank import RankWeights
from helseassistent.retrieve.signals import NAMES


@pytest.mark.parametrize(
    "weights",
    [
        RankWeights.shipped(),
        RankWeights.of({}),
        RankWeights.of({"dense": 1.25, "grams": -0.5}, again={"first": 0.75, "said": 3}),
    ],
    ids=["shipped", "none", "some"],
)
def test_weights_come_back_from_the_file_they_are_written_to(weights: RankWeights) -> None:
    fields = json.loads(json.dumps({"weights": weights.by_name(), "again": weights.again}))
    assert RankWeights.of(fields["weights"], again=fields["again"]) == weights


def test_a_weight_that_is_not_named_is_nothing_and_the_second_ranking_is_off() -> None:
    weights = RankWeights.of({"dense": 2})
    assert weights.by_name() == dict.fromkeys(NAMES, 0.0) | {"dense": 2.0}
    assert weights.again == {"first": 1.0, "said": 0.0}


def test_what_is_said_is_no_signal_of_the_first_ranking() -> None:
    with pytest.raises(SettingsError, match="said"):
        RankWeights.of({"said": 1.0})
