"""Owns the markup of the report: escaped text, tables, numbers as Norwegians write them, and the frame of the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from helseassistent.evaluate.bootstrap import Estimate
from helseassistent.evaluate.measures import MEASURES


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is safe already; plain text becomes it through `text`."""

    html: str


def text(words: object) -> Markup:
    """`words` escaped."""
    return Markup(escape(str(words)))


def join(parts: Sequence[Markup]) -> Markup:
    return Markup("".join(part.html for part in parts))


def decimal(value: float, *, digits: int) -> str:
    """`value` with a decimal comma and a true minus sign."""
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "\u2212")


def percent(value: float) -> str:
    return f"{decimal(value * 100, digits=1)}\u00a0%"


def shown(value: float, *, unit: str = "share") -> str:
    """A share as per cent, a count with two decimals."""
    return percent(value) if unit == "share" else decimal(value, digits=2)


def unit_of(measure: str) -> str:
    return MEASURES[measure].unit if measure in MEASURES else "share"


def figure(name: str, value: Estimate) -> Markup:
    """A mean that a test can compare with `summary.json`: the exact value stands beside the rounded one."""
    return Markup(
        f'<data value="{value.mean!r}" data-figure="{escape(name)}">{shown(value.mean, unit=unit_of(name))}</data>'
    )


def interval(value: Estimate, *, unit: str = "share") -> str:
    return f"{shown(value.low, unit=unit)} til {shown(value.high, unit=unit)}"


def _cell(cell: Markup | str, *, number: bool) -> str:
    inner = cell.html if isinstance(cell, Markup) else escape(cell)
    return f"<td class=number>{inner}</td>" if number else f"<td>{inner}</td>"


def table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[Markup | str]], *, numbers: range = range(1, 99)
) -> Markup:
    """A table whose first column names the row; the columns in `numbers` are right-aligned."""
    top = "".join(
        f"<th scope=col{' class=number' if n in numbers else ''}>{escape(name)}</th>" for n, name in enumerate(head)
    )
    body: list[str] = []
    for first, *rest in rows:
        inner = first.html if isinstance(first, Markup) else escape(first)
        cells = "".join(_cell(cell, number=n in numbers) for n, cell in enumerate(rest, 1))
        body.append(f"<tr><th scope=row>{inner}</th>{cells}</tr>")
    # A wide table scrolls by keyboard too, hence the tab stop with a name.
    return Markup(
        f'<div class=wide tabindex=0 role=group aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def section(name: str, title: str, *parts: Markup) -> Markup:
    return Markup(f"<section aria-labelledby={name}><h2 id={name}>{escape(title)}</h2>{join(parts).html}</section>")


def paragraph(words: str, *, name: str = "") -> Markup:
    return Markup(f"<p{f' class={name}' if name else ''}>{escape(words)}</p>")


def drawing(svg: str, caption: str) -> Markup:
    return Markup(f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>")


def link(url: str, words: str) -> Markup:
    """A link for http and https; any other address stays plain text."""
    if not url.startswith(("https://", "http://")):
        return text(words)
    return Markup(f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(words)}</a>')


def document(title: str, *, header: Markup, main: Markup, footer: Markup) -> str:
    """The whole page: no script, no address that is fetched, and one style sheet that the policy knows by its hash."""
    style = files("helseassistent.evaluate").joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="nb"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        '<a class=skip href="#innhold">Gå til innholdet</a>'
        f'<header>{header.html}</header><main id="innhold">{main.html}</main><footer>{footer.html}</footer>'
        "</body></html>\n"
    )
