"""Small practice material: service pages with questions, a tenth of them held out as the real ones are."""

from __future__ import annotations

import json
from pathlib import Path

from helseassistent.train.data import Questioned

_SUBJECTS = ("røntgen", "parkering", "tannlege", "vaksine", "rullestol", "fastlege", "jordmor", "hørsel")


def page_rows(count: int = 120) -> list[Questioned]:
    """`count` service pages of two passages each, every passage with two questions of its own."""
    return [
        Questioned(
            f"S{number:03d}{part}",
            f"Tilbud nummer {number}",
            f"Del {part}",
            f"Avdeling {number}{part} gir {subject} til alle. Timen koster {number} kroner. Dette gjelder hele året.",
            (f"Gir avdeling {number}{part} {subject}?", f"Hva koster {subject} på avdeling {number}{part}?"),
        )
        for number in range(count)
        for part, subject in enumerate((_SUBJECTS[number % 8], _SUBJECTS[(number + 3) % 8]))
    ]


def write_lines(path: Path, *rows: dict[str, object]) -> None:
    """The rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def question_folder(folder: Path, rows: list[Questioned]) -> Path:
    """What `benchmarks/questions` holds, for these rows: near misses, messages, and which sentence answers."""
    held = [row for row in rows if row.held_out]
    write_lines(
        folder / "near-miss-service.jsonl",
        *({"title": row.title, "id": row.id, "question": f"Hvem leder {row.title}?"} for row in held),
    )
    # Every document here has two passages, so that none of these is known to be unanswered by its page.
    write_lines(
        folder / "reader.jsonl",
        *({"id": row.id, "answered": [], "near_miss": [f"Hva koster {row.title}?"]} for row in held),
    )
    labels = ("other", "other", "task", "advice", "elsewhere", "other", "greeting", "thanks")
    messages = [{"question": f"Hvordan blir været i uke {n}?", "label": label} for n, label in enumerate(labels)]
    write_lines(folder / "out-of-scope.jsonl", *messages)
    write_lines(folder / "sentence-labels.jsonl", *({"id": row.id, "n": 3, "labels": [[1], [2]]} for row in rows))
    return folder
