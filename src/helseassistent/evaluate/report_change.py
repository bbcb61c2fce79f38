"""Owns what the report says about limits and change: which gates are broken, and what flipped since the baseline."""

from __future__ import annotations

from collections.abc import Sequence

from helseassistent.evaluate.compare import Comparison, Flip
from helseassistent.evaluate.gates import GateResult
from helseassistent.evaluate.html import Markup, decimal, interval, paragraph, section, shown, table, text, unit_of
from helseassistent.evaluate.measures import MEASURES, figure_label
from helseassistent.evaluate.report_cases import OUTCOMES


def _verdict(result: GateResult) -> Markup:
    if result.passed is None:
        return text("ikke målt")
    return Markup("<span class=good>holdt</span>" if result.passed else "<span class=bad>BRUTT</span>")


def _gate_row(result: GateResult) -> tuple[Markup | str, ...]:
    gate = result.gate
    limit = f"minst {gate.at_least}" if gate.at_least is not None else f"høyst {gate.at_most}"
    value = decimal(result.value.mean, digits=3) if result.value else "–"
    if result.value and gate.judged_by == "interval":
        value += f" ({decimal(result.value.low, digits=3)} til {decimal(result.value.high, digits=3)})"
    return figure_label(gate.figure), _verdict(result), value, limit.replace(".", ","), gate.reason


def gate_line(results: Sequence[GateResult]) -> Markup:
    """The verdict in a sentence, above everything that explains it."""
    broken = [figure_label(result.gate.figure) for result in results if result.passed is False]
    if not results:
        return Markup("")
    if broken:
        words = f"{len(broken)} av {len(results)} grenser er brutt: {'; '.join(broken)}."
        return Markup(f'<p class=bad>{text(words).html} <a href="#grenser">Se grensene</a></p>')
    unmeasured = sum(result.passed is None for result in results)
    return paragraph(
        f"Ingen av {len(results)} grenser er brutt; {unmeasured} ble ikke målt i denne kjøringen.", name="good"
    )


def gates_section(results: Sequence[GateResult]) -> Markup:
    """Every gate with its verdict, its limit and the reason it is there."""
    if not results:
        return Markup("")
    head = ("Tall", "Holdt?", "Målt", "Grense", "Hvorfor grensen finnes")
    rows = [_gate_row(result) for result in results]
    how = "Der et intervall står i parentes, er grensen brutt først når hele intervallet er forbi den."
    return section(
        "grenser", "Grenser", paragraph(how), table("Grenser for denne kjøringen", head, rows, numbers=range(0))
    )


def _flips(title: str, flips: Sequence[Flip]) -> Markup:
    if not flips:
        return paragraph(f"{title}: ingen.")
    rows = [(flip.id, flip.question, OUTCOMES[flip.before], OUTCOMES[flip.after]) for flip in flips]
    return table(f"{title}: {len(flips)}", ("Id", "Spørsmål", "Før", "Nå"), rows, numbers=range(0))


def comparison_section(comparison: Comparison | None) -> Markup:
    """Flips by name and every mean that moved; nothing without a baseline."""
    if comparison is None:
        return Markup("")
    rows = [
        (
            MEASURES[name].label,
            shown(change.mean, unit=unit_of(name)),
            interval(change, unit=unit_of(name)),
            str(change.n),
        )
        for name, change in comparison.changes.items()
        if change.mean or change.low or change.high
    ]
    changes = table("Endring i hvert mål som endret seg", ("Mål", "Endring", "95 %-intervall", "n"), rows)
    left_out = len(comparison.only_before) + len(comparison.only_after) + len(comparison.rewritten)
    return section(
        "endring",
        "Endret siden sist",
        paragraph(
            f"Mot {comparison.baseline}: {comparison.n} like spørsmål, {left_out} holdt utenfor fordi settet er endret."
        ),
        _flips("Riktig før, ikke nå", comparison.losses),
        _flips("Riktig nå, ikke før", comparison.wins),
        changes if rows else paragraph("Ingen mål endret seg."),
    )
