"""That a spreadsheet opened by staff runs nothing that a citizen wrote."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from helseassistent.review.export import csv_bytes, harmless, xlsx_bytes
from helseassistent.review.tables import Table

FORMULAS = [
    '=HYPERLINK("http://ond.example","klikk")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "=cmd|' /C calc'!A0",
    "=WEBSERVICE('http://ond.example')",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\x00=1+1",
    "=DDE('cmd';'/C calc';'A0')",
]
HARMLESS = ["Kan legevakten ta røntgen?", "– et punkt", "1-2 dager", "a=b", "", "'ferdig merket", "3 % av dem"]


def table(*texts: str) -> Table:
    return Table("prøve", "Prøve", ("Tekst", "Tall", "Dag"), tuple((text, -5, date(2026, 3, 1)) for text in texts))


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_run_is_text_in_both_formats(text: str) -> None:
    (_, row) = read(csv_bytes(table(text)))
    assert row[0].startswith("'")
    sheet = load_workbook(io.BytesIO(xlsx_bytes([table(text)])))["prøve"]
    assert (sheet["A2"].data_type, str(sheet["A2"].value)[0]) == ("s", "'")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_cannot_run_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert read(csv_bytes(table(text)))[1][0] == text


def test_a_cell_cannot_break_out_of_its_own() -> None:
    texts = ['a;b";=1+1', 'x"\r\n=1+1;y', "æøå 🙂"]
    assert [row[0] for row in read(csv_bytes(table(*texts)))[1:]] == texts


def test_numbers_and_dates_can_be_counted_with() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_bytes([table("a"), table("b")])))["prøve"]
    assert (sheet["B2"].value, sheet["C2"].value.date()) == (-5, date(2026, 3, 1))
    assert read(csv_bytes(table("a")))[1][1:] == ["-5", "2026-03-01"]


def test_what_a_workbook_cannot_hold_is_left_out() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_bytes([table("a\x00b\x1fc" + "x" * 40_000)])))["prøve"]
    assert str(sheet["A2"].value).startswith("abcxxx")
    assert len(str(sheet["A2"].value)) <= 32_767
