"""A report as tables that people read: the same rows on the page, in CSV and in a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from helseassistent.review.findings import Complaints, Contradiction, Count, Gaps, Report, SourceUse, Volume, Volumes

HIDDEN = "skjult"
HIDDEN_MEANS = "«skjult»: færre enn 5, og ikke med i noen sum."
IN_FIVES = "Antallet er rundet ned til hele femmere."
Cell: TypeAlias = str | int | float | date
REASONS: Mapping[str | None, str] = {
    "wrong": "Feil svar",
    "missing": "Mangler noe",
    "wrong_source": "Feil kilde",
    "quote_not_found": "Finner ikke sitatet",
    "outdated": "Gammelt",
    "misunderstood": "Forstod ikke spørsmålet",
    "other": "Annet",
    None: "Sa ikke hvorfor",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title; every row has a cell for each column, and a number or a date is one."""

    name: str  # of its file and sheet: small letters and hyphens
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def tables_of(report: Report) -> tuple[Table, ...]:
    """All tables of `report`, in the order they are read."""
    pages = report.sources
    return (
        volume_table(report.volumes),
        _gap_table(report.gaps),
        _source_table("eldste-kilder", "Eldste kilder i bruk", pages.oldest),
        _source_table("mest-brukte-kilder", "Mest brukte kilder", pages.most_used),
        _source_table("kilder-uten-dato", "Kilder i bruk som ikke sier når de ble oppdatert", pages.undated),
        _complaint_table(report.complaints),
        _source_table("kilder-folk-er-misfornøyd-med", "Kilder folk er misfornøyd med", report.complaints.pages),
        _contradiction_table(report.contradictions),
    )


def text_of(table: Table) -> str:
    """The table for a terminal: a line a row, the first line of long cells only."""
    lines = [
        table.title,
        *("  " + " | ".join(_first_line(cell) for cell in row) for row in (table.columns, *table.rows)),
    ]
    return "\n".join(lines if table.rows else [table.title, "  Ingenting."])


def volume_table(volumes: Volumes) -> Table:
    """A row a week, and the sum."""
    columns = ("Uke", "Fra mandag", "Spørsmål", "Besvart", "Ikke besvart", "Utenfor", "Svarandel", "Meldinger om fare")
    rows = tuple(_volume_row(volume) for volume in (*volumes.weeks, volumes.total))
    note = (
        f"{HIDDEN_MEANS} «Utenfor» er hilsener, andre emner og andre språk. Svarandelen er besvart av besvart og ikke"
        " besvart. Meldinger om fare blir bare telt, og er ikke med i «Spørsmål»."
    )
    return Table("uker", "Spørsmål og svarandel, uke for uke", columns, rows, note)


def week_name(monday: date) -> str:
    """The week as Norwegians number it."""
    year, week, _ = monday.isocalendar()
    return f"uke {week} {year}"


def count_text(count: Count) -> Cell:
    """The count, or the word for one that is hidden."""
    return HIDDEN if count is None else count


def _first_line(cell: Cell) -> str:
    text = next(iter(str(cell).splitlines()), "")
    return text if len(text) <= 60 else text[:59] + "…"


def _volume_row(volume: Volume) -> tuple[Cell, ...]:
    rate = volume.answer_rate
    counts = (volume.asked, volume.answered, volume.declined, volume.outside)
    return (
        week_name(volume.monday) if volume.monday else "Sum av det som vises",
        volume.monday or "",
        *map(count_text, counts),
        "" if rate is None else f"{100 * rate:.0f} %",
        count_text(volume.urgent),
    )


def _gap_table(gaps: Gaps) -> Table:
    rows = tuple(
        (
            gap.questions,
            "\n".join(gap.examples),
            gap.nearest.title if gap.nearest else "",
            gap.nearest.publisher if gap.nearest else "",
            gap.nearest.page_url if gap.nearest else "",
            gap.message,
        )
        for gap in gaps.gaps
    )
    columns = ("Spørsmål", "Eksempler", "Nærmeste side", "Utgiver", "Adresse", "Utkast til melding")
    note = f"Spørsmål som ligner på hverandre, og som ingen side svarer på; minst 5 i hver gruppe. {IN_FIVES}"
    if gaps.bounded:
        note += " Bare de siste spørsmålene er sett gjennom, fordi det er så mange."
    return Table("hull", "Det sidene ikke svarer på", columns, rows, note)


def _source_table(name: str, title: str, uses: Sequence[SourceUse]) -> Table:
    rows = tuple(
        (
            use.title,
            use.publisher,
            use.last_updated or "ukjent",
            count_text(use.answers),
            count_text(use.unhelpful),
            "borte fra kildene" if use.gone else "",
            use.page_url,
        )
        for use in uses
    )
    columns = ("Side", "Utgiver", "Sist oppdatert", "Svar som siterer den", "Ikke til hjelp", "Merknad", "Adresse")
    return Table(name, title, columns, rows, f"{IN_FIVES} {HIDDEN_MEANS}")


def _complaint_table(complaints: Complaints) -> Table:
    reasons = tuple(
        (REASONS.get(item.reason, item.reason or ""), count_text(item.times)) for item in complaints.reasons
    )
    totals = (
        ("Nei, i alt av det som vises", count_text(complaints.unhelpful)),
        ("Ja, svaret var til hjelp", count_text(complaints.helpful)),
    )
    columns = ("Hva folk sier", "Antall")
    return Table("tilbakemeldinger", "Det folk sier er galt", columns, (*reasons, *totals), HIDDEN_MEANS)


def _contradiction_table(found: Sequence[Contradiction]) -> Table:
    rows = tuple(
        tuple(
            cell
            for said in (pair.one, pair.other)
            for cell in (said.value, said.sentence, said.title, said.last_updated or "ukjent", said.page_url)
        )
        for pair in found
    )
    one = ("Tall", "Setning", "Side", "Sist oppdatert", "Adresse")
    columns = (*one, *(f"{name} (den andre)" for name in one))
    note = "To sider som ser ut til å gi ulike tall for det samme. Se etter på sidene før noe blir rettet."
    return Table("motsigelser", "Sider som sier imot hverandre", columns, rows, note)
