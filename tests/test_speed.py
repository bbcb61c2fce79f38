"""The benchmark of `make speed` runs, stops by itself and says what it measured."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from speedtest import material  # noqa: E402
from speedtest.clock import Clock, Timed  # noqa: E402


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("speed")
    options = ["--sizes", "1000", "--questions", "20", "--tasks", "build,ask,flat", "--out", str(out)]
    command = [sys.executable, str(ROOT / "benchmarks" / "speed.py"), *options]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr
    return out


@pytest.mark.slow
def test_a_run_measures_every_part_of_a_question_and_of_a_build(measured: Path) -> None:
    found = json.loads((measured / "speed.json").read_text(encoding="utf-8"))["results"]["1000"]
    assert found["build"]["passages"] >= 1000
    assert found["build"]["passages_a_second"] > 0
    parts = [found["ask"][name]["median"] for name in ("encode", "bm25", "dense", "rank")]
    assert min(parts) > 0
    assert found["ask"]["answer"]["median"] > found["ask"]["search"]["median"] > max(parts)
    assert found["flat"]["recall@60"] == 1


@pytest.mark.slow
def test_a_run_is_a_readable_table(measured: Path) -> None:
    lines = (measured / "speed.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| 1,0")]
    assert len(rows) == 4
    assert all(line.count("|") == above.count("|") for above, line in pairwise(lines) if "|--" in line)


def test_passages_are_the_same_every_time_and_made_up_in_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "TEXTS", tmp_path / "none")
    first, found = material.corpus_of(300)
    assert first == material.corpus_of(300)[0]
    assert found >= 300
    assert len({page.body for page in first.pages.values()}) == len(first.pages)


def test_repeated_paragraphs_have_a_number_changed() -> None:
    assert material._changed("Fristen er 14 dager, eller 3 uker.", by=2) == "Fristen er 16 dager, eller 3 uker."
    assert material._changed("Uten tall.", by=2) == "Uten tall. (2)"


def test_a_clock_gives_each_part_its_own_time() -> None:
    clock = Clock()
    inner = Timed({"a": 1}, clock, name="inner", methods=["get"])
    with clock.part("outer"):
        assert inner.get("a") == 1
        assert list(inner.keys()) == ["a"]
    assert set(clock.spent) == {"outer", "inner"}
    assert min(clock.spent.values()) > 0
