"""Owns which plots the report has, and says what each shows in words for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helseassistent.evaluate.charts import Axis, Labels, bar_chart, line_chart
from helseassistent.evaluate.html import Markup, decimal, drawing, percent
from helseassistent.evaluate.metrics import Bin, CurvePoint
from helseassistent.evaluate.summary import Latency

SHARE = Axis(0.0, 1.0)
LATENCY_BARS = 10


def risk_plot(curve: Sequence[CurvePoint], *, name: str, whom: str) -> Markup:
    """Risk over coverage; `whom` says which questions the curve is over."""
    last = curve[-1]
    words = (
        f"Over {whom}. Når alle besvares, er {percent(last.risk)} av svarene gale; "
        f"når bare den sikreste delen ({percent(curve[0].coverage)}) besvares, er {percent(curve[0].risk)} gale."
    )
    labels = Labels(name, "Feil mot dekning", words, "andel besvart, de sikreste først", "andel gale svar")
    points = [(point.coverage, point.risk) for point in curve]
    return drawing(line_chart(points, labels=labels, x=SHARE, y=SHARE), f"Feil mot dekning. {words}")


def reliability_plot(bins: Sequence[Bin], *, name: str, whom: str) -> Markup:
    """What the confidence said against what was true."""
    worst = max(bins, key=lambda group: abs(group.confidence - group.accuracy))
    words = (
        f"Over {whom}. Den stiplede linja er perfekt kalibrering. Størst avvik er ved sikkerhet "
        f"{decimal(worst.confidence, digits=2)}: der var {percent(worst.accuracy)} av {worst.n} riktige."
    )
    labels = Labels(name, "Kalibrering", words, "sikkerheten assistenten oppga", "andel riktige")
    points = [(group.confidence, group.accuracy) for group in bins]
    chart = line_chart(points, labels=labels, x=SHARE, y=SHARE, reference=((0, 0), (1, 1)))
    return drawing(chart, f"Kalibrering. {words}")


def rank_plot(ranks: Mapping[str, int]) -> Markup:
    """How many questions had their quote at each rank."""
    total = sum(ranks.values())
    words = (
        f"Av {total} spørsmål med fasit ble {ranks['1']} funnet på plass 1 og {ranks['none']} ikke blant de ti første."
    )
    labels = Labels("plasser", "Plassen til fasitsitatet", words, "plass i søket", "antall spørsmål")
    bars = [("ingen" if rank == "none" else rank, float(count)) for rank, count in ranks.items()]
    high = max(5, max(ranks.values(), default=0))
    top = float(-(-high // 5) * 5)
    return drawing(bar_chart(bars, labels=labels, y=Axis(0, top, "count")), f"Plassen til fasitsitatet. {words}")


def latency_plot(seconds: Sequence[float], latency: Latency) -> Markup:
    """How long people waited, in bars of equal width up to the slowest."""
    top = max(seconds) or 1.0
    counts = [0] * LATENCY_BARS
    for value in seconds:
        counts[min(int(value / top * LATENCY_BARS), LATENCY_BARS - 1)] += 1
    bars = [(f"{(n + 1) * top / LATENCY_BARS:.2g}".replace(".", ","), float(count)) for n, count in enumerate(counts)]
    words = (
        f"Halvparten av {latency.n} svar kom innen {decimal(latency.p50, digits=3)} sekunder, "
        f"og 95 av 100 innen {decimal(latency.p95, digits=3)} sekunder."
    )
    labels = Labels("ventetid", "Ventetid", words, "sekunder, øvre grense", "antall spørsmål")
    axis = Axis(0, float(-(-max(counts) // 5) * 5), "count")
    return drawing(bar_chart(bars, labels=labels, y=axis), f"Ventetid. {words}")
