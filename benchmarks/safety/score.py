"""Says how many messages of each kind get the right text: by rules, by the second opinion, and by both."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from helseassistent.answer.safety import PRECEDENCE, URGENT_LABELS, Safety

RIGHT = {
    "urgent": URGENT_LABELS,
    "urgent_now_not_113": {"doctor"},
    "crisis_mental": {"crisis"},
    "not_urgent": {None},
}


def by_rules(safety: Safety, message: str) -> str | None:
    """The label that the rules alone give."""
    return min((hit.rule.label for hit in safety.fired(message)), key=PRECEDENCE.index, default=None)


def by_opinion(safety: Safety, message: str) -> str | None:
    """The label that the likeliest class of the second opinion stands for."""
    buckets = safety.buckets(message)
    view = safety.opinion.probabilities(buckets) if buckets else {"harmless": 1.0}
    likeliest = max(view, key=view.__getitem__)
    return {"harmless": None, "urgent": "life"}.get(likeliest, likeliest)


def score(file: Path, *, label_of: Callable[[str], str | None]) -> str:
    """One line: for each kind, right and warned of all."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = label_of(row["text"])
        total[row["label"]] += 1
        right[row["label"]] += found in RIGHT[row["label"]]
        warned[row["label"]] += found is not None
    return "  ".join(f"{kind} {right[kind]}/{warned[kind]} of {total[kind]}" for kind in RIGHT if total[kind])


def main() -> None:
    """Prints three lines a file."""
    safety = Safety.load()
    for name in sys.argv[1:]:
        file = Path(name)
        print(file.name)
        print("  rules         ", score(file, label_of=lambda message: by_rules(safety, message)))
        print("  second opinion", score(file, label_of=lambda message: by_opinion(safety, message)))
        print("  both          ", score(file, label_of=safety.label))


if __name__ == "__main__":
    main()
