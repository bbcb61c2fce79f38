"""What other thresholds would do, from the records of `make eval`, as Markdown (`python benchmarks/thresholds.py`).

For each set and threshold from the shipped one on: how many questions are answered, and how many of these rightly and
wrongly. And, for a language model, what lies between READ_FROM of the shipped threshold and the threshold itself.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

from helseassistent.assistant import READ_FROM
from helseassistent.wiring import CONFIDENCE

RUNS = Path(__file__).parents[1] / "runs"
SETS = {"sporsmal-kilder": 2, "kilder-utvikling": 2, "helserett": 54}  # pages
MORE = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> int:
    """Print the table; 1 if a run is missing."""
    print("| set | threshold | answered | right | wrong | wrong of the answered |\n|---|---|---|---|---|---|")
    almost = []
    by_pages = json.loads(resources.files("helseassistent.answer").joinpath(CONFIDENCE[True]).read_text())["by_pages"]
    for name, pages in SETS.items():
        shipped = next(threshold for first, threshold in reversed(by_pages) if pages >= first)
        path = RUNS / name / "records.jsonl"
        if not path.is_file():
            print(f"{path} is not there; run `make eval` first.", file=sys.stderr)
            return 1
        cases = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        for threshold in (shipped, *(more for more in MORE if more > shipped)):
            print(_row(name, threshold, cases))
        near = [case for case in cases if _is_almost_sure(case["reply"], threshold=shipped)]
        kinds = Counter(case["question"]["kind"] == "answerable" for case in near)
        almost.append(f"| {name} | {kinds[True]} | {kinds[False]} | {len(cases)} |")
    print(f"\n| set | answerable from {READ_FROM} of its threshold up to it | not answerable | of |")
    print("|---|---|---|---|", *almost, sep="\n")
    return 0


def _row(name: str, threshold: float, cases: list[dict[str, Any]]) -> str:
    answers = [case for case in cases if case["reply"]["kind"] == "answer"]
    outcomes = Counter(case["outcome"] for case in answers if case["reply"]["confidence"] >= threshold)
    count = outcomes.total()
    right, wrong = outcomes["right"], outcomes["wrong"]
    return f"| {name} | {threshold} | {count} | {right} | {wrong} | {wrong / count:.3f} |"


def _is_almost_sure(reply: dict[str, Any], *, threshold: float) -> bool:
    return reply["kind"] == "abstention" and READ_FROM * threshold <= reply["confidence"] < threshold


if __name__ == "__main__":
    raise SystemExit(main())
