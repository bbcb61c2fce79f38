"""Owns the stage from end to end: cases to summary, comparison and gates, and what a terminal shows of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helseassistent.evaluate.calibrate import Calibration
from helseassistent.evaluate.compare import Comparison, compare
from helseassistent.evaluate.emergency import EmergencyFigures, emergency_figures, route_messages
from helseassistent.evaluate.gates import Gate, GateResult, exit_code, judge_all
from helseassistent.evaluate.html import decimal, interval, shown, unit_of
from helseassistent.evaluate.measures import MEASURES, figure_label
from helseassistent.evaluate.questions import Message
from helseassistent.evaluate.report import HEADLINES, write_report
from helseassistent.evaluate.run import Case, read_records
from helseassistent.evaluate.summary import IndexFacts, Summary, about, summarise
from helseassistent.reply import ReplyRecord
from helseassistent.types import Page


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a run is called, and when and with which code it was made."""

    name: str
    date: str  # ISO 8601
    commit: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run with everything said about it; `comparison` is None without a baseline."""

    cases: tuple[Case, ...]
    summary: Summary
    comparison: Comparison | None
    gates: tuple[GateResult, ...]

    @property
    def exit_code(self) -> int:
        return exit_code(self.gates)


def evaluate_cases(
    cases: Sequence[Case],
    *,
    occasion: Occasion,
    pages: Mapping[str, Page],
    gates: Sequence[Gate] = (),
    baseline: Path | None = None,
    emergency: EmergencyFigures | None = None,
    index: IndexFacts | None = None,
) -> Evaluation:
    """Summary, comparison with the run folder `baseline`, and gates, for cases that have their scores.

    Raises:
        QuestionSetError: `baseline` holds no run.
    """
    summary = summarise(
        cases,
        about=about(cases, name=occasion.name, date=occasion.date, commit=occasion.commit),
        publishers={file: page.publisher for file, page in pages.items()},
        emergency=emergency,
        index=index,
    )
    comparison = compare(cases, read_records(baseline), baseline=str(baseline)) if baseline else None
    return Evaluation(tuple(cases), summary, comparison, judge_all(gates, summary=summary, comparison=comparison))


def evaluate_messages(messages: Sequence[Message], *, ask: Callable[[Message], ReplyRecord]) -> EmergencyFigures:
    """Every message asked once, and the emergency figures of it."""
    return emergency_figures(route_messages(messages, ask=ask))


def write_evaluation(
    evaluation: Evaluation, *, out: Path, pages: Mapping[str, Page], calibration: Calibration | None = None
) -> None:
    """Leave the report folder of the evaluation in `out`."""
    write_report(
        out,
        evaluation.summary,
        cases=evaluation.cases,
        pages=pages,
        comparison=evaluation.comparison,
        gates=evaluation.gates,
        calibration=calibration,
    )


def _figure_lines(summary: Summary) -> list[str]:
    lines = [
        f"{MEASURES[name].label:<38}{shown(value.mean):>9}  ({interval(value)}, n = {value.n})"
        for name in HEADLINES
        if (value := summary.measures.get(name))
    ]
    if rates := summary.emergency:
        named = (("emergency.recall", rates.recall), ("emergency.false_alarms", rates.false_alarms))
        lines += [f"{figure_label(n):<38}{shown(v.mean):>9}  ({interval(v)}, n = {v.n})" for n, v in named if v]
    if gap := summary.gap.get("answered_right"):
        lines.append(f"{'Bokmål minus nynorsk, riktig svar':<38}{shown(gap.mean):>9}  ({interval(gap)}, n = {gap.n})")
    if latency := summary.latency:
        wait = f"{decimal(latency.p50, digits=3)} s / {decimal(latency.p95, digits=3)} s"
        lines.append(f"{'Ventetid, median / 95-prosentil':<38}{wait:>9}")
    return lines


def _change_lines(comparison: Comparison) -> list[str]:
    flips = [
        *((f"  gikk i stykker: {flip.id}", flip.question) for flip in comparison.losses),
        *((f"  ble riktig:     {flip.id}", flip.question) for flip in comparison.wins),
    ]
    counts = f"{len(comparison.losses)} gikk i stykker, {len(comparison.wins)} ble riktige"
    return [f"Mot {comparison.baseline}: {counts}.", *(f"{name}  {question}" for name, question in flips)]


def _gate_lines(results: Sequence[GateResult]) -> list[str]:
    return [
        f"BRUTT GRENSE: {figure_label(gate.figure)}: {decimal(value.mean, digits=3)}. {gate.reason}"
        for gate, value in ((result.gate, result.value) for result in results if result.passed is False)
        if value
    ]


def terminal_text(evaluation: Evaluation) -> str:
    """What a person needs to see after a run: headline figures, flips by name and broken gates."""
    made = evaluation.summary.about
    errors = f", {made.errors} ga feil" if made.errors else ""
    lines = [f"{made.name}: {made.n} spørsmål{errors}", *_figure_lines(evaluation.summary)]
    if evaluation.comparison:
        lines += _change_lines(evaluation.comparison)
    return "\n".join([*lines, *_gate_lines(evaluation.gates)]) + "\n"


def evaluation_markdown(evaluation: Evaluation) -> str:
    """The measures of a run as a Markdown section with date and commit, for `docs/evaluation.md`."""
    made, summary = evaluation.summary.about, evaluation.summary
    head = [f"## {made.name}", "", f"{made.n} spørsmål, {made.errors} feil. {made.date}, versjon `{made.commit}`.", ""]
    rows = [
        f"| {MEASURES[name].label} | {shown(value.mean, unit=unit_of(name))} "
        f"| {interval(value, unit=unit_of(name))} | {value.n} |"
        for name in MEASURES
        if (value := summary.measures.get(name))
    ]
    gaps = [
        f"| {figure_label(f'gap.{name}')} | {shown(value.mean)} | {interval(value)} | {value.n} |"
        for name, value in summary.gap.items()
    ]
    broken = [f"- {line}" for line in _gate_lines(evaluation.gates)]
    verdict = ["", *(broken or ["Ingen grenser er brutt."])]
    return (
        "\n".join([*head, "| mål | verdi | 95 %-intervall | n |", "|---|---|---|---|", *rows, *gaps, *verdict]) + "\n"
    )


def with_section(document: str, *, name: str, content: str) -> str:
    """`document` with `content` between the marks of `name`, put at the end when it has none yet."""
    start, end = f"<!-- {name}: laget av evaluate -->", f"<!-- slutt {name} -->"
    section = f"{start}\n{content.rstrip()}\n{end}\n"
    before, found, rest = document.partition(start)
    if not found:
        return f"{document.rstrip()}\n\n{section}" if document.strip() else section
    after = rest.partition(end)[2].lstrip("\n")
    return f"{before}{section}" + (f"\n{after}" if after else "")
