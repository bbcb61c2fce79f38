"""The hand-labelled pages of `tests/ingest/pages`, and how close a parser comes to their labels."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from helseassistent.ingest.found import Document, Fetched

PAGES = Path(__file__).parents[1] / "pages"
TODAY = date(2026, 11, 26)  # the labels were written on this day
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"^(?:#+|-|\d+\.)\s+|[|\\]")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page as a server sends it, and what a person read on it."""

    name: str
    kind: str
    fetched: Fetched
    title: str
    language: str
    publisher: str | None
    last_updated: date | None
    body: str


@dataclass(frozen=True, slots=True)
class Score:
    """How close the text read from one page is to its label."""

    name: str
    kind: str
    f1: float  # of words, each as often as it stands
    foreign: tuple[str, ...]  # lines read that the label does not have: menus, banners
    headings: bool  # all of the label in their order, at any level, and no other
    dated: bool


def labelled_pages() -> list[Labelled]:
    return [_read(path) for path in sorted(PAGES.glob("*.md"))]


def score(page: Labelled, document: Document) -> Score:
    return Score(
        page.name,
        page.kind,
        word_f1(page.body, document.body),
        foreign_lines(page.body, document.body),
        headings(document.body) == headings(page.body),
        document.last_updated == page.last_updated,
    )


def word_f1(expected: str, found: str) -> float:
    """The harmonic mean of the share of words that were found and of found words that are expected."""
    wanted, got = Counter(_WORD.findall(expected.lower())), Counter(_WORD.findall(found.lower()))
    common = (wanted & got).total()
    return 2 * common / (wanted.total() + got.total()) if common else 0.0


def foreign_lines(expected: str, found: str) -> tuple[str, ...]:
    """Lines whose words do not stand together in the label, whatever the line breaks and marks are."""
    whole = _bare(expected)
    return tuple(line for line in found.split("\n") if _bare(line) and _bare(line) not in whole)


def headings(body: str) -> list[str]:
    return [" ".join(line.lstrip("#").split()) for line in body.split("\n") if line.startswith("#")]


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(" ".join(_MARK.sub(" ", line) for line in text.split("\n")).lower()))


def _read(path: Path) -> Labelled:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(front)
    fetched = Fetched(fields["url"], fields["content_type"], path.with_suffix(".html").read_bytes())
    stated = (fields[name] for name in ("title", "language", "publisher", "last_updated"))
    return Labelled(path.stem, fields["kind"], fetched, *stated, body)
