"""BM25 gives the formula's values, and a share of the most that the terms could give."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from helseassistent.index.bm25 import K1, B, Bm25

DOCUMENTS = [["lege", "vakt", "lege"], ["sykehjem"], ["lege", "time", "bestille", "time"]]


def formula(term: str, document: list[str]) -> float:
    """Robertson & Zaragoza 2009, with Lucene's idf and without the constant factor k1 + 1."""
    having = sum(term in other for other in DOCUMENTS)
    idf = math.log(1 + (len(DOCUMENTS) - having + 0.5) / (having + 0.5))
    mean = sum(map(len, DOCUMENTS)) / len(DOCUMENTS)
    count = document.count(term)
    return idf * count / (count + K1 * (1 - B + B * len(document) / mean))


@pytest.fixture(params=["made", "opened"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Bm25:
    made = Bm25.build(DOCUMENTS)
    if request.param == "made":
        return made
    made.save(tmp_path / "bm25")
    return Bm25.open(tmp_path / "bm25", documents=len(DOCUMENTS))


@pytest.mark.parametrize("terms", [["lege"], ["time"], ["lege", "sykehjem"], ["lege", "lege"], ["lege", "ukjent"]])
def test_scores_are_those_of_the_formula(terms: list[str], index: Bm25) -> None:
    expected = [sum(formula(term, document) for term in terms if term != "ukjent") for document in DOCUMENTS]
    np.testing.assert_allclose(index.scores(terms), expected, rtol=1e-5)


@pytest.mark.parametrize("terms", [["lege"], ["lege", "time"], ["ukjent", "lege"]])
def test_no_score_passes_the_ceiling(terms: list[str], index: Bm25) -> None:
    assert 0 < index.scores(terms).max() < index.ceiling(terms)


@pytest.mark.parametrize("terms", [[], ["ukjent"]])
def test_terms_that_nothing_has_score_zero(terms: list[str], index: Bm25) -> None:
    np.testing.assert_array_equal(index.scores(terms), np.zeros(3))


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_documents_without_terms_score_zero(documents: list[list[str]], tmp_path: Path) -> None:
    Bm25.build(documents).save(tmp_path / "bm25")
    index = Bm25.open(tmp_path / "bm25", documents=len(documents))
    np.testing.assert_array_equal(index.scores(["lege"]), np.zeros(len(documents)))


def test_a_weight_is_how_much_a_term_counts(index: Bm25) -> None:
    whole, half = index.scores(["lege"]), index.scores(["time", "lege"], [1.0, 0.5])
    np.testing.assert_allclose(half, index.scores(["time"]) + whole / 2, rtol=1e-5)
