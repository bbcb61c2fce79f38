"""`kill -9` at random moments of a round: no half-written page, and the next run finishes the job."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest import public_site
from ingest.killed_rounds import bodies, visit
from ingest.loopback import Served, serve

SCRIPT = Path(__file__).with_name("killed_rounds.py")


@pytest.mark.parametrize(
    ("parser", "rounds"),
    [("quick", 3), pytest.param("quick", 100, marks=pytest.mark.slow), pytest.param("real", 3, marks=pytest.mark.slow)],
)
def test_a_killed_round_leaves_whole_pages_and_the_next_run_finishes_it(
    parser: str, rounds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # what a killed process wrote is kept without it
    template, calm = tmp_path / "mal", tmp_path / "rolig"
    with serve() as site:
        public_site.fill(site)
        site.pages["/andre"] = Served(status=404)  # the pages that only it leads to are many, and nothing new here
        visit(template, root=site.root, parser=parser)
        before = bodies(template)
        public_site.edit(site)
        shutil.copytree(template, calm)
        started = time.monotonic()
        visit(calm, root=site.root, parser=parser)
        seconds = 1.2 * (time.monotonic() - started)
        after = bodies(calm)
        assert len(before) > 60
        assert before != after

        command = [sys.executable, str(SCRIPT), str(template), site.root, parser, str(rounds), str(seconds)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60 * rounds, check=False)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == rounds
    for record in records:
        assert all(words in (before.get(file), after.get(file)) for file, words in record["seen"].items())
        assert record["again"]
        assert record["then"] == after
        assert record["left"] == []
    assert sum(not record["ended"] for record in records) >= rounds // 2
