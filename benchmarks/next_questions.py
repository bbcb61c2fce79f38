"""How many answers can offer questions to go on with, and whether those are answered from where they were made.

`python benchmarks/next_questions.py` asks the questions of ../shared/bench on the two source pages and on the pages of
helserett, and asks every question that an answer offers. `--read 60` also lists so many of the offered ones, to be read
by a person. What lies outside the project and is not there is left out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

from helseassistent.answer.next_questions import PageQuestion, answers
from helseassistent.settings import corpus_settings, load_settings
from helseassistent.types import Answer, Language
from helseassistent.wiring import Parts, build_index, build_parts, try_questions

ROOT = Path(__file__).parents[1]
BENCH = ROOT.parent / "shared" / "bench"
SETS = {
    "kilder": (ROOT / "corpus", BENCH / "sporsmal-kilder.jsonl"),
    "helserett": (BENCH / "helserett" / "pages", BENCH / "helserett" / "sporsmal.jsonl"),
}
SEED = 7


def main() -> int:
    """Measure every set that is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--read", type=int, default=0, metavar="N", help="list N of the questions that were offered")
    arguments = parser.parse_args()
    offered: set[str] = set()
    for name, (corpus, questions) in SETS.items():
        if corpus.is_dir() and questions.is_file():
            settings = corpus_settings(load_settings({}), corpus=corpus, index=None)
            build_index(settings)
            offered |= _measure(name, build_parts(settings), questions=questions)
    chosen = random.Random(SEED).sample(sorted(offered), min(arguments.read, len(offered)))
    print("\n".join(chosen))
    return 0


def _measure(name: str, parts: Parts, *, questions: Path) -> set[str]:
    kept = try_questions(parts)
    counts: Counter[int] = Counter()
    offered, right, whole = set(), 0, 0
    for line in questions.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        language: Language | None = entry["lang"] if entry["lang"] in ("nb", "nn") else None
        exchange = parts.ask([entry["question"]], language)
        if isinstance(exchange.reply, Answer):
            counts[len(exchange.next_questions)] += 1
            file = exchange.reply.claims[0].citations[0].file
            made = {(q.text, q.language): q for q in parts.tried().get(file, ())}
            whole += len(exchange.next_questions)
            right += sum(_is_right(made[text, exchange.language], parts) for text in exchange.next_questions)
            offered |= set(exchange.next_questions)
    told = ", ".join(f"{number} in {times}" for number, times in sorted(counts.items()))
    print(f"{name}: {kept} questions kept. Answers: {counts.total()}; offered: {told}.")
    print(f"  Asked again, answered from the right place: {right} of {whole}; {len(offered)} different ones.")
    return offered


def _is_right(question: PageQuestion, parts: Parts) -> bool:
    reply = parts.ask([question.text]).reply
    return isinstance(reply, Answer) and answers(question, reply)


if __name__ == "__main__":
    sys.exit(main())
