"""Owns telling tables of facts from tables that only lay out a page, and reading their rows."""

from __future__ import annotations

from collections.abc import Iterator

from helseassistent.ingest.parse.dom import Element, attribute, children, elements, flat_text, read_text

_INSIDE = ("table", "h1", "h2", "h3", "h4", "form", "article", "section")
_WIDEST = 30  # columns
_LONGEST_CELL = 600  # characters; what says more is laid out, not tabulated


def is_data_table(table: Element) -> bool:
    """Whether the rows of `table` say something together, so that they should be read across."""
    if attribute(table, "role") in ("presentation", "none") or _holds_blocks(table):
        return False
    rows = list(_rows(table))
    widths = [len(row) for row in rows]
    if not rows or max(widths) < 2:
        return False
    if any(str(cell.tag) == "th" for row in rows for cell in row) or next(elements(table, "caption"), None) is not None:
        return True
    longest = max(len(flat_text(cell)) for row in rows for cell in row)
    return len(rows) >= 2 and longest <= _LONGEST_CELL and min(widths) >= 2


def rows_of(table: Element) -> list[list[str]]:
    """The cells of each row as text; a cell that spans rows stands in each of them, empty rows are left out."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}
    for cells in _rows(table):
        row: list[str] = []
        for cell in cells:
            _fill(row, hanging)
            text = read_text(cell).replace("|", "\\|")
            if (down := _span(cell, "rowspan")) > 1:
                hanging[len(row)] = (text, down - 1)
            row.append(text)
            row.extend("" for _ in range(_span(cell, "colspan") - 1))
        _fill(row, hanging)
        if any(row):
            rows.append(row[:_WIDEST])
    return rows


def _fill(row: list[str], hanging: dict[int, tuple[str, int]]) -> None:
    while len(row) in hanging and len(row) < _WIDEST:
        text, left = hanging.pop(len(row))
        if left > 1:
            hanging[len(row)] = (text, left - 1)
        row.append(text)


def _span(cell: Element, name: str) -> int:
    given = attribute(cell, name)
    return min(_WIDEST, max(1, int(given))) if given.isascii() and given.isdigit() and len(given) < 5 else 1


def _rows(table: Element) -> Iterator[list[Element]]:
    for row in elements(table, "tr"):
        cells = [cell for cell in children(row) if str(cell.tag) in ("td", "th")]
        if cells:
            yield cells


def _holds_blocks(table: Element) -> bool:
    return any(found is not table for found in elements(table, *_INSIDE))
