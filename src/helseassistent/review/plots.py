"""The plots of a report as SVG: drawn as they are sent, without a script, and never without the table they draw."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from helseassistent.review.findings import Volume, Volumes
from helseassistent.review.tables import week_name

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640, 240, 48, 44, 16
_COLOUR = "#2f6fb0"  # 5:1 against white and 4:1 against near black; a style sheet may say otherwise
_LINES = 4  # of the grid above the axis
_LABELLED = 7  # weeks with their name under the axis


def volume_plot(volumes: Volumes) -> str:
    """The questions of each week as bars; a week that is not shown has a dash instead."""
    most = max((week.asked or 0 for week in volumes.weeks), default=0)
    top = _rounded_up(most)
    bars = "".join(_bar(volumes.weeks, number, top=top) for number in range(len(volumes.weeks)))
    said = f"Spørsmål uke for uke, {len(volumes.weeks)} uker. Flest i en uke: {most}. Tallene står i tabellen."
    return _drawing("Spørsmål uke for uke", said, _grid(top, "") + bars + _axis(volumes.weeks))


def answer_rate_plot(volumes: Volumes) -> str:
    """The share answered in each week as points on a line, which is broken where a week is not shown."""
    weeks = volumes.weeks
    lines = "".join(_stretch(weeks, number) for number in range(1, len(weeks)))
    points = "".join(_point(weeks, number) for number in range(len(weeks)))
    rates = [week.answer_rate for week in weeks if week.answer_rate is not None]
    span = f"mellom {100 * min(rates):.0f} og {100 * max(rates):.0f} prosent" if rates else "ingen uke kan vises"
    said = f"Svarandel uke for uke, {len(weeks)} uker: {span}. Tallene står i tabellen."
    return _drawing("Svarandel uke for uke", said, _grid(100, " %") + lines + points + _axis(weeks))


def _drawing(title: str, said: str, inside: str) -> str:
    return (
        f'<svg class="plot" role="img" aria-label="{escape(said)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="100%"'
        f' font-size="12" fill="currentColor" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{inside}</svg>'
    )


def _bar(weeks: Sequence[Volume], number: int, *, top: int) -> str:
    asked, middle = weeks[number].asked, _middle(weeks, number)
    title = f"<title>{_name(weeks[number])}: {'skjult' if asked is None else asked}</title>"
    if asked is None:
        return f'<text class="hidden" x="{middle:.1f}" y="{_height(0) - 4:.1f}" text-anchor="middle">–{title}</text>'
    width, y = max(2.0, 0.7 * _step(weeks)), _height(asked / top)
    box = f'x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_height(0) - y:.1f}"'
    return f'<rect class="bar" fill="{_COLOUR}" {box}>{title}</rect>'


def _stretch(weeks: Sequence[Volume], number: int) -> str:
    """The line from the week before to this one, if both are shown."""
    before, now = weeks[number - 1].answer_rate, weeks[number].answer_rate
    if before is None or now is None:
        return ""
    start = f'x1="{_middle(weeks, number - 1):.1f}" y1="{_height(before):.1f}"'
    end = f'x2="{_middle(weeks, number):.1f}" y2="{_height(now):.1f}"'
    return f'<line class="curve" stroke="{_COLOUR}" stroke-width="2" {start} {end}/>'


def _point(weeks: Sequence[Volume], number: int) -> str:
    rate = weeks[number].answer_rate
    if rate is None:
        return ""
    title = f"<title>{_name(weeks[number])}: {100 * rate:.0f} %</title>"
    place = f'cx="{_middle(weeks, number):.1f}" cy="{_height(rate):.1f}"'
    return f'<circle class="point" fill="{_COLOUR}" {place} r="4">{title}</circle>'


def _name(week: Volume) -> str:
    return week_name(week.monday) if week.monday else ""


def _grid(top: int, unit: str) -> str:
    rows = []
    for number in range(_LINES + 1):
        y = _height(number / _LINES)
        place = f'x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"'
        rows.append(
            f'<line class="grid" stroke="currentColor" stroke-opacity="0.25" {place}/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * number // _LINES}{unit}</text>'
        )
    return "".join(rows)


def _axis(weeks: Sequence[Volume]) -> str:
    every = max(1, -(-len(weeks) // _LABELLED))
    return "".join(
        f'<text x="{_middle(weeks, number):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{_name(week)}</text>'
        for number, week in enumerate(weeks)
        if number % every == 0
    )


def _step(weeks: Sequence[Volume]) -> float:
    return (_WIDTH - _LEFT) / max(1, len(weeks))


def _middle(weeks: Sequence[Volume], number: int) -> float:
    return _LEFT + (number + 0.5) * _step(weeks)


def _height(share: float) -> float:
    return _TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM)


def _rounded_up(count: int) -> int:
    """The next of 4, 8, 20, 40, 80, 200 and so on, so that the lines of the grid are whole numbers."""
    top = 4
    while top < count:
        top = top * 5 // 2 if str(top)[0] == "8" else top * 2
    return top
