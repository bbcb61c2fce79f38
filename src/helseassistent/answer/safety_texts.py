"""Owns the approved texts about danger: what is said, in both forms of Norwegian, with the numbers filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import get_args

from helseassistent.answer.safety_decide import PRECEDENCE
from helseassistent.answer.safety_numbers import read_table
from helseassistent.errors import SettingsError
from helseassistent.types import EmergencyNumber, Language, Urgency, Urgent

LAST_RESORT = "last_resort"
CAUTION = "caution"
MAX_FIRST_LINE_WORDS = 15

_LANGUAGES: tuple[Language, ...] = get_args(Language)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BARE_NUMBER = re.compile(r"\d[\d ]*\d\d")


def shipped_texts(numbers: Mapping[str, EmergencyNumber]) -> Mapping[tuple[str, Language], Urgent]:
    """See `load_texts`, of the shipped file."""
    return load_texts(read_table("urgent.toml"), numbers=numbers)


def load_texts(
    tables: Mapping[str, object], *, numbers: Mapping[str, EmergencyNumber]
) -> Mapping[tuple[str, Language], Urgent]:
    """The approved texts by label and language, their numbers filled in from `numbers`.

    Raises:
        SettingsError: a text is missing, too long in its first line, or holds a number that numbers.toml does not have.
    """
    texts: dict[tuple[str, Language], Urgent] = {}
    for label in (*PRECEDENCE, CAUTION, LAST_RESORT):
        table = tables.get(label)
        if not isinstance(table, dict) or table.get("urgency") not in get_args(Urgency):
            raise SettingsError(f"urgent.toml mangler en gyldig tekst for «{label}».")
        ids = table.get("numbers", [])
        if not ids or any(identity not in numbers for identity in ids):
            raise SettingsError(f"urgent.toml, {label}: numbers skal være navn som finnes i numbers.toml.")
        for language in _LANGUAGES:
            text = _filled(str(table.get(language, "")).strip(), label=label, ids=ids, numbers=numbers)
            texts[label, language] = Urgent(
                urgency=table["urgency"], text=text, numbers=tuple(numbers[identity] for identity in ids)
            )
    return texts


def _filled(template: str, *, label: str, ids: Sequence[str], numbers: Mapping[str, EmergencyNumber]) -> str:
    first = template.partition("\n")[0]
    if not _PLACEHOLDER.search(first):
        raise SettingsError(f"urgent.toml, {label}: første linje skal ha et nummer i begge målformer.")
    if _BARE_NUMBER.search(template):
        raise SettingsError(f"urgent.toml, {label}: skriv {{navn}} fra numbers.toml, ikke nummeret selv.")
    if unknown := set(_PLACEHOLDER.findall(template)) - set(ids):
        raise SettingsError(f"urgent.toml, {label}: {', '.join(sorted(unknown))} står ikke i numbers.")
    if len(first.split()) > MAX_FIRST_LINE_WORDS:
        raise SettingsError(f"urgent.toml, {label}: første linje har mer enn {MAX_FIRST_LINE_WORDS} ord.")
    return _PLACEHOLDER.sub(lambda match: numbers[match[1]].number, template)
