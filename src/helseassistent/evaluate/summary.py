"""Owns what a run amounts to: means with intervals, slices, abstention, calibration and time, as one frozen value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from helseassistent.evaluate.bootstrap import Estimate, difference, estimate
from helseassistent.evaluate.emergency import EmergencyFigures
from helseassistent.evaluate.measures import MEASURES
from helseassistent.evaluate.metrics import (
    Bin,
    CurvePoint,
    area_under_risk,
    auroc,
    brier,
    expected_calibration_error,
    percentile,
    reliability,
    risk_coverage,
)
from helseassistent.evaluate.questions import Kind
from helseassistent.evaluate.run import Case

NO_PAGE = "uten side"
CAUSES = ("right", "not_found", "wrong_rank", "wrong_words", "held_back", "error")
SLICED = ("right", "answered_right", "wrong", "recall@1", "recall@10", "ndcg@10")
GAPS = ("answered_right", "fact_recall", "recall@1", "recall@10", "mrr@10", "ndcg@10")


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What the index cost; `seconds` is None when it was built before this run."""

    passages: int
    bytes: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What was run, so that two runs can be told apart."""

    name: str
    date: str
    commit: str
    generations: tuple[str, ...]
    engines: tuple[str, ...]
    n: int
    errors: int


@dataclass(frozen=True, slots=True)
class KindRow:
    """What the questions of one kind were met with; `reasons` are those of the abstentions."""

    n: int
    answers: int
    abstentions: int
    urgent: int
    errors: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Slice:
    """The measures of one part of the set, for example `language` = `nn`."""

    by: str
    value: str
    n: int
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class ConfidenceFigures:
    """How far the confidence can be trusted, over the questions that got an answer."""

    n: int
    ece: float
    brier: float
    bins: tuple[Bin, ...]
    curve: tuple[CurvePoint, ...]
    aurc: float
    auroc_right: float | None  # tells right answers from wrong ones
    auroc_answerable: float | None  # over all replies: tells questions with a key from those without


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that the asker waited, over the questions without an error."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """The 2x2 of answering: rows by whether a page answers, columns by whether an answer was given."""

    answerable_answered: int
    answerable_declined: int
    unanswerable_answered: int
    unanswerable_declined: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the report shows and the gates look at."""

    about: About
    measures: Mapping[str, Estimate]
    citations: int
    abstention: Abstention
    kinds: Mapping[str, KindRow]
    slices: tuple[Slice, ...]
    gap: Mapping[str, Estimate]  # bokmål minus nynorsk
    confidence: ConfidenceFigures | None
    ranks: Mapping[str, int]  # "1" to "10", or "none", over questions with a key
    causes: Mapping[str, int]  # where questions with a key were lost, see `CAUSES`
    latency: Latency | None
    emergency: EmergencyFigures | None = None
    index: IndexFacts | None = None


def values_of(cases: Sequence[Case], measure: str) -> list[float]:
    """The values of `measure` over the cases it is defined for."""
    return [case.score.measures[measure] for case in cases if case.score and measure in case.score.measures]


def means(cases: Sequence[Case], names: Sequence[str] = tuple(MEASURES)) -> dict[str, Estimate]:
    """The estimate of every measure that any case has."""
    found = {name: estimate(values_of(cases, name)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _publisher(case: Case, publishers: Mapping[str, str]) -> str:
    return publishers.get(case.question.relevant[0].file, NO_PAGE) if case.question.relevant else NO_PAGE


def slices_of(cases: Sequence[Case], publishers: Mapping[str, str]) -> tuple[Slice, ...]:
    """The set cut by language, style, kind and publisher; `publishers` by file."""
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        q = case.question
        keys = (("language", q.lang), ("style", q.style), ("kind", q.kind), ("publisher", _publisher(case, publishers)))
        for key in keys:
            groups.setdefault(key, []).append(case)
    order = {name: number for number, name in enumerate(("language", "style", "kind", "publisher"))}
    return tuple(
        Slice(by, value, len(groups[by, value]), means(groups[by, value], SLICED))
        for by, value in sorted(groups, key=lambda key: (order[key[0]], key[1]))
    )


def language_gap(cases: Sequence[Case]) -> dict[str, Estimate]:
    """Bokmål minus nynorsk for each measure of `GAPS`; above 0 nynorsk is served worse."""
    bokmal = [case for case in cases if case.question.lang == "nb"]
    nynorsk = [case for case in cases if case.question.lang == "nn"]
    found = {name: difference(values_of(bokmal, name), values_of(nynorsk, name)) for name in GAPS}
    return {name: value for name, value in found.items() if value is not None}


def kind_row(cases: Sequence[Case]) -> KindRow:
    """What these cases were met with."""
    replies = [case.reply for case in cases if case.reply]
    kinds = Counter(reply["kind"] for reply in replies)
    reasons: Counter[str] = Counter(reply["reason"] for reply in replies if reply["reason"])
    return KindRow(
        len(cases), kinds["answer"], kinds["abstention"], kinds["urgent"], len(cases) - len(replies), dict(reasons)
    )


def _abstention(kinds: Mapping[str, KindRow]) -> Abstention:
    with_key, others = kinds["answerable"], (kinds["near_miss"], kinds["out_of_scope"])
    return Abstention(
        with_key.answers,
        with_key.abstentions + with_key.urgent,
        sum(row.answers for row in others),
        sum(row.abstentions + row.urgent for row in others),
    )


def confidence_figures(cases: Sequence[Case]) -> ConfidenceFigures | None:
    """The figures over answers; None when nothing was answered."""
    replies = [(case, case.reply) for case in cases if case.reply]
    answers = [(reply["confidence"], case.outcome == "right") for case, reply in replies if reply["kind"] == "answer"]
    if not answers:
        return None
    stated, right = [c for c, _ in answers], [r for _, r in answers]
    searched = [(r["confidence"], c.question.kind == "answerable") for c, r in replies if r["kind"] != "urgent"]
    bins, curve = reliability(stated, right), risk_coverage(stated, right)
    return ConfidenceFigures(
        n=len(answers),
        ece=expected_calibration_error(bins),
        brier=brier(stated, right),
        bins=bins,
        curve=curve,
        aurc=area_under_risk(curve),
        auroc_right=auroc(stated, right),
        auroc_answerable=auroc([c for c, _ in searched], [known for _, known in searched]),
    )


def _ranks(cases: Sequence[Case]) -> dict[str, int]:
    found = Counter(
        str(case.score.rank or "none") for case in cases if case.score and case.question.kind == "answerable"
    )
    return {name: found[name] for name in (*map(str, range(1, 11)), "none")}


def cause(case: Case) -> str:
    """The first stage at which a question with a key was lost, one of `CAUSES`."""
    rank = case.score.rank if case.score else None
    if case.outcome in ("right", "error"):
        return case.outcome
    if rank is None:
        return "not_found"
    if case.outcome == "declined":
        return "held_back"
    return "wrong_words" if rank == 1 else "wrong_rank"


def _causes(cases: Sequence[Case]) -> dict[str, int]:
    found = Counter(cause(case) for case in cases if case.question.kind == "answerable")
    return {name: found[name] for name in CAUSES}


def _latency(cases: Sequence[Case]) -> Latency | None:
    waited = [case.seconds for case in cases if case.reply]
    return Latency(percentile(waited, share=0.5), percentile(waited, share=0.95), len(waited)) if waited else None


def about(cases: Sequence[Case], *, name: str, date: str, commit: str) -> About:
    """What these cases were, with every generation and engine that answered."""
    replies = [case.reply for case in cases if case.reply]
    generations = tuple(sorted({reply["generation"] for reply in replies}))
    engines = tuple(sorted({reply["engine"] for reply in replies if reply["kind"] == "answer"}))
    return About(name, date, commit, generations, engines, len(cases), len(cases) - len(replies))


def summarise(
    cases: Sequence[Case],
    *,
    about: About,
    publishers: Mapping[str, str],
    emergency: EmergencyFigures | None = None,
    index: IndexFacts | None = None,
) -> Summary:
    """The summary of a run; errors are counted and take part in no mean. `publishers` by file."""
    kinds = {kind: kind_row([c for c in cases if c.question.kind == kind]) for kind in get_args(Kind)}
    claims = [claim for case in cases if case.reply for claim in case.reply["claims"]]
    return Summary(
        about=about,
        measures=means(cases),
        citations=sum(len(claim["citations"]) for claim in claims),
        abstention=_abstention(kinds),
        kinds=kinds,
        slices=slices_of(cases, publishers),
        gap=language_gap(cases),
        confidence=confidence_figures(cases),
        ranks=_ranks(cases),
        causes=_causes(cases),
        latency=_latency(cases),
        emergency=emergency,
        index=index,
    )
