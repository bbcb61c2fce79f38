"""Owns JSON Lines with a name for every place: a field that cannot be used is refused in one Norwegian sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from helseassistent.errors import QuestionSetError


class Row:
    """One JSON object of a file; every reader of a field names that field when it refuses."""

    def __init__(self, fields: Mapping[str, object], *, place: str) -> None:
        self._fields = fields
        self.place = place

    def refuse(self, field: str, fault: str) -> QuestionSetError:
        return QuestionSetError(f"{self.place}, feltet «{field}»: {fault}.")

    def text(self, field: str, *, default: str | None = None) -> str:
        value = self._fields.get(field, default)
        if not isinstance(value, str):
            raise self.refuse(field, "mangler eller er ikke tekst")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise self.refuse(field, "har et halvt tegn (surrogat) som ikke kan lagres")
        if default is None and not value.strip():
            raise self.refuse(field, "er tomt")
        return value

    def text_or_null(self, field: str) -> str | None:
        return None if self.is_null(field) else self.text(field, default="")

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        value = self.text(field)
        if value not in allowed:
            raise self.refuse(field, f"«{value}» er ukjent; bruk {', '.join(allowed)}")
        return value

    def flag(self, field: str) -> bool:
        value = self._fields.get(field, False)
        if not isinstance(value, bool):
            raise self.refuse(field, "må være true eller false")
        return value

    def raw(self, field: str) -> object:
        return self._fields.get(field)

    def is_null(self, field: str) -> bool:
        return self._fields.get(field) is None

    def number(self, field: str) -> float:
        value = self._fields.get(field)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.refuse(field, "mangler eller er ikke et tall")
        return float(value)

    def numbers(self, field: str) -> dict[str, float]:
        names = self.row(field)
        return {name: names.number(name) for name in names._fields}

    def row(self, field: str) -> Row:
        value = self._fields.get(field)
        if not isinstance(value, dict):
            raise self.refuse(field, "mangler eller er ikke et objekt")
        return Row(value, place=f"{self.place}, {field}")

    def texts(self, field: str) -> tuple[str, ...]:
        value = self._fields.get(field)
        if not isinstance(value, list) or not all(isinstance(x, str) and x.strip() for x in value):
            raise self.refuse(field, "mangler eller er ikke en liste av tekster")
        return tuple(value)

    def rows(self, field: str) -> tuple[Row, ...]:
        value = self._fields.get(field)
        if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
            raise self.refuse(field, "mangler eller er ikke en liste av objekter")
        return tuple(Row(fields, place=f"{self.place}, {field} nr. {n}") for n, fields in enumerate(value, 1))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Every line with the words that name it; a last line break ends the file and is no empty line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise QuestionSetError(f"Spørsmålssettet {path} kan ikke leses; se etter om filnavnet er rett.") from error
    parts = content.removesuffix(b"\n").split(b"\n")
    for number, part in enumerate(parts, 1):
        place = f"{path.name} linje {number}"
        if part.endswith(b"\r"):
            raise QuestionSetError(f"{place} slutter med Windows-linjeskift (CRLF); lagre fila med linjeskift LF.")
        try:
            line = part.decode("utf-8")
        except UnicodeDecodeError as error:
            raise QuestionSetError(f"{place} er ikke UTF-8; lagre fila som UTF-8.") from error
        if line.startswith("\ufeff"):
            raise QuestionSetError(f"{place} begynner med et usynlig BOM-merke; lagre fila som UTF-8 uten BOM.")
        yield place, line


def json_rows(path: Path) -> Iterator[Row]:
    """The lines of a JSON Lines file as rows, in order.

    Raises:
        QuestionSetError: at the first line that is not a JSON object.
    """
    for place, line in _lines(path):
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            fault = "er tom" if not line.strip() else "er ikke gyldig JSON"
            raise QuestionSetError(f"{place} {fault}; hver linje må være ett JSON-objekt.") from error
        if not isinstance(fields, dict):
            raise QuestionSetError(f"{place} er ikke et JSON-objekt; hver linje må være ett JSON-objekt.")
        yield Row(fields, place=place)
