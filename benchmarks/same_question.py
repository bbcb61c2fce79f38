"""How many written paraphrases are taken for the same question, and how many near misses, at each bar for words.

Run: python benchmarks/same_question.py [SET.jsonl ...]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from helseassistent.review.same_question import WORD, SameQuestion, key_of
from helseassistent.settings import Settings
from helseassistent.wiring import encoder_of

QUESTIONS = Path(__file__).parent / "questions"
SETS = (QUESTIONS / "same-question.jsonl", QUESTIONS / "same-question-2.jsonl")
BARS = (0.4, 0.5, 0.6, 0.7, 0.8, WORD, 1.01)


def main() -> None:
    """Print one line a set and bar, and every pair that is told wrongly at the bar in use."""
    encoder = encoder_of(Settings())
    for path in [Path(name) for name in sys.argv[1:]] or SETS:
        pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for bar in BARS:
            judge = SameQuestion(encoder, word=bar)
            told = [(pair, judge.same(key_of(pair["a"]), key_of(pair["b"]))) for pair in pairs]
            same = [found for pair, found in told if pair["same"]]
            near = [found for pair, found in told if not pair["same"]]
            print(f"{path.name} ord {bar:.2f}: like {sum(same)} av {len(same)}, ulike {sum(near)} av {len(near)}")
            if bar == WORD:
                wrong = [pair for pair, found in told if found and not pair["same"]]
                print(*(f"  FEIL: {pair['a']} | {pair['b']}" for pair in wrong), sep="\n")
                if "-v" in sys.argv:
                    print(*(f"  tapt: {p['a']} | {p['b']}" for p, found in told if p["same"] and not found), sep="\n")


if __name__ == "__main__":
    main()
