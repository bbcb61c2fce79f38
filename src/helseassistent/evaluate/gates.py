"""Owns the gates: limits in a small file, each with its reason, and the exit code that they give."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from helseassistent.errors import SettingsError
from helseassistent.evaluate.bootstrap import Estimate
from helseassistent.evaluate.compare import Comparison
from helseassistent.evaluate.summary import Summary

KEYS = {"figure", "at_least", "at_most", "judged_by", "only", "reason"}


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit on one figure; exactly one of `at_least` and `at_most` is set."""

    figure: str
    at_least: float | None
    at_most: float | None
    judged_by: Literal["mean", "interval"]  # "interval": fails only when the whole interval is past the limit
    only: tuple[str, ...]  # names of the sets it holds for; empty means all
    reason: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """How a figure stands to its gate; `passed` is None when the run does not have the figure."""

    gate: Gate
    passed: bool | None
    value: Estimate | None


def _gate(fields: Mapping[str, object], *, place: str) -> Gate:
    figure, reason = fields.get("figure"), fields.get("reason")
    limits = [fields.get("at_least"), fields.get("at_most")]
    if set(fields) - KEYS:
        raise SettingsError(f"{place} har ukjente felt: {', '.join(sorted(set(fields) - KEYS))}.")
    if not isinstance(figure, str) or not isinstance(reason, str) or not reason.strip():
        raise SettingsError(f"{place} må ha «figure» og en grunn, «reason».")
    if [isinstance(limit, int | float) for limit in limits].count(True) != 1:
        raise SettingsError(f"{place} ({figure}) må ha enten «at_least» eller «at_most», som et tall.")
    judged_by, only = fields.get("judged_by", "mean"), fields.get("only", [])
    if judged_by not in ("mean", "interval") or not isinstance(only, list):
        raise SettingsError(f"{place} ({figure}): «judged_by» er mean eller interval, og «only» er en liste.")
    least, most = (float(limit) if isinstance(limit, int | float) else None for limit in limits)
    kind: Literal["mean", "interval"] = "interval" if judged_by == "interval" else "mean"
    return Gate(figure, least, most, kind, tuple(map(str, only)), reason.strip())


def read_gates(path: Path) -> tuple[Gate, ...]:
    """The gates of a TOML file, in order.

    Raises:
        SettingsError: naming the gate that cannot be used.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"Grensene i {path} kan ikke leses; se etter om filnavnet er rett.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"Grensene i {path} kan ikke leses som TOML ({error}).") from error
    rows = raw.get("gate", [])
    return tuple(_gate(fields, place=f"{path.name}, gate nr. {number}") for number, fields in enumerate(rows, 1))


def _exact(value: float, *, n: int = 1) -> Estimate:
    return Estimate(value, value, value, n)


def figures(summary: Summary, comparison: Comparison | None) -> dict[str, Estimate]:
    """Every figure that a gate can name; what was not measured is absent."""
    found = dict(summary.measures) | {f"gap.{name}": value for name, value in summary.gap.items()}
    found["errors"] = _exact(summary.about.errors, n=summary.about.n)
    if summary.latency:
        found["latency.p95"] = _exact(summary.latency.p95, n=summary.latency.n)
    if summary.confidence:
        found["ece"] = _exact(summary.confidence.ece, n=summary.confidence.n)
    if summary.emergency:
        rates = summary.emergency
        named = (("recall", rates.recall), ("life_recall", rates.life_recall), ("false_alarms", rates.false_alarms))
        found |= {f"emergency.{name}": value for name, value in named if value is not None}
    if comparison:
        approved = sum(flip.approved for flip in comparison.losses)
        found["flips.approved"] = _exact(approved, n=comparison.n)
        found["flips.net_loss"] = _exact(len(comparison.losses) - len(comparison.wins), n=comparison.n)
        found |= {f"change.{name}": value for name, value in comparison.changes.items()}
    return found


def judge(gate: Gate, value: Estimate | None) -> GateResult:
    """The result of one gate; a figure that was not measured neither passes nor fails."""
    if value is None:
        return GateResult(gate, None, None)
    if gate.at_least is not None:
        seen = value.high if gate.judged_by == "interval" else value.mean
        return GateResult(gate, seen >= gate.at_least, value)
    seen = value.low if gate.judged_by == "interval" else value.mean
    return GateResult(gate, gate.at_most is not None and seen <= gate.at_most, value)


def judge_all(gates: Sequence[Gate], *, summary: Summary, comparison: Comparison | None) -> tuple[GateResult, ...]:
    """The results of the gates that hold for this set, in order."""
    known = figures(summary, comparison)
    mine = [gate for gate in gates if not gate.only or summary.about.name in gate.only]
    return tuple(judge(gate, known.get(gate.figure)) for gate in mine)


def exit_code(results: Sequence[GateResult]) -> int:
    """1 when a gate failed, else 0."""
    return int(any(result.passed is False for result in results))
