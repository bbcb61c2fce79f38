"""The scope is learned from what is written for it, and only from documents that are not held out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fakes import HashingEncoder
from helseassistent.train.data import Questioned
from helseassistent.train.scope import fit_scope
from train.material import page_rows, write_lines

MESSAGES = [
    *({"question": f"Hvordan blir været på fjellet {day}?", "label": "other"} for day in ("mandag", "lørdag", "i dag")),
    *({"question": f"Hvorfor har jeg vondt i {part}?", "label": "advice"} for part in ("magen", "kneet", "ryggen")),
    {"question": "Skriv et dikt om havet", "label": "task"},
    {"question": "Hei hei", "label": "greeting"},
]


def fitted(rows: list[Questioned], folder: Path, *, messages: list[dict[str, Any]] = MESSAGES) -> dict[str, Any]:
    write_lines(folder / "meldinger.jsonl", *messages)
    found: dict[str, Any] = json.loads(fit_scope(rows, messages=folder / "meldinger.jsonl", encoder=HashingEncoder()))
    return found


def score(classifier: dict[str, Any], text: str) -> float:
    return float(HashingEncoder().encode_questions([text])[0] @ np.array(classifier["weights"]) + classifier["bias"])


def test_messages_and_questions_are_told_apart(tmp_path: Path) -> None:
    found = fitted(page_rows(30), tmp_path)
    assert found["encoder"] == HashingEncoder().fingerprint
    assert score(found["off_topic"], "Hvordan blir været på fjellet?") > 0
    assert score(found["off_topic"], "Gir avdelingen røntgen?") < 0
    assert score(found["advice"], "Hvorfor har jeg vondt i magen?") >= found["advice"]["threshold"]
    assert score(found["advice"], "Gir avdelingen røntgen?") < found["advice"]["threshold"]


def test_held_out_documents_and_other_laws_teach_nothing(tmp_path: Path) -> None:
    rows = page_rows(30)
    held = next(row for row in page_rows() if row.held_out)
    other_law = Questioned("L1", "Havne- og farvannsloven", "", "Båter.", ("Hvor kan båten ligge?",))
    health_law = replace(other_law, title="Lov om smittevern")
    assert not health_law.held_out
    assert not other_law.held_out
    kept = [row for row in rows if not row.held_out]
    assert fitted([*kept, held, other_law], tmp_path) == fitted(kept, tmp_path)
    assert fitted([*kept, health_law], tmp_path) != fitted(kept, tmp_path)


@pytest.mark.parametrize("label", ["greeting", "thanks", "identity"])
def test_small_talk_teaches_nothing(label: str, tmp_path: Path) -> None:
    more = [*MESSAGES, {"question": "Takk og hei", "label": label}]
    assert fitted(page_rows(10), tmp_path, messages=more) == fitted(page_rows(10), tmp_path)
