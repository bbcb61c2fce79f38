"""Reads the training folder: texts a paragraph a line, pairs as JSON Lines, and which documents are held out.

`text/*.txt.xz` and `pairs/*.jsonl.xz` may also lie there unpacked. Nothing here is ever written back.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from helseassistent.errors import HelseassistentError

HELD_OUT_SHARE = 10  # one document in ten
_DIGEST = 16  # hexadecimal digits
_SECTIONS = ("law_heading", "section_heading")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that mean the same or answer each other; `query` is the shorter one where there is one."""

    query: str
    passage: str
    answer: tuple[int, int] | None = None  # where in the passage the answer stands, if the pair says so

    @property
    def held_out(self) -> bool:
        """True for a tenth of the passages, which the ranking is fitted on."""
        return is_held_out({"id": self.passage})


@dataclass(frozen=True, slots=True)
class Questioned:
    """A passage with the everyday questions that it answers; the only labelled kind of pair."""

    id: str
    title: str
    section: str
    text: str
    questions: tuple[str, ...]

    @property
    def passage(self) -> str:
        """The text as the index embeds it, with title and heading in front."""
        return ". ".join(part for part in (self.title, self.section, self.text) if part)

    @property
    def held_out(self) -> bool:
        """True if the whole document is kept from training."""
        return is_held_out({"id": self.id, "title": self.title})


@dataclass(frozen=True, slots=True)
class Synonyms:
    """One thesaurus group: what officials write, and what others write for it."""

    official: tuple[str, ...]
    everyday: tuple[str, ...]
    nynorsk: tuple[str, ...]
    misspelt: tuple[str, ...]
    related: tuple[str, ...]

    @property
    def all_words(self) -> tuple[str, ...]:
        """Every word and phrase of the group, official ones first."""
        return self.official + self.everyday + self.nynorsk + self.misspelt + self.related


def is_held_out(row: Mapping[str, object]) -> bool:
    """True for a tenth of the documents of `citizen_questions`: by title, by passage id where the title is empty.

    Those documents are for fitting the ranker and the confidence, and for comparing encoders.
    """
    document = str(row.get("title") or row["id"]).strip().lower()
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:4], "big") % HELD_OUT_SHARE == 0


def documents(folder: Path, *, halved: str | None = None) -> Iterator[list[str]]:
    """Every document below `folder`/text as its paragraphs, file by file in the order of names.

    Of files with `halved` in their name, only every second document.

    Raises:
        HelseassistentError: if there is no text to train on.
    """
    files = _files(folder / "text", suffix=".txt")
    if not files:
        raise HelseassistentError(
            f"Fant ingen tekster i «{folder / 'text'}». Oppgi mappa med treningsdata: --texts MAPPE."
        )
    for path in files:
        yield from islice(_paragraphs(path), 1, None, 2) if halved and halved in path.name else _paragraphs(path)


def pairs(folder: Path, *, name: str, in_context: bool = True) -> list[Pair]:
    """The pairs of one file, empty if it is not there; a law's short title goes in front of its section headings.

    With `in_context` false the headings stand alone.
    """
    found = []
    for row in _rows(folder, name=name):
        query, passage = str(row["a"]), str(row["b"])
        context = str(row.get("ctx") or "") if in_context else ""
        start = row.get("answer_start")
        answer = (start, start + len(str(row["answer"]))) if isinstance(start, int) else None
        found.append(Pair(f"{context}. {query}" if context else query, passage, answer))
    return found


def questioned(folder: Path, *, extra: Iterable[Path] = ()) -> list[Questioned]:
    """Every passage with questions, once; a row without a passage is left out.

    A row of an `extra` file adds questions to the passage with its `id`. It may bring the passage along as `text`, or
    as the `digest` of one that the folder's section pairs hold, so that a file need not repeat other people's text.
    """
    rows = [*_rows(folder, name="citizen_questions"), *(row for path in extra for row in _parsed(path))]
    by_digest = _passages_by_digest(folder) if any("digest" in row for row in rows) else {}
    merged: dict[str, dict[str, object]] = {}
    asked: dict[str, list[str]] = {}
    for row in rows:
        key, questions = str(row["id"]), row.get("questions")
        merged[key] = {**row, **by_digest.get(str(row.get("digest")), {}), **merged.get(key, {})}
        asked.setdefault(key, []).extend(map(str, questions if isinstance(questions, list) else ()))
    return [
        Questioned(key, _part(row, "title"), _part(row, "section"), _part(row, "text"), tuple(asked[key]))
        for key, row in merged.items()
        if row.get("text") and asked[key]
    ]


def thesaurus(folder: Path) -> list[Synonyms]:
    """The groups with at least one official word and one more."""
    groups = [
        Synonyms(*(_words(row, key=key) for key in ("official", "everyday", "nn", "misspelt", "related")))
        for row in _rows(folder, name="thesaurus")
    ]
    return [group for group in groups if group.official and len(group.all_words) > 1]


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file, packed with xz or not, without surrounding white space."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield line.strip()


def _paragraphs(path: Path) -> Iterator[list[str]]:
    """The documents of one file; an empty line stands between two."""
    paragraphs: list[str] = []
    for line in lines(path):
        if line:
            paragraphs.append(line)
        elif paragraphs:
            yield paragraphs
            paragraphs = []
    if paragraphs:
        yield paragraphs


def _passages_by_digest(folder: Path) -> dict[str, dict[str, object]]:
    rows = (row for name in _SECTIONS for row in _rows(folder, name=name))
    parts = ({"title": row.get("ctx", ""), "section": row["a"], "text": row["b"]} for row in rows)
    return {hashlib.sha256(str(part["text"]).encode()).hexdigest()[:_DIGEST]: part for part in parts}


def _part(row: Mapping[str, object], key: str) -> str:
    return str(row.get(key) or "")


def _words(row: Mapping[str, object], *, key: str) -> tuple[str, ...]:
    words = row.get(key)
    return tuple(str(word) for word in words) if isinstance(words, list) else ()


def _rows(folder: Path, *, name: str) -> Iterator[Mapping[str, object]]:
    for path in _files(folder / "pairs", suffix=".jsonl"):
        if path.name.split(".", 1)[0] == name:
            yield from _parsed(path)


def _parsed(path: Path) -> Iterator[Mapping[str, object]]:
    for number, line in enumerate(lines(path), 1):
        if not line:
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise HelseassistentError(f"Linje {number} i «{path}» er ikke gyldig JSON. Rett linja.") from error
        if isinstance(row, dict):
            yield row


def _files(folder: Path, *, suffix: str) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.name.endswith((suffix, f"{suffix}.xz")))
