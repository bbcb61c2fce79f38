"""Whether a question that leans on those before it finds what the same question finds when it is asked in full.

`python benchmarks/followups.py` reads the dialogues in benchmarks/questions and prints, for each half and each way of
understanding a follow-up: how often a right passage is among the first ten and how often it is the first; the first
number as a share of what the full question reaches, with its 95 % bootstrap interval over dialogues; how often the
answer to the question so understood cites the right place; and how many full questions, asked after another
dialogue's first question, wrongly inherit from it. Last, how often a question that no page answers is answered because
it came after another. `tune` is for choosing rules; `test` was looked at once, when the
rules were mended; `check`, in dialogues-2.jsonl, judges and is tuned on by nobody. The pages of
helserett lie outside the project; without them only the two source pages are measured, where ten passages are all
there are.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from helseassistent.assistant import Assistant
from helseassistent.evaluate.scoring import passage_rank
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.understand import understand
from helseassistent.settings import corpus_settings, load_settings
from helseassistent.text import followup
from helseassistent.text.followup import stand_alone
from helseassistent.types import Answer
from helseassistent.wiring import build_index, build_parts

ROOT = Path(__file__).parents[1]
DIALOGUES = ("dialogues.jsonl", "dialogues-2.jsonl")
SPLITS = ("tune", "test", "check")
HELSERETT = ROOT.parent / "shared" / "bench" / "helserett" / "pages"
OFF_TOPIC = ("out-of-scope.jsonl", "near-miss-service.jsonl")
AFTER = 200  # questions off topic that are put after a first question
SEED, RESAMPLES = 7, 5000
CHANGES = 6  # dialogues whose first question each full question is put after
NEVER, ALWAYS = re.compile(r"(?!)"), re.compile("")

Span: TypeAlias = tuple[str, int, int]
Way: TypeAlias = Callable[[Sequence[str], HybridRetriever], str]


@dataclass(frozen=True)
class Dialogue:
    """A conversation; `question` asks in full what its last turn asks, `gold` is where the answer stands."""

    corpus: str
    split: str
    turns: tuple[str, ...]
    question: str
    gold: tuple[Span, ...]


WAYS: Mapping[str, Way] = {
    "asked in full": lambda turns, _: turns[-1],
    "no history": lambda turns, _: turns[-1],
    "last question glued on": lambda turns, _: " ".join(turns[-2:]),
    "all questions glued on": lambda turns, _: " ".join(turns),
    "rules alone": lambda turns, _: stand_alone(turns),
    "rules and retrieval": lambda turns, retriever: understand(turns, retriever=retriever, top_k=10).question,
}
RULES: Mapping[str, Mapping[str, object]] = {
    "without courtesies": {"_COURTESY": NEVER},
    "without corrections": {"_CORRECTION": NEVER},
    "without openers": {"_OPENER": NEVER},
    "without the earlier question around a fragment": {"_ASKS": ALWAYS},
    "without pointers": {"_POINTER": NEVER},
    "without the empty «det»": {"_EMPTY_IT": NEVER},
    "without the verb left out of the subject": {"_ASKED": NEVER},
    "without one place for another": {"_PREPOSITION": NEVER},
    "without bare verbs": {"_BARE_VERB": NEVER},
}


def main() -> int:
    """Measure every way on every half that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=(*SPLITS, "all"), default="all")
    parser.add_argument(
        "--cases", action="store_true", help="list the dialogues that find less than their full question"
    )
    parser.add_argument("--helserett", type=Path, default=HELSERETT, help="folder of the pages of helserett")
    arguments = parser.parse_args()
    corpora = {"kilder": ROOT / "corpus", "helserett": arguments.helserett}
    assistants = {name: _assistant(corpus) for name, corpus in corpora.items() if corpus.is_dir()}
    dialogues = [dialogue for dialogue in _dialogues(assistants) if arguments.split in (dialogue.split, "all")]
    manifest = assistants["kilder"].retriever.generation.manifest
    print(f"Encoder {manifest.encoder_fingerprint[:12]} ({manifest.encoder}); corpora: {', '.join(assistants)}.")
    for split in SPLITS:
        half = [dialogue for dialogue in dialogues if dialogue.split == split]
        if half:
            _measure(half, split=split, assistants=assistants, cases=arguments.cases)
    _measure_off_topic(dialogues, assistants)
    return 0


def _assistant(corpus: Path) -> Assistant:
    settings = corpus_settings(load_settings({}), corpus=corpus, index=None)
    build_index(settings)
    return build_parts(settings).assistant


def _dialogues(assistants: Mapping[str, Assistant]) -> Iterator[Dialogue]:
    texts = [(ROOT / "benchmarks" / "questions" / name).read_text(encoding="utf-8") for name in DIALOGUES]
    for line in (line for text in texts for line in text.splitlines()):
        entry = json.loads(line)
        if entry["corpus"] not in assistants:
            continue
        pages = assistants[entry["corpus"]].retriever.generation.pages
        gold = tuple(
            (found["file"], start, start + len(found["quote"]))
            for found in entry["relevant"]
            for start in [pages[found["file"]].body.index(found["quote"])]
        )
        yield Dialogue(entry["corpus"], entry["split"], tuple(entry["turns"]), entry["question"], gold)


def _measure_off_topic(dialogues: Sequence[Dialogue], assistants: Mapping[str, Assistant]) -> None:
    """How many questions that no page answers are answered after a question that some page does, and how many alone."""
    draw = random.Random(SEED)
    texts = [(ROOT / "benchmarks" / "questions" / name).read_text(encoding="utf-8") for name in OFF_TOPIC]
    off_topic = [json.loads(line)["question"] for text in texts for line in text.splitlines()]
    after, alone, drawn = 0, 0, draw.sample(off_topic, min(AFTER, len(off_topic)))
    for question in drawn:
        first = draw.choice(dialogues)
        ask = assistants[first.corpus].ask
        after += isinstance(ask([first.turns[0], question]).reply, Answer)
        alone += isinstance(ask([question]).reply, Answer)
    print(f"\nOff topic after a first question: {after} of {len(drawn)} are answered; asked alone: {alone}.")


def _measure(half: Sequence[Dialogue], *, split: str, assistants: Mapping[str, Assistant], cases: bool) -> None:
    by_corpus = ", ".join(f"{sum(d.corpus == name for d in half)} {name}" for name in assistants)
    print(f"\n### {split}: {len(half)} dialogues ({by_corpus})\n")
    print("| way | in the first 10 | first | share of asked in full [95 %] | cited right | wrongly inherits |")
    print("|---|---|---|---|---|---|")
    full = [_rank(d, d.question, assistants) for d in half]
    for name, way in WAYS.items():
        _row(name, way, half=half, full=full, assistants=assistants)
    for name, changes in RULES.items():
        with _changed(changes):
            _row(name, WAYS["rules and retrieval"], half=half, full=full, assistants=assistants)
    if cases:
        _list_cases(half, full=full, assistants=assistants)


def _row(
    name: str,
    way: Way,
    *,
    half: Sequence[Dialogue],
    full: Sequence[int | None],
    assistants: Mapping[str, Assistant],
) -> None:
    whole = name == "asked in full"
    asked = [d.question if whole else way(d.turns, assistants[d.corpus].retriever) for d in half]
    ranks = [_rank(d, question, assistants) for d, question in zip(half, asked, strict=True)]
    cited = sum(_cites(d, question, assistants) for d, question in zip(half, asked, strict=True))
    wrong, changes = _inherits(way, half, assistants)
    low, high = _interval(ranks, full)
    share = sum(r is not None for r in ranks) / sum(r is not None for r in full)
    n = len(half)
    print(
        f"| {name} | {sum(r is not None for r in ranks)} of {n} | {sum(r == 1 for r in ranks)} of {n}"
        f" | {share:.3f} [{low:.3f}, {high:.3f}] | {cited} of {n} | {wrong} of {changes} |"
    )


def _rank(dialogue: Dialogue, question: str, assistants: Mapping[str, Assistant]) -> int | None:
    evidence = assistants[dialogue.corpus].retriever.search(question, top_k=10)
    return passage_rank([(e.passage.file, e.passage.start, e.passage.end) for e in evidence], dialogue.gold)


def _cites(dialogue: Dialogue, question: str, assistants: Mapping[str, Assistant]) -> bool:
    reply = assistants[dialogue.corpus].ask([question]).reply
    citations = [c for claim in reply.claims for c in claim.citations] if isinstance(reply, Answer) else []
    return any(
        c.file == file and c.start < end and c.end > start for c in citations for file, start, end in dialogue.gold
    )


def _interval(ranks: Sequence[int | None], full: Sequence[int | None]) -> tuple[float, float]:
    found, whole = (np.array([rank is not None for rank in found], dtype=float) for found in (ranks, full))
    drawn = np.random.default_rng(SEED).integers(0, len(found), size=(RESAMPLES, len(found)))
    low, high = np.percentile(found[drawn].sum(axis=1) / whole[drawn].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _inherits(way: Way, half: Sequence[Dialogue], assistants: Mapping[str, Assistant]) -> tuple[int, int]:
    """How many full questions take something over from a question about another page, and of how many."""
    draw, wrong, total = random.Random(SEED), 0, 0
    for dialogue in half:
        for other in draw.sample(list(half), min(CHANGES, len(half))):
            pages = {file for file, _, _ in dialogue.gold} & {file for file, _, _ in other.gold}
            if other.corpus != dialogue.corpus or pages:
                continue
            question = way([other.turns[0], dialogue.question], assistants[dialogue.corpus].retriever)
            wrong += question != dialogue.question
            total += 1
    return wrong, total


def _list_cases(half: Sequence[Dialogue], *, full: Sequence[int | None], assistants: Mapping[str, Assistant]) -> None:
    print()
    for dialogue, whole in zip(half, full, strict=True):
        question = WAYS["rules and retrieval"](dialogue.turns, assistants[dialogue.corpus].retriever)
        rank = _rank(dialogue, question, assistants)
        if (rank or 99) > (whole or 99):
            print(f"- rank {rank or '-'} against {whole or '-'}: {' / '.join(dialogue.turns)} -> {question}")


@contextmanager
def _changed(changes: Mapping[str, object]) -> Iterator[None]:
    """The rules of `text.followup` with some of them replaced, for as long as the block runs."""
    before = {name: getattr(followup, name) for name in changes}
    for name, value in changes.items():
        setattr(followup, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(followup, name, value)


if __name__ == "__main__":
    sys.exit(main())
