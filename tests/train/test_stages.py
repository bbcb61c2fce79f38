"""A finished stage is not made again, a half-written one is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from helseassistent.train.stages import Arrays, Stages


def _never() -> Arrays:
    raise AssertionError("made again")


def test_a_finished_stage_is_read_back_and_reported(tmp_path: Path) -> None:
    first = Stages(tmp_path, key="a")
    first.arrays("table", lambda: {"table": np.arange(3)})
    first.text("tokenizer", lambda: "ordbit")
    assert first.resumed == ()
    second = Stages(tmp_path, key="a")
    np.testing.assert_array_equal(second.arrays("table", _never)["table"], np.arange(3))
    assert second.text("tokenizer", lambda: "noe annet") == "ordbit"
    assert second.resumed == ("table", "tokenizer")


def test_another_recipe_shares_nothing(tmp_path: Path) -> None:
    Stages(tmp_path, key="a").text("tokenizer", lambda: "ordbit")
    assert Stages(tmp_path, key="b").text("tokenizer", lambda: "noe annet") == "noe annet"


def test_a_stage_that_failed_leaves_nothing_to_resume(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        Stages(tmp_path, key="a").arrays("table", _never)
    again = Stages(tmp_path, key="a")
    assert again.arrays("table", lambda: {"table": np.arange(2)})["table"].tolist() == [0, 1]
