"""What `make eval` found end to end, counted: `python benchmarks/end_to_end.py [runs/helserett]`.

Of the questions that the pages answer: how many were answered right, how many of those with every fact in the quotes,
and for how many of the others a right page is among those shown. Of all answers: how many are wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUN = Path(__file__).parents[1] / "runs" / "helserett"
RECORDS = "records.jsonl"


def main() -> int:
    """Print the counts; 1 where the run is missing."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else RUN) / RECORDS
    if not path.is_file():
        print(f"Fant ikke «{path}». Kjør make eval først.", file=sys.stderr)
        return 1
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    answered = [row for row in rows if row["reply"]["kind"] == "answer"]
    known = [row for row in rows if row["question"]["kind"] == "answerable"]
    right = [row for row in known if row["measures"].get("answered_right")]
    others = [row for row in known if row["reply"]["kind"] != "answer"]
    unknown = [row for row in rows if row["question"]["kind"] != "answerable"]
    print(f"answered right: {len(right)} of {len(known)}")
    print(f"with every fact quoted: {sum(row['measures']['fact_recall'] == 1 for row in right)}")
    print(f"wrong answers: {sum(row['measures']['wrong'] == 1 for row in answered)} of {len(answered)}")
    print(f"declined, of what no page answers: {sum(row not in answered for row in unknown)} of {len(unknown)}")
    print(f"a right page shown, of the others: {sum(_shows_a_right_page(row) for row in others)} of {len(others)}")
    return 0


def _shows_a_right_page(row: Mapping[str, Any]) -> bool:
    shown = {topic["page_url"].partition("#")[0] for topic in row["reply"]["topics"]}
    return any(gold["url"].partition("#")[0] in shown for gold in row["question"]["relevant"])


if __name__ == "__main__":
    sys.exit(main())
