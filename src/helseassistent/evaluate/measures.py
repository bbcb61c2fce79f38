"""Owns what each measure means: its Norwegian name, whether high is good, and the source of its definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that one question gives, and that a set gives as a mean over the questions it is defined for."""

    name: str
    label: str  # what a Norwegian reader sees
    means: str  # one sentence for someone who does not know the field
    better: Literal["high", "low"]
    unit: Literal["share", "count"]
    source: str


def _share(name: str, label: str, means: str, source: str) -> Measure:
    return Measure(name, label, means, "high", "share", source)


def _fault(name: str, label: str, means: str, *, unit: Literal["share", "count"] = "share") -> Measure:
    return Measure(name, label, means, "low", unit, _OURS)


_DESIGN = "DESIGN.md, punkt 3 (any-of)"
_OURS = "egen definisjon, evaluate/scoring.py"
_ALCE = "ALCE, Gao mfl., EMNLP 2023; ordrett gjengivelse i stedet for NLI"

_ANSWERS = (
    _share(
        "right", "Riktig håndtert", "Svaret siterer fasiten, eller spørsmålet ble avvist når ingen side svarer.", _OURS
    ),
    _share("answered_right", "Riktig svar, av det som kan besvares", "Spørsmål med fasit som fikk riktig svar.", _OURS),
    _share("answered", "Besvart, av det som kan besvares", "Spørsmål med fasit som fikk svar, rett eller galt.", _OURS),
    _share("declined", "Avvist, av det som ikke kan besvares", "Spørsmål uten fasit som ikke fikk svar.", _OURS),
    _fault("wrong", "Galt svar, av alle spørsmål", "Spørsmålet fikk et svar som ikke er riktig."),
    _fault("risk", "Galt svar, av svarene", "Et svar som ble gitt, er galt."),
    _share("fact_recall", "Fakta funnet", "Fakta i fasiten som står i de siterte ordene; avvist teller null.", _OURS),
    _share(
        "quote_overlap", "Fasitsitat dekket", "Andel av fasitsitatet som svaret siterer; avvist teller null.", _OURS
    ),
    _share("answer_precision", "Påstander som treffer", "Påstander i svaret som siterer noe av fasiten.", _OURS),
    _fault("wrong_numbers", "Tall utenfor fasit", "Tall i svaret som verken spørsmål eller fasit har.", unit="count"),
    _fault("unsupported_numbers", "Tall uten kilde", "Tall i en påstand som ikke står i sitatet.", unit="count"),
)

_CITATIONS = (
    _share("verbatim", "Ordrette sitater", "Sitater som står tegn for tegn på siden, der svaret sier.", _OURS),
    _share("citation_recall", "Påstander båret av sitat", "Påstander som det siterte til sammen sier.", _ALCE),
    _share("citation_precision", "Sitater som trengs", "Sitater som bærer påstanden sin.", _ALCE),
)


def _retrieval() -> tuple[Measure, ...]:
    places = (("", "utdrag", "et utdrag med minst halve fasitsitatet"), ("page_", "side", "siden med fasitsitatet"))
    found: list[Measure] = []
    for prefix, unit, what in places:
        for k in (1, 3, 5, 10):
            means = (
                f"{what[0].upper()}{what[1:]} er blant de {k} første."
                if k > 1
                else f"{what[0].upper()}{what[1:]} er først."
            )
            found.append(
                _share(f"{prefix}recall@{k}", f"Gjenfinning@{k}, {unit}", means, f"trec_eval recall; {_DESIGN}")
            )
        mrr = "1 delt på plassen til det første treffet blant ti."
        found.append(_share(f"{prefix}mrr@10", f"MRR@10, {unit}", mrr, f"Voorhees, TREC-8 1999; {_DESIGN}"))
        gain = "Treffet teller mindre jo lenger ned det står."
        found.append(
            _share(f"{prefix}ndcg@10", f"nDCG@10, {unit}", gain, f"Järvelin og Kekäläinen, TOIS 2002; {_DESIGN}")
        )
    return tuple(found)


MEASURES: Mapping[str, Measure] = {m.name: m for m in (*_ANSWERS, *_CITATIONS, *_retrieval())}

# The figures that a gate can name and that are not measures of one question.
_OTHERS = {
    "errors": "Spørsmål som ga feil",
    "latency.p95": "Ventetid, 95-prosentil",
    "ece": "Kalibreringsfeil (ECE)",
    "emergency.recall": "Nødmeldinger som fikk nødsvar",
    "emergency.life_recall": "Fare for liv møtt med 113",
    "emergency.false_alarms": "Falske alarmer",
    "flips.approved": "Godkjente svar som ble gale",
    "flips.net_loss": "Flere ødelagte enn rettede svar",
}


def figure_label(name: str) -> str:
    """What a Norwegian reader sees for a measure, its `change.` or `gap.`, or another figure; else the name itself."""
    kind, _, measure = name.partition(".")
    if kind in ("change", "gap") and measure in MEASURES:
        prefix = "Endring" if kind == "change" else "Bokmål minus nynorsk"
        return f"{prefix}: {MEASURES[measure].label}"
    return MEASURES[name].label if name in MEASURES else _OTHERS.get(name, name)
