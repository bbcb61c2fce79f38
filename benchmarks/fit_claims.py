"""Fit the bar that a model's claim must pass: python benchmarks/fit_claims.py [--write].

The pairs are made from benchmarks/questions/kilder-utvikling.jsonl: half of the questions are fitted on, half held out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from helseassistent.index.encode import load_encoder
from helseassistent.train.claims import Source, bar_record, fit_bar, practice_pairs

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "benchmarks" / "questions" / "kilder-utvikling.jsonl"
STORED = ROOT / "src" / "helseassistent" / "answer" / "backing.json"


def sources(rows: list[dict[str, object]]) -> list[Source]:
    return [
        Source(str(row["answer"]), relevant["quote"], relevant["section"])
        for row in rows
        for relevant in row["relevant"]  # type: ignore[attr-defined]
    ]


def main() -> None:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["kind"] == "answerable" and len(row["relevant"]) == 1]
    # Whole quotes to one side: two questions on the same words must not sit on both.
    quotes = sorted({row["relevant"][0]["quote"] for row in rows})
    kept = {quote for number, quote in enumerate(quotes) if number % 2 == 0}
    fitted = practice_pairs(sources([row for row in rows if row["relevant"][0]["quote"] in kept]))
    held_out = practice_pairs(sources([row for row in rows if row["relevant"][0]["quote"] not in kept]))
    bar = fit_bar(fitted, held_out, encoder=load_encoder(None), made_by="python benchmarks/fit_claims.py --write")
    text = json.dumps(bar_record(bar), ensure_ascii=False, indent=2) + "\n"
    if "--write" in sys.argv:
        STORED.write_text(text, encoding="utf-8")
    print(f"{len(fitted)} par tilpasset på, {sum(p.true for p in fitted)} av dem sanne", text, sep="\n")
    print(f"{sum(p.true for p in held_out)} sanne og {sum(not p.true for p in held_out)} usanne holdt utenfor")


if __name__ == "__main__":
    main()
