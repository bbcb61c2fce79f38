"""How many written paraphrases are taken for the same question, and how many near misses: by the rules, and by vectors.

Run: python benchmarks/same_question.py [--lost]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TypedDict

from helseassistent.index.contextual import contextual_of, words_of
from helseassistent.review.same_question import key_of
from helseassistent.settings import Settings
from helseassistent.types import Encoder
from helseassistent.wiring import encoder_of

PAIRS = Path(__file__).parent / "questions" / "same-question.jsonl"
BARS = (0.9, 0.95, 0.98)


class Pair(TypedDict):
    """Two questions, and whether the answer to one is right for the other."""

    set: int
    a: str
    b: str
    same: bool


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs in the order they were written."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def alike(pair: Pair) -> bool:
    """Whether the rules take the two for one question."""
    return (key := key_of(pair["a"])) is not None and key == key_of(pair["b"])


def near(encoder: Encoder, bar: float) -> Callable[[Pair], bool]:
    """Whether the rules do, or else the two share what may not differ and their vectors are this near."""

    def judge(pair: Pair) -> bool:
        one, other = key_of(pair["a"]), key_of(pair["b"])
        if one is None or other is None or one.kept != other.kept:
            return False
        first, second = encoder.encode_questions([pair["a"], pair["b"]])
        return one == other or float(first @ second) >= bar

    return judge


def main() -> None:
    """Print a line for each set and way, and each near miss that the rules take for the same."""
    encoder = encoder_of(Settings())
    encoders = {"ordmodellen": words_of(encoder), "modellen som leser i sammenheng": contextual_of(encoder)}
    ways: dict[str, Callable[[Pair], bool]] = {"reglene": alike}
    for name, other in encoders.items():
        ways |= {f"reglene eller {name} >= {bar}": near(other, bar) for bar in BARS if other}
    for number, group in groupby(read_pairs(), key=lambda pair: pair["set"]):
        pairs = list(group)
        for name, judge in ways.items():
            told = [pair for pair in pairs if judge(pair)]
            right, total = sum(pair["same"] for pair in told), sum(pair["same"] for pair in pairs)
            misses = f"{len(told) - right} av {len(pairs) - total} nesten like"
            print(f"sett {number}, {name}: {right} av {total} like, {misses}")
        for pair in pairs:
            if alike(pair) != pair["same"] and (not pair["same"] or "--lost" in sys.argv):
                print(f"  {'tapt' if pair['same'] else 'GALT'}: {pair['a']} | {pair['b']}")


if __name__ == "__main__":
    main()
