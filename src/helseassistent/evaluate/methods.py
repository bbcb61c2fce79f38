"""Owns retrieval by itself: several search methods over one set, as the table that README and decisions quote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeAlias, TypeVar

from helseassistent.evaluate.bootstrap import Estimate, estimate
from helseassistent.evaluate.metrics import ndcg, percentile, recall, reciprocal_rank
from helseassistent.evaluate.questions import Question, RetrievalSet
from helseassistent.evaluate.scoring import CUTOFFS, DEPTH, Span, gold_spans, rank_measures
from helseassistent.types import Page, Scored

Search: TypeAlias = Callable[[str, int], Sequence[Scored]]
SearchIds: TypeAlias = Callable[[str, int], Sequence[int]]  # positions in RetrievalSet.texts, best first
T = TypeVar("T")
COLUMNS = ("recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "ndcg@10")


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One method over one set; `queries` has the measures of every query, in the order of the set."""

    name: str
    measures: Mapping[str, Estimate]
    p50: float  # seconds a query
    p95: float
    queries: tuple[Mapping[str, float], ...]


def _row(name: str, queries: Sequence[Mapping[str, float]], *, seconds: Sequence[float]) -> MethodRow:
    names = queries[0] if queries else {}
    found = {measure: estimate([query[measure] for query in queries]) for measure in names}
    known = {measure: value for measure, value in found.items() if value is not None}
    return MethodRow(name, known, percentile(seconds, share=0.5), percentile(seconds, share=0.95), tuple(queries))


def _timed(search: Callable[[str, int], Sequence[T]], text: str) -> tuple[Sequence[T], float]:
    started = perf_counter()
    found = search(text, DEPTH)
    return found, perf_counter() - started


def _spans(found: Sequence[Scored]) -> list[Span]:
    return [(scored.passage.file, scored.passage.start, scored.passage.end) for scored in found]


def compare_methods(
    methods: Mapping[str, Search], *, questions: Sequence[Question], pages: Mapping[str, Page]
) -> tuple[MethodRow, ...]:
    """Every method over the questions that have a key, in the order given; by quote and, as `page_...`, by page."""
    with_key = [question for question in questions if question.kind == "answerable"]
    gold = [gold_spans(question, pages) for question in with_key]

    def row(name: str, search: Search) -> MethodRow:
        found = [_timed(search, question.question) for question in with_key]
        queries = [rank_measures(_spans(r), gold=spans) for (r, _), spans in zip(found, gold, strict=True)]
        return _row(name, queries, seconds=[seconds for _, seconds in found])

    return tuple(row(name, search) for name, search in methods.items())


def id_measures(ranked: Sequence[str], relevant: Sequence[str]) -> dict[str, float]:
    """Recall, MRR and nDCG of one ranked list of ids against all its relevant ids."""
    measures = {f"recall@{k}": recall(ranked, relevant, k=k) for k in CUTOFFS}
    measures["mrr@10"] = reciprocal_rank(ranked[:DEPTH], relevant)
    measures["ndcg@10"] = ndcg(ranked, dict.fromkeys(relevant, 1.0), k=DEPTH)
    return measures


def evaluate_retrieval(methods: Mapping[str, SearchIds], *, data: RetrievalSet) -> tuple[MethodRow, ...]:
    """Every method over a retrieval set, in the order given; a query without a result counts as 0."""

    def row(name: str, search: SearchIds) -> MethodRow:
        found = [_timed(search, query.query) for query in data.queries]
        ranked = [[data.ids[position] for position in positions] for positions, _ in found]
        queries = [id_measures(ids, query.relevant) for ids, query in zip(ranked, data.queries, strict=True)]
        return _row(name, queries, seconds=[seconds for _, seconds in found])

    return tuple(row(name, search) for name, search in methods.items())


def _cell(value: Estimate) -> str:
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"


def methods_markdown(rows: Sequence[MethodRow]) -> str:
    """The rows as a Markdown table with 95 % intervals, n and milliseconds a query, ending in a line break."""
    head = ["metode", *COLUMNS, "n", "p50 ms", "p95 ms"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = [_cell(row.measures[name]) if name in row.measures else "" for name in COLUMNS]
        tail = [str(len(row.queries)), f"{row.p50 * 1000:.1f}", f"{row.p95 * 1000:.1f}"]
        lines.append(f"| {' | '.join([row.name, *cells, *tail])} |")
    return "\n".join(lines) + "\n"
