"""Killed, or out of disk, at every write, flush and rename: the old or the new generation is served, never a mix."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fakes import HashingEncoder, corpus
from helseassistent import durable
from helseassistent.index.build import build
from helseassistent.index.generation import open_generation

SCRIPT = Path(__file__).with_name("killed_builds.py")
OLD = {
    "bodies": ["# Legevakt\n\nLegevakten kan ta røntgen.", "Storetveit har 27 plasser."],
    "best": "Legevakten kan ta røntgen.",
}
NEW = {
    "bodies": ["# Legevakt\n\nLegevakten kan ikke ta røntgen.", "Vi har en handlingsplan."],
    "best": "Legevakten kan ikke ta røntgen.",
}
MOST_STEPS = 200


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """One record a killed build, the last one being the build that survived."""
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path_factory.mktemp("drept"))],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | one_thread,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_every_step_was_tried(rounds: list[dict[str, Any]]) -> None:
    assert [found["status"] for found in rounds] == [9] * (len(rounds) - 1) + [0]
    assert len(rounds) > 40


@pytest.mark.slow
def test_a_killed_build_leaves_the_old_or_the_new_generation(rounds: list[dict[str, Any]]) -> None:
    generations = {rounds[0]["seen"]["generation"], rounds[-1]["seen"]["generation"]}
    assert len(generations) == 2
    for found in rounds:
        seen = found["seen"]
        expected = OLD if seen["generation"] == rounds[0]["seen"]["generation"] else NEW
        assert seen == {"generation": seen["generation"], **expected}
        assert seen["generation"] in generations


@pytest.mark.slow
def test_the_build_after_a_killed_one_succeeds_and_leaves_nothing_over(rounds: list[dict[str, Any]]) -> None:
    old, new = rounds[0]["seen"]["generation"], rounds[-1]["seen"]["generation"]
    for found in rounds:
        assert found["again"] == new
        assert found["then"] == {"generation": new, **NEW}
        assert found["names"] == sorted([".lock", "CURRENT", old, new])


def test_an_error_at_any_step_leaves_a_whole_index_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # the order of the steps is what is tried
    pages = corpus(legevakt="Ring.")
    old = build(pages, tmp_path, encoder=HashingEncoder()).generation
    for number in range(1, MOST_STEPS):
        steps = count(1)

        def fail(step: str, steps: count[int] = steps, last: int = number) -> None:
            if next(steps) == last:
                code = errno.ENOSPC if last % 2 else errno.EIO
                raise OSError(code, os.strerror(code))

        monkeypatch.setattr(durable, "checkpoint", fail)
        changed = corpus(legevakt=f"Ring {number}.")
        try:
            new = build(changed, tmp_path, encoder=HashingEncoder()).generation
        except OSError:
            served = open_generation(tmp_path)
            assert served.manifest.generation == old or served.pages == changed.pages
            assert not list(tmp_path.glob(".bygges*")) + list(tmp_path.glob(".*.tmp"))
            old = served.manifest.generation
        else:
            assert open_generation(tmp_path).manifest.generation == new
            assert number > 40
            return
    pytest.fail("no build survived")
