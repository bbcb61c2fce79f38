"""The thesaurus: what officials write for what people say, as staff can read and extend it.

Tab-separated files; a question that holds one of the words or phrases in the columns `sagt`, `nynorsk` or
`feilskrevet` is searched for the words in `offisielt` too, as a signal of its own with a weight of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from helseassistent.errors import SettingsError
from helseassistent.text.terms import stem
from helseassistent.text.words import tokens

COLUMNS = ("offisielt", "sagt", "nynorsk", "feilskrevet", "emne")
_SAID = COLUMNS[1:4]
_LONGEST = 6  # words of a phrase
_MOST = 8  # official words that a question may gain


@dataclass(frozen=True, slots=True)
class Synonym:
    """Official words that were searched too, and the words of the question that they stand for."""

    said: str
    official: tuple[str, ...]


class Thesaurus:
    """Finds official words for a question; threads may share it."""

    def __init__(self, rows: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._official: dict[tuple[str, ...], list[str]] = {}
        for official, said in rows:
            for phrase in said:
                words = tuple(tokens(phrase))
                if 0 < len(words) <= _LONGEST:
                    known = self._official.setdefault(words, [])
                    known += [word for word in official if word not in known]

    def synonyms(self, question: str) -> tuple[Synonym, ...]:
        """What to search for besides, longer phrases first found; words that the question has already are left out."""
        words = tokens(question)
        asked = {stem(word) for word in words}
        found: list[Synonym] = []
        taken: set[int] = set()
        for size in range(min(_LONGEST, len(words)), 0, -1):
            for first in range(len(words) - size + 1):
                phrase, places = tuple(words[first : first + size]), range(first, first + size)
                official = self._official.get(phrase)
                if official and taken.isdisjoint(places):
                    taken.update(places)
                    new = tuple(word for word in official if not asked.issuperset(map(stem, tokens(word))))
                    if new:
                        found.append(Synonym(" ".join(phrase), new))
        return tuple(found)


def searched_also(synonyms: Sequence[Synonym]) -> tuple[str, ...]:
    """The official words, each once, those of longer phrases first, at most `_MOST`."""
    return tuple(dict.fromkeys(word for synonym in synonyms for word in synonym.official))[:_MOST]


@cache
def shipped_thesaurus(more: Path | None = None) -> Thesaurus:
    """The words of the package, and those of every .tsv file in the folder `more`.

    Raises:
        SettingsError: if the folder is missing, or a line cannot be read.
    """
    rows = list(_rows("thesaurus.tsv", _shipped_text()))
    if more is not None:
        if not more.is_dir():
            raise SettingsError(f"Fant ingen mappe med ordlister på «{more}». Lag mappen, eller fjern innstillingen.")
        for path in sorted(more.glob("*.tsv")):
            rows += _rows(str(path), _text_of(path))
    return Thesaurus(rows)


def _shipped_text() -> str:
    return resources.files("helseassistent.retrieve").joinpath("thesaurus.tsv").read_text(encoding="utf-8")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Kan ikke lese ordlisten «{path}». Lagre den som UTF-8-tekst.") from error


def _rows(name: str, text: str) -> Iterator[tuple[list[str], list[str]]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if not lines:
        return
    header = tuple(lines[0][1].split("\t"))
    if header != COLUMNS:
        raise SettingsError(f"Første linje i ordlisten «{name}» må være: {' '.join(COLUMNS)}, med tabulator mellom.")
    cells = csv.reader((line for _, line in lines[1:]), delimiter="\t", quoting=csv.QUOTE_NONE)
    for (number, _), row in zip(lines[1:], cells, strict=True):
        if len(row) != len(COLUMNS) or not row[0].strip():
            raise SettingsError(
                f"Linje {number} i ordlisten «{name}» må ha {len(COLUMNS)} felt med tabulator mellom, og det første må"
                " være utfylt."
            )
        fields = dict(zip(COLUMNS, row, strict=True))
        yield _words(fields["offisielt"]), [word for column in _SAID for word in _words(fields[column])]


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]
