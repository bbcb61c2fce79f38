"""The questions written for this project are not those that judge it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WRITTEN = Path(__file__).parents[1] / "benchmarks" / "questions"
BENCH = Path(__file__).parents[2] / "shared" / "bench"
COPY = "sporsmal-kilder.jsonl"  # the set on the two shipped pages, carried along so that a clone can evaluate itself
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="../shared/bench with the evaluation sets is not here")


def asked_in(path: Path) -> Iterator[str]:
    """Every question, query and message of a JSON Lines file, in words alone."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        for key in ("question", "query", "text", "questions"):
            found = fields.get(key, [])
            for text in [found] if isinstance(found, str) else found:
                yield " ".join(re.findall(r"\w+", text.lower()))


@pytest.fixture(scope="module")
def judging() -> frozenset[str]:
    files = [*BENCH.glob("*.jsonl"), *BENCH.glob("helserett/*.jsonl"), *BENCH.glob("retrieval/*/queries.jsonl")]
    return frozenset(text for path in files for text in asked_in(path))


@needs_bench
@pytest.mark.parametrize("file", sorted(path.name for path in WRITTEN.glob("*.jsonl") if path.name != COPY))
def test_no_question_of_an_evaluation_set_is_among_those_written_for_training(
    file: str, judging: frozenset[str]
) -> None:
    assert len(judging) > 2000
    assert not judging & set(asked_in(WRITTEN / file))


@needs_bench
def test_the_copy_is_the_set_it_is_a_copy_of() -> None:
    assert (WRITTEN / COPY).read_bytes() == (BENCH / COPY).read_bytes()
