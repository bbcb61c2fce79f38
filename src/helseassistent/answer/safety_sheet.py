"""Owns the sheet of fixed texts about danger, for a health professional to read: the words as the citizen gets them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import get_args

from helseassistent.types import EmergencyNumber, Language, Urgent

_SHOWN_FOR = {
    "life": "Fare for liv: brystsmerter, slag, pustevansker, bevisstløshet, stor blødning, ulykke, brann",
    "life_suicide": "Fare for liv ved selvmordsforsøk: det har skjedd, eller skjer nå",
    "poison": "Forgiftning: noe er svelget, pustet inn eller tatt i for stor mengde",
    "violence": "Vold, trusler, overgrep, tvang",
    "crisis": "Selvmordstanker, håpløshet, selvskading, psykose, tunge tanker etter fødsel; også om en annen",
    "child": "Et barn forteller om vold, overgrep eller omsorgssvikt; eller en voksen er redd for et barn",
    "doctor": "Trenger lege i dag, uten fare for liv",
    "caution": "Liten, men mulig fare: en rolig linje over det vanlige svaret",
    "last_resort": "Sikkerhetslaget sviktet: vises uansett hva meldingen handler om",
}
_FORMS = {"nb": "Bokmål", "nn": "Nynorsk"}


def sheet(texts: Mapping[tuple[str, Language], Urgent], *, numbers: Mapping[str, EmergencyNumber]) -> str:
    """The sheet as Markdown, from the texts by label and language and the numbers by id."""
    parts = [
        "# Faste tekster ved fare",
        "Laget av `python -m helseassistent.answer.safety_sheet` fra `urgent.toml` og `numbers.toml`; rett dem, ikke"
        " denne fila.",
        "**Tekstene er ikke godkjent.** Ingen helsefaglig person har lest dem ennå. Skriv navn, dato og rettelser i"
        " tabellen nederst.",
    ]
    labels = list(dict.fromkeys(label for label, _ in texts))
    for label in labels:
        parts.append(f"## {label}\n\n{_SHOWN_FOR[label]}.")
        for language in get_args(Language):
            lines = texts[label, language].text.splitlines()
            parts.append(f"**{_FORMS[language]}**\n\n" + "\n>\n".join(f"> {line}" for line in lines))
        listed = ", ".join(f"{number.number} ({number.name})" for number in texts[label, "nb"].numbers)
        parts.append(f"Numre som vises: {listed}.")
    found = [f"| {n.number} | {n.name} | {n.hours} | {n.source_url} | {n.checked} |" for n in numbers.values()]
    parts.append("## Numrene\n\n" + _table("| nummer | navn | åpent | kilde | kontrollert |", found))
    empty = [f"| {label} | | | |" for label in labels]
    parts.append("## Godkjenning\n\n" + _table("| tekst | navn og rolle | dato | rettelser |", empty))
    return "\n\n".join(parts) + "\n"


def _table(head: str, rows: Sequence[str]) -> str:
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *rows])


def main() -> None:
    """Writes the sheet to standard output."""
    from helseassistent.answer.safety_numbers import load_numbers
    from helseassistent.answer.safety_texts import shipped_texts

    numbers = load_numbers()
    sys.stdout.write(sheet(shipped_texts(numbers), numbers=numbers))


if __name__ == "__main__":
    main()
