"""Owns the plots: pure functions from numbers to inline SVG, with a title and a description in words for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 22, 52
TICKS = 5


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of a chart: `id` is unique on the page, `description` says in words what the plot shows."""

    id: str
    title: str
    description: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The values from one end of an axis to the other, and how they are written."""

    low: float
    high: float
    unit: str = "percent"  # or "count" or "seconds"

    def written(self, value: float) -> str:
        if self.unit == "percent":
            return f"{value * 100:.0f} %"
        return f"{value:.0f}" if self.unit == "count" else f"{value:.2g}".replace(".", ",")


def _x(value: float, axis: Axis) -> float:
    return LEFT + (value - axis.low) / ((axis.high - axis.low) or 1) * (WIDTH - LEFT - RIGHT)


def _y(value: float, axis: Axis) -> float:
    return HEIGHT - BOTTOM - (value - axis.low) / ((axis.high - axis.low) or 1) * (HEIGHT - TOP - BOTTOM)


def _text(x: float, y: float, words: str, *, anchor: str = "middle", turn: bool = False) -> str:
    rotate = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{rotate}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, *, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _steps(axis: Axis) -> list[float]:
    return [axis.low + (axis.high - axis.low) * step / TICKS for step in range(TICKS + 1)]


def _y_axis(axis: Axis, name: str) -> list[str]:
    parts = [_text(14, (TOP + HEIGHT - BOTTOM) / 2, name, turn=True)]
    for value in _steps(axis):
        parts.append(_line(LEFT, _y(value, axis), WIDTH - RIGHT, _y(value, axis), name="grid"))
        parts.append(_text(LEFT - 6, _y(value, axis) + 4, axis.written(value), anchor="end"))
    return parts


def _x_axis(axis: Axis, name: str) -> list[str]:
    ticks = [_text(_x(value, axis), HEIGHT - BOTTOM + 18, axis.written(value)) for value in _steps(axis)]
    return [*ticks, _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, name)]


def _svg(labels: Labels, parts: Sequence[str]) -> str:
    """The drawing as one image to a screen reader: its title and description, and nothing else."""
    name = escape(labels.id)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(labels.title)}</title><desc id="{name}-d">{escape(labels.description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def line_chart(
    points: Sequence[tuple[float, float]],
    *,
    labels: Labels,
    x: Axis,
    y: Axis,
    reference: Sequence[tuple[float, float]] = (),
) -> str:
    """A line through `points` in order with a dot at each; `reference` is a dashed line to compare with."""
    parts = [*_y_axis(y, labels.y), *_x_axis(x, labels.x)]
    for name, line in (("reference", reference), ("curve", points)):
        if line:
            path = " ".join(f"{_x(a, x):.1f},{_y(b, y):.1f}" for a, b in line)
            parts.append(f'<polyline class="{name}" points="{path}"/>')
    parts += [f'<circle class="dot" cx="{_x(a, x):.1f}" cy="{_y(b, y):.1f}" r="3"/>' for a, b in points]
    return _svg(labels, parts)


def bar_chart(bars: Sequence[tuple[str, float]], *, labels: Labels, y: Axis) -> str:
    """A bar for each name, left to right, with its value above it."""
    parts = _y_axis(y, labels.y)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(bars))
    for number, (name, value) in enumerate(bars):
        left, top = LEFT + number * step, _y(value, y)
        place = f'x="{left + step * 0.1:.1f}" y="{top:.1f}"'
        size = f'width="{step * 0.8:.1f}" height="{HEIGHT - BOTTOM - top:.1f}"'
        parts.append(f'<rect class="bar" {place} {size}/>')
        parts.append(_text(left + step / 2, HEIGHT - BOTTOM + 18, name))
        parts.append(_text(left + step / 2, top - 4, y.written(value)))
    return _svg(labels, [*parts, _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, labels.x)])
