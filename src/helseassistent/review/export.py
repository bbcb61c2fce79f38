"""Tables as CSV and as a workbook, made so that no spreadsheet reads a cell as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from helseassistent.errors import ReviewError
from helseassistent.review.tables import Cell, Table

# What spreadsheets take for the beginning of a formula, also in full width, and after white space that they drop.
_FORMULA = re.compile(r"[\s\x00-\x20\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LONGEST = 32_000  # characters; Excel takes 32,767 in a cell
_WIDEST = 60  # characters that a column is made wide for


def harmless(cell: Cell) -> Cell:
    """The cell, a text that a spreadsheet could run begun with an apostrophe; numbers and dates stay what they are."""
    if not isinstance(cell, str):
        return cell
    text = _UNPRINTABLE.sub("", cell)[:_LONGEST]
    return f"'{text}" if _FORMULA.match(text) else text


def csv_bytes(table: Table) -> bytes:
    """As Norwegian spreadsheets open it: UTF-8 with its mark, semicolons, every text in quotation marks."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in (table.columns, *table.rows):
        writer.writerow([harmless(cell) for cell in row])
    return written.getvalue().encode("utf-8-sig")


def xlsx_bytes(tables: Sequence[Table]) -> bytes:
    """A workbook with a sheet for each table.

    Raises: ReviewError if the package it takes is not installed.
    """
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped]
        from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
    except ImportError as error:
        raise ReviewError("Regneark trenger et tillegg: pip install 'helseassistent[xlsx]'.") from error
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table.name[:31])
        for number, row in enumerate((table.columns, *table.rows), start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column, harmless(value))
                if isinstance(value, str):
                    cell.data_type = "s"  # also for what the library would take for a formula or an error
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == 1)
        sheet.freeze_panes = "A2"
        for letter, cells in zip(sheet.columns, zip(table.columns, *table.rows, strict=True), strict=True):
            widest = max(len(line) for text in cells for line in str(text).splitlines() or [""])
            sheet.column_dimensions[letter[0].column_letter].width = min(_WIDEST, widest + 2)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
