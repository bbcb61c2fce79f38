"""The ranking learns from everyday questions and from ones in the pages' own words."""

from __future__ import annotations

import json
from pathlib import Path

from fakes import HashingEncoder
from helseassistent.train.answering import RememberingEncoder
from helseassistent.train.ranking import fit_ranking, practice_sets
from train.material import page_rows


def test_questions_are_of_held_out_passages_alone(tmp_path: Path) -> None:
    (tmp_path / "pairs").mkdir()
    headings = [
        {"a": f"Gebyr for båt {n}", "b": f"Gebyret for båt {n} er {n} kroner.", "ctx": "Lov"} for n in range(200)
    ]
    (tmp_path / "pairs" / "law_heading.jsonl").write_text("".join(json.dumps(row) + "\n" for row in headings))
    rows = page_rows(60)
    everyday, own_words = practice_sets(tmp_path, rows)
    held = {question for row in rows if row.held_out for question in row.questions}
    assert {goal.question for goal in everyday.goals} == held
    assert 5 < len(own_words.goals) < 60
    assert all(goal.question.startswith("Gebyr for båt") for goal in own_words.goals)  # the law's title is not told
    for goal in own_words.goals:
        assert own_words.corpus.pages[goal.file].body[goal.start : goal.end].startswith("Gebyret for båt")
    weights = fit_ranking([everyday, own_words], encoder=RememberingEncoder(HashingEncoder())).by_name()
    assert weights["weights"]["words"] > 0
    assert weights["again"]["first"] > 0
