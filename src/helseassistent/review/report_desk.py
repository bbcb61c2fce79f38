"""The reports as pages, and the same tables as files."""

from __future__ import annotations

from importlib.util import find_spec

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from helseassistent.review.desk import ReviewParts, shown, told
from helseassistent.review.export import csv_bytes, xlsx_bytes
from helseassistent.review.findings import Report
from helseassistent.review.plots import answer_rate_plot, volume_plot
from helseassistent.review.tables import tables_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NONE = "Det er ingen rapporter her."


class ReportDesk:
    """Answers requests, on several threads at once."""

    def __init__(self, parts: ReviewParts) -> None:
        self._parts = parts

    def reports(self, request: Request) -> Response:
        """Everything of the latest whole weeks."""
        report = self._report()
        if report is None:
            return told(self._parts, request, _NONE, status=404)
        weeks = bool(report.period.mondays)
        plots = [Markup(volume_plot(report.volumes)), Markup(answer_rate_plot(report.volumes))] if weeks else []
        return shown(
            self._parts,
            request,
            "reports.html",
            here="/rapporter",
            report=report,
            tables=tables_of(report),
            plots=plots,
            workbook=find_spec("openpyxl") is not None,
        )

    def file(self, request: Request, name: str) -> Response:
        """One table as CSV, or all as a workbook."""
        report = self._report()
        tables = {f"{table.name}.csv": table for table in tables_of(report)} if report else {}
        if report and name == "rapporter.xlsx" and find_spec("openpyxl"):
            return _file(name, xlsx_bytes(list(tables.values())), _XLSX)
        if name not in tables:
            return told(self._parts, request, "Denne filen finnes ikke.", status=404)
        return _file(name, csv_bytes(tables[name]), "text/csv; charset=utf-8")

    def _report(self) -> Report | None:
        reporter = self._parts.reporter
        return reporter.report(today=self._parts.today()) if reporter else None


def _file(name: str, content: bytes, kind: str) -> Response:
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "o")
    headers = {"content-disposition": f'attachment; filename="{ascii_name}"'}
    return Response(content, media_type=kind, headers=headers)
