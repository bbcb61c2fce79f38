"""Owns the comparison of two engines over one set: the sources' own sentences beside a language model's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from helseassistent.evaluate.bootstrap import Estimate
from helseassistent.evaluate.measures import MEASURES
from helseassistent.evaluate.metrics import percentile
from helseassistent.evaluate.run import Case
from helseassistent.evaluate.summary import means

COLUMNS = (
    *("right", "answered_right", "answered", "declined", "wrong", "fact_recall", "answer_precision"),
    *("verbatim", "citation_recall", "unsupported_numbers"),
)
KEPT = "kept"
_EXTRACTIVE = "extractive"
# Why a drafted claim was dropped, or why there was no draft.
_WHY: Mapping[str, str] = MappingProxyType(
    {
        "passage": "viser til et utdrag som ikke finnes",
        "quote": "sitatet står ikke i utdraget",
        "form": "er ingen hel setning",
        "link": "har en lenke som ikke står i kilden",
        "command": "snakker til et program",
        "number": "har et annet tall enn sitatet",
        "negation": "har en annen nektelse enn setningen",
        "strength": "sier det sterkere enn setningen",
        "name": "har et navn som ikke står der",
        "unsupported": "sier noe annet enn sitatet",
        "unrelated": "siterer noe som ikke gjelder spørsmålet",
        "unreachable": "tjeneren var borte",
        "slow": "tjeneren var for treg",
        "refused": "tjeneren avviste",
        "garbage": "tjeneren svarte med noe annet",
        "resting": "tjeneren ble ikke spurt etter gjentatte feil",
    }
)
_NO_DRAFT = frozenset({"unreachable", "slow", "refused", "garbage", "resting"})


@dataclass(frozen=True, slots=True)
class Engines:
    """The same questions in the same order, answered by both; `drafts` has KEPT or a fault for each drafted claim."""

    extractive: tuple[Case, ...]
    phrased: tuple[Case, ...]
    drafts: tuple[str, ...]

    @property
    def claims(self) -> Counter[str]:
        """How many drafted claims met each fate."""
        return Counter(fate for fate in self.drafts if fate not in _NO_DRAFT)

    @property
    def troubles(self) -> Counter[str]:
        """How many drafts failed or were cut short, by what was wrong."""
        return Counter(fate for fate in self.drafts if fate in _NO_DRAFT)


def engines_markdown(engines: Engines) -> str:
    """Both engines side by side, then the share of claims dropped and why; ends in a line break."""
    sides = (engines.extractive, engines.phrased)
    found = [means(side) for side in sides]
    rows = [[MEASURES[name].label, *(_cell(side.get(name)) for side in found)] for name in COLUMNS]
    rows.append(["Formulert av modellen, av svarene", *(_share_phrased(side) for side in sides)])
    rows.append(["Ventetid, median og 95-prosentil", *(_waited(side) for side in sides)])
    return _table(["mål", "kildens setninger", "språkmodell"], rows) + "\n" + _dropped(engines)


def _dropped(engines: Engines) -> str:
    claims, drafted = engines.claims, sum(engines.claims.values())
    dropped = drafted - claims[KEPT]
    share = f" ({dropped / drafted:.0%})" if drafted else ""
    told = f"Påstander i utkastene: {drafted}. Forkastet: {dropped}{share}.\n"
    why = [[_WHY[fate], str(count)] for fate, count in claims.most_common() if fate != KEPT]
    why += [[_WHY[fate], str(count)] for fate, count in engines.troubles.most_common()]
    return told + ("\n" + _table(["hvorfor", "antall"], why) if why else "")


def _share_phrased(cases: Sequence[Case]) -> str:
    answers = [case.reply for case in cases if case.reply and case.reply["kind"] == "answer"]
    return f"{sum(reply['engine'] != _EXTRACTIVE for reply in answers)} av {len(answers)}"


def _waited(cases: Sequence[Case]) -> str:
    seconds = [case.seconds for case in cases if case.reply]
    return f"{percentile(seconds, share=0.5):.2f} s, {percentile(seconds, share=0.95):.2f} s" if seconds else ""


def _cell(value: Estimate | None) -> str:
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]" if value else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]]) + "\n"
