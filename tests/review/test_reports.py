"""That a report is made once, is the same in every form, and can be read without seeing its plots."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from fakes import HashingEncoder, page
from helseassistent.review.cases import NewFeedback, NewVerdict
from helseassistent.review.exchanges import write
from helseassistent.review.findings import Volume, Volumes
from helseassistent.review.plots import answer_rate_plot, volume_plot
from helseassistent.review.reports import Reporter
from helseassistent.review.retention import forget_exchange
from helseassistent.review.store import Store
from helseassistent.review.tables import HIDDEN, Table, tables_of, text_of, volume_table
from helseassistent.review.verdicts import judge
from helseassistent.types import Page
from review.fakes import entry

MONDAY = date(2026, 3, 2)
TODAY = MONDAY + timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Edition:
    generation: str = "g1"
    pages: dict[str, Page] = field(default_factory=lambda: {"by/a.md": page("by/a.md", "Røntgen.")})


@pytest.fixture
def reporter(store: Store) -> Reporter:
    write(store, [entry(f"svar-{number}", day=MONDAY) for number in range(12)])
    return Reporter(store, Edition, HashingEncoder(), 90)


def test_a_report_is_made_once_until_something_in_it_changes(store: Store, reporter: Reporter) -> None:
    first = reporter.report(today=TODAY)
    assert first.volumes.total.asked == 12
    assert reporter.report(today=TODAY) is first
    write(store, [entry("svar-nytt", day=TODAY), NewFeedback("svar-nytt", False, "wrong", TODAY)])  # this week
    assert reporter.report(today=TODAY) is first
    write(store, [NewFeedback("svar-1", False, "wrong", TODAY)])
    second = reporter.report(today=TODAY)
    assert second is not first
    judge(store, NewVerdict("svar-1", "Kan legevakten ta røntgen?", "kari", "approved", TODAY), seen=0)
    third = reporter.report(today=TODAY)
    assert third is not second
    assert (third.volumes is second.volumes, third == second) == (True, True)  # only gaps are looked for again
    forget_exchange(store, "svar-2")
    assert reporter.report(today=TODAY).volumes.total.asked == 11


def test_another_generation_or_another_period_is_another_report(reporter: Reporter) -> None:
    first = reporter.report(today=TODAY)
    assert reporter.report(today=TODAY, weeks=1).period != first.period
    reporter.edition = lambda: Edition("g2")
    assert reporter.report(today=TODAY).generation == "g2"


def test_every_row_has_a_cell_for_each_column_and_every_table_a_name_of_its_own(reporter: Reporter) -> None:
    tables = tables_of(reporter.report(today=TODAY))
    assert len({table.name[:31] for table in tables}) == len(tables) == 8
    for table in tables:
        assert {len(row) for row in table.rows} <= {len(table.columns)}
        assert text_of(table).startswith(table.title)


def test_an_empty_log_has_a_report_too(store: Store) -> None:
    tables = tables_of(Reporter(store, Edition, HashingEncoder(), 90).report(today=TODAY))
    assert "Ingenting." in text_of(tables[1])


def volumes(*asked: int | None) -> Volumes:
    weeks = tuple(
        Volume(MONDAY + timedelta(weeks=number), count, count, count and 0, 0, 0) for number, count in enumerate(asked)
    )
    return Volumes(weeks, Volume(None, 0, 0, 0, 0, 0))


def test_a_hidden_count_is_a_word_and_never_a_zero() -> None:
    table = volume_table(volumes(10, None))
    assert table.rows[0][:5] == ("uke 10 2026", MONDAY, 10, 10, 0)
    assert table.rows[1][2:7] == (HIDDEN, HIDDEN, HIDDEN, 0, "")
    assert "skjult" in table.note


@pytest.mark.parametrize("plot", [volume_plot, answer_rate_plot])
@pytest.mark.parametrize("asked", [(), (0,), (10, None, 7), tuple(range(5, 60)), (None, None)])
def test_a_plot_is_whole_has_a_text_and_runs_nothing(plot, asked) -> None:  # type: ignore[no-untyped-def]
    root = ElementTree.fromstring(plot(volumes(*asked)))
    assert (root.get("role"), "tabellen" in root.get("aria-label", "")) == ("img", True)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "title", "line", "text", "rect", "circle"}
    assert not [
        element for element in root.iter() if any(name.startswith("on") or "href" in name for name in element.attrib)
    ]


def test_a_hidden_week_is_a_dash_and_breaks_the_line() -> None:
    drawn = volume_plot(volumes(10, None, 7))
    assert drawn.count('class="bar"') == 2
    assert "–<title>uke 11 2026: skjult</title>" in drawn
    assert answer_rate_plot(volumes(10, None, 7)).count('class="curve"') == 0
    assert answer_rate_plot(volumes(10, 8, 7)).count('class="curve"') == 2


def test_long_cells_are_cut_in_a_terminal() -> None:
    shown = text_of(Table("a", "A", ("Tekst",), (("x" * 100,), ("første\nandre",))))
    assert shown.splitlines()[2:] == ["  " + "x" * 59 + "…", "  første"]
