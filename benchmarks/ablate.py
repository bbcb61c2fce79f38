"""What each heuristic is worth: leave it out, fit again or run again, and print the row (`make ablate`).

Sentence choice: labelled questions of held-out practice documents, in practice episodes, fitted on one half and
measured on the other, both ways. Refusals: the development sets through the assistant, with and without each rule.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from helseassistent.answer import danger, extract, respond, support
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.scope import Scope
from helseassistent.answer.sentences import NAMES
from helseassistent.corpus import load_corpus
from helseassistent.evaluate.questions import read_questions
from helseassistent.retrieve.rank import RankWeights
from helseassistent.settings import corpus_settings, load_settings
from helseassistent.train.answering import remembering, sentence_group, try_episodes
from helseassistent.train.data import questioned
from helseassistent.train.episodes import read_material
from helseassistent.train.ranker import Group, fit_listwise
from helseassistent.types import Answer
from helseassistent.wiring import Parts, build_index, build_parts, encoder_of

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
QUESTIONS = ROOT / "benchmarks" / "questions"
EPISODES = 120
FEATURES = ("passage", *NAMES)
SETS = (
    ("sporsmal-kilder", QUESTIONS / "sporsmal-kilder.jsonl", ROOT / "corpus"),
    ("kilder-utvikling", QUESTIONS / "kilder-utvikling.jsonl", ROOT / "corpus"),
    ("helserett", SHARED / "bench" / "helserett" / "sporsmal.jsonl", SHARED / "bench" / "helserett" / "pages"),
)


def main() -> int:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", action="store_true", help="only the second table, which needs no training folder")
    if not parser.parse_args().rules:
        _sentences()
    _refusals()
    return 0


def _sentences() -> None:
    encoder = remembering(encoder_of(load_settings({})))
    material = read_material(questioned(SHARED / "training"), questions=QUESTIONS)
    labels, weights = QUESTIONS / "sentence-labels.jsonl", RankWeights.shipped(contextual=True)
    tried = list(try_episodes(material, labels=labels, encoder=encoder, weights=weights, count=EPISODES))
    vectors = WordVectors(encoder)
    groups = [sentence_group(case, vectors=vectors) for case in tried if case.labelled]
    print(f"{len(groups)} labelled questions; share with a right sentence among the first 1 / 2 / 3\n")
    print("| sentence signals | 1 | 2 | 3 |\n|---|---|---|---|")
    for left_out in ("", *NAMES):
        kept = [name for name in FEATURES if name != left_out]
        shares = _hits(groups, names=kept)
        print(
            f"| {'all' if not left_out else f'without {left_out}'} | {' | '.join(f'{share:.3f}' for share in shares)} |"
        )
    print()


def _hits(groups: Sequence[Group], *, names: Sequence[str]) -> tuple[float, ...]:
    columns = [FEATURES.index(name) for name in names]
    cut = [Group(group.features[:, columns], group.right) for group in groups]
    halves = (cut[::2], cut[1::2])
    ranks = []
    for fitted, judged in (halves, halves[::-1]):
        found = fit_listwise(fitted, names=names)
        weights = np.array([found[name] for name in names])
        ranks += [group.right[np.argsort(-(group.features @ weights))] for group in judged]
    return tuple(float(np.mean([right[:count].any() for right in ranks])) for count in (1, 2, 3))


def _refusals() -> None:
    no = lambda *_: False  # noqa: E731
    variants: dict[str, Sequence[tuple[object, str, object]]] = {
        "all rules": (),
        "without the kind of fact": ((respond, "lacks_the_fact", lambda seen: bool(seen["foreign_place"])),),
        "without the place": ((respond, "lacks_the_fact", lambda seen: bool(seen["quote_lacks"])),),
        "without both": ((respond, "lacks_the_fact", no),),
        "without sure advice": ((Scope, "is_advice", no),),
        "without definitions": ((extract, "asks_about_title", no), (support, "asks_about_title", no)),
        "without questions on a service": ((danger, "asks_for_service", no),),
        "at most three sentences": ((extract, "MOST_SENTENCES", 3),),
        "at most two sentences": ((extract, "MOST_SENTENCES", 2),),
    }
    print("| set | rules | answered from the right place | near misses declined | out of scope declined |")
    print("|---|---|---|---|---|")
    for name, questions, corpus in SETS:
        if not questions.exists():
            continue
        settings = corpus_settings(load_settings({}), corpus=corpus, index=None)
        build_index(settings)
        parts = build_parts(settings)
        for label, changes in variants.items():
            with _changed(changes):
                print(f"| {name} | {label} | {' | '.join(_outcomes(parts, questions, corpus))} |")


@contextmanager
def _changed(changes: Sequence[tuple[object, str, object]]) -> Iterator[None]:
    """Each (owner, attribute, value) in place for as long as the block runs."""
    before = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in changes]
    for owner, attribute, value in changes:
        setattr(owner, attribute, value)
    try:
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)


def _outcomes(parts: Parts, questions: Path, corpus: Path) -> tuple[str, str, str]:
    pages = load_corpus(corpus).pages
    counts = {"answerable": [0, 0], "near_miss": [0, 0], "out_of_scope": [0, 0]}
    for question in read_questions(questions, pages=pages):
        reply = parts.ask([question.question]).reply
        if question.kind == "answerable":
            good = isinstance(reply, Answer) and _cites(reply, question.relevant, pages)
        else:
            good = not isinstance(reply, Answer)
        counts[question.kind][0] += good
        counts[question.kind][1] += 1
    right, near, outside = (f"{good} of {total}" for good, total in counts.values())
    return right, near, outside


def _cites(reply: Answer, relevant: Sequence[object], pages: Mapping[str, object]) -> bool:
    spans = []
    for gold in relevant:
        start = pages[gold.file].body.index(gold.quote)  # type: ignore[attr-defined]
        spans.append((gold.file, start, start + len(gold.quote)))  # type: ignore[attr-defined]
    citations = [citation for claim in reply.claims for citation in claim.citations]
    return any(c.file == file and c.start < end and c.end > start for c in citations for file, start, end in spans)


if __name__ == "__main__":
    sys.exit(main())
