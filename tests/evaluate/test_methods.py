"""Several search methods in one run, and retrieval sets."""

from __future__ import annotations

from collections.abc import Sequence

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from evaluate.assistant import PAGES, QUESTIONS, search
from helseassistent.evaluate.methods import compare_methods, evaluate_retrieval, methods_markdown
from helseassistent.evaluate.questions import Query, RetrievalSet
from helseassistent.types import Scored


def backwards(question: str, count: int) -> Sequence[Scored]:
    return search(question, 50)[::-1][:count]


def nothing(question: str, count: int) -> Sequence[Scored]:
    return []


def test_every_method_is_measured_on_every_question_with_a_key() -> None:
    rows = compare_methods({"words": search, "backwards": backwards, "none": nothing}, questions=QUESTIONS, pages=PAGES)
    assert [row.name for row in rows] == ["words", "backwards", "none"]
    assert [len(row.queries) for row in rows] == [6, 6, 6]
    words, reverse, none = (row.measures["mrr@10"].mean for row in rows)
    assert rows[0].measures["recall@1"].mean == 5 / 6
    assert none == 0.0
    assert none < reverse < words
    assert rows[0].measures["page_recall@10"].mean == 5 / 6


def test_the_table_has_a_line_for_each_method_with_intervals_and_n() -> None:
    rows = compare_methods({"words": search, "none": nothing}, questions=QUESTIONS, pages=PAGES)
    lines = methods_markdown(rows).splitlines()
    assert lines[0].startswith("| metode | recall@1 | recall@3 |")
    assert lines[2].startswith("| words | 0.833 [")
    assert lines[3].startswith("| none | 0.000 [0.000, 0.000] |")
    assert len({line.count("|") for line in lines}) == 1
    assert " | 6 | " in lines[2]


def test_a_retrieval_set_agrees_with_ir_measures() -> None:
    data = RetrievalSet(
        tuple("abcde"),
        ("ein", "to", "tre", "fire", "fem"),
        (Query("1", ("a", "b")), Query("2", ("e",)), Query("3", ("c",))),
    )
    found = {"1": [3, 1, 0], "2": [4], "3": []}
    row = evaluate_retrieval({"m": lambda query, count: found[query]}, data=data)[0]
    judged = {query.query: dict.fromkeys(query.relevant, 1) for query in data.queries}
    run = {q: {data.ids[p]: float(-rank) for rank, p in enumerate(ps)} for q, ps in found.items() if ps}
    theirs = ir_measures.calc_aggregate([R @ 1, R @ 3, RR, nDCG @ 10], judged, run)
    ours = {R @ 1: "recall@1", R @ 3: "recall@3", RR: "mrr@10", nDCG @ 10: "ndcg@10"}
    for measure, name in ours.items():
        assert row.measures[name].mean == pytest.approx(theirs[measure], abs=1e-9)
    assert row.measures["recall@1"].n == 3
