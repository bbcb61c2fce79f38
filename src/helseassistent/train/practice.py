"""A practice corpus: the passages with written questions as pages, and the questions of the held-out documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helseassistent.corpus import Corpus
from helseassistent.train.data import Questioned
from helseassistent.types import Page

_URL = "https://example.invalid/"


@dataclass(frozen=True, slots=True)
class Task:
    """A question, and where on which practice page the passage stands that answers it."""

    question: str
    file: str
    start: int
    end: int
    source: Questioned
    number: int  # which of the source's questions it is


def practice_corpus(rows: Sequence[Questioned]) -> Corpus:
    """One page a document, each passage a section of it; documents without a title become a page a passage."""
    pages: dict[str, Page] = {}
    for file, members in _documents(rows).items():
        title = members[0].title or members[0].section or members[0].text[:60]
        body = "\n\n".join(_section(row, title=title) for row in members)
        pages[file] = Page(file, title, _URL + file, "Øvelse", "nb", None, None, body)
    digest = hashlib.sha256("\0".join(f"{page.file}\0{page.body}" for page in pages.values()).encode()).hexdigest()
    return Corpus(pages, (), digest)


def tasks(rows: Sequence[Questioned], corpus: Corpus) -> Iterator[Task]:
    """Every question of every row, placed in the corpus that `practice_corpus` made of the same rows."""
    for file, members in _documents(rows).items():
        body = corpus.pages[file].body
        position = 0
        for row in members:
            section = _section(row, title=corpus.pages[file].title)
            # The words of a short passage may stand in the heading over it too.
            start = body.index(section, position) + len(section) - len(row.text)
            position = start + len(row.text)
            for number, question in enumerate(row.questions):
                yield Task(question, file, start, position, row, number)


def _documents(rows: Sequence[Questioned]) -> dict[str, list[Questioned]]:
    found: dict[str, list[Questioned]] = {}
    for row in rows:
        name = hashlib.sha256((row.title or row.id).strip().lower().encode()).hexdigest()[:12]
        found.setdefault(f"{name}.md", []).append(row)
    return found


def _section(row: Questioned, *, title: str) -> str:
    return f"## {row.section}\n\n{row.text}" if row.section and row.section != title else row.text
