"""Owns the report: one Norwegian page that a manager understands and an engineer trusts, and the folder it lies in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from helseassistent import durable
from helseassistent.evaluate.calibrate import Calibration
from helseassistent.evaluate.compare import Comparison
from helseassistent.evaluate.gates import GateResult
from helseassistent.evaluate.html import (
    Markup,
    decimal,
    document,
    figure,
    interval,
    join,
    paragraph,
    percent,
    section,
    table,
    text,
    unit_of,
)
from helseassistent.evaluate.measures import MEASURES
from helseassistent.evaluate.report_cases import case_list
from helseassistent.evaluate.report_change import comparison_section, gate_line, gates_section
from helseassistent.evaluate.report_plots import latency_plot, rank_plot, reliability_plot, risk_plot
from helseassistent.evaluate.report_tables import (
    abstention_section,
    causes_section,
    emergency_section,
    notes_section,
    slices_section,
)
from helseassistent.evaluate.run import RECORDS, Case, write_records
from helseassistent.evaluate.summary import Summary
from helseassistent.types import Page

CONTENTS = {"saker": "Sakene", "figurer": "Figurer", "utsnitt": "Utsnitt", "maal": "Alle mål", "om": "Om tallene"}
HEADLINES = ("right", "answered_right", "risk", "declined", "recall@10", "verbatim")


def summary_json(summary: Summary, *, comparison: Comparison | None = None, gates: Sequence[GateResult] = ()) -> str:
    """The summary with gates and comparison as indented JSON, ending in a line break."""
    content = asdict(summary) | {
        "gates": [asdict(result) for result in gates],
        "comparison": asdict(comparison) if comparison else None,
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _headline(summary: Summary) -> Markup:
    items = [
        f"<li><strong>{figure(name, value).html}</strong>{MEASURES[name].label}<br>"
        f"<span class=soft>{interval(value, unit=unit_of(name))} · n&nbsp;=&nbsp;{value.n}</span></li>"
        for name in HEADLINES
        if (value := summary.measures.get(name))
    ]
    return Markup(f"<ul class=headline>{''.join(items)}</ul>")


def _header(summary: Summary) -> Markup:
    about = summary.about
    errors = f" {about.errors} spørsmål ga feil og er holdt utenfor tallene." if about.errors else ""
    made = f"{about.date} · versjon {about.commit} · indeks {', '.join(about.generations) or 'ukjent'}"
    links = "".join(f'<li><a href="#{name}">{words}</a></li>' for name, words in CONTENTS.items())
    return join(
        [
            Markup(f"<h1>Hvor godt svarer assistenten? {text(about.name).html}</h1>"),
            paragraph(f"{about.n} spørsmål.{errors} {made} · {', '.join(about.engines) or 'ingen svar'}", name="soft"),
            Markup(f'<nav aria-label="Innhold"><ul>{links}</ul></nav>'),
        ]
    )


def _plots(summary: Summary, cases: Sequence[Case], *, calibration: Calibration | None) -> Markup:
    parts: list[Markup] = [rank_plot(summary.ranks)] if sum(summary.ranks.values()) else []
    if confidence := summary.confidence:
        whom = f"{confidence.n} besvarte spørsmål"
        parts += [
            risk_plot(confidence.curve, name="risiko", whom=whom),
            reliability_plot(confidence.bins, name="kalibrering", whom=whom),
            paragraph(_confidence_words(summary)),
        ]
    if calibration:
        whom = f"{calibration.model.n} spørsmål i tilpasningen, hvert utenfor modellen som vurderte det"
        parts += [
            risk_plot(calibration.curve, name="risiko-tilpasning", whom=whom),
            reliability_plot(calibration.bins, name="kalibrering-tilpasning", whom=whom),
        ]
    if summary.latency:
        parts.append(latency_plot([case.seconds for case in cases if case.reply], summary.latency))
    return section("figurer", "Figurer", *parts)


def _confidence_words(summary: Summary) -> str:
    confidence = summary.confidence
    if confidence is None:
        return ""
    right, known = (
        "ikke målbar" if value is None else decimal(value, digits=3)
        for value in (confidence.auroc_right, confidence.auroc_answerable)
    )
    return (
        f"ECE {decimal(confidence.ece, digits=3)} og Brier {decimal(confidence.brier, digits=3)} "
        f"(0 er best). AUROC for riktig mot galt svar: {right}; for spørsmål med mot uten fasit: {known} (1 er best)."
    )


def _all_measures(summary: Summary) -> Markup:
    rows = [
        (
            m.label,
            figure(m.name, e),
            interval(e, unit=m.unit),
            str(e.n),
            "høyt" if m.better == "high" else "lavt",
            m.means,
        )
        for m in MEASURES.values()
        if (e := summary.measures.get(m.name))
    ]
    table_of_all = table(
        "Alle mål", ("Mål", "Verdi", "95 %-intervall", "n", "Bra er", "Betyr"), rows, numbers=range(1, 4)
    )
    index = summary.index
    built = f" på {decimal(index.seconds, digits=1)} sekunder" if index and index.seconds is not None else ""
    size = (
        paragraph(f"Indeksen: {index.passages} utdrag, {decimal(index.bytes / 1e6, digits=1)} MB{built}.")
        if index
        else text("")
    )
    return section("maal", "Alle mål", table_of_all, size)


def report_html(
    summary: Summary,
    *,
    cases: Sequence[Case],
    pages: Mapping[str, Page],
    comparison: Comparison | None = None,
    gates: Sequence[GateResult] = (),
    calibration: Calibration | None = None,
) -> str:
    """The report as one self-contained page; without a comparison or gates their sections are left out."""
    parts = (
        gate_line(gates),
        _headline(summary),
        comparison_section(comparison),
        case_list(cases, pages),
        causes_section(summary),
        _plots(summary, cases, calibration=calibration),
        abstention_section(summary),
        slices_section(summary),
        emergency_section(summary.emergency),
        gates_section(gates),
        _all_measures(summary),
        notes_section(),
    )
    failed = percent(1 - summary.measures["right"].mean) if "right" in summary.measures else "ukjent andel"
    footer = paragraph(f"Laget av helseassistent evaluate. {failed} av spørsmålene er listet som saker.", name="soft")
    title = f"Evaluering: {summary.about.name}, {summary.about.date}"
    return document(title, header=_header(summary), main=join(parts), footer=footer)


def write_report(
    out: Path,
    summary: Summary,
    *,
    cases: Sequence[Case],
    pages: Mapping[str, Page],
    comparison: Comparison | None = None,
    gates: Sequence[GateResult] = (),
    calibration: Calibration | None = None,
) -> None:
    """Leave `records.jsonl`, `summary.json` and `report.html` in `out`, each replaced in one step."""
    out.mkdir(parents=True, exist_ok=True)
    page = report_html(summary, cases=cases, pages=pages, comparison=comparison, gates=gates, calibration=calibration)
    write_records(cases, path=out / RECORDS)
    durable.replace_file(out / "summary.json", summary_json(summary, comparison=comparison, gates=gates).encode())
    durable.replace_file(out / "report.html", page.encode())
