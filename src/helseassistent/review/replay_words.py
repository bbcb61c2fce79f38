"""The story of a reply in sentences that somebody who complains can read, and as a page that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from helseassistent.review import labels
from helseassistent.review.findings import ChangeKind, Difference, Outcome, Replay
from helseassistent.review.page import render
from helseassistent.review.replay import is_reproduced

_OUTCOMES: Mapping[Outcome, str] = {
    "same": "Ja. Det samme svaret ville blitt gitt nå.",
    "reworded": "Ikke ordrett. Nå ville svaret komme fra samme side, men med andre ord.",
    "other": "Nei. Nå ville svaret bygge på andre sider.",
    "declined": "Nei. Nå ville assistenten latt være å svare.",
    "answered": "Nei. Da lot assistenten være å svare, men nå ville den svart.",
    "urgent": "Nei. Nå ville meldingen blitt møtt med den faste teksten om fare.",
}
_DECLINED_STILL = "Ja. Assistenten ville latt være å svare nå også."
_DIFFERENCES: Mapping[ChangeKind, str] = {
    "words": "Ordene på siden er endret.",
    "place": "De samme ordene står et annet sted på siden nå.",
    "gone": "Siden «{before}» er ikke blant kildene lenger.",
    "page": "Svaret bygde på {before}. Nå ville det bygge på {now}.",
    "title": "Siden het «{before}». Nå heter den «{now}».",
    "address": "Adressen til siden var {before}. Nå er den {now}.",
    "date": "Siden sa at den var oppdatert {before}. Nå sier den {now}.",
    "threshold": "Terskelen for å svare var {before}. Nå er den {now}.",
    "confidence": "Sikkerheten var {before}. Nå er den {now}.",
    "engine": "Svaret var formulert av {before}. Nå er det laget med {now}.",
    "checked": "Da var svaret {before}. Nå er det {now}.",
    "rules": "Programmet eller innstillingene er endret siden svaret ble gitt.",
}
_OWN_WORDS = "kildens egne ord"


def outcome_sentence(replay: Replay) -> str:
    """Whether the reply would still be given."""
    if replay.outcome == "same" and replay.given["kind"] == "abstention":
        return _DECLINED_STILL
    return _OUTCOMES[replay.outcome]


def again_sentence(replay: Replay) -> str:
    """Whether it can be made again from what it was made of."""
    name = replay.given["generation"]
    match is_reproduced(replay):
        case None:
            return (
                f"Nei. Generasjonen {name} ligger ikke i indeksmappen lenger, eller dette programmet kan ikke lese den."
                " Det som står her, er det som ble logget."
            )
        case True:
            return f"Ja. Generasjonen {name} gir det samme svaret igjen."
        case False:
            return f"Nei. Generasjonen {name} gir et annet svar med programmet og innstillingene som er i bruk nå."


def difference_sentence(difference: Difference) -> str:
    """What is not as it was; of changed words only that they are, since both wordings are shown beside each other."""
    before, now = (_spelt(difference.kind, text) for text in (difference.before, difference.now))
    return _DIFFERENCES[difference.kind].format(before=before, now=now)


def story_lines(replay: Replay) -> list[str]:
    """The story for a terminal."""
    exchange = replay.exchange
    lines = [f"{labels.day(exchange.day)}: {exchange.question}", "", replay.given["text"], ""]
    lines += [labels.why(exchange), ""]
    lines += [f"Kan svaret lages på nytt? {again_sentence(replay)}"]
    lines += [f"Ville det blitt gitt nå? {outcome_sentence(replay)}"]
    if replay.differences:
        lines += ["", "Dette er endret:"]
    for difference in replay.differences:
        lines.append(f"- {difference_sentence(difference)}")
        if difference.kind == "words":
            lines += [f"  Før: {_flat(difference.before)}", f"  Nå:  {_flat(difference.now) or 'borte'}"]
    if replay.outcome != "same":
        lines += ["", "Svaret slik det ville vært nå:", "", replay.now["text"]]
    return lines


def story_page(replay: Replay, *, printed: date) -> str:
    """The story as one HTML file without anything from outside, to be printed and put beside a complaint."""
    return render(
        "replay.html",
        replay=replay,
        printed=printed,
        again=again_sentence(replay),
        outcome=outcome_sentence(replay),
        differences=[difference_sentence(difference) for difference in replay.differences],
        citations=[citation for claim in replay.given["claims"] for citation in claim["citations"]],
        iso_day=lambda day: labels.day(date.fromisoformat(day) if day else None),
    )


def _spelt(kind: ChangeKind, text: str) -> str:
    match kind:
        case "date":
            return labels.day(date.fromisoformat(text)) if text else "ikke noe om når"
        case "checked":
            return f"kontrollert {labels.day(date.fromisoformat(text))}" if text else "ikke kontrollert av noen"
        case "engine":
            return _OWN_WORDS if text == "extractive" else f"språkmodellen {text}"
        case "page":
            return f"«{text}»" if text else "ingen andre sider"
        case _:
            return text


def _flat(text: str) -> str:
    return " ".join(text.split())
