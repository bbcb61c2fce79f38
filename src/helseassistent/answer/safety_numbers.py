"""Owns the emergency numbers: reading `numbers.toml`, and saying when they were last checked too long ago."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import urlsplit

from helseassistent.errors import SettingsError
from helseassistent.types import EmergencyNumber

WARN_AFTER_DAYS = 90
REFUSE_AFTER_DAYS = 180

_DIGITS = re.compile(r"[0-9][0-9 ]{1,11}")
_FIELDS = frozenset({"number", "name", "hours", "source_url", "checked"})


def load_numbers(text: str | None = None) -> Mapping[str, EmergencyNumber]:
    """The numbers by id, in the file's order; `text` replaces the shipped file.

    Raises:
        SettingsError: a line is missing, misspelt or without a source.
    """
    tables = read_table("numbers.toml", text=text)
    if not tables:
        raise SettingsError("numbers.toml er tom. Hent fila på nytt med git checkout.")
    return MappingProxyType({identity: _number(identity, table) for identity, table in tables.items()})


def stale_numbers(numbers: Mapping[str, EmergencyNumber], *, today: date, after_days: int) -> tuple[str, ...]:
    """The ids whose check is more than `after_days` days old, or dated in the future; empty means all are fresh."""
    return tuple(n.id for n in numbers.values() if not 0 <= (today - n.checked).days <= after_days)


def freshness_warning(numbers: Mapping[str, EmergencyNumber], *, today: date, production: bool) -> str | None:
    """A Norwegian sentence when a check is over 90 days old; None means fresh.

    Raises:
        SettingsError: in production, when a check is over 180 days old.
    """
    if production and (expired := stale_numbers(numbers, today=today, after_days=REFUSE_AFTER_DAYS)):
        raise SettingsError(
            f"Nødnumrene {', '.join(expired)} er ikke kontrollert på {REFUSE_AFTER_DAYS} dager. "
            "Kontroller dem mot kildene og sett ny dato i numbers.toml."
        )
    if ageing := stale_numbers(numbers, today=today, after_days=WARN_AFTER_DAYS):
        return (
            f"Nødnumrene {', '.join(ageing)} bør kontrolleres mot kildene: mer enn {WARN_AFTER_DAYS} dager siden sist."
        )
    return None


def read_data(name: str) -> str:
    """The text of a data file beside this module.

    Raises:
        SettingsError: the file is missing or is not UTF-8.
    """
    try:
        return files("helseassistent.answer").joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name} mangler eller er skadet. Installer helseassistent på nytt.") from error


def read_table(name: str, *, text: str | None = None) -> dict[str, object]:
    """The content of a TOML file beside this module; `text` replaces it.

    Raises:
        SettingsError: the file is missing or damaged.
    """
    try:
        return tomllib.loads(read_data(name) if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name} kan ikke leses ({error}). Hent fila på nytt med git checkout.") from error


def _number(identity: str, table: object) -> EmergencyNumber:
    if not isinstance(table, dict) or set(table) != _FIELDS:
        raise SettingsError(f"numbers.toml, {identity}: feltene skal være {', '.join(sorted(_FIELDS))}.")
    number, checked, source = table["number"], table["checked"], table["source_url"]
    if not isinstance(number, str) or not _DIGITS.fullmatch(number):
        raise SettingsError(f"numbers.toml, {identity}: number skal være sifre, ikke {number!r}.")
    if type(checked) is not date:
        raise SettingsError(f"numbers.toml, {identity}: checked skal være en dato som 2026-11-25.")
    if not isinstance(source, str) or urlsplit(source).scheme != "https":
        raise SettingsError(f"numbers.toml, {identity}: source_url skal være en https-adresse.")
    name, hours = table["name"], table["hours"]
    if not (isinstance(name, str) and name and isinstance(hours, str) and hours):
        raise SettingsError(f"numbers.toml, {identity}: name og hours skal være tekst.")
    return EmergencyNumber(id=identity, number=number, name=name, hours=hours, source_url=source, checked=checked)
