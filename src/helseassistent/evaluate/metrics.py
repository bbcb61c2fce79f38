"""Owns the formulas: each measure once, pure, with its source; what a measure is used for is said in `measures`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log2


def ranked_by_score(scores: Mapping[str, float]) -> tuple[str, ...]:
    """Ids from best to worst; equal scores go by id, last first, as trec_eval sorts them."""
    return tuple(sorted(scores, key=lambda name: (scores[name], name), reverse=True))


def recall(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """Share of the relevant ids among the first `k`; 0 where nothing is relevant (trec_eval `recall`)."""
    wanted = set(relevant)
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first relevant id, 0 without one (Voorhees, TREC-8 Question Answering Track, 1999)."""
    return next((1 / rank for rank, name in enumerate(ranked, 1) if name in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Mapping[str, float], *, k: int) -> float:
    """Discounted gain over the best possible one, linear gains, log2(rank + 1) (Järvelin and Kekäläinen, TOIS 2002)."""
    ideal = sum(gain / log2(rank + 1) for rank, gain in enumerate(sorted(relevant.values(), reverse=True)[:k], 1))
    gained = sum(relevant.get(name, 0.0) / log2(rank + 1) for rank, name in enumerate(ranked[:k], 1))
    return gained / ideal if ideal else 0.0


def percentile(values: Sequence[float], *, share: float) -> float:
    """The smallest value that at least `share` of the values do not pass (nearest rank, NIST handbook 7.2.6.2)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Chance that a positive scores above a negative, ties half (Mann and Whitney 1947); None without both kinds."""
    above = [score for score, is_positive in zip(scores, positive, strict=True) if is_positive]
    below = [score for score, is_positive in zip(scores, positive, strict=True) if not is_positive]
    if not above or not below:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a in above for b in below)
    return wins / (len(above) * len(below))


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What answering only at `threshold` and above gives: share answered, and share of the answered that is wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> tuple[CurvePoint, ...]:
    """One point for each distinct confidence, highest first (El-Yaniv and Wiener, JMLR 2010)."""
    pairs = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    points: list[CurvePoint] = []
    wrong = 0
    for count, (confidence, is_right) in enumerate(pairs, 1):
        wrong += not is_right
        if count == len(pairs) or pairs[count][0] != confidence:
            points.append(CurvePoint(confidence, count / len(pairs), wrong / count))
    return tuple(points)


def area_under_risk(curve: Sequence[CurvePoint]) -> float:
    """Mean risk over coverage, each point holding back to the one before it; lower is better (AURC, Geifman 2019)."""
    area, before = 0.0, 0.0
    for point in curve:
        area += point.risk * (point.coverage - before)
        before = point.coverage
    return area


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the confidence scale: how many fell in it, what they claimed and what was true."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(confidences: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> tuple[Bin, ...]:
    """Bins of equal width that hold anything, lowest first (Guo et al., ICML 2017)."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, is_right in zip(confidences, right, strict=True):
        groups.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, is_right))
    return tuple(
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            n=len(group),
            confidence=sum(c for c, _ in group) / len(group),
            accuracy=sum(r for _, r in group) / len(group),
        )
        for number, group in sorted(groups.items())
    )


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of claimed and true accuracy, weighted by bin size (ECE, Naeini et al., AAAI 2015)."""
    total = sum(group.n for group in bins)
    return sum(group.n * abs(group.confidence - group.accuracy) for group in bins) / total if total else 0.0


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Mean squared distance of confidence and outcome; 0.25 is a coin that says 0.5 (Brier 1950)."""
    pairs = list(zip(confidences, right, strict=True))
    return sum((confidence - is_right) ** 2 for confidence, is_right in pairs) / len(pairs) if pairs else 0.0


def citation_recall(supported: Sequence[bool]) -> float:
    """Share of statements that their citations together carry; none counts as 0 (ALCE, Gao et al., EMNLP 2023)."""
    return sum(supported) / len(supported) if supported else 0.0


def citation_precision(alone: Sequence[bool], without: Sequence[bool], *, together: bool) -> float:
    """Share of one statement's citations that are needed (ALCE, Gao et al., EMNLP 2023, section 3).

    `alone[i]`: citation i carries the statement; `without[i]`: the others do; `together`: all of them do.
    """
    if not alone or not together:
        return 0.0
    return sum(a or not w for a, w in zip(alone, without, strict=True)) / len(alone)
