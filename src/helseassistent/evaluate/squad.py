"""Owns bringing in SQuAD-style sets (NorQuAD is one): nested JSON, or flat rows as Hugging Face stores them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.imports import Imported, kept_questions
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.types import Page


@dataclass(frozen=True, slots=True)
class _Entry:
    """One question as the file has it, with the text it was asked on."""

    place: str
    title: str
    context: str
    fields: Mapping[str, object]


def _objects(value: object) -> list[Mapping[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _nested(articles: object) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for article in _objects(articles):
        for paragraph in _objects(article.get("paragraphs")):
            for question in _objects(paragraph.get("qas")):
                yield str(article.get("title", "")), str(paragraph.get("context", "")), question


def _flat(rows: object) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for row in _objects(rows):
        yield str(row.get("title", "")), str(row.get("context", "")), row


def _loaded(path: Path) -> object:
    """The file's JSON; JSON Lines become a list."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = text.splitlines()
        if len(lines) > 1 and lines[0].startswith("{") and lines[0].endswith("}"):
            return [json.loads(line) for line in lines if line.strip()]
        return json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise QuestionSetError(f"{path} er ikke lesbar JSON i UTF-8.") from error


def _entries(path: Path) -> list[_Entry]:
    raw = _loaded(path)
    articles = raw.get("data") if isinstance(raw, dict) else raw
    is_nested = any("paragraphs" in article for article in _objects(articles))
    found = _nested(articles) if is_nested else _flat(articles)
    entries = [_Entry(f"{path.name} spørsmål {n}", *parts) for n, parts in enumerate(found, 1)]
    if not entries:
        raise QuestionSetError(f"{path} har ingen spørsmål i SQuAD-form («data», «paragraphs», «qas»).")
    return entries


def _answers(answers: object) -> list[tuple[str, int]]:
    """Words and offsets from either form: a list of objects (SQuAD) or an object of lists (Hugging Face)."""
    if isinstance(answers, dict):
        texts, starts = answers.get("text", []), answers.get("answer_start", [])
        both = isinstance(texts, list) and isinstance(starts, list)
        pairs: list[tuple[object, object]] = list(zip(texts, starts, strict=False)) if both else []
    else:
        pairs = [(entry.get("text"), entry.get("answer_start")) for entry in _objects(answers)]
    return [(text, start) for text, start in pairs if isinstance(text, str) and isinstance(start, int) and text]


def sentence_around(context: str, *, start: int, end: int) -> str:
    """The words of `context` from the sentence that holds `start` to the one that holds `end`."""
    spans = [span for b in blocks(context) for span in sentence_spans(context, start=b.start, end=b.end)]
    touched = [(first, last) for first, last in spans if first < end and start < last]
    return context[min(s for s, _ in touched) : max(e for _, e in touched)] if touched else context[start:end]


def _relevant(entry: _Entry, file: str) -> list[dict[str, object]]:
    """The sentences of the answers; words that are not at their place are passed on, to be refused by name."""
    found: list[dict[str, object]] = []
    for text, start in _answers(entry.fields.get("answers")):
        stands_there = entry.context[start : start + len(text)] == text
        around = sentence_around(entry.context, start=start, end=start + len(text))
        found.append({"file": file, "quote": around if stands_there else f"{text} (plass {start})"})
    return found


def _fields(entry: _Entry, file: str) -> dict[str, object]:
    relevant = _relevant(entry, file)
    texts = [text for text, _ in _answers(entry.fields.get("answers"))]
    return {
        "id": str(entry.fields.get("id") or entry.place),
        "question": entry.fields.get("question"),
        "lang": "nb",
        "style": "squad",
        "kind": "answerable" if relevant else "near_miss",
        "relevant": relevant,
        "facts": texts[:1],
        "answer": texts[0] if texts else "",
    }


def _page(entry: _Entry, *, number: int, name: str) -> Page:
    return Page(
        file=f"{name}/{number:04d}.md",
        title=entry.title or f"{name} {number}",
        url=f"urn:squad:{name}:{number}",
        publisher=name,
        language="nb",
        last_updated=None,
        fetched_at=None,
        body=entry.context,
    )


def import_squad(path: Path) -> Imported:
    """The questions, with every context as a page of its own; one without an answer in its context is a near miss.

    Raises:
        QuestionSetError: the file as a whole is not of this form.
    """
    entries = _entries(path)
    pages: dict[str, Page] = {}
    for entry in entries:
        pages.setdefault(entry.context, _page(entry, number=len(pages) + 1, name=path.stem))
    by_file = {page.file: page for page in pages.values()}
    imported = kept_questions(((e.place, _fields(e, pages[e.context].file)) for e in entries), by_file)
    return replace(imported, pages=tuple(by_file.values()))
